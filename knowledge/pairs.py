"""What is compared of a question and of a fact: pairs of characters, pairs of sounds, characters.

Pairs of characters need no dictionary and survive any wording; pairs of fuzzy syllables survive
homophones, pinyin and slips of the pen. A heard pair has a blank inside, a written pair has none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from knowledge.sounds import syllables

_WORDS: Final = Path(__file__).parent / "words.toml"


@dataclass(frozen=True, slots=True)
class _Words:
    asking: re.Pattern[str]
    asking_heard: re.Pattern[str]
    synonyms: Mapping[str, str]
    everyday: re.Pattern[str]


@cache
def _words() -> _Words:
    data = tomllib.loads(_WORDS.read_text("utf-8"))
    asking, synonyms = data["asking"], data["synonyms"]
    heard = [" ".join(syllables(word)) for word in asking if len(word) > 1]
    return _Words(
        _any_of(asking),
        re.compile(rf"\b(?:{_any_of(heard).pattern})\b"),
        synonyms,
        _any_of(synonyms),
    )


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(set(words), key=len, reverse=True))))


def stripped(question: str) -> list[str]:
    """Return the pieces of a folded question that say what it is about."""
    return [piece for piece in _words().asking.split(question) if piece] or [question]


def in_plan_words(question: str) -> str:
    """Return a folded question with what people say replaced by what plans write."""
    words = _words()
    return words.everyday.sub(lambda word: words.synonyms[word[0]], question)


def asked(pieces: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (written pair, heard pair) for each place in the pieces; typed pinyin has no first."""
    for piece in pieces:
        heard = syllables(piece)
        if len(heard) == len(piece):
            written = ("".join(pair) for pair in pairwise(piece))
            yield from zip(written, (" ".join(pair) for pair in pairwise(heard)), strict=True)
        else:
            for run in _words().asking_heard.split(" ".join(heard)):
                yield from (("", " ".join(pair)) for pair in pairwise(run.split()))


def told(text: str) -> set[str]:
    """Return every written and heard pair of a folded text."""
    heard = syllables(text)
    found = {f"{first} {second}" for first, second in pairwise(heard)}
    if len(heard) == len(text):
        found.update(first + second for first, second in pairwise(text))
    return found
