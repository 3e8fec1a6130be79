"""Finding the facts that a question is about: a pair counts the more, the rarer it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge.pairs import asked, in_plan_words, stripped
from knowledge.plan import Fact
from knowledge.segment import Numbers, Segment, Weights
from knowledge.text import fold

SOUND_WORTH: Final = 0.75
"""What a pair that only sounds alike is worth, against one that is written alike."""

UNKNOWN_WORTH: Final = 0.6
"""What a pair that no plan contains counts against a fact, as a share of the rarest pair."""

SINGLE_WORTH: Final = 0.3
"""What a single character is worth against a pair: it decides between facts that pairs found."""

UNCOMMON: Final = 0.2
"""A character that stands in more than this share of the facts tells nothing by itself."""

AT_ONCE: Final = 20_000
"""Up to so many places are summed in one go; beyond, common pairs only weigh what is found."""

SHARE_OF_BEST: Final = 0.25
"""Facts that cover less than this share of what the best one covers are not looked at."""

Scores = NDArray[np.float64]
Allowed = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Hit:
    """A fact, how much of the question it covers (0 to about 1), and how rare what it covers is."""

    fact: Fact
    score: float
    evidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Cover:
    """How much of a question each fact covers, and how rare that is, by the fact's number."""

    share: Scores
    evidence: Scores


@dataclass(frozen=True, slots=True)
class _Clue:
    """A feature of a question and what it is worth to the facts that have it."""

    feature: str
    worth: float


class Index:
    """Every fact, in segments that never change."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self._size = sum(len(segment.facts) for segment in self.segments)
        self._rarest = log(1 + self._size)

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts by their number."""
        return tuple(fact for segment in self.segments for fact in segment.facts)

    def has(self, word: str) -> bool:
        """Tell whether some fact may contain a folded word: each of its pairs stands somewhere."""
        return all(
            any(segment.has(first + second) for segment in self.segments)
            for first, second in pairwise(word)
        )

    def cover(self, question: str) -> Cover:
        """Return how much of a question each fact covers, in its own words or in the plans'."""
        folded = fold(question)
        own = self._cover(folded)
        replaced = in_plan_words(folded)
        if replaced == folded:
            return own
        other = self._cover(replaced)
        better = other.share > own.share
        return Cover(
            np.where(better, other.share, own.share),
            np.where(better, other.evidence, own.evidence),
        )

    def best(self, cover: Cover, allowed: Allowed | None = None, most: int = 20) -> list[Hit]:
        """Return the facts that cover most, best first, of those that are ``allowed``."""
        share = cover.share if allowed is None else cover.share * allowed
        if not self._size or not (best := float(share.max())):
            return []
        near = np.flatnonzero(share > best * SHARE_OF_BEST)
        order = near[np.lexsort((near, -cover.evidence[near], -share[near]))][:most].tolist()
        return [
            Hit(self.facts[number], float(share[number]), float(cover.evidence[number]))
            for number in order
        ]

    def _cover(self, words: str) -> Cover:
        pieces = stripped(words)
        pairs, whole = self._pairs(pieces)
        singles, more = self._singles(pieces)
        evidence = np.concatenate([_sum(s, pairs, singles) for s in self.segments] or [_NONE])
        return Cover(evidence / ((whole + more) or 1.0), evidence)

    def _pairs(self, pieces: Iterable[str]) -> tuple[list[_Clue], float]:
        """Return the pairs that plans have, and what all that were asked are worth."""
        clues, whole = [], 0.0
        for written, heard in asked(pieces):
            exact, alike = self._count(written), self._count(heard)
            rarity = self._rarity(exact or alike) if alike else self._rarest * UNKNOWN_WORTH
            whole += rarity
            if alike:
                clues.append(_Clue(heard, rarity * SOUND_WORTH))
            if exact:
                clues.append(_Clue(written, rarity * (1 - SOUND_WORTH)))
        return clues, whole

    def _singles(self, pieces: Iterable[str]) -> tuple[list[_Clue], float]:
        """Return the characters that are not common, and what they are worth."""
        clues, whole = [], 0.0
        for character in "".join(pieces):
            count = self._count(character)
            if character >= "\u4e00" and count <= self._size * UNCOMMON:
                worth = self._rarity(count or 1) * SINGLE_WORTH
                whole += worth
                clues.append(_Clue(character, worth))
        return clues, whole

    def _count(self, feature: str) -> int:
        return sum(segment.count(feature) for segment in self.segments)

    def _rarity(self, count: int) -> float:
        return log(1 + self._size / count)


_NONE: Final[Scores] = np.zeros(0)


def _sum(segment: Segment, pairs: Sequence[_Clue], singles: Sequence[_Clue]) -> Scores:
    """Return what each fact of a segment is worth: its pairs, and the characters of those found."""
    size = len(segment.facts)
    found = [(*segment.where(clue.feature), clue.worth) for clue in pairs]
    found.sort(key=lambda posting: len(posting[0]))
    few, placed = 0, 0
    while few < len(found) and (placed := placed + len(found[few][0])) <= AT_ONCE:
        few += 1
    scores = _counted(found[: few or 1], size)
    single = [(*segment.where(clue.feature), clue.worth) for clue in singles]
    if few == len(found) and sum(len(numbers) for numbers, _, _ in single) <= AT_ONCE:
        return scores + _counted(single, size) * (scores > 0)
    known = np.flatnonzero(scores)
    for numbers, worth, each in found[few or 1 :] + single:
        _add(scores, known, numbers, worth * each)
    return scores


def _counted(postings: Sequence[tuple[Numbers, Weights, float]], size: int) -> Scores:
    if not postings:
        return np.zeros(size)
    numbers = np.concatenate([numbers for numbers, _, _ in postings])
    worth = np.concatenate([worth * each for _, worth, each in postings])
    return np.asarray(np.bincount(numbers, worth, minlength=size), np.float64)


def _add(scores: Scores, known: NDArray[np.intp], numbers: Numbers, worth: Weights) -> None:
    """Let a common pair weigh the facts that rarer ones have found."""
    if not len(numbers):
        return
    at = np.minimum(np.searchsorted(numbers, known), len(numbers) - 1)
    has = numbers[at] == known
    scores[known[has]] += worth[at[has]]
