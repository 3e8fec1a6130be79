"""What staff moved, cancelled or closed: who is concerned, and what is taken back with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    Table,
    cast,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from storage import deliveries as letters
from storage import reminders
from storage.engine import Transaction
from storage.outgoing import calls, changes, deliveries
from storage.tables import signups
from storage.upsert import insert_if_new

Kind = Literal["day", "reinstated", "once", "moved", "closed"]
"""One day is left out, held after all, at another time; the whole shift is moved, or closed."""

CHANGED: Final = "its time was changed"
"""Why what was to be said of a shift is not said."""

ENDED_UNSENT: Final = ("withdrawn", "unreachable", "opted_out", "dropped", "failed", "merged")


@dataclass(frozen=True, slots=True)
class Change:
    """A change as it was told; ``shift_id`` is the shift whose sign-ups an answer is about.

    ``day`` is the one day (in China) of a weekly shift that it is about.
    """

    id: int
    shift_id: int
    kind: Kind
    text: str
    author: str
    at: datetime
    day: date | None = None

    @property
    def cause(self) -> str:
        """Return the cause of its deliveries and calls."""
        return f"change:{self.id}"


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in a shift, held when it changed."""

    person_id: int
    is_waiting: bool = False


def write(
    tx: Transaction,
    shift_id: int,
    kind: Kind,
    text: str,
    author: str,
    now: datetime,
    day: date | None = None,
) -> Change:
    """Write a change down, with the words that those concerned read."""
    values = {"shift_id": shift_id, "kind": kind, "text": text, "author": author, "at": now}
    made = insert(changes).values(**values, day=day).returning(changes.c.id)
    return Change(int(tx.execute(made).scalar_one()), shift_id, kind, text, author, now, day)


def get(tx: Transaction, change_id: int) -> Change | None:
    """Return a change."""
    row = tx.execute(select(changes).where(changes.c.id == change_id)).one_or_none()
    return None if row is None else _change(row)


def of_shift(tx: Transaction, shift_id: int) -> Sequence[Change]:
    """Return what changed of a shift, the newest first."""
    mine = select(changes).where(changes.c.shift_id == shift_id).order_by(changes.c.id.desc())
    return [_change(row) for row in tx.execute(mine)]


def _change(row: Row[Any]) -> Change:
    return Change(row.id, row.shift_id, row.kind, row.text, row.author, row.at, row.day)


def supersede(tx: Transaction, shift_id: int, day: date, now: datetime) -> None:
    """Take back what was not sent yet of earlier changes about a day, and calls about them."""
    same = (changes.c.shift_id == shift_id) & (changes.c.day == day)
    causes = [f"change:{id}" for id in tx.execute(select(changes.c.id).where(same)).scalars()]
    letters.withdraw(tx, deliveries.c.cause.in_(causes), now, "withdrawn", CHANGED)
    still = calls.c.cause.in_(causes) & calls.c.closed_at.is_(None)
    tx.execute(update(calls).where(still).values(closed_at=now, outcome=CHANGED))


def is_superseded(tx: Transaction, change: Change) -> bool:
    """Tell whether a later change is about the same day."""
    if change.day is None:
        return False
    later = (changes.c.shift_id == change.shift_id) & (changes.c.id > change.id)
    query = select(changes.c.id).where(later, changes.c.day == change.day)
    return tx.execute(query.limit(1)).first() is not None


def places(tx: Transaction, shift_id: int) -> Sequence[Place]:
    """Return who holds a place in a shift, in the order in which they signed up."""
    holds = signups.c.status.in_(("confirmed", "waiting"))
    query = select(signups).where(signups.c.shift_id == shift_id, holds).order_by(signups.c.id)
    return [Place(row.person_id, row.status == "waiting") for row in tx.execute(query)]


def place_of(tx: Transaction, shift_id: int, person_id: int) -> int | None:
    """Return the id of the place that somebody holds in a shift."""
    holds = signups.c.status.in_(("confirmed", "waiting"))
    mine = (signups.c.shift_id == shift_id) & (signups.c.person_id == person_id)
    return tx.execute(select(signups.c.id).where(mine, holds)).scalar()


def place_once(tx: Transaction, shift_id: int, person_id: int) -> int:
    """Return the id of the newest place that somebody held in a shift, given back or not."""
    mine = (signups.c.shift_id == shift_id) & (signups.c.person_id == person_id)
    return int(tx.execute(select(func.max(signups.c.id)).where(mine)).scalar_one())


def copy_places(tx: Transaction, shift_id: int, to: int) -> None:
    """Give everybody who has a place in a shift the same place in another one, in order."""
    holds = signups.c.status.in_(("confirmed", "waiting"))
    query = select(signups).where(signups.c.shift_id == shift_id, holds).order_by(signups.c.id)
    for row in tx.execute(query).all():
        kept = {name: row._mapping[name] for name in _SAME}
        insert_if_new(tx, signups, shift_id=to, told=True, **kept)


_SAME: Final = ("person_id", "programme", "kind", "details", "status", "created_at")


def end_places(tx: Transaction, shift_id: int, now: datetime) -> None:
    """Cancel every sign-up of a shift that is no more; what was to be told of a seat is not."""
    holds = signups.c.status.in_(("confirmed", "waiting"))
    ended = update(signups).where(signups.c.shift_id == shift_id, holds)
    ids = tx.execute(
        ended.values(status="cancelled", cancelled_at=now, told=True).returning(signups.c.id)
    )
    seats = deliveries.c.cause.in_([f"seat:{id}" for id in ids.scalars()])
    letters.withdraw(tx, seats, now, "withdrawn", "the shift is closed")


def recall(tx: Transaction, shift_id: int, day: date | None, now: datetime) -> None:
    """Take back what was to be said about a shift, or about one day of it (in China).

    Reminders that were not sent end, and so do open calls about them. Their causes become free, so
    that new ones for the same day can be made.
    """
    prefix = f"shift:{shift_id}@" if day is None else f"shift:{shift_id}@{day.isoformat()}:"
    about = _stands(deliveries, prefix)
    unsent = select(deliveries.c.person_id, deliveries.c.cause).where(
        about, deliveries.c.state.in_(("waiting", "merged"))
    )
    for person_id, cause in tx.execute(unsent).all():
        reminders.release(tx, person_id, cause, now, CHANGED)
    _free(tx, deliveries, about & deliveries.c.state.in_(ENDED_UNSENT))
    called = _stands(calls, prefix)
    still = called & calls.c.closed_at.is_(None)
    tx.execute(update(calls).where(still).values(closed_at=now, outcome=CHANGED))
    _free(tx, calls, called)


def _stands(table: Table, prefix: str) -> ColumnElement[bool]:
    """The rows whose cause begins so and is not freed yet."""
    return table.c.cause.startswith(prefix, autoescape=True) & table.c.cause.not_like("%~%")


def _free(tx: Transaction, table: Table, which: ColumnElement[bool]) -> None:
    new = table.c.cause + "~" + cast(table.c.id, String)
    tx.execute(update(table).where(which).values(cause=new))


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Somebody who was told of a change and has not answered. ``sent_at`` None: not known."""

    cause: str
    person_id: int
    text: str
    sent_at: datetime | None


def unanswered(tx: Transaction, until: datetime, most: int) -> Sequence[Unanswered]:
    """Return who was told of a change up to ``until`` (business clock) and has not answered."""
    row = deliveries
    silent = _silent().where(row.c.sent_at.is_(None) | (row.c.sent_at <= until))
    found = tx.execute(silent.order_by(row.c.id).limit(most))
    return [Unanswered(one.cause, one.person_id, one.text, one.sent_at) for one in found]


def first_unanswered(tx: Transaction) -> datetime | None:
    """Return when the first of those who have not answered yet was told (business clock)."""
    return tx.execute(_silent().with_only_columns(func.min(deliveries.c.sent_at))).scalar()


def _silent() -> Select[Any]:
    """Pushes without an answer of people who are on no list of calls yet.

    Where a shift changed again since, the later change is what counts.
    """
    row, later = deliveries, changes.alias("later")
    since = exists().where(later.c.shift_id == changes.c.shift_id, later.c.id > changes.c.id)
    called = exists().where(calls.c.cause == row.c.cause, calls.c.person_id == row.c.person_id)
    return (
        select(row.c.cause, row.c.person_id, row.c.sent_at, changes.c.text)
        .join(changes, row.c.cause == literal("change:") + cast(changes.c.id, String))
        .where(row.c.kind == "change", row.c.state.in_(letters.ARRIVED), row.c.answer.is_(None))
        .where(~called, ~since)
    )
