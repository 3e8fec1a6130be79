"""Which reminders are due and have no row yet, and taking back those that were not sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    cast,
    column,
    exists,
    func,
    or_,
    select,
    update,
    values,
)

from storage import deliveries, pauses
from storage.columns import UtcTime
from storage.engine import Transaction
from storage.outgoing import absences, changes
from storage.outgoing import deliveries as rows
from storage.tables import people, signups

BATCH: Final = 500
"""Reminders in one query; SQLite takes 32,766 values in one."""

WITH: Final = "with "
"""How the outcome of a merged row begins; the cause of the one that speaks for it follows."""


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is due (aware times) of one shift that takes place once at ``starts``."""

    cause: str
    shift_id: int
    starts: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """A reminder that somebody has no row for. ``changed``: they were told of a change since.

    ``absent``: they said that they do not come this one time.
    """

    person_id: int
    signup_id: int
    cause: str
    changed: bool
    absent: bool


def people_missing(tx: Transaction, due: Sequence[Due], now: datetime, most: int) -> Sequence[int]:
    """Return the first people who lack a row for any of what is due."""
    found: set[int] = set()
    for part in _parts(due):
        query = _missing(part, now).with_only_columns(signups.c.person_id).distinct()
        found.update(tx.execute(query.order_by(signups.c.person_id).limit(most)).scalars())
    return sorted(found)[:most]


def missing(
    tx: Transaction, due: Sequence[Due], now: datetime, of: Sequence[int]
) -> Sequence[Missing]:
    """Return all rows that these people lack, by person."""
    found = [
        Missing(row.person_id, row.id, row.cause, row.changed, row.absent)
        for part in _parts(due)
        for row in tx.execute(_missing(part, now).where(signups.c.person_id.in_(of)))
    ]
    return sorted(found, key=lambda one: one.person_id)


def _parts(due: Sequence[Due]) -> Iterator[Sequence[Due]]:
    return (due[start : start + BATCH] for start in range(0, len(due), BATCH))


def _missing(due: Sequence[Due], now: datetime) -> Select[Any]:
    """Confirmed sign-ups that were there before a reminder was due, and have no row for it."""
    moment = _table(due)
    settled = exists().where(
        rows.c.cause == moment.c.cause,
        rows.c.person_id == signups.c.person_id,
        ~and_(_was_too_late(), moment.c.starts > now),
    )
    told = exists().where(changes.c.shift_id == signups.c.shift_id, changes.c.at > moment.c.due)
    away = exists().where(absences.c.signup_id == signups.c.id, absences.c.day == moment.c.day)
    held_since = func.coalesce(signups.c.promoted_at, signups.c.created_at)
    return (
        select(signups.c.person_id, signups.c.id, moment.c.cause)
        .add_columns(told.label("changed"), away.label("absent"))
        .join(moment, moment.c.shift_id == signups.c.shift_id)
        .where(signups.c.status == "confirmed", held_since < moment.c.due, ~settled)
    )


def _was_too_late() -> ColumnElement[bool]:
    """Tell a row that comes back when the clock that dropped it was wrong, and is set back."""
    return and_(rows.c.state == "dropped", rows.c.outcome == deliveries.TOO_LATE)


def _table(due: Sequence[Due]) -> Any:
    named = values(
        column("cause", String),
        column("shift_id", Integer),
        column("starts", UtcTime),
        column("due", UtcTime),
        column("day", Date),
        name="moment",
    )
    told = [
        (one.cause, one.shift_id, one.starts, one.due, pauses.day_of(one.starts)) for one in due
    ]
    return named.data(told).cte("moment")


def audience(
    tx: Transaction, cause: str, due: datetime, most: int, *, still: bool
) -> Sequence[int]:
    """Return the first people who lack a row for a campaign's cause, and lock them.

    They subscribed, or held a place at some time, before it was due, and did not opt out.
    ``still``: its day is not over, so that what a wrong clock dropped comes back.
    """
    settled = exists().where(rows.c.cause == cause, rows.c.person_id == people.c.id)
    if still:
        settled = settled.where(~_was_too_late())
    took_part = exists().where(signups.c.person_id == people.c.id, signups.c.created_at < due)
    query = (
        select(people.c.id)
        .where(or_(people.c.subscribed_at < due, took_part))
        .where(people.c.opted_out_at.is_(None), ~settled)
        .order_by(people.c.id)
        .limit(most)
    )
    return tx.execute(query.with_for_update(key_share=True)).scalars().all()


def forgive(tx: Transaction, person_id: int, cause: str) -> None:
    """Free a cause whose row a wrong clock dropped."""
    mine = and_(rows.c.person_id == person_id, rows.c.cause == cause, _was_too_late())
    tx.execute(_free(mine))


def release(tx: Transaction, person_id: int, cause: str, now: datetime, why: str) -> bool:
    """Withdraw what was not sent of a cause, or of a thing on any day, and free it to come anew.

    What one message was to say together is released together. Tells whether there was anything.
    """
    named = or_(rows.c.cause == cause, rows.c.cause.startswith(f"{cause}@", autoescape=True))
    mine = and_(rows.c.person_id == person_id, named)
    unsent = select(rows.c.cause, rows.c.state, rows.c.outcome).where(mine)
    leads = {
        row.cause if row.state == "waiting" else row.outcome.removeprefix(WITH)
        for row in tx.execute(unsent.where(rows.c.state.in_(("waiting", "merged"))))
    }
    released = [_released(tx, person_id, lead, now, why) for lead in sorted(leads)]
    return any(released)


def _released(tx: Transaction, person_id: int, lead: str, now: datetime, why: str) -> bool:
    own = and_(rows.c.person_id == person_id, rows.c.cause == lead)
    if not deliveries.withdraw(tx, own, now, "withdrawn", why):
        return False
    told_with = and_(rows.c.state == "merged", rows.c.outcome == f"{WITH}{lead}")
    partners = and_(rows.c.person_id == person_id, told_with)
    tx.execute(_free(partners).values(state="withdrawn", outcome=why))
    tx.execute(_free(own))
    return True


def _free(which: ColumnElement[bool]) -> Any:
    return update(rows).where(which).values(cause=rows.c.cause + "~" + cast(rows.c.id, String))
