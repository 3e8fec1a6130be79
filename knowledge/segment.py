"""A part of the search index: where each pair and each character of some facts stands.

A segment never changes: a plan that is learned becomes a segment of its own beside the others, so
nothing is built again. Postings are flat arrays: 8 bytes for each place where something stands,
as NumPy counts, so that nothing is copied to be summed.
"""

from __future__ import annotations

import re
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

Numbers = NDArray[np.intp]

KINDS: Final = 3
"""Where a feature can stand: in the text, in a name that the nearest heading quotes, above."""

_NONE: Numbers = np.zeros(0, np.intp)
_NOTHING: Final[frozenset[str]] = frozenset()
_QUOTED: Final = re.compile("[“《]([^“”《》]{2,14})[”》]")


class Segment:
    """Some facts and, for each feature of their texts and headings, the facts that have it."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = tuple(facts)
        self._features: dict[str, int] = {}
        places, numbers = array("I"), array("I")
        for number, fact in enumerate(self.facts):
            text = fold(fact.text)
            inside = told(text) | set(text) | _called(fact.text)
            named = _named(fact) - inside
            above = _of_headings(fact.headings) - inside - named
            for kind, features in enumerate((inside, named, above)):
                places.extend([KINDS * self._number(feature) + kind for feature in features])
                numbers.extend([number] * len(features))
        known = np.array(places, np.uint32)
        self._numbers: Numbers = np.array(numbers, np.intp)[np.argsort(known, kind="stable")]
        ends = np.cumsum(np.bincount(known, minlength=KINDS * len(self._features)))
        self._starts: list[int] = [0, *ends.tolist()]

    def _number(self, feature: str) -> int:
        return self._features.setdefault(feature, len(self._features))

    def has(self, feature: str) -> bool:
        """Tell whether some fact has a feature."""
        return feature in self._features

    def count(self, feature: str) -> int:
        """Return how many facts have a feature."""
        number = self._features.get(feature)
        if number is None:
            return 0
        first, end = self._starts[KINDS * number], self._starts[KINDS * (number + 1)]
        return end - first

    def counts(self, written: str, heard: str) -> tuple[int, int, bool]:
        """Return how many facts have a written pair and its sounds, and whether all have both."""
        exact, alike = self._features.get(written), self._features.get(heard)
        if exact is None or alike is None:
            return 0, self.count(heard), alike is None
        one = self._starts[KINDS * exact : KINDS * (exact + 1) + 1]
        other = self._starts[KINDS * alike : KINDS * (alike + 1) + 1]
        apart = other[0] - one[0]
        is_same = all(begin - first == apart for first, begin in zip(one, other, strict=True))
        return one[-1] - one[0], other[-1] - other[0], is_same

    def where(self, feature: str) -> Sequence[Numbers]:
        """Return the facts that have a feature in their text, then those that have it only in the
        name that the nearest heading quotes, then those that have it only above.
        """
        number = self._features.get(feature)
        if number is None:
            return ()
        starts = self._starts[KINDS * number : KINDS * (number + 1) + 1]
        return [
            self._numbers[start:end] if start < end else _NONE for start, end in pairwise(starts)
        ]


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


def _named(fact: Fact) -> frozenset[str]:
    """Return the features of what a fact's heading names; a line of a digest names it itself."""
    is_below = fact.headings and not fact.plan.digest
    return _of_names(fact.headings[-1]) if is_below else _NOTHING


@lru_cache(maxsize=512)
def _of_names(heading: str) -> frozenset[str]:
    names = [fold(name) for name in _QUOTED.findall(heading)]
    return frozenset().union(*(told(name) | set(name) for name in names))


def _called(text: str) -> set[str]:
    return {feature for name in shorthand.names(text) for feature in told(name)}
