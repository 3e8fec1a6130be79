"""Sign-ups: seats that are never sold twice, and a waiting list in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import String, cast, exists, func, insert, select, update

from storage import reminders, stations
from storage.engine import Transaction
from storage.outgoing import deliveries
from storage.tables import shifts, signups

FIRST_NUMBER: Final = 100_000
"""Sign-up 1 has number 100001, so that every number people read out has six digits."""

LARGEST_ID: Final = 2**31 - 1
"""What an id column holds; an engine raises errors of its own for a larger number."""

CANCELLED: Final = "the sign-up was cancelled"
"""Why what was to be told about a place is not told."""

_HOLDS: Final = signups.c.status.in_(("confirmed", "waiting"))

Status = Literal["confirmed", "waiting", "cancelled"]


@dataclass(frozen=True, slots=True)
class Signup:
    """A sign-up. ``place`` is its place on the waiting list, 0 where it holds a seat."""

    id: int
    person_id: int
    programme: str
    shift_id: int | None
    kind: str | None
    status: Status
    details: dict[str, Any]
    created_at: datetime
    place: int = 0

    @property
    def number(self) -> str:
        """The number that people are given."""
        return str(FIRST_NUMBER + self.id)


def take_seat(
    tx: Transaction, person_id: int, shift_id: int, details: dict[str, Any], now: datetime
) -> Signup | None:
    """Take a seat, or the next place on the waiting list. None: the shift is not open any more.

    Seats are counted under the shift's lock, so two people never get the same one. Whoever holds
    a place already keeps that.
    """
    shift = stations.shift(tx, shift_id, now, lock=True)
    if shift is None:
        return None
    mine = _holding(tx, person_id, signups.c.shift_id == shift_id)
    if mine is not None:
        return mine
    free = shift.free > 0 and not _waiting_before(tx, shift_id, None)
    status: Status = "confirmed" if free else "waiting"
    return _insert(tx, now, person_id, "station", details, status, shift_id=shift_id)


def register(
    tx: Transaction, person_id: int, kind: str, details: dict[str, Any], now: datetime
) -> Signup:
    """Register a mentor of one kind; whoever is registered for it already stays so."""
    mine = _holding(tx, person_id, signups.c.kind == kind)
    return mine or _insert(tx, now, person_id, "mentoring", details, "confirmed", kind=kind)


def _insert(
    tx: Transaction,
    now: datetime,
    person_id: int,
    programme: str,
    details: dict[str, Any],
    status: Status,
    *,
    shift_id: int | None = None,
    kind: str | None = None,
) -> Signup:
    values = {"shift_id": shift_id, "kind": kind, "details": details, "status": status}
    made = insert(signups).values(
        person_id=person_id, programme=programme, told=True, created_at=now, **values
    )
    new_id = int(tx.execute(made.returning(signups.c.id)).scalar_one())
    return get(tx, person_id, new_id)


def _holding(tx: Transaction, person_id: int, what: Any) -> Signup | None:
    query = select(signups).where(signups.c.person_id == person_id, what, _HOLDS)
    row = tx.execute(query).one_or_none()
    return None if row is None else _signup(tx, row)


def _waiting_before(tx: Transaction, shift_id: int | None, signup_id: int | None) -> int:
    waiting = (signups.c.shift_id == shift_id) & (signups.c.status == "waiting")
    earlier = waiting if signup_id is None else waiting & (signups.c.id < signup_id)
    return int(tx.execute(select(func.count()).select_from(signups).where(earlier)).scalar_one())


def _signup(tx: Transaction, row: Any) -> Signup:
    place = 0
    if row.status == "waiting":
        place = _waiting_before(tx, row.shift_id, row.id) + 1
    return Signup(
        row.id,
        row.person_id,
        row.programme,
        row.shift_id,
        row.kind,
        row.status,
        row.details,
        row.created_at,
        place,
    )


def get(tx: Transaction, person_id: int, signup_id: int) -> Signup:
    """Return one sign-up of a person. Raises LookupError where it is not theirs."""
    if not 0 < signup_id <= LARGEST_ID:
        raise LookupError(f"{signup_id} is no id")
    theirs = (signups.c.id == signup_id) & (signups.c.person_id == person_id)
    row = tx.execute(select(signups).where(theirs)).one_or_none()
    if row is None:
        raise LookupError(f"sign-up {signup_id} is not of person {person_id}")
    return _signup(tx, row)


def of_person(tx: Transaction, person_id: int) -> Sequence[Signup]:
    """Return what somebody holds a place in, oldest first."""
    query = select(signups).where(signups.c.person_id == person_id, _HOLDS).order_by(signups.c.id)
    return [_signup(tx, row) for row in tx.execute(query).all()]


def has_weekly(tx: Transaction, person_id: int, shift_id: int) -> bool:
    """Tell whether somebody holds a weekly place at the station of a shift."""
    station = select(shifts.c.station_id).where(shifts.c.id == shift_id).scalar_subquery()
    query = select(signups.c.id).join(shifts, shifts.c.id == signups.c.shift_id)
    mine = query.where(signups.c.person_id == person_id, _HOLDS, shifts.c.weekly)
    return tx.execute(mine.where(shifts.c.station_id == station).limit(1)).first() is not None


def cancel(tx: Transaction, person_id: int, signup_id: int, now: datetime) -> Signup:
    """Give a place back and return the sign-up as it was; a freed seat goes to the next in line.

    Raises LookupError where it is not theirs. Cancelling twice changes nothing more.
    """
    before = get(tx, person_id, signup_id)
    if before.shift_id is not None:
        stations.shift(tx, before.shift_id, now, lock=True)
        before = get(tx, person_id, signup_id)
    if before.status == "cancelled":
        return before
    row = update(signups).where(signups.c.id == signup_id)
    tx.execute(row.values(status="cancelled", cancelled_at=now))
    for cause in (f"seat:{signup_id}", f"shift:{before.shift_id}"):
        reminders.release(tx, person_id, cause, now, CANCELLED)
    if before.status == "confirmed" and before.shift_id is not None:
        promote(tx, before.shift_id, now)
    return before


def promote(tx: Transaction, shift_id: int, now: datetime) -> Sequence[int]:
    """Give free seats to those who have waited longest, and return who: they are yet to be told.

    The shift's lock is the caller's.
    """
    shift = stations.shift(tx, shift_id, now)
    if shift is None:
        return ()
    waiting = (signups.c.shift_id == shift_id) & (signups.c.status == "waiting")
    first = select(signups.c.id).where(waiting).order_by(signups.c.id).limit(shift.free)
    ids = tx.execute(first).scalars().all()
    moved = {"status": "confirmed", "told": False, "promoted_at": now}
    seated = update(signups).where(signups.c.id.in_(ids)).values(moved)
    return tx.execute(seated.returning(signups.c.person_id)).scalars().all()


def tell(tx: Transaction, person_id: int) -> Sequence[Signup]:
    """Return the sign-ups that got a seat since somebody was last told, and mark them told."""
    untold = (signups.c.person_id == person_id) & signups.c.told.is_(False)
    marked = update(signups).where(untold).values(told=True).returning(signups)
    return [_signup(tx, row) for row in tx.execute(marked).all() if row.status == "confirmed"]


def untold(tx: Transaction, most: int, of: Sequence[int] | None = None) -> Sequence[Signup]:
    """Return sign-ups that got a seat of which nobody was told, and no push speaks of it yet.

    ``of`` some people only.
    """
    pushed = exists().where(deliveries.c.cause == "seat:" + cast(signups.c.id, String))
    query = select(signups).where(signups.c.told.is_(False), signups.c.status == "confirmed")
    if of is not None:
        query = query.where(signups.c.person_id.in_(of))
    rows = tx.execute(query.where(~pushed).order_by(signups.c.person_id, signups.c.id).limit(most))
    return [_signup(tx, row) for row in rows.all()]


def mark_told(tx: Transaction, signup_id: int) -> None:
    """Note that somebody is told about a seat by a push."""
    tx.execute(update(signups).where(signups.c.id == signup_id).values(told=True))


def counts(tx: Transaction) -> dict[str, int]:
    """Return how many sign-ups there are of each status."""
    query = select(signups.c.status, func.count()).group_by(signups.c.status)
    return {status: int(number) for status, number in tx.execute(query)}
