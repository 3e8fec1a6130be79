"""When people are left in peace: 21:00 to 08:00 in China (product: quiet hours)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from handlers.timewords import local

BEGINS: Final = time(21)
ENDS: Final = time(8)

EARLY: Final = time(10)
"""What begins before this hour is told in the night (product: changes are told)."""


def is_quiet(now: datetime) -> bool:
    """Tell whether people sleep; ``now`` is aware."""
    at = local(now).time()
    return at >= BEGINS or at < ENDS


def wakes(now: datetime) -> datetime:
    """Return ``now``, or the end of the quiet hours that it falls in."""
    here = local(now)
    if not is_quiet(here):
        return now
    day = here.date() + timedelta(days=1 if here.time() >= BEGINS else 0)
    return datetime.combine(day, ENDS, here.tzinfo)


def cannot_wait(now: datetime, starts: datetime) -> bool:
    """Tell whether news of what ``starts`` then wakes people: before 10:00 on the next day."""
    morning = local(wakes(now))
    return is_quiet(now) and starts < datetime.combine(morning.date(), EARLY, morning.tzinfo)
