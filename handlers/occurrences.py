"""The times at which shifts are held: weekly ones repeat, and staff may pause a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from handlers import wording as say
from handlers import wording_reminders as words
from handlers.timewords import local
from storage import timetable
from storage.engine import Transaction
from storage.stations import WEEK
from storage.timetable import Hours


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which a shift is held; ``starts`` and ``ends`` are aware."""

    hours: Hours
    starts: datetime
    ends: datetime

    @property
    def day(self) -> date:
        """The day in China."""
        return local(self.starts).date()

    @property
    def key(self) -> str:
        """What causes name it by."""
        return f"shift:{self.hours.shift_id}@{self.day}"


def between(
    tx: Transaction, first: datetime, last: datetime, *, held: bool = False
) -> Sequence[Occurrence]:
    """Return what begins from ``first`` to before ``last``, in order.

    ``held``: only shifts in which somebody has a seat.
    """
    off = timetable.paused(tx, local(first).date())
    hours = timetable.open_hours(tx, held=held)
    found = [one for each in hours for one in _times(each, first, last)]
    takes_place = [one for one in found if (one.hours.shift_id, one.day) not in off]
    return sorted(takes_place, key=lambda one: (one.starts, one.hours.shift_id))


def _times(hours: Hours, first: datetime, last: datetime) -> Iterator[Occurrence]:
    starts = hours.starts
    if hours.weekly and starts < first:
        starts += WEEK * -(-(first - starts) // WEEK)
    while first <= starts < last:
        yield Occurrence(hours, starts, starts + (hours.ends - hours.starts))
        if not hours.weekly:
            return
        starts += WEEK


def day_words(moment: datetime) -> str:
    """Say a day: 4月7日（周三）."""
    here = local(moment)
    weekday = say.WEEKDAYS[here.weekday()]
    return words.DAY.format(month=here.month, date=here.day, day=weekday)


def clock_words(one: Occurrence) -> str:
    """Say from when to when."""
    return f"{local(one.starts):%H:%M}—{local(one.ends):%H:%M}"
