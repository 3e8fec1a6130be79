"""How values are shown to staff: times in China's zone, telephones with their middle hidden."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from handlers import wording
from handlers.phonewords import masked
from handlers.timewords import a_day, local


def moment(when: datetime) -> str:
    """Return 11月23日（周一）09:00, in China's zone."""
    here = local(when)
    day = wording.WEEKDAYS[here.weekday()]
    return f"{here.month}月{here.day}日（{day}）{here:%H:%M}"


FILTERS: Final = {"day": a_day, "masked": masked, "moment": moment}
