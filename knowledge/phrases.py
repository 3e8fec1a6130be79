"""Which of many example phrases a message is most like, whatever the slips in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from knowledge.evidence import Evidence, signs
from knowledge.sounds import syllables
from knowledge.text import fold as _folded

SINGLE_WORTH: Final = 0.8
"""What a single syllable counts against a pair of them."""

CLAUSE_WORTH: Final = 0.93
"""What likeness of one clause of a message is worth against likeness of all of it."""

TYPED_WORTH: Final = 0.85
"""What likeness of typed letters is worth: they may spell a name that no example has."""

SHORTEST_CLAUSE: Final = 2
"""A single character between blanks is part of a word: 许 国 强."""

LOOKED_AT: Final = 30
"""How many examples with the most in common are compared in full."""

SPELLING_SHARE: Final = 0.2
"""How much of likeness is the order of all sounds; the rest is the rare sounds in common."""

EVIDENCE_SHARE: Final = 0.1
"""What evidence is worth in a rank against likeness."""

BEST_CLAUSE: Final = 1.0
LAST_CLAUSE: Final = 0.3
"""What the clause that tells most, and the last one, count beside the whole: wishes come last."""

CONTRARY: Final = 0.8
"""What likeness is worth when only one of the two denies something: 别提醒我, 提醒我."""

LONGEST: Final = 40
"""No example is so long that a longer clause could be like it."""

_CLAUSE_END = re.compile(r"[\s,，。.!！?？:：;；~～…]+")
_DENIED = re.compile(
    r"(?<![能好要可会有想去行是])[不没别甭勿莫](?!要?忘|好意思|知道|晓得|懂|会|错|客气|记得|漏)"
)
_DIALECT: Final = tuple(
    (re.compile(said), meant)
    for said, meant in (
        ("没得", "没有"),
        ("弗|勿", "不"),
        ("莫要?(?=发|再|来|给|推|提)", "不要"),
        ("脱(?=伊|它|了|$)", "掉"),
        ("伊$", ""),
        ("哉|嘞|咯|喽", "了"),
        ("一哈(?!哈)", "一下"),
        ("啥子", "什么"),
        ("[啷咋]个", "怎么"),
        ("站头", "站里"),
        ("今朝", "今天"),
        ("明朝", "明天"),
        ("侬|恁", "你"),
        ("俺|伲|阿拉", "我"),
        ("阿有", "有没有"),
        ("娃儿|囡囡", "孩子"),
        ("寻(?!找)", "找"),
        ("白相", "玩"),
    )
)
"""What is said around Changzhou, along the Yangtze and in Chongqing for common words."""
_ANY_DIALECT = re.compile("[没弗勿莫脱伊哉嘞咯喽哈啥啷咋站朝侬恁俺伲阿娃囡寻白]")

Numbers = NDArray[np.intp]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Match:
    """A name and how like its best example is, from 0 to 1.

    ``rank`` adds what the signs of the whole message, and of its clauses, tell of the name's group.
    """

    name: str
    likeness: float
    rank: float


class Phrases:
    """Example phrases by the name of what they mean; ``group`` tells which names mean the same."""

    def __init__(
        self, examples: Mapping[str, Iterable[str]], group: Callable[[str], str] = str
    ) -> None:
        named = [(name, fold(phrase)) for name, phrases in examples.items() for phrase in phrases]
        self._names = list(examples)
        self._name_of = np.array([self._names.index(name) for name, _ in named])
        groups = list(dict.fromkeys(map(group, self._names)))
        self._group_of = np.array([groups.index(group(name)) for name in self._names])
        heard = [syllables(folded) for _, folded in named]
        self._denies = np.array([bool(_DENIED.search(folded)) for _, folded in named])
        self._spelled = [" ".join(sounds) for sounds in heard]
        told = [signs(folded, sounds) for (_, folded), sounds in zip(named, heard, strict=True)]
        self._evidence = Evidence(told, self._group_of[self._name_of].tolist())
        self._index(heard)

    def _index(self, heard: Sequence[Sequence[str]]) -> None:
        """Note for each sound and pair of sounds, in one flat array, which examples have it."""
        where: dict[str, list[int]] = {}
        for number, sounds in enumerate(heard):
            for feature in _features(sounds):
                where.setdefault(feature, []).append(number)
        self._where = {feature: np.array(numbers) for feature, numbers in where.items()}
        self._rarity = {
            feature: _worth(feature) * log(1 + len(heard) / len(numbers))
            for feature, numbers in where.items()
        }
        self._unknown = log(1 + len(heard))
        self._whole = np.array([self._weight(_features(sounds)) for sounds in heard])

    def best(self, message: str) -> Match | None:
        """Return the name that ranks first for ``message``, None where none can be."""
        return max(self.ranked(message), key=lambda match: match.rank, default=None)

    def ranked(self, message: str) -> list[Match]:
        """Return every name that the message may mean, in no order; none for no words."""
        whole = fold(message)
        if not whole:
            return []
        clauses = [
            clause
            for clause in map(fold, _CLAUSE_END.split(message))
            if SHORTEST_CLAUSE <= len(clause) < len(whole)
        ]
        likeness, rank = self._compared(whole)
        if clauses:
            parts = [self._compared(clause) for clause in clauses]
            alike = np.max([part[0] for part in parts], axis=0)
            likeness = np.maximum(likeness, CLAUSE_WORTH * alike)
            ranks = [part[1] for part in parts]
            rank = rank + BEST_CLAUSE * np.max(ranks, axis=0) + LAST_CLAUSE * ranks[-1]
            rank /= 1 + BEST_CLAUSE + LAST_CLAUSE
        return list(map(Match, self._names, likeness.tolist(), rank.tolist()))

    def _compared(self, folded: str) -> tuple[Scores, Scores]:
        """Return how like its best example is, and how high it ranks, for each name."""
        heard = syllables(folded)
        likeness = self._likeness(folded, heard)
        told = self._evidence.of(signs(folded, heard))[self._group_of]
        return likeness, likeness + EVIDENCE_SHARE * told

    def _likeness(self, folded: str, heard: Sequence[str]) -> Scores:
        """Return how like the best example of each name is."""
        alike = np.zeros(len(self._names))
        features = set(_features(heard))
        known = [feature for feature in features if feature in self._where]
        if not known or len(folded) > LONGEST:
            return alike
        where = [self._where[feature] for feature in known]
        weights = np.repeat([self._rarity[feature] for feature in known], list(map(len, where)))
        shared = np.bincount(np.concatenate(where), weights, len(self._whole))
        rare = 2 * shared / (self._weight(features) + self._whole)
        numbers = _highest(rare)
        spelled = " ".join(heard)
        order = [fuzz.ratio(spelled, self._spelled[number]) / 100 for number in numbers]
        near = (1 - SPELLING_SHARE) * rare[numbers] + SPELLING_SHARE * np.array(order)
        near[self._denies[numbers] != bool(_DENIED.search(folded))] *= CONTRARY
        near *= TYPED_WORTH if folded.isascii() and folded.isalpha() else 1.0
        np.maximum.at(alike, self._name_of[numbers], near)
        return alike

    def _weight(self, features: Iterable[str]) -> float:
        unknown = self._unknown
        return sum(self._rarity.get(each) or _worth(each) * unknown for each in set(features))


def _highest(scores: Scores) -> Numbers:
    """Return the numbers of the highest scores above 0."""
    found = np.flatnonzero(scores)
    if len(found) <= LOOKED_AT:
        return found
    return found[np.argpartition(scores[found], -LOOKED_AT)[-LOOKED_AT:]]


def _worth(feature: str) -> float:
    return 1.0 if " " in feature else SINGLE_WORTH


def _features(heard: Sequence[str]) -> Iterator[str]:
    """Yield the sounds and the pairs of sounds, with the edges of the phrase."""
    yield from heard
    yield from (" ".join(pair) for pair in pairwise(("^", *heard, "$")))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return folded text with common words of dialects in the standard language."""
    plain = _folded(text)
    if _ANY_DIALECT.search(plain):
        for said, meant in _DIALECT:
            plain = said.sub(meant, plain)
    return plain
