"""Finding the facts that a question is about, by pairs of characters and of sounds.

Pairs of characters need no dictionary and survive any wording; pairs of fuzzy syllables survive
homophones, pinyin and slips of the pen. A pair counts the more, the rarer it is.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Final

from knowledge.plan import Fact
from knowledge.sounds import syllables
from knowledge.text import fold

SOUND_WORTH: Final = 0.75
"""What a pair that only sounds alike is worth, against one that is written alike."""

HEADING_WORTH: Final = 0.6
"""What a pair is worth that stands in a heading above the fact."""

UNKNOWN_WORTH: Final = 0.6
"""What a pair that no plan contains counts against a fact, as a share of the rarest pair."""

SINGLE_WORTH: Final = 0.3
"""What a single character is worth against a pair: it decides between facts that pairs found."""

UNCOMMON: Final = 0.2
"""A character that stands in more than this share of the facts tells nothing by itself."""

COMMON: Final = 2000
"""A pair of more facts than this only weighs facts that rarer pairs have found already."""

_WORDS: Final = Path(__file__).parent / "words.toml"


@dataclass(frozen=True, slots=True)
class Hit:
    """A fact, how much of the question it covers (0 to about 1), and how rare what it covers is."""

    fact: Fact
    score: float
    evidence: float = 0.0


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


def _in_plan_words(question: str) -> str:
    """Return a folded question with what people say replaced by what plans write."""
    words = _words()
    return words.everyday.sub(lambda word: words.synonyms[word[0]], question)


def _pairs(pieces: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (written pair, heard pair) for each place in the pieces; typed pinyin has no first."""
    for piece in pieces:
        heard = syllables(piece)
        if len(heard) == len(piece):
            written = ("".join(pair) for pair in pairwise(piece))
            yield from zip(written, (" ".join(pair) for pair in pairwise(heard)), strict=True)
        else:
            for run in _words().asking_heard.split(" ".join(heard)):
                yield from (("", " ".join(pair)) for pair in pairwise(run.split()))


class Index:
    """Every pair of every fact, and where it stands."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = tuple(facts)
        self._written: dict[str, dict[int, float]] = defaultdict(dict)
        self._heard: dict[str, dict[int, float]] = defaultdict(dict)
        self._single: dict[str, dict[int, float]] = defaultdict(dict)
        for number, fact in enumerate(self.facts):
            self._add(number, [fold(heading) for heading in fact.headings], HEADING_WORTH)
            text = fold(fact.text)
            self._add(number, [text], 1.0)
            for character in set(text):
                self._single[character][number] = 1.0
        self._rarest = log(1 + len(self.facts))

    def _add(self, number: int, texts: Iterable[str], worth: float) -> None:
        for written, heard in _pairs(texts):
            self._written[written][number] = worth
            self._heard[heard][number] = worth

    def has(self, word: str) -> bool:
        """Tell whether some fact may contain a folded word: each of its pairs stands somewhere."""
        return all("".join(pair) in self._written for pair in pairwise(word))

    def cover(self, question: str) -> Mapping[int, tuple[float, float]]:
        """Return how much of a question each fact covers, by number, and how rare that is."""
        folded = fold(question)
        in_plan_words = _in_plan_words(folded)
        best = self._cover(folded)
        if in_plan_words != folded:
            for number, found in self._cover(in_plan_words).items():
                best[number] = max(found, best.get(number, found))
        return best

    def best(
        self,
        covered: Mapping[int, tuple[float, float]],
        keep: Callable[[Fact], bool],
        most: int = 20,
    ) -> list[Hit]:
        """Return the facts for which ``keep`` holds that cover most."""
        kept = ((found, -number) for number, found in covered.items() if keep(self.facts[number]))
        return [Hit(self.facts[-number], *found) for found, number in nlargest(most, kept)]

    def _cover(self, words: str) -> dict[int, tuple[float, float]]:
        """Return how much of the words each fact covers, and how rare that is."""
        scores: dict[int, float] = defaultdict(float)
        pieces = stripped(words)
        pairs = [self._found(written, heard) for written, heard in _pairs(pieces)]
        pairs.sort(key=lambda found: len(found[1]))
        whole = sum(_score(exact, alike, rarity, scores) for exact, alike, rarity in pairs)
        whole += sum(self._score_single(character, scores) for character in "".join(pieces))
        return {number: (score / whole, score) for number, score in scores.items()}

    def _found(
        self, written: str, heard: str
    ) -> tuple[Mapping[int, float], Mapping[int, float], float]:
        """Return where a pair is written, where it is heard, and how much it counts."""
        exact, alike = self._written.get(written, {}), self._heard.get(heard, {})
        if not alike:
            return exact, alike, self._rarest * UNKNOWN_WORTH
        return exact, alike, log(1 + len(self.facts) / len(exact or alike))

    def _score_single(self, character: str, scores: dict[int, float]) -> float:
        """Let a character that is not common weigh the facts that pairs have found."""
        known = self._single.get(character, {})
        if character < "\u4e00" or len(known) > len(self.facts) * UNCOMMON:
            return 0.0
        rarity = log(1 + len(self.facts) / (len(known) or 1)) * SINGLE_WORTH
        for number in scores.keys() & known.keys():
            scores[number] += rarity
        return rarity


def _score(
    exact: Mapping[int, float],
    alike: Mapping[int, float],
    rarity: float,
    scores: dict[int, float],
) -> float:
    """Give each fact what a pair is worth to it; return what the pair counts in all."""
    numbers = scores.keys() & alike.keys() if scores and len(alike) > COMMON else alike
    for number in numbers:
        scores[number] += rarity * exact.get(number, alike[number] * SOUND_WORTH)
    return rarity
