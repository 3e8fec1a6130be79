"""A part of the search index: where each pair and each character of some facts stands.

A segment never changes: a plan that is learned becomes a segment of its own beside the others, so
nothing is built again. Postings are flat arrays: 8 bytes for each place where something stands,
as NumPy counts, so that nothing is copied to be summed.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge import shorthand
from knowledge.pairs import told
from knowledge.plan import Fact
from knowledge.text import fold

JUST_LOOKED_UP: Final = 16
"""For so many words the facts are kept that have them: they are counted first, then weighed."""

Numbers = NDArray[np.intp]

_NONE: Numbers = np.zeros(0, np.intp)


class Segment:
    """Some facts and, for each feature of their texts and headings, the facts that have it."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = tuple(facts)
        self._features: dict[str, int] = {}
        places, numbers = array("I"), array("I")
        for number, fact in enumerate(self.facts):
            text = fold(fact.text)
            inside = told(text) | set(text) | _called(fact.text)
            above = _of_headings(fact.headings) - inside
            places.extend([2 * self._number(feature) for feature in inside])
            places.extend([2 * self._number(feature) + 1 for feature in above])
            numbers.extend([number] * (len(inside) + len(above)))
        known = np.array(places, np.uint32)
        self._numbers: Numbers = np.array(numbers, np.intp)[np.argsort(known, kind="stable")]
        ends = np.cumsum(np.bincount(known, minlength=2 * len(self._features)))
        self._starts = [0, *ends.tolist()]
        self.having = lru_cache(maxsize=JUST_LOOKED_UP)(self._having)

    def _number(self, feature: str) -> int:
        return self._features.setdefault(feature, len(self._features))

    def has(self, feature: str) -> bool:
        """Tell whether some fact has a feature."""
        return feature in self._features

    def count(self, feature: str) -> int:
        """Return how many facts have a feature."""
        number = self._features.get(feature)
        return 0 if number is None else self._starts[2 * number + 2] - self._starts[2 * number]

    def counts(self, written: str, heard: str) -> tuple[int, int, bool]:
        """Return how many facts have a written pair and its sounds, and whether all have both."""
        exact, alike = self._features.get(written), self._features.get(heard)
        if exact is None or alike is None:
            return 0, self.count(heard), alike is None
        starts = self._starts
        first, middle, end = starts[2 * exact], starts[2 * exact + 1], starts[2 * exact + 2]
        begin, half, last = starts[2 * alike], starts[2 * alike + 1], starts[2 * alike + 2]
        is_same = middle - first == half - begin and end - first == last - begin
        return end - first, last - begin, is_same

    def where(self, feature: str) -> tuple[Numbers, Numbers]:
        """Return the facts that have a feature in their text, and those with it only above."""
        number = self._features.get(feature)
        if number is None:
            return _NONE, _NONE
        start, middle, end = self._starts[2 * number : 2 * number + 3]
        above = self._numbers[middle:end] if middle < end else _NONE
        return self._numbers[start:middle] if start < middle else _NONE, above

    def _having(self, word: str) -> Numbers:
        """Return the facts that have every pair of a written word, in their text or above."""
        pairs = [first + second for first, second in pairwise(word)] or [word]
        first, *others = sorted(map(self.where, pairs), key=lambda runs: sum(map(len, runs)))
        found = np.concatenate(first)
        for inside, above in others:
            found = found[are_among(found, inside) | are_among(found, above)]
        return found


def are_among(some: Numbers, numbers: Numbers) -> NDArray[np.bool_]:
    """Tell of each of some numbers whether it is among others, which rise."""
    if not len(numbers):
        return np.zeros(len(some), np.bool_)
    at = numbers.searchsorted(some)
    found: NDArray[np.bool_] = numbers.take(at, mode="clip") == some
    return found


def kept_up(before: Sequence[Segment], facts: Sequence[Fact]) -> list[Segment]:
    """Return segments of ``facts``, with those of ``before`` that hold nothing else.

    Small segments are put together, so that there are few: each is at least twice as large as the
    next. Facts are the same when they are the same object.
    """
    wanted = {id(fact) for fact in facts}
    segments = [one for one in before if all(id(fact) in wanted for fact in one.facts)]
    held = {id(fact) for segment in segments for fact in segment.facts}
    if new := [fact for fact in facts if id(fact) not in held]:
        segments.append(Segment(new))
    segments.sort(key=lambda segment: -len(segment.facts))
    while len(segments) > 1 and 2 * len(segments[-1].facts) > len(segments[-2].facts):
        last, other = segments.pop(), segments.pop()
        segments.append(Segment((*other.facts, *last.facts)))
    return segments


@lru_cache(maxsize=512)
def _of_headings(headings: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*(told(fold(heading)) for heading in headings))


def _called(text: str) -> set[str]:
    return {feature for name in shorthand.names(text) for feature in told(name)}
