"""The calendar of observances: days that the year brings by rule, not by a plan.

Every day is that of China. The rules, and who founded each observance, stand in calendar.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from knowledge import places

FIRST_YEAR: Final = 1950
"""Older plans than this do not exist."""

LAST_YEAR: Final = 2050
"""Until when every day was compared with a second computation of the sun and the moon."""

_FILE: Final = Path(__file__).parent / "calendar.toml"


class UnknownYear(ValueError):
    """A year of which no calendar is computed; the message says so in one sentence."""


@dataclass(frozen=True, slots=True)
class Observance:
    """An observance of one year: its first and last ``day`` (``end``) in China.

    ``kind`` is holiday, festival, memorial, day, week or month; ``solemn``: neutral wording.
    """

    key: str
    title: str
    day: date
    end: date
    kind: str
    solemn: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """How one observance falls. ``since`` is its first year, ``place`` where alone it is kept.

    ``on`` is its month and day where that is the same in every year; ``written`` is how a text
    names it; ``short`` its number (五四), which needs a sign besides; where none of the ``marks``
    stands in a text, it is not named.
    """

    key: str
    title: str
    kind: str
    span: Callable[[int], tuple[date, date]]
    since: int
    solemn: bool
    place: str | None
    on: str
    written: str
    short: str
    marks: tuple[str, ...]

    def of(self, year: int) -> Observance:
        """Return the observance of a year. Raises UnknownYear."""
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise UnknownYear(f"the calendar is known from {FIRST_YEAR} to {LAST_YEAR}")
        day, end = self.span(year)
        return Observance(self.key, self.title, day, end, self.kind, self.solemn)


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by its key."""
    rows = tomllib.loads(_FILE.read_text("utf-8"))["observance"]
    return {row["key"]: _rule(row) for row in rows}


def observances(year: int, region: str | None = None) -> list[Observance]:
    """Return what is kept in a year, by day; what is local only for a region. Raises UnknownYear.

    Nothing is kept before it was founded.
    """
    kept = (rule for rule in rules().values() if _is_kept(rule, region))
    found = [one for rule in kept if (one := rule.of(year)) and rule.since <= year]
    return sorted(found, key=lambda one: one.day)


def by_day(found: Sequence[Observance]) -> Iterator[tuple[date, list[Observance]]]:
    """Group observances that are in order: those that begin on one day are one reminder."""
    for day, group in groupby(found, key=lambda one: one.day):
        yield day, list(group)


def lunar(year: int, month: int, day: int) -> date:
    """Return the day of a date of the lunar calendar, of no leap month. Raises ValueError."""
    from lunar_python import Lunar  # type: ignore[import-untyped]

    try:
        found = Lunar.fromYmd(year, month, day).getSolar()
    except Exception as problem:
        raise ValueError(f"there is no lunar {year}-{month}-{day}") from problem
    return date(found.getYear(), found.getMonth(), found.getDay())


def _is_kept(rule: Rule, region: str | None) -> bool:
    return rule.place is None or (region is not None and places.is_within(region, rule.place))


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(
        row["key"],
        row["title"],
        row["kind"],
        cache(_span(row)),
        row["since"],
        row.get("solemn", False),
        row.get("place"),
        row.get("on", ""),
        row["written"],
        row.get("short", ""),
        tuple(row["marks"]),
    )


def _span(row: dict[str, Any]) -> Callable[[int], tuple[date, date]]:
    """Return what computes the first and the last day of a year."""
    if "on" in row:
        first, _, last = row["on"].partition("/")
        return lambda year: (_fixed(year, first), _fixed(year, last or first))
    if "week_of" in row:
        return lambda year: _week(_fixed(year, row["week_of"]))
    day = _single(row)
    return lambda year: (day(year), day(year))


def _single(row: dict[str, Any]) -> Callable[[int], date]:
    if "term" in row:
        return lambda year: _term(year, row["term"])
    if "weekday" in row:
        return lambda year: weekday(year, *row["weekday"])
    month, day = map(int, row["lunar"].split("-"))
    before = timedelta(days=row.get("before", 0))
    return lambda year: lunar(year, month, day) - before


def _fixed(year: int, month_day: str) -> date:
    return date.fromisoformat(f"{year:04}-{month_day}")


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def weekday(year: int, month: int, number: int, which: int) -> date:
    """Return the which-th such weekday (1 is Monday) of a month, -1 the last."""
    first = date(year, month, 1)
    days = [first + timedelta(days=(number - first.isoweekday()) % 7 + 7 * n) for n in range(5)]
    return [day for day in days if day.month == month][which - (which > 0)]


def _term(year: int, name: str) -> date:
    """Return the day of a solar term; the library knows the winter's of this year as DONG_ZHI."""
    from lunar_python import Solar

    midsummer = 7
    found = Solar.fromYmd(year, midsummer, 1).getLunar().getJieQiTable()[name]
    return date(found.getYear(), found.getMonth(), found.getDay())
