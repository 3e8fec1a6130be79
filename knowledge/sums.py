"""Summing what a question's pairs are worth to the facts of a segment.

Characters by themselves only weigh the facts that can still be among the best: what they are worth
at most is known before they are looked at (the idea of MaxScore, Turtle and Flood 1995).
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.segment import Numbers, Segment, are_among

WORTHS: Final = (1.0, 0.95, 0.8)
"""What a feature is worth in a fact's text, in a name that its heading quotes, anywhere above."""

FEW: Final = 0.01
"""This share of a segment's facts is looked up in each posting; for more, all places are summed."""

LONG: Final = 2000
"""A posting of so many facts is added by itself; shorter ones are put together first."""

SHARE_OF_BEST: Final = 0.4
"""Facts that are worth less than this share of the best one are not looked at."""

UNIT: Final = 2**14
"""So many units are a worth of 1: whole units sum up exactly, in whatever order, and in half the
memory. The 4,096 characters of the longest message (Telegram) come to less than 2**31 of them.
"""

Units = NDArray[np.int32]
Allowed = NDArray[np.bool_]
Places = NDArray[np.intp]


def units(worth: float) -> int:
    """Return a worth in units."""
    return round(worth * UNIT)


Clue = tuple[str, int]
"""A feature of a question and how many units it is worth to the facts that have it."""


class Said(NamedTuple):
    """An everyday word: its own clues, what plans may write instead, and what either is worth."""

    own: Sequence[Clue]
    instead: Sequence[str]
    worth: int
    worth_instead: int


class Clues(NamedTuple):
    """All that a question tells: single characters only weigh facts that the rest has found.

    ``whole`` is how many units a fact is worth that has everything.
    """

    pairs: Sequence[Clue]
    singles: Sequence[Clue]
    sayings: Sequence[Said]
    whole: int


_Posting = tuple[Numbers, np.int32]
"""The facts to which something is worth as many units."""


def best(segment: Segment, clues: Clues, allowed: Allowed | None) -> tuple[Places, Units]:
    """Return the ``allowed`` facts that may be the best, by rising number, and their units."""
    scores = np.zeros(len(segment.facts), np.int32)
    _add_all(scores, _postings(segment, clues.pairs))
    for said in clues.sayings:
        scores += _said(segment, said)
    if allowed is not None:
        scores *= allowed
    to_come = sum([worth for _, worth in clues.singles])
    least = int(SHARE_OF_BEST * int(scores.max(initial=0))) - to_come
    known = np.flatnonzero(scores > max(least, 0))
    more = _postings(segment, clues.singles)
    if len(known) > FEW * len(segment.facts):
        _add_all(scores, more)
        return known, scores[known]
    found = scores[known]
    for posting in more:
        _add(found, known, posting)
    return known, found


def worth(features: Set[str], clues: Clues) -> int:
    """Return how many units one text is worth that has these features."""
    plain = (*clues.pairs, *clues.singles)
    total = sum(worth for feature, worth in plain if feature in features)
    return total + sum(_in_text(features, said) for said in clues.sayings)


def _in_text(features: Set[str], said: Said) -> int:
    own = min(sum(worth for feature, worth in said.own if feature in features), said.worth)
    return own if features.isdisjoint(said.instead) else max(own, said.worth_instead)


def _said(segment: Segment, said: Said) -> Units:
    """Return what an everyday word is worth to each fact: it counts once, whatever it is called."""
    scores = np.zeros(len(segment.facts), np.int32)
    _add_all(scores, _postings(segment, said.own))
    np.minimum(scores, said.worth, out=scores)
    for word in said.instead:
        for numbers in segment.where(word):
            scores[numbers] = np.maximum(scores[numbers], said.worth_instead)
    return scores


def _postings(segment: Segment, clues: Sequence[Clue]) -> list[_Posting]:
    found = []
    for feature, worth in clues:
        for numbers, share in zip(segment.where(feature), WORTHS, strict=False):
            if len(numbers):
                found.append((numbers, np.int32(worth * share)))
    return found


def _add_all(scores: Units, postings: Sequence[_Posting]) -> None:
    """Let postings weigh all facts."""
    short = []
    for posting in postings:
        if len(posting[0]) < LONG:
            short.append(posting)
        else:
            np.add.at(scores, *posting)
    if short:
        numbers, worth = zip(*short, strict=True)
        each = np.repeat(worth, [len(some) for some in numbers])
        np.add.at(scores, np.concatenate(numbers), each)


def _add(scores: Units, known: Numbers, posting: _Posting) -> None:
    """Let a posting weigh the facts that are known, by rising number."""
    numbers, worth = posting
    scores[are_among(known, numbers)] += worth
