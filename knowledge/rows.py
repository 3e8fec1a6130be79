"""Rows of tables: what the names of the columns say of each cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from knowledge.documents.marks import mark
from knowledge.documents.tables import COUNTS, TIMES, names_columns
from knowledge.plan import Fact

_UNIT: Final = re.compile(r"(.+)[（(]([\u4e00-\u9fff]{1,2})[）)]")
_WHEN: Final = re.compile(r"[\d一二三四五六七八九十年月日周旬季期假节天]|待|另|—")
_NUMBER: Final = re.compile(r"[\d.]+")


FEWEST: Final = 3
"""So many words above a row are names of columns, whatever they are."""


class Cell(NamedTuple):
    """A cell of a row, with the name of its column and with its unit, where that names one."""

    name: str
    text: str


def own(fact: Fact) -> list[Cell]:
    """Return the cells of a row; none where its blanks do not tell them from one another."""
    texts = fact.text.split()
    if len(texts) < 2:
        return []
    above = (heading.split() for heading in reversed(fact.headings))
    names = next((one for one in above if _are_names(one, texts)), [])
    if not names or not all(map(_fits, names, texts)):
        return []
    return [_with_unit(name, text) for name, text in zip(names, texts, strict=True)]


def _are_names(names: Sequence[str], texts: Sequence[str]) -> bool:
    """Tell the names of as many columns from a heading with a blank in it."""
    are_others = len(texts) >= FEWEST and not any(map(_NUMBER.search, names))
    return len(names) == len(texts) and (are_others or names_columns(names))


def _fits(name: str, text: str) -> bool:
    """Tell whether a cell may be what its column is called, unlike a line of a cell."""
    if COUNTS.fullmatch(name):
        return text.isdecimal() or bool(mark(f"{text}、").level)
    return not TIMES.search(name) or bool(_WHEN.search(text))


def shared(fact: Fact) -> Iterator[Cell]:
    """Yield the cells that a row shares with the one above (地点：书院).

    They stand right above the names of the columns.
    """
    names = [len(words) > 1 and names_columns(words) for words in map(str.split, fact.headings)]
    above = fact.headings[: names.index(True)] if any(names) else ()
    for heading in above:
        name, colon, text = heading.partition("：")
        if colon and names_columns([name]) and not mark(heading).level:
            yield Cell(name, text)


def _with_unit(name: str, text: str) -> Cell:
    found = _UNIT.fullmatch(name)
    has_unit = found is not None and _NUMBER.fullmatch(text)
    return Cell(found[1], text + found[2]) if found and has_unit else Cell(name, text)
