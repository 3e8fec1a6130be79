"""Times as people say them, in China's time zone."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from handlers import wording as say
from storage.stations import Shift

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


def local(moment: datetime) -> datetime:
    """Return an aware time in China's zone."""
    return moment.astimezone(SHANGHAI)


def times(shift: Shift) -> str:
    """Return when a shift is: every week, or on one day."""
    starts, ends = local(shift.starts), local(shift.ends)
    form = say.WEEKLY if shift.weekly else say.ONCE
    return form.format(
        month=starts.month,
        date=starts.day,
        day=say.WEEKDAYS[starts.weekday()],
        starts=f"{starts:%H:%M}",
        ends=f"{ends:%H:%M}",
    )
