"""Days that the year brings by rule: from the sun and the moon, not from a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

LAST_YEAR: Final = 2099
"""Until when days are computed; the tables of solar terms are checked that far."""

APRIL: Final = 4


@dataclass(frozen=True, slots=True)
class Occasion:
    """A day of every year. ``key`` is its name in Chinese; ``day`` takes a year."""

    key: str
    day: Callable[[int], date]


@cache
def qingming(year: int) -> date:
    """Return the day of the solar term (the sun at 15 degrees, in China's zone)."""
    from lunar_python import Solar  # type: ignore[import-untyped]

    terms = Solar.fromYmd(year, APRIL, 1).getLunar().getJieQiTable()
    found = terms["清明"]
    return date(found.getYear(), found.getMonth(), found.getDay())


QINGMING: Final = Occasion("清明", qingming)
