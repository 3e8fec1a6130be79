"""Summing what a question's pairs are worth to the facts of a segment, the rarest pairs first.

Of many facts only those are kept that can still be among the best: what pairs to come are worth is
known before they are looked at (the idea of MaxScore, Turtle and Flood 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.segment import Numbers, Segment, Weights

AT_ONCE: Final = 8_000
"""So many places are summed before it is asked which facts can still be among the best."""

SHARE_OF_BEST: Final = 0.4
"""Facts that are worth less than this share of the best one are not looked at."""

Scores = NDArray[np.float64]
Allowed = NDArray[np.bool_]
Places = NDArray[np.intp]


class Clue(NamedTuple):
    """A feature of a question and what it is worth to the facts that have it."""

    feature: str
    worth: float


class _Posting(NamedTuple):
    """Where a clue stands, and what it is worth at most."""

    numbers: Numbers
    weights: Weights
    worth: float


def best(
    segment: Segment, pairs: Sequence[Clue], singles: Sequence[Clue], allowed: Allowed | None
) -> tuple[Places, Scores]:
    """Return the best of the ``allowed`` facts, by rising number, and what they are worth.

    Single characters only weigh facts that pairs have found.
    """
    postings = sorted(_postings(segment, pairs), key=lambda posting: len(posting.numbers))
    more = _postings(segment, singles)
    first = _few(postings)
    scores = _counted(postings[:first], len(segment.facts))
    if allowed is not None:
        scores *= allowed
    if first == len(postings) and sum(len(posting.numbers) for posting in more) <= AT_ONCE:
        scores += _counted(more, len(segment.facts)) * (scores > 0)
        known = np.flatnonzero(scores)
        found = scores[known]
    else:
        known, found = _weighed(scores, postings[first:] + more)
    kept = found >= SHARE_OF_BEST * found.max(initial=0.0)
    return known[kept], found[kept]


def _postings(segment: Segment, clues: Sequence[Clue]) -> list[_Posting]:
    found = ((*segment.where(clue.feature), clue.worth) for clue in clues)
    return [_Posting(*posting) for posting in found if len(posting[0])]


def _few(postings: Sequence[_Posting]) -> int:
    """Return how many postings are summed at once: those before the pairs that are too common."""
    places, to_come = 0, sum(posting.worth for posting in postings)
    told = 0.0
    for number, posting in enumerate(postings):
        if places + len(posting.numbers) > AT_ONCE and told > to_come:
            return number
        places += len(posting.numbers)
        told += posting.worth
        to_come -= posting.worth
    return len(postings)


def _counted(postings: Sequence[_Posting], size: int) -> Scores:
    if not postings:
        return np.zeros(size)
    numbers = np.concatenate([posting.numbers for posting in postings])
    worth = np.concatenate([posting.weights * posting.worth for posting in postings])
    return np.asarray(np.bincount(numbers, worth, minlength=size), np.float64)


def _weighed(scores: Scores, postings: Sequence[_Posting]) -> tuple[Places, Scores]:
    """Return the facts that pairs have found and that can still be among the best, all summed."""
    to_come = sum(posting.worth for posting in postings)
    least = SHARE_OF_BEST * float(scores.max(initial=0.0)) - to_come
    known = np.flatnonzero(scores > max(least, 0.0))
    found = scores[known]
    for posting in postings:
        _add(found, known, posting)
    return known, found


def _add(scores: Scores, known: Places, posting: _Posting) -> None:
    """Let a posting weigh the facts that are known."""
    at = np.searchsorted(posting.numbers, known)
    at[at == len(posting.numbers)] = 0
    has = posting.numbers[at] == known
    scores[has] += posting.weights[at[has]] * posting.worth
