"""How values are shown to staff: times in China's zone, telephones with their middle hidden."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from handlers.phonewords import masked
from handlers.timewords import a_whole_day, local


def moment(when: datetime) -> str:
    """Return 2026年11月23日（周一）09:00, in China's zone."""
    here = local(when)
    return f"{a_whole_day(here.date())}{here:%H:%M}"


FILTERS: Final = {"day": a_whole_day, "masked": masked, "moment": moment}
