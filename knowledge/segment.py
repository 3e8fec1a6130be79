"""A part of the search index: where each pair and each character of some facts stands.

A segment never changes: a plan that is learned becomes a segment of its own beside the others, so
nothing is built again. Postings are flat arrays: 8 bytes for each place where something stands.
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

HEADING_WORTH: Final = 0.8
"""What a pair is worth that stands in a heading above the fact."""

Numbers = NDArray[np.uint32]
Weights = NDArray[np.float32]


class Segment:
    """Some facts and, for each feature of their texts and headings, the facts that have it."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = tuple(facts)
        self._features: dict[str, int] = {}
        features, numbers, in_heading = array("I"), array("I"), array("B")
        for number, fact in enumerate(self.facts):
            text = fold(fact.text)
            inside = told(text) | set(text) | _called(fact.text)
            above = _of_headings(fact.headings) - inside
            features.extend(self._number(feature) for feature in inside)
            features.extend(self._number(feature) for feature in above)
            numbers.extend([number] * (len(inside) + len(above)))
            in_heading.extend([0] * len(inside) + [1] * len(above))
        known = np.frombuffer(features, np.uint32) if features else np.zeros(0, np.uint32)
        order = np.argsort(known, kind="stable")
        self._numbers: Numbers = np.array(numbers, np.uint32)[order]
        worth = np.array([1.0, HEADING_WORTH], np.float32)
        self._worth: Weights = worth[np.array(in_heading, np.uint8)[order]]
        counts = np.bincount(known, minlength=len(self._features))
        self._starts = np.concatenate(([0], np.cumsum(counts))).tolist()

    def _number(self, feature: str) -> int:
        return self._features.setdefault(feature, len(self._features))

    def has(self, feature: str) -> bool:
        """Tell whether some fact has a feature."""
        return feature in self._features

    def count(self, feature: str) -> int:
        """Return how many facts have a feature."""
        number = self._features.get(feature)
        return 0 if number is None else self._starts[number + 1] - self._starts[number]

    def where(self, feature: str) -> tuple[Numbers, Weights]:
        """Return the numbers of the facts that have a feature, rising, and what it is worth."""
        number = self._features.get(feature)
        if number is None:
            return self._numbers[:0], self._worth[:0]
        chosen = slice(self._starts[number], self._starts[number + 1])
        return self._numbers[chosen], self._worth[chosen]

    def having(self, word: str) -> Numbers:
        """Return the numbers of the facts that have every pair of a written word, rising."""
        pairs = [first + second for first, second in pairwise(word)] or [word]
        found, *others = sorted((self.where(pair)[0] for pair in pairs), key=len)
        for numbers in others:
            found = found[np.isin(found, numbers, assume_unique=True)]
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
