"""What a list may be called for short: 失足、失管、失业、失学、失亲 are 五失."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

FEWEST: Final = 3
"""So many things that share a character have a name for short; two are often chance."""

_NEAR: Final = 6
"""How far from the ends of a thing its shared character stands: others belong to the sentence."""

_NUMERALS: Final = "零一二三四五六七八九十"
_LIST = re.compile(r"[^，。；：！？]+")
_CLAUSE = re.compile(r"[^，。；：！？、]+")
_COMMON: Final = frozenset("的和与及年月日等，“”‘’《》（）")


def names(text: str) -> set[str]:
    """Return the names for short that the lists of a text could have, as 五失."""
    return {f"{_NUMERALS[number]}{shared}" for number, shared in (*_joined(text), *_in_row(text))}


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Yield for each list with 、 how many things share which characters."""
    for clause in _LIST.findall(text.replace("》《", "》、《")):
        things = clause.split("、")
        if FEWEST <= len(things) < len(_NUMERALS):
            yield from ((len(things), shared) for shared in _shared(things))


def _in_row(text: str) -> Iterator[tuple[int, str]]:
    """Yield how many clauses in a row begin with the same character."""
    number, clauses = 1, _CLAUSE.findall(text)
    for one, other in pairwise([*clauses, ""]):
        if one[0] == other[:1]:
            number += 1
            continue
        if FEWEST <= number < len(_NUMERALS):
            yield number, one[0]
        number = 1


def _shared(things: Iterable[str]) -> set[str]:
    return set.intersection(*(set(thing[:_NEAR] + thing[-_NEAR:]) for thing in things)) - _COMMON
