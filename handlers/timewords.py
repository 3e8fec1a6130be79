"""Times as people say them, in China's time zone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from handlers import wording as say
from storage.pauses import SHANGHAI as SHANGHAI
from storage.stations import Shift

MOST_PAUSED: Final = 3
"""How many of the days that are left out are named; staff seldom know more of them ahead."""


def local(moment: datetime) -> datetime:
    """Return an aware time in China's zone."""
    return moment.astimezone(SHANGHAI)


def times(shift: Shift) -> str:
    """Return when a shift is: every week, or on one day; and on which days it is not."""
    told = when(shift.starts, shift.ends, weekly=shift.weekly)
    if not shift.paused:
        return told
    return told + say.PAUSED_DAYS.format(days="、".join(map(a_day, shift.paused[:MOST_PAUSED])))


def when(starts: datetime, ends: datetime, *, weekly: bool) -> str:
    """Return a time of two aware ones: every week, or on one day."""
    starts, ends = local(starts), local(ends)
    form = say.WEEKLY if weekly else say.ONCE
    return form.format(
        month=starts.month,
        date=starts.day,
        day=say.WEEKDAYS[starts.weekday()],
        starts=f"{starts:%H:%M}",
        ends=f"{ends:%H:%M}",
    )


def a_day(day: date) -> str:
    """Return a day as people say it."""
    return say.A_DAY.format(month=day.month, date=day.day)


def a_whole_day(day: date) -> str:
    """Return a day with its year and weekday, as a list of days needs it."""
    weekday = say.WEEKDAYS[day.weekday()]
    return say.A_WHOLE_DAY.format(year=day.year, month=day.month, date=day.day, day=weekday)
