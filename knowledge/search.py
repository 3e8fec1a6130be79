"""Finding the facts that a question is about, by pairs of characters and of sounds.

Pairs of characters need no dictionary and survive any wording; pairs of fuzzy syllables survive
homophones, pinyin and slips of the pen. A pair counts the more, the rarer it is.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
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

UNKNOWN_WORTH: Final = 0.7
"""What a pair that no plan contains counts against a fact, as a share of the rarest pair."""

_WORDS: Final = Path(__file__).parent / "words.toml"


@dataclass(frozen=True, slots=True)
class Hit:
    """A fact and how much of the question it covers, from 0 to about 1."""

    fact: Fact
    score: float


@cache
def _words() -> tuple[re.Pattern[str], Mapping[str, str]]:
    data = tomllib.loads(_WORDS.read_text("utf-8"))
    asking = sorted(data["asking"], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, asking))), data["synonyms"]


def stripped(question: str) -> list[str]:
    """Return the pieces of a folded question that say what it is about."""
    pattern, _ = _words()
    pieces = [piece for piece in pattern.split(question) if piece]
    return pieces or [question]


def _pairs(pieces: Iterable[str]) -> list[tuple[str, str]]:
    """Return (written pair, heard pair) for each place in the pieces; heard is "" for digits."""
    found: list[tuple[str, str]] = []
    for piece in pieces:
        heard = syllables(piece)
        sounds = [" ".join(pair) for pair in pairwise(heard)]
        written = ["".join(pair) for pair in pairwise(piece)]
        if len(sounds) != len(written):  # typed pinyin: nothing is written as in a plan
            written = [""] * len(sounds)
        found += zip(written, sounds, strict=True)
    return found


class Index:
    """Every pair of every fact, and where it stands."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = tuple(facts)
        self._written: dict[str, dict[int, float]] = defaultdict(dict)
        self._heard: dict[str, dict[int, float]] = defaultdict(dict)
        for number, fact in enumerate(self.facts):
            self._add(number, [fold(heading) for heading in fact.headings], HEADING_WORTH)
            self._add(number, [fold(fact.text)], 1.0)
        self._rarest = log(1 + len(self.facts))

    def _add(self, number: int, texts: Iterable[str], worth: float) -> None:
        for written, heard in _pairs(texts):
            self._written[written][number] = worth
            self._heard[heard][number] = worth

    def search(self, question: str, keep: Callable[[Fact], bool], most: int = 12) -> list[Hit]:
        """Return the facts for which ``keep`` holds that cover the question best."""
        folded = fold(question)
        pairs = _pairs(stripped(folded))
        scores: dict[int, float] = defaultdict(float)
        whole = sum(self._score_pair(written, heard, scores) for written, heard in pairs)
        found = [(n, score / whole) for n, score in scores.items() if keep(self.facts[n])]
        best = sorted(found, key=lambda item: -item[1])[:most]
        return [Hit(self.facts[number], score) for number, score in best]

    def _score_pair(self, written: str, heard: str, scores: dict[int, float]) -> float:
        """Give each fact what the pair is worth to it; return what it is worth at most."""
        exact = self._written.get(written, {})
        alike = self._heard.get(heard, {})
        if not exact and not alike:
            return self._rarest * UNKNOWN_WORTH
        rarity = log(1 + len(self.facts) / len(exact or alike))
        for number, worth in alike.items():
            scores[number] += rarity * exact.get(number, worth * SOUND_WORTH)
        return rarity
