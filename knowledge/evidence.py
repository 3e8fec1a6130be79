"""What the signs of a message tell of its meaning, added up over all examples."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
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
        self._numbers: dict[str, int] = {}
        number_of, size = self._numbers, max(groups) + 1
        known = np.array([number_of.setdefault(s, len(number_of)) for own in examples for s in own])
        lengths = np.array(list(map(len, examples)))
        self._rarity = 1 + np.log(len(examples) / np.bincount(known))
        rarity = self._rarity[known]
        whole = np.bincount(np.repeat(np.arange(len(examples)), lengths), rarity**2, len(lengths))
        shares = rarity / np.repeat(np.sqrt(np.maximum(whole, 1)), lengths)
        cells = known * size + np.repeat(groups, lengths)
        flat: Scores = np.bincount(cells, shares, len(number_of) * size).astype(np.float64)
        sums = flat.reshape(-1, size)
        others = sums.sum(axis=1, keepdims=True) - sums
        told = np.log(_shares(sums)) - np.log(_shares(others))
        self._tells: Scores = told / np.abs(told).mean(axis=0)

    def of(self, signs: set[str]) -> Scores:
        """Return for each group how much the signs tell of it; about 0 where they tell nothing."""
        known = [self._numbers[sign] for sign in signs if sign in self._numbers]
        rarity = self._rarity[known]
        told: Scores = (rarity @ self._tells[known]) / max(1.0, np.sqrt(rarity @ rarity))
        return told


def _shares(sums: Scores) -> Scores:
    shares: Scores = (sums + DOUBT) / (sums + DOUBT).sum(axis=0)
    return shares


def sounds_of(heard: Sequence[str]) -> set[str]:
    """Return the sounds of a phrase and their pairs, with its edges."""
    return {*heard, *map(" ".join, pairwise(("^", *heard, "$")))}


def signs(folded: str) -> set[str]:
    """Return the characters of a phrase and their pairs: 是 and 十 sound the same."""
    pairs = map("".join, pairwise(f"^{folded}$"))
    return {sign for sign in (*folded, *pairs) if not sign.isascii()}
