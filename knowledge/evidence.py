"""What the signs of a message tell of its meaning, added up over all examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

DOUBT: Final = 0.06
"""Seen so often beforehand, so that a sign met once proves little (additive smoothing)."""

Scores = NDArray[np.float64]


class Evidence:
    """Naive Bayes over sounds, characters and their pairs, one group against all others.

    As in Rennie and others, Tackling the Poor Assumptions of Naive Bayes Text Classifiers (2003):
    rare signs weigh more, long examples no more than short ones, and every group has the same
    weight in all, however many examples it has.
    """

    def __init__(self, examples: Sequence[set[str]], groups: Sequence[int]) -> None:
        """Take the signs of each example and the number of its group, from 0."""
        seen = Counter(sign for signs in examples for sign in signs)
        self._numbers = {sign: number for number, sign in enumerate(seen)}
        self._rarity = np.array([1 + log(len(examples) / count) for count in seen.values()])
        sums = np.zeros((len(seen), max(groups) + 1))
        for signs, group in zip(examples, groups, strict=True):
            known, shares = self._weighed(signs)
            sums[known, group] += shares
        others = sums.sum(axis=1, keepdims=True) - sums
        told = np.log(_shares(sums)) - np.log(_shares(others))
        self._tells: Scores = told / np.abs(told).mean(axis=0)

    def of(self, signs: set[str]) -> Scores:
        """Return for each group how much the signs tell of it; about 0 where they tell nothing."""
        known, shares = self._weighed(signs & self._numbers.keys())
        told: Scores = shares @ self._tells[known]
        return told

    def _weighed(self, signs: set[str]) -> tuple[list[int], Scores]:
        """Return the numbers of the signs and what each counts; the squares add up to 1."""
        known = [self._numbers[sign] for sign in signs]
        rarity = self._rarity[known]
        return known, rarity / max(1.0, np.sqrt(rarity @ rarity))


def _shares(sums: Scores) -> Scores:
    shares: Scores = (sums + DOUBT) / (sums + DOUBT).sum(axis=0)
    return shares


def signs(folded: str, heard: Sequence[str]) -> set[str]:
    """Return the sounds and characters of a phrase and their pairs: 是 and 十 sound the same."""
    return {*heard, *_pairs(("^", *heard, "$")), *_characters(folded)}


def _pairs(parts: Sequence[str]) -> Iterator[str]:
    return (" ".join(pair) for pair in pairwise(parts))


def _characters(folded: str) -> Iterator[str]:
    """Yield characters and their pairs, marked so that they differ from sounds."""
    yield from (f"={one}" for one in folded if not one.isascii())
    yield from (f"={a}{b}" for a, b in pairwise(f"^{folded}$") if not (a + b).isascii())
