"""Which of many example phrases a message is most like, whatever the slips in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from math import log, sqrt
from typing import Final

from rapidfuzz import fuzz

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

TELLING_SHARE: Final = 0.06
"""What one unit of telling sounds is worth against likeness, by leaving examples out in turn."""

CONTRARY: Final = 0.8
"""What likeness is worth when only one of the two denies something: 别提醒我, 提醒我."""

DOUBT: Final = 0.05
"""Seen so often beforehand, so that a sound met once proves little (naive Bayes smoothing)."""

LONGEST: Final = 40
"""Longer messages are stories or questions; no short phrase is compared with them."""

_CLAUSE_END = re.compile(r"[\s,，。.!！?？:：;；~～…]+")
_DENIED = re.compile(
    r"(?<![能好要可会有想去行是])[不没别甭勿莫](?!要?忘|好意思|知道|晓得|懂|会|错|客气|记得|漏)"
)
_DIALECT: Final = (
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
"""What is said around Changzhou, along the Yangtze and in Chongqing for common words."""


@dataclass(frozen=True, slots=True)
class Match:
    """A name and how like its best example is, from 0 to 1.

    ``rank`` adds how much the sounds of the whole message tell of the name's group.
    """

    name: str
    likeness: float
    rank: float


class Phrases:
    """Example phrases by the name of what they mean; ``group`` tells which names mean the same."""

    def __init__(
        self, examples: Mapping[str, Iterable[str]], group: Callable[[str], str] = str
    ) -> None:
        named = [(name, phrase) for name, phrases in examples.items() for phrase in phrases]
        self._names = [name for name, _ in named]
        self._spelled = [" ".join(syllables(fold(phrase))) for _, phrase in named]
        features = [Counter(_features(spelled)) for spelled in self._spelled]
        self._seen = Counter(feature for counted in features for feature in counted)
        self._whole = [self._weight(counted) for counted in features]
        self._where: dict[str, list[int]] = defaultdict(list)
        for number, counted in enumerate(features):
            for feature in counted:
                self._where[feature].append(number)
        self._groups = {name: group(name) for name in examples}
        self._denies = [bool(_DENIED.search(fold(phrase))) for _, phrase in named]
        self._tells: dict[str, Counter[str]] = defaultdict(Counter)
        for name, phrase in named:
            for sign in _signs(fold(phrase)):
                self._tells[sign][self._groups[name]] += 1
        self._sizes = Counter(self._groups[name] for name in self._names)

    def best(self, message: str) -> Match | None:
        """Return the name that ranks first for ``message``, None where none can be."""
        return max(self.ranked(message), key=lambda match: match.rank, default=None)

    def ranked(self, message: str) -> list[Match]:
        """Return every name that the message, or a clause of it, may mean, in no order."""
        folded = fold(message)
        if not folded or len(folded) > LONGEST:
            return []
        best = {match.name: match for match in self._matches(folded, 1.0)}
        for clause in map(fold, _CLAUSE_END.split(message)):
            if SHORTEST_CLAUSE <= len(clause) < len(folded):
                for match in self._matches(clause, CLAUSE_WORTH):
                    before = best.get(match.name, match)
                    best[match.name] = max(before, match, key=lambda each: each.rank)
        return list(best.values())

    def _matches(self, folded: str, worth: float) -> Iterator[Match]:
        told = self._telling(folded)
        for name, alike in self._likeness(folded).items():
            rank = alike + TELLING_SHARE * told[self._groups[name]]
            yield Match(name, alike * worth, rank * worth)

    def _likeness(self, folded: str) -> dict[str, float]:
        """Return how like the best example of each name is."""
        spelled = " ".join(syllables(folded))
        counted = Counter(_features(spelled))
        shared: dict[int, float] = defaultdict(float)
        for feature in counted:
            for number in self._where.get(feature, ()):
                shared[number] += self._rarity(feature)
        mine = self._weight(counted)
        rare = {n: 2 * score / (mine + self._whole[n]) for n, score in shared.items()}
        denies = bool(_DENIED.search(folded))
        worth = TYPED_WORTH if folded.isascii() and folded.isalpha() else 1.0
        alike: dict[str, float] = {}
        for number in nlargest(LOOKED_AT, rare, key=rare.__getitem__):
            order = fuzz.ratio(spelled, self._spelled[number]) / 100
            likeness = (1 - SPELLING_SHARE) * rare[number] + SPELLING_SHARE * order
            likeness *= 1.0 if self._denies[number] == denies else CONTRARY
            name = self._names[number]
            alike[name] = max(alike.get(name, 0.0), likeness * worth)
        return alike

    def _telling(self, folded: str) -> dict[str, float]:
        """Return for each group how much more often it has the signs of a message than the rest.

        Naive Bayes, one group against all others: the mean of the logarithms, as a sum that grows
        with the root of their number, because sounds come together.
        """
        signs = [self._tells[sign] for sign in _signs(folded) if sign in self._tells]
        told = {
            group: sum(log(self._odds(seen[group], size, seen.total())) for seen in signs)
            for group, size in self._sizes.items()
        }
        return {group: sum_ / sqrt(len(signs) + 1) for group, sum_ in told.items()}

    def _odds(self, inside: int, size: int, seen: int) -> float:
        own = (inside + DOUBT) / (size + 2 * DOUBT)
        others = (seen - inside + DOUBT) / (len(self._names) - size + 2 * DOUBT)
        return own / others

    def _weight(self, features: Iterable[str]) -> float:
        return sum(map(self._rarity, features))

    def _rarity(self, feature: str) -> float:
        rarity = log(1 + len(self._names) / self._seen.get(feature, 1))
        return rarity if " " in feature else rarity * SINGLE_WORTH


def _features(spelled: str) -> Iterator[str]:
    """Yield the syllables and the pairs of syllables, with the edges of the phrase."""
    heard = spelled.split()
    yield from heard
    yield from (" ".join(pair) for pair in pairwise(("^", *heard, "$")))


def _signs(folded: str) -> set[str]:
    """Return the features of a phrase and its characters: 是 and 十 sound the same."""
    characters = {f"={c}" for c in folded if not c.isascii()}
    denies = {f"denies: {bool(_DENIED.search(folded))}"}
    return characters | denies | set(_features(" ".join(syllables(folded))))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return folded text with common words of dialects in the standard language."""
    plain = _folded(text)
    for said, meant in _DIALECT:
        plain = re.sub(said, meant, plain)
    return plain
