"""Finding the facts that a question is about: a pair counts the more, the rarer it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from math import log
from typing import Final, NamedTuple

import numpy as np

from knowledge import sums
from knowledge.pairs import asked, in_plan_words, stripped
from knowledge.plan import Fact
from knowledge.segment import Segment
from knowledge.sums import Allowed, Clue, Places, Scores, exactly
from knowledge.text import fold

SOUND_WORTH: Final = 0.75
"""What a pair that only sounds alike is worth, against one that is written alike."""

UNKNOWN_WORTH: Final = 0.6
"""What a pair that no plan contains counts against a fact, as a share of the rarest pair."""

SINGLE_WORTH: Final = 0.3
"""What a single character is worth against a pair: it decides between facts that pairs found."""

UNCOMMON: Final = 0.2
"""A character that stands in more than this share of the facts tells nothing by itself."""


DECIMALS: Final = 9
"""Shares are rounded to so many decimals: they are equal, whatever they were divided by."""


class Hit(NamedTuple):
    """A fact, how much of the question it covers (0 to about 1), and how rare what it covers is.

    ``evidence`` is counted in pairs that a single fact of all has.
    """

    fact: Fact
    score: float
    evidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Cover:
    """The facts that cover a question best, by rising number: how much of it, how rare that is."""

    numbers: Places
    share: Scores
    evidence: Scores

    def only(self, places: Places) -> Cover:
        """Return the facts that stand at some places of these."""
        return Cover(self.numbers[places], self.share[places], self.evidence[places])


class Index:
    """Every fact, in segments that never change."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self._size = sum(len(segment.facts) for segment in self.segments)
        self._rarest = log(1 + self._size)
        self._rarity = lru_cache(maxsize=1024)(self._rarity_of)

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

    def cover(self, question: str, allowed: Allowed | None = None) -> Cover:
        """Return which of the ``allowed`` facts cover a question, in its words or in the plans'."""
        folded = fold(question)
        own = self._cover(folded, allowed)
        replaced = in_plan_words(folded)
        return own if replaced == folded else _better(own, self._cover(replaced, allowed))

    def best(self, cover: Cover, allowed: Allowed | None = None, most: int = 20) -> list[Hit]:
        """Return the facts that cover most, best first, of those that are ``allowed``."""
        if allowed is not None:
            cover = cover.only(np.flatnonzero(allowed[cover.numbers]))
        if len(cover.numbers) > most:
            least = np.partition(cover.share, -most)[-most]
            cover = cover.only(np.flatnonzero(cover.share >= least))
        first = cover.only(np.lexsort((-cover.evidence, -cover.share))[:most])
        chosen = zip(
            first.numbers.tolist(), first.share.tolist(), first.evidence.tolist(), strict=True
        )
        return [Hit(self.facts[number], share, evidence) for number, share, evidence in chosen]

    def _cover(self, words: str, allowed: Allowed | None) -> Cover:
        pieces = stripped(words)
        pairs, whole = self._pairs(pieces)
        singles, more = self._singles(pieces)
        numbers, evidence, first = [_NONE], [np.zeros(0)], 0
        for segment in self.segments:
            end = first + len(segment.facts)
            mine = None if allowed is None else allowed[first:end]
            found, scores = sums.best(segment, pairs, singles, mine)
            numbers.append(found + first)
            evidence.append(scores)
            first = end
        scores = np.concatenate(evidence)
        kept = np.flatnonzero(scores >= sums.SHARE_OF_BEST * scores.max(initial=0.0))
        chosen, scores = np.concatenate(numbers)[kept], scores[kept]
        share = (scores / ((whole + more) or 1.0)).round(DECIMALS)
        return Cover(chosen, share, scores / (self._rarest or 1.0))

    def _pairs(self, pieces: Iterable[str]) -> tuple[list[Clue], float]:
        """Return the pairs that plans have, and what all that were asked are worth.

        What is heard is one clue with what is written where the same facts have both.
        """
        clues: list[Clue] = []
        whole = 0.0
        for written, heard in asked(pieces):
            exact, alike, is_same = self._counts(written, heard)
            if not alike:
                whole += self._rarest * UNKNOWN_WORTH
                continue
            rarity = self._rarity(exact or alike)
            whole += rarity
            clues.append((heard, rarity if is_same else rarity * SOUND_WORTH))
            if exact and not is_same:
                clues.append((written, rarity * (1 - SOUND_WORTH)))
        return clues, whole

    def _singles(self, pieces: Iterable[str]) -> tuple[list[Clue], float]:
        """Return the characters that are not common, and what they are worth."""
        clues: list[Clue] = []
        whole = 0.0
        for character in "".join(pieces):
            count = self._count(character)
            if character >= "\u4e00" and count <= self._size * UNCOMMON:
                worth = exactly(self._rarity(count or 1) * SINGLE_WORTH)
                whole += worth
                if count:
                    clues.append((character, worth))
        return clues, whole

    def _count(self, feature: str) -> int:
        count = 0
        for segment in self.segments:  # asked for every pair: a generator would cost as much again
            count += segment.count(feature)
        return count

    def _counts(self, written: str, heard: str) -> tuple[int, int, bool]:
        """Return how many facts have a written pair and its sounds, and whether all have both."""
        exact, alike, is_same = 0, 0, True
        for segment in self.segments:
            of_written, of_heard, have_both = segment.counts(written, heard)
            exact += of_written
            alike += of_heard
            is_same = is_same and have_both
        return exact, alike, is_same

    def _rarity_of(self, count: int) -> float:
        return exactly(log(1 + self._size / count))


_NONE: Final[Places] = np.zeros(0, np.intp)


def _better(own: Cover, other: Cover) -> Cover:
    """Return for each fact the cover that is more of its question, of equal ones the rarer."""
    both = Cover(
        np.concatenate((own.numbers, other.numbers)),
        np.concatenate((own.share, other.share)),
        np.concatenate((own.evidence, other.evidence)),
    )
    order = np.argsort(both.numbers, kind="stable")
    twice = np.flatnonzero(np.diff(both.numbers[order]) == 0)
    one, two = order[twice], order[twice + 1]
    gain, rarer = both.share[two] - both.share[one], both.evidence[two] > both.evidence[one]
    is_more = (gain > 0) | ((gain == 0) & rarer)
    return both.only(np.delete(order, np.where(is_more, twice, twice + 1)))
