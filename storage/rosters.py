"""Who comes: the sign-ups as staff look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select

from storage import absences
from storage.engine import Transaction
from storage.signups import FIRST_NUMBER, LARGEST_ID
from storage.tables import signups


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who signed up. ``place`` is that on the waiting list, 0 for a seat.

    ``absent`` are days to come (in China) on which they do not come.
    """

    signup_id: int
    shift_id: int | None
    kind: str | None
    name: str
    phone: str
    subjects: tuple[str, ...]
    times: str
    created_at: datetime
    place: int
    absent: tuple[date, ...] = ()

    @property
    def number(self) -> str:
        """The number that the person was given."""
        return str(FIRST_NUMBER + self.signup_id)


@dataclass(frozen=True, slots=True)
class Taken:
    """How many hold a seat of a shift, and how many wait for one."""

    confirmed: int = 0
    waiting: int = 0


_HOLDS = signups.c.status.in_(("confirmed", "waiting"))
_SEATED_FIRST = case((signups.c.status == "confirmed", 0), else_=1)


def of_shift(tx: Transaction, shift_id: int, today: date) -> Sequence[Attendee]:
    """Return who comes to a shift, then who waits, each in order; ``today`` is the day in China."""
    found = _attendees(tx, signups.c.shift_id == shift_id)
    away = absences.of(tx, [one.signup_id for one in found], today)
    return [replace(one, absent=away.get(one.signup_id, ())) for one in found]


def mentors(tx: Transaction) -> Sequence[Attendee]:
    """Return who offered to mentor, the oldest first."""
    return _attendees(tx, signups.c.kind.is_not(None))


def _attendees(tx: Transaction, which: ColumnElement[bool]) -> list[Attendee]:
    query = select(signups).where(which, _HOLDS).order_by(_SEATED_FIRST, signups.c.id)
    found: list[Attendee] = []
    waiting = 0
    for row in tx.execute(query):
        waiting += row.status == "waiting"
        found.append(_attendee(row, waiting if row.status == "waiting" else 0))
    return found


def _attendee(row: Row[Any], place: int) -> Attendee:
    details = row.details
    return Attendee(
        row.id,
        row.shift_id,
        row.kind,
        details.get("name") or "",
        details.get("phone") or "",
        tuple(details.get("subjects") or ()),
        details.get("times") or "",
        row.created_at,
        place,
    )


def attendee(tx: Transaction, signup_id: int) -> Attendee | None:
    """Return one who holds a place, None for any other id; the place in line is left at 0."""
    if not 0 < signup_id <= LARGEST_ID:
        return None
    row = tx.execute(select(signups).where(signups.c.id == signup_id, _HOLDS)).one_or_none()
    return None if row is None else _attendee(row, 0)


def taken(tx: Transaction) -> Mapping[int, Taken]:
    """Return how full every shift is that anybody signed up for."""
    confirmed = func.sum(case((signups.c.status == "confirmed", 1), else_=0)).label("confirmed")
    waiting = func.sum(case((signups.c.status == "waiting", 1), else_=0)).label("waiting")
    query = (
        select(signups.c.shift_id, confirmed, waiting)
        .where(signups.c.shift_id.is_not(None))
        .group_by(signups.c.shift_id)
    )
    return {row.shift_id: Taken(int(row.confirmed), int(row.waiting)) for row in tx.execute(query)}


def made_since(tx: Transaction, moment: datetime) -> int:
    """Return how many sign-ups were made from a moment on and still hold a place."""
    query = select(func.count()).select_from(signups)
    return int(tx.execute(query.where(signups.c.created_at >= moment, _HOLDS)).scalar_one())
