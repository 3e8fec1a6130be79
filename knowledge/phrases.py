"""Which of many example phrases a message is most like, whatever the slips in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from knowledge.evidence import Evidence, signs, sounds_of
from knowledge.sounds import syllables
from knowledge.text import fold as _folded
from knowledge.text import keeping

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

EVIDENCE_SHARE: Final = 0.12
"""What evidence is worth in a rank against likeness."""

BEST_PART: Final = 1.0
LAST_PART: Final = 0.3
"""What the part that tells most, and the last one, count beside the whole: wishes come last."""

PART: Final = 13
STEP: Final = 3
"""A longer clause is heard in parts of so many characters, so many apart: speech has no commas."""

MOST_PARTS: Final = 24
"""So many parts of a message are heard, half from its beginning and half from its end."""

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

    ``rank`` adds what the signs of the whole message, and of its parts, tell of the name's group.
    """

    name: str
    likeness: float
    rank: float


class Phrases:
    """Example phrases by the name of what they mean; ``group`` tells which names mean the same.

    Names ``beside`` are of what people say along with what they want: a message means them only as
    far as all of its parts do.
    """

    def __init__(
        self,
        examples: Mapping[str, Iterable[str]],
        group: Callable[[str], str] = str,
        beside: Container[str] = (),
    ) -> None:
        named = [(name, fold(phrase)) for name, phrases in examples.items() for phrase in phrases]
        self._names = list(examples)
        self._beside = np.array([name in beside for name in self._names])
        self._name_of = np.array([self._names.index(name) for name, _ in named])
        groups = list(dict.fromkeys(map(group, self._names)))
        self._group_of = np.array([groups.index(group(name)) for name in self._names])
        heard = [syllables(folded) for _, folded in named]
        self._denies = np.array([bool(_DENIED.search(folded)) for _, folded in named])
        self._spelled = [" ".join(sounds) for sounds in heard]
        features = [sounds_of(sounds) for sounds in heard]
        told = [own | signs(folded) for own, (_, folded) in zip(features, named, strict=True)]
        self._evidence = Evidence(told, self._group_of[self._name_of].tolist())
        self._index(features)

    def _index(self, features: Sequence[set[str]]) -> None:
        """Note which examples have each sound and pair of sounds, one flat array for all."""
        number_of: dict[str, int] = {}
        known = np.array([number_of.setdefault(f, len(number_of)) for own in features for f in own])
        owners = np.repeat(np.arange(len(features)), list(map(len, features)))
        counts = np.bincount(known)
        worth = np.array(list(map(_worth, number_of)))
        self._numbers = number_of
        self._rarity = worth * np.log(1 + len(features) / counts)
        self._unknown = log(1 + len(features))
        self._owners = owners[np.argsort(known, kind="stable")]
        self._starts = [0, *np.cumsum(counts).tolist()]
        self._whole = np.bincount(owners, self._rarity[known])

    def best(self, message: str) -> Match | None:
        """Return the name that ranks first for ``message``, None where none can be."""
        return max(self.ranked(message), key=lambda match: match.rank, default=None)

    def ranked(self, message: str) -> list[Match]:
        """Return every name that the message may mean, in no order; none for no words."""
        whole = fold(message)
        if not whole:
            return []
        likeness, rank = self._compared(whole)
        if parts := [part for part in _parts(message) if len(part) < len(whole)]:
            compared = [self._compared(part) for part in parts]
            alike = np.max([like for like, _ in compared], axis=0)
            likeness = np.maximum(likeness, CLAUSE_WORTH * alike)
            ranks = np.array([high for _, high in compared])
            rank = rank + BEST_PART * self._best(ranks) + LAST_PART * ranks[-1]
            rank /= 1 + BEST_PART + LAST_PART
        return list(map(Match, self._names, likeness.tolist(), rank.tolist()))

    def _best(self, ranks: Scores) -> Scores:
        """Return how high each name ranks in the part that tells most of it."""
        best: Scores = ranks.max(axis=0)
        if self._beside.any():
            least = ranks[:, self._beside].max(axis=1).min()
            best[self._beside] = np.minimum(best[self._beside], least)
        return best

    def _compared(self, folded: str) -> tuple[Scores, Scores]:
        """Return how like its best example is, and how high it ranks, for each name."""
        heard = syllables(folded)
        features = sounds_of(heard)
        likeness = self._likeness(folded, " ".join(heard), features)
        told = self._evidence.of(features | signs(folded))[self._group_of]
        return likeness, likeness + EVIDENCE_SHARE * told

    def _likeness(self, folded: str, spelled: str, features: set[str]) -> Scores:
        """Return how like the best example of each name is."""
        alike = np.zeros(len(self._names))
        known = [self._numbers[feature] for feature in features if feature in self._numbers]
        if not known or len(folded) > LONGEST:
            return alike
        where = [self._owners[self._starts[each] : self._starts[each + 1]] for each in known]
        rarity = self._rarity[known]
        weights = np.repeat(rarity, list(map(len, where)))
        shared = np.bincount(np.concatenate(where), weights, len(self._whole))
        unknown = sum(_worth(each) for each in features if each not in self._numbers)
        mine = rarity.sum() + unknown * self._unknown
        rare = 2 * shared / (mine + self._whole)
        numbers = _highest(rare)
        order = [fuzz.ratio(spelled, self._spelled[number]) / 100 for number in numbers]
        near = (1 - SPELLING_SHARE) * rare[numbers] + SPELLING_SHARE * np.array(order)
        near[self._denies[numbers] != bool(_DENIED.search(folded))] *= CONTRARY
        near *= TYPED_WORTH if folded.isascii() and folded.isalpha() else 1.0
        np.maximum.at(alike, self._name_of[numbers], near)
        return alike


def _parts(message: str) -> list[str]:
    """Return the clauses of a message, long ones in overlapping parts."""
    clauses = map(fold, _CLAUSE_END.split(message))
    parts = [part for clause in clauses if len(clause) >= SHORTEST_CLAUSE for part in _cut(clause)]
    if len(parts) <= MOST_PARTS:
        return parts
    return parts[: MOST_PARTS // 2] + parts[-MOST_PARTS // 2 :]


def _cut(clause: str) -> list[str]:
    if len(clause) <= PART + STEP or clause.isascii():
        return [clause]
    starts = range(0, len(clause) - PART, STEP)
    return [*(clause[start : start + PART] for start in starts), clause[-PART:]]


def _highest(scores: Scores) -> Numbers:
    """Return the numbers of the highest scores above 0."""
    found = np.flatnonzero(scores)
    if len(found) <= LOOKED_AT:
        return found
    return found[np.argpartition(scores[found], -LOOKED_AT)[-LOOKED_AT:]]


def _worth(feature: str) -> float:
    return 1.0 if " " in feature else SINGLE_WORTH


@keeping(most=4096, longest=300)
def fold(text: str) -> str:
    """Return folded text with common words of dialects in the standard language."""
    plain = _folded(text)
    if _ANY_DIALECT.search(plain):
        for said, meant in _DIALECT:
            plain = said.sub(meant, plain)
    return plain
