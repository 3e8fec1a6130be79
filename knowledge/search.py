"""Finding the facts that a question is about: a pair counts the more, the rarer it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from math import log
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge import shorthand, sums
from knowledge.pairs import Pair, Saying, asked, told
from knowledge.plan import Fact
from knowledge.segment import Segment
from knowledge.sounds import syllables
from knowledge.sums import Allowed, Clue, Clues, Places, Said, Units, units
from knowledge.text import fold, keeping

SOUND_WORTH: Final = 0.75
"""What a pair that only sounds alike is worth, against one that is written alike."""

SOUND_BESIDE: Final = 0.4
"""The same, where plans have the pair as it is written: then that was hardly meant otherwise."""

UNKNOWN_WORTH: Final = 0.4
"""What a pair that no plan contains counts against a fact, as a share of the rarest pair."""

GLUE: Final = frozenset("要得是都就给把让还也了着过去来个有")
"""Characters that join words in talk (关工委要建): a pair with one hardly names anything."""

GLUE_WORTH: Final = 0.4
"""What such a pair is worth, against another that is as rare."""

SINGLE_WORTH: Final = 0.4
"""What a single character is worth against a pair: it decides between facts that pairs found."""

MOST_PAIRS: Final = 2
"""An everyday word counts no more than so many pairs."""

INSTEAD_BESIDE: Final = 0.9
"""What plans may write for an everyday word is worth, where some plan writes that word itself."""

NAME_WORTH: Final = 0.5
"""What a name for short is worth that the question only implies, against one that it says."""

_COUNTS: Final = re.compile("[一二三四五六七八九十两]")
_NUMERAL: Final = re.compile("[三四五六七八九]")

UNCOMMON: Final = 0.2
"""A character that stands in more than this share of the facts tells nothing by itself."""


DECIMALS: Final = 9
"""Shares are rounded to so many decimals: they are equal, whatever they were divided by."""

Shares = NDArray[np.float64]


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
    share: Shares
    evidence: Shares

    def only(self, places: Places) -> Cover:
        """Return the facts that stand at some places of these."""
        return Cover(self.numbers[places], self.share[places], self.evidence[places])


class Index:
    """Every fact, in segments that never change."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self._size = sum(len(segment.facts) for segment in self.segments)
        self._rarest = units(log(1 + self._size))
        self._rarity = lru_cache(maxsize=1024)(self._rarity_of)
        # What is found is told from the same clues: they are asked for twice.
        self._clues = keeping(most=16, longest=300)(self._clues_of)

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

    def sounds_like(self, pair: str) -> bool:
        """Tell whether some fact has two folded characters, or two that sound like them."""
        heard = " ".join(syllables(pair))
        return any(segment.has(pair) or segment.has(heard) for segment in self.segments)

    def cover(self, question: str, allowed: Allowed | None = None) -> Cover:
        """Return which of the ``allowed`` facts cover a question, in its words or in the plans'."""
        return self._cover(fold(question), allowed)

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

    def covered(self, question: str, texts: Iterable[str]) -> list[int]:
        """Return how many units of a question each of some texts covers, to compare them."""
        clues = self._clues(fold(question))
        return [sums.worth(_features(text), clues) for text in texts]

    def _cover(self, words: str, allowed: Allowed | None) -> Cover:
        clues = self._clues(words)
        numbers, worths, first = [_NONE], [_NOTHING], 0
        for segment in self.segments:
            end = first + len(segment.facts)
            mine = None if allowed is None else allowed[first:end]
            found, worth = sums.best(segment, clues, mine)
            numbers.append(found + first)
            worths.append(worth)
            first = end
        worth = np.concatenate(worths)
        kept = np.flatnonzero(worth >= int(sums.SHARE_OF_BEST * int(worth.max(initial=0))))
        chosen, worth = np.concatenate(numbers)[kept], worth[kept]
        share = (worth / (clues.whole or 1)).round(DECIMALS)
        return Cover(chosen, share, worth / (self._rarest or 1))

    def _clues_of(self, words: str) -> Clues:
        question = asked(words, self._count)
        pairs, whole = self._pairs(question.pairs)
        known = (pair for pair in question.joints if self._count(pair.written))
        joints, of_joints = self._pairs(known)
        sayings = [self._saying(saying) for saying in question.sayings]
        singles, of_singles = self._singles(question.characters)
        pairs += joints + self._names(words, question.characters)
        whole += of_joints + of_singles + sum(saying.worth for saying in sayings)
        return Clues(pairs, singles, sayings, whole)

    def _pairs(self, pairs: Iterable[Pair]) -> tuple[list[Clue], int]:
        """Return the pairs that plans have, and what all that were asked are worth.

        What is heard is one clue with what is written where the same facts have both.
        """
        clues: list[Clue] = []
        whole = 0
        for written, heard in pairs:
            exact, alike, is_same = self._counts(written, heard)
            if not alike:
                whole += round(self._rarest * UNKNOWN_WORTH)
                continue
            rarity = self._rarity(exact or alike)
            if not GLUE.isdisjoint(written) and not _COUNTS.search(written):
                rarity = round(rarity * GLUE_WORTH)
            whole += rarity
            of_sound = SOUND_BESIDE if exact else SOUND_WORTH
            clues.append((heard, rarity if is_same else round(rarity * of_sound)))
            if exact and not is_same:
                clues.append((written, round(rarity * (1 - of_sound))))
        return clues, whole

    def _saying(self, saying: Saying) -> Said:
        """Return what an everyday word is worth: as much as a rare word of the plans in its place.

        It is the rarer, the fewer facts have it or anything that plans write for it.
        """
        own, _ = self._pairs(saying.pairs)
        count = min((self._count(pair.written) for pair in saying.pairs), default=0)
        count += sum(map(self._count, saying.instead))
        rarity = self._rarity(min(count, self._size)) if count else self._rarest * UNKNOWN_WORTH
        worth = rarity * min(max(len(saying.pairs), 1), MOST_PAIRS)
        is_known = saying.pairs and all(self._count(pair.written) for pair in saying.pairs)
        of_instead = worth * (INSTEAD_BESIDE if is_known else 1)
        return Said(own, saying.instead, round(worth), round(of_instead))

    def _singles(self, characters: Iterable[str]) -> tuple[list[Clue], int]:
        """Return the characters that are not common, and what they are worth."""
        clues: list[Clue] = []
        whole = 0
        for character in characters:
            count = self._count(character)
            if character >= "\u4e00" and count <= self._size * UNCOMMON:
                worth = round(self._rarity(count or 1) * SINGLE_WORTH)
                whole += worth
                if count:
                    clues.append((character, worth))
        return clues, whole

    def _names(self, words: str, characters: Iterable[str]) -> list[Clue]:
        """Return the names for short that a list could have which a question asks for (四进)."""
        names = {number + shared for number in _NUMERAL.findall(words) for shared in characters}
        found = ((name, self._count(name)) for name in names if name not in words)
        return [(name, round(self._rarity(count) * NAME_WORTH)) for name, count in found if count]

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

    def _rarity_of(self, count: int) -> int:
        return units(log(1 + self._size / count))


_NONE: Final[Places] = np.zeros(0, np.intp)
_NOTHING: Final[Units] = np.zeros(0, np.int32)


def _features(text: str) -> set[str]:
    folded = fold(text)
    return told(folded) | set(folded) | shorthand.names(text)
