"""What a question asks for (a fee, a telephone number, an hour), and whether a fact tells it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from knowledge.text import fold

_FILE: Final = Path(__file__).parent / "facets.toml"


@dataclass(frozen=True, slots=True)
class Facet:
    """One kind of detail; ``says`` is its name for people."""

    key: str
    says: str
    asked: re.Pattern[str]
    shown: re.Pattern[str]


@cache
def _all() -> tuple[Facet, ...]:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(
        Facet(key, row["says"], re.compile(row["asked"]), re.compile(row["shown"]))
        for key, row in data.items()
    )


def missing(question: str, answer: str) -> Facet | None:
    """Return the first kind of detail that was asked for and that ``answer`` does not tell."""
    asked, told = fold(question), fold(answer)
    for facet in _all():
        if (found := facet.asked.search(asked)) and not _tells(facet, found[0], told):
            return facet
    return None


def _tells(facet: Facet, asked: str, told: str) -> bool:
    """An ordinal is told only by itself (第十九次 is not 第二十次), the rest by their patterns."""
    return asked in told if facet.key == "ordinal" else bool(facet.shown.search(told))
