"""A stretch of time that stands in a text: what it is, and the arithmetic of months and years.

Every day is that of China. Conventions, the same for every plan: 上旬 is the 1st to the 10th,
中旬 the 11th to the 20th, 下旬 the rest; 月底 without 前 is 下旬, 年底 is December.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum
from typing import Final

HAN: Final = "一二三四五六七八九十"
NUMBER: Final = rf"(?:\d{{1,3}}|[{HAN}]{{1,3}})"
"""A number as it stands before 月 or 日; too large ones are read to be told from right ones."""

TO: Final = r"\s?(?:起\s?[，,]?\s?)?(?:[-\u2013\u2014\uff0d~～]{1,2}|至|到)\s?"
"""What stands between the first and the last of a range."""

DAY: Final = "day"
TEN_DAY: Final = "ten-day"
MONTH: Final = "month"
QUARTER: Final = "quarter"
HALF_YEAR: Final = "half-year"
SEASON: Final = "season"
YEAR: Final = "year"

_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")


class Rank(IntEnum):
    """How exact a way of telling time is: in one clause the more exact one counts."""

    EXACT = 0
    NAMED = 1
    REPEATED = 2
    VAGUE = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What dates are reckoned from: the plan's year, its day of issue, its heading's period."""

    year: int
    issued: date | None = None
    period: Span | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time at ``text[at:to]``; without ``start`` and ``end`` it is damaged.

    ``closed``: as the end of a deadline (前) it counts with its last day, not up to its first.
    ``deadline``: what has to be done until its end; ``observance`` is a key of the calendar.
    """

    at: int
    to: int
    start: date | None
    end: date | None
    precision: str | None
    rank: Rank = Rank.EXACT
    closed: bool = True
    deadline: bool = False
    recurrence: str | None = None
    repeated: bool = False
    observance: str = ""
    tbd: bool = False
    dated: bool = False

    @property
    def corrupted(self) -> bool:
        """Whether the words are damaged, so that no date can be read."""
        return self.end is None


def damaged(at: int, to: int) -> Span:
    """Return what stands for words that look like a date and cannot be one."""
    return Span(at, to, None, None, None)


def number(numeral: str) -> int:
    """Return the number below a hundred that is written in digits or as 二十三."""
    if numeral.isdecimal():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    return _digits(tens or "一") * 10 + _digits(ones) if ten else _digits(ones)


def year_number(numeral: str) -> int:
    """Return the year that is written in digits or as 二〇二四."""
    return int(numeral.translate(_DIGITS))


def _digits(numeral: str) -> int:
    return int(numeral.translate(_DIGITS) or 0)


def last_of_month(year: int, month: int) -> date:
    """Return the last day of a month. Raises ValueError where there is no such month."""
    first = date(year, month, 1)
    return first.replace(day=months.monthrange(year, month)[1])


def whole_months(year: int, first: int, last: int) -> tuple[date, date]:
    """Return the first and the last day of months of one year. Raises ValueError."""
    return date(year, first, 1), last_of_month(year, last)


def whole_year(year: int) -> tuple[date, date]:
    """Return the first and the last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def ten_days(year: int, month: int, part: str) -> tuple[date, date]:
    """Return the days of 上旬, 中旬 or 下旬, or of two of them (中下旬). Raises ValueError."""
    firsts = {"上": 1, "中": 11, "下": 21}
    last = {"上": date(year, month, 10), "中": date(year, month, 20)}
    end = last.get(part[-1]) or last_of_month(year, month)
    return date(year, month, firsts[part[0]]), end


def as_deadline(span: Span, plan: Plan) -> Span:
    """Return what has to be done before a time: from the plan's issue until its last day.

    X底前 includes the last day; before a month or a holiday is until the day before it, and so
    not on the holiday.
    """
    if span.start is None or span.end is None:
        return span
    end = span.end if span.closed else span.start - timedelta(days=1)
    start = plan.issued or date(plan.year, 1, 1)
    if start > end:
        start = date(end.year, 1, 1)
    return replace(span, start=start, end=end, precision=DAY, deadline=True, observance="")
