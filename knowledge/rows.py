"""Rows of tables: what the names of the columns say of each cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from knowledge.documents.tables import names_columns
from knowledge.plan import Fact

_UNIT: Final = re.compile(r"(.+)[（(]([\u4e00-\u9fff]{1,2})[）)]")
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
    names = next((one for one in above if names_columns(one) or _are_names(one, texts)), [])
    if len(names) != len(texts):
        return []
    return [_with_unit(name, text) for name, text in zip(names, texts, strict=True)]


def _are_names(names: Sequence[str], texts: Sequence[str]) -> bool:
    """Tell other names of three columns and more from a heading with a blank in it."""
    return len(names) == len(texts) >= FEWEST and not any(map(_NUMBER.search, names))


def shared(fact: Fact) -> Iterator[Cell]:
    """Yield the cells that a row shares with the one above (地点：书院)."""
    for heading in fact.headings:
        name, colon, text = heading.partition("：")
        if colon and names_columns([name]):
            yield Cell(name, text)


def _with_unit(name: str, text: str) -> Cell:
    found = _UNIT.fullmatch(name)
    has_unit = found is not None and _NUMBER.fullmatch(text)
    return Cell(found[1], text + found[2]) if found and has_unit else Cell(name, text)
