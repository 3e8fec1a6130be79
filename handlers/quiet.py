"""When people are left in peace: 21:00 to 08:00 in China (product: quiet hours)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from handlers.timewords import local

BEGINS: Final = time(21)
ENDS: Final = time(8)


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


def awake_before(now: datetime, span: timedelta) -> datetime:
    """Return the moment since which people were awake for ``span``, the quiet hours left out."""
    here = local(now)
    while True:
        day = here.date() - timedelta(days=1 if here.time() < ENDS else 0)
        evening = datetime.combine(day, BEGINS, here.tzinfo)
        here = min(here, evening)
        morning = datetime.combine(day, ENDS, here.tzinfo)
        if here - morning >= span:
            return here - span
        span -= here - morning
        here = datetime.combine(day - timedelta(days=1), BEGINS, here.tzinfo)
