"""Which of many example phrases a message is most like, whatever the slips in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from math import log
from typing import Final

from rapidfuzz import fuzz

from knowledge.sounds import syllables
from knowledge.text import fold

SINGLE_WORTH: Final = 0.8
"""What a single syllable counts against a pair of them."""

CLAUSE_WORTH: Final = 0.93
"""What likeness of one clause of a message is worth against likeness of all of it."""

TYPED_WORTH: Final = 0.85
"""What likeness of typed letters is worth: they may spell a name that no example has."""

SHORTEST_CLAUSE: Final = 2
"""A single character between blanks is part of a word: 许 国 强."""

LOOKED_AT: Final = 12
"""How many examples with the most in common are compared in full."""

SPELLING_SHARE: Final = 0.2
"""How much of likeness is the order of all sounds; the rest is the rare sounds in common."""

LONGEST: Final = 40
"""Longer messages are stories or questions; no short phrase is compared with them."""

_CLAUSE_END = re.compile(r"[\s,，。.!！?？:：;；~～…]+")


@dataclass(frozen=True, slots=True)
class Match:
    """A name and how like its best example is, from 0 to 1."""

    name: str
    likeness: float


class Phrases:
    """Example phrases by the name of what they mean."""

    def __init__(self, examples: Mapping[str, Iterable[str]]) -> None:
        named = [(name, phrase) for name, phrases in examples.items() for phrase in phrases]
        self._names = [name for name, _ in named]
        self._spelled = [" ".join(syllables(fold(phrase))) for _, phrase in named]
        features = [Counter(_features(spelled)) for spelled in self._spelled]
        self._seen = Counter(feature for counted in features for feature in counted)
        self._whole = [self._weight(counted) for counted in features]
        self._where: dict[str, list[int]] = defaultdict(list)
        for number, counted in enumerate(features):
            for feature in counted:
                self._where[feature].append(number)

    def best(self, message: str) -> Match | None:
        """Return the name whose example is most like ``message``, None where none can be."""
        folded = fold(message)
        if not folded or len(folded) > LONGEST:
            return None
        matches = [self._best(folded)]
        for clause in map(fold, _CLAUSE_END.split(message)):
            if SHORTEST_CLAUSE <= len(clause) < len(folded):
                match = self._best(clause)
                matches.append(Match(match.name, match.likeness * CLAUSE_WORTH))
        return max(matches, key=lambda match: match.likeness)

    def _best(self, folded: str) -> Match:
        spelled = " ".join(syllables(folded))
        counted = Counter(_features(spelled))
        shared: dict[int, float] = defaultdict(float)
        for feature in counted:
            for number in self._where.get(feature, ()):
                shared[number] += self._rarity(feature)
        mine = self._weight(counted)
        rare = {n: 2 * score / (mine + self._whole[n]) for n, score in shared.items()}
        worth = TYPED_WORTH if folded.isascii() and folded.isalpha() else 1.0
        matches = [Match("", 0.0)]
        for number in nlargest(LOOKED_AT, rare, key=rare.__getitem__):
            order = fuzz.ratio(spelled, self._spelled[number]) / 100
            likeness = (1 - SPELLING_SHARE) * rare[number] + SPELLING_SHARE * order
            matches.append(Match(self._names[number], likeness * worth))
        return max(matches, key=lambda match: match.likeness)

    def _weight(self, features: Iterable[str]) -> float:
        return sum(map(self._rarity, features))

    def _rarity(self, feature: str) -> float:
        rarity = log(1 + len(self._names) / self._seen.get(feature, 1))
        return rarity if " " in feature else rarity * SINGLE_WORTH


def _features(spelled: str) -> Iterator[str]:
    """Yield the syllables and the pairs of syllables, with the edges of the phrase."""
    heard = spelled.split()
    yield from heard
    yield from (" ".join(pair) for pair in pairwise(("^", *heard, "$")))
