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
    """Tell whether news of what ``starts`` then wakes people: it is before 10:00 in the morning
    after this night, or in the day after the coming one.
    """
    here = local(now)
    morning = here.date() + timedelta(days=0 if here.time() < ENDS else 1)
    return starts < datetime.combine(morning, EARLY, here.tzinfo)


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


def awake_after(moment: datetime, span: timedelta) -> datetime:
    """Return when people will have been awake for ``span``, the quiet hours left out."""
    here = local(wakes(moment))
    while here + span > (evening := datetime.combine(here.date(), BEGINS, here.tzinfo)):
        span -= evening - here
        here = local(wakes(evening))
    return here + span
