"""Reminders of shifts: a day before and two hours before, once, also after the clock stood still.

A row is made for every reminder that fell due in the last ``LOOK_BACK``: it is sent, or its row
says why not. A wrong clock that is set back makes nothing come twice; what it dropped as too late
comes after all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Final, Literal

from handlers import absence, occurrences, quiet
from handlers import wording as say
from handlers import wording_reminders as words
from handlers.ability import Request
from handlers.desk import Desk
from handlers.letters import Filled
from handlers.message import Choice, Reply
from handlers.occurrences import Occurrence
from handlers.outbox import Outbox, Push
from handlers.timewords import local
from storage import deliveries, people, reminders
from storage.deliveries import Letter, State
from storage.engine import Transaction
from storage.reminders import Due, Missing

MORNING: Final = time(9)
"""When people are reminded of what is on the next day."""

BEFORE: Final = timedelta(hours=2)
LATE: Final = timedelta(minutes=10)
"""A reminder that comes so long after it was due says so."""

LOOK_BACK: Final = timedelta(days=4)
"""How far back a reminder may have fallen due: longer than a clock was seen to jump (three days)
and than a weekend without electricity."""

CHUNK: Final = 25
"""People in one transaction."""

OVERTAKEN: Final = "overtaken by a nearer one"
TOLD: Final = "a change was told since"

Offset = Literal["-1d", "-2h"]


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder of an occurrence, due at an aware time."""

    occurrence: Occurrence
    offset: Offset
    due: datetime

    @property
    def cause(self) -> str:
        """What it is queued under, once a person."""
        return f"{self.occurrence.key}:{self.offset}"

    def as_due(self) -> Due:
        """Return it as storage looks for it."""
        one = self.occurrence
        return Due(self.cause, one.hours.shift_id, one.starts, self.due)


def of(one: Occurrence) -> Iterator[Reminder]:
    """Return the reminders of an occurrence; the nearer one only where people are awake."""
    zone = local(one.starts).tzinfo
    day_before = datetime.combine(one.day - timedelta(days=1), MORNING, zone)
    yield Reminder(one, "-1d", day_before)
    nearer = max(one.starts - BEFORE, datetime.combine(one.day, quiet.ENDS, zone))
    if nearer < one.starts:
        yield Reminder(one, "-2h", nearer)


def _around(tx: Transaction, first: datetime, now: datetime) -> Sequence[Reminder]:
    """Return the reminders of what begins from ``first`` until two days after ``now``."""
    held = occurrences.between(tx, first, now + timedelta(days=2), held=True)
    return [reminder for one in held for reminder in of(one)]


def next_moment(tx: Transaction, now: datetime) -> datetime | None:
    """Return when the next reminder falls due, within a week of the first one."""
    held = occurrences.between(tx, now, now + timedelta(days=9), held=True)
    return min((r.due for one in held for r in of(one) if r.due > now), default=None)


def _due(tx: Transaction, now: datetime) -> dict[str, Reminder]:
    return {r.cause: r for r in _around(tx, now - LOOK_BACK, now) if r.due <= now}


def remind(tx: Transaction, outbox: Outbox, now: datetime) -> bool:
    """Queue the reminders of the first people who lack one (a Step)."""
    past = _due(tx, now)
    due = [r.as_due() for r in past.values()]
    ids = reminders.people_missing(tx, due, now, CHUNK)
    people.lock(tx, ids)
    if ids:  # staff who changed a shift had the lock before us
        past = _due(tx, now)
        due = [r.as_due() for r in past.values()]
    lacking = reminders.missing(tx, due, now, ids)
    again = False
    for person_id, theirs in groupby(lacking, key=lambda one: one.person_id):
        again |= _Round(tx, outbox, now, past, person_id).remind(list(theirs))
    return again or len(ids) == CHUNK


@dataclass(frozen=True, slots=True)
class _Round:
    """What one person lacks, at one time."""

    tx: Transaction
    outbox: Outbox
    now: datetime
    past: dict[str, Reminder]
    person_id: int

    def remind(self, lacking: list[Missing]) -> bool:
        """Give each reminder its row. True: others were freed, and want a row again."""
        together: dict[tuple[object, Offset], list[tuple[Reminder, Missing]]] = {}
        for one in sorted(lacking, key=lambda one: self.past[one.cause].occurrence.starts):
            reminder = self.past[one.cause]
            reminders.forgive(self.tx, self.person_id, one.cause)
            if why := self._too_late(reminder, one):
                self._note(one.cause, "dropped", why)
            else:
                key = reminder.occurrence.day, reminder.offset
                together.setdefault(key, []).append((reminder, one))
        freed = [self._send(group) for group in together.values()]
        return any(freed)

    def _too_late(self, reminder: Reminder, one: Missing) -> str:
        """Say why a reminder is not sent any more, nothing where it is."""
        if reminder.occurrence.starts <= self.now:
            return deliveries.TOO_LATE
        if one.absent:
            return absence.NOT_COMING
        if one.changed:
            return TOLD
        overtaken = reminder.offset == "-1d" and f"{reminder.occurrence.key}:-2h" in self.past
        return OVERTAKEN if overtaken else ""

    def _send(self, group: list[tuple[Reminder, Missing]]) -> bool:
        """Send one message for all that is due at once; it goes under the cause of the first."""
        (first, _), *others = group
        freed = [
            reminders.release(
                self.tx, self.person_id, f"{r.occurrence.key}:-1d", self.now, OVERTAKEN
            )
            for r, _ in group
            if r.offset == "-2h"
        ]
        sent = self.outbox.push(self.tx, self.person_id, _push(group, self.now), self.now)
        out = sent is not None and sent.state == "opted_out"
        for reminder, _ in others:
            told = "" if out else f"{reminders.WITH}{first.cause}"
            self._note(reminder.cause, "opted_out" if out else "merged", told)
        return any(freed)

    def _note(self, cause: str, state: State, why: str) -> None:
        """Keep a row for what is not sent by itself."""
        kept = Letter(
            cause, self.person_id, None, None, "reminder", "telephone", state=state, outcome=why
        )
        deliveries.queue(self.tx, kept, self.outbox.clock())


def _push(group: list[tuple[Reminder, Missing]], now: datetime) -> Push:
    """Write one message; the words for its day are those of the day on which it may go out.

    What says 明天 ends with that day: whom it did not reach by then gets a new one, with 今天.
    """
    first = group[0][0]
    held = [reminder.occurrence for reminder, _ in group]
    day = first.occurrence.day
    ahead = (day - local(quiet.wakes(now)).date()).days
    weekly = all(one.hours.weekly for one in held)
    text = words.SHIFT.format(
        day=words.DAYS_AHEAD.get(ahead, "").format(day=say.WEEKDAYS[day.weekday()]),
        times="\n\n".join(map(_when_and_where, held)),
        stay_away=words.STAY_AWAY_ONCE if weekly else words.STAY_AWAY,
    )
    if now - first.due > LATE:
        text = f"{words.LATE}{text}"
    choices = Choice(words.NOTED, "noted"), Choice(words.CANNOT, _cannot(group))
    expires = max(one.starts for one in held)
    if ahead == 1:
        expires = datetime.combine(day, time(), local(expires).tzinfo)
    return Push(first.cause, "reminder", Reply(text, choices), filled(held), expires_at=expires)


def _cannot(group: list[tuple[Reminder, Missing]]) -> str:
    """Return what 不能来 does: miss this once, give up a single shift, or say which of several."""
    (first, missing), *others = group
    one = first.occurrence
    if others:
        return f"absent:{one.day}"
    return (
        f"absent:{one.day}:{missing.signup_id}"
        if one.hours.weekly
        else f"cancel:{missing.signup_id}"
    )


def _when_and_where(one: Occurrence) -> str:
    return words.SHIFT_TIME.format(
        day=occurrences.day_words(one.starts),
        hours=occurrences.clock_words(one),
        place=one.hours.station,
        location=one.hours.location or say.NOT_ENTERED,
    )


def filled(held: Sequence[Occurrence]) -> Filled:
    """Return what a template for shifts shows, one fact a field."""
    values = {
        "place": words.PLACES.join(dict.fromkeys(one.hours.station for one in held)),
        "when": f"{occurrences.day_words(held[0].starts)}{occurrences.clock_words(held[0])}",
        "what": words.SHIFT_WHAT,
    }
    return Filled("shift", values)


def noted(_desk: Desk, _request: Request) -> Reply:
    """Answer whoever taps that they know."""
    return Reply(words.SEE_YOU)
