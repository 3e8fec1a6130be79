"""Summing what a question's pairs are worth to the facts of a segment.

Characters by themselves only weigh the facts that can still be among the best: what they are worth
at most is known before they are looked at (the idea of MaxScore, Turtle and Flood 1995).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.segment import Numbers, Segment, Weights

FEW: Final = 0.01
"""This share of a segment's facts is looked up in each posting; for more, all places are summed."""

SHARE_OF_BEST: Final = 0.4
"""Facts that are worth less than this share of the best one are not looked at."""

Scores = NDArray[np.float64]
Allowed = NDArray[np.bool_]
Places = NDArray[np.intp]


class Clue(NamedTuple):
    """A feature of a question and what it is worth to the facts that have it."""

    feature: str
    worth: float


class Said(NamedTuple):
    """An everyday word: its own clues, what plans may write instead, and what either is worth."""

    own: Sequence[Clue]
    instead: Sequence[str]
    worth: float


class Clues(NamedTuple):
    """All that a question tells: single characters only weigh facts that the rest has found.

    ``whole`` is what a fact is worth that has everything.
    """

    pairs: Sequence[Clue]
    singles: Sequence[Clue]
    sayings: Sequence[Said]
    whole: float


class _Posting(NamedTuple):
    """Where a clue stands, and what it is worth at most."""

    numbers: Numbers
    weights: Weights
    worth: float


def best(segment: Segment, clues: Clues, allowed: Allowed | None) -> tuple[Places, Scores]:
    """Return the best of the ``allowed`` facts, by rising number, and what they are worth."""
    scores = _counted(_postings(segment, clues.pairs), len(segment.facts))
    for said in clues.sayings:
        _say(segment, scores, said)
    if allowed is not None:
        scores *= allowed
    more = _postings(segment, clues.singles)
    to_come = sum(posting.worth for posting in more)
    least = SHARE_OF_BEST * float(scores.max(initial=0.0)) - to_come
    known = np.flatnonzero(scores > max(least, 0.0))
    found = scores[known]
    if len(known) <= FEW * len(segment.facts):
        for posting in more:
            _add(found, known, posting)
    else:
        found += _counted(more, len(segment.facts))[known]
    kept = found >= SHARE_OF_BEST * found.max(initial=0.0)
    return known[kept], found[kept]


def worth(features: Collection[str], clues: Clues) -> float:
    """Return what one text is worth that has these features."""
    plain = (*clues.pairs, *clues.singles)
    total = sum(clue.worth for clue in plain if clue.feature in features)
    return total + sum(_said(features, said) for said in clues.sayings)


def _said(features: Collection[str], said: Said) -> float:
    for word in said.instead:
        if all(first + second in features for first, second in pairwise(word)):
            return said.worth
    own = sum(clue.worth for clue in said.own if clue.feature in features)
    return min(own, said.worth)


def _postings(segment: Segment, clues: Sequence[Clue]) -> list[_Posting]:
    found = ((*segment.where(clue.feature), clue.worth) for clue in clues)
    return [_Posting(*posting) for posting in found if len(posting[0])]


def _counted(postings: Sequence[_Posting], size: int) -> Scores:
    if not postings:
        return np.zeros(size)
    numbers = np.concatenate([posting.numbers for posting in postings])
    worth = np.concatenate([posting.weights * posting.worth for posting in postings])
    return np.asarray(np.bincount(numbers, worth, minlength=size), np.float64)


def _add(scores: Scores, known: Places, posting: _Posting) -> None:
    """Let a posting weigh the facts that are known."""
    at = np.searchsorted(posting.numbers, known)
    at[at == len(posting.numbers)] = 0
    has = posting.numbers[at] == known
    scores[has] += posting.weights[at[has]] * posting.worth


def _say(segment: Segment, scores: Scores, said: Said) -> None:
    """Let an everyday word weigh the facts that have it, or what plans write for it: once."""
    worth = _counted(_postings(segment, said.own), len(segment.facts))
    for word in said.instead:
        worth[segment.having(word)] = said.worth
    scores += np.minimum(worth, said.worth)
