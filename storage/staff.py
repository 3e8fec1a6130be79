"""Members of staff, and the record of what they did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, func, insert, select, update

from storage.engine import Transaction
from storage.tables import audit, staff, staff_sessions
from storage.upsert import insert_if_new

Role = Literal["admin", "staff"]


def add(
    tx: Transaction, name: str, password_hash: str, now: datetime, role: Role = "admin"
) -> int | None:
    """Enter a member of staff with a password to be changed at the first login.

    Returns the id, None where the name is taken.
    """
    return insert_if_new(
        tx,
        staff,
        name=name,
        password_hash=password_hash,
        must_change_password=True,
        created_at=now,
        role=role,
    )


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff who may log in: ``role`` is "admin" or "staff"."""

    id: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login is held against."""

    id: int
    password_hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A member of staff as the list of them shows it."""

    id: int
    name: str
    role: str
    must_change: bool
    is_disabled: bool
    is_linked: bool


def count(tx: Transaction) -> int:
    """Return how many members there are, disabled ones too."""
    return int(tx.execute(select(func.count()).select_from(staff)).scalar_one())


def of_person(tx: Transaction, person_id: int) -> Member | None:
    """Return the member of staff who is known to be this person in chat."""
    mine = (staff.c.person_id == person_id) & staff.c.disabled_at.is_(None)
    row = tx.execute(select(staff).where(mine)).one_or_none()
    return None if row is None else Member(row.id, row.name, row.role)


def members(tx: Transaction) -> list[Member]:
    """Return the members of staff who may act, the oldest first."""
    query = select(staff).where(staff.c.disabled_at.is_(None)).order_by(staff.c.id)
    return [Member(row.id, row.name, row.role) for row in tx.execute(query)]


def person_of(tx: Transaction, staff_id: int) -> int | None:
    """Return the person as whom a member is known in chat."""
    return tx.execute(select(staff.c.person_id).where(staff.c.id == staff_id)).scalar()


def credentials(tx: Transaction, name: str) -> Credentials | None:
    """Return the hash of a member who may log in, None for anybody else."""
    named = (staff.c.name == name) & staff.c.disabled_at.is_(None)
    row = tx.execute(select(staff.c.id, staff.c.password_hash).where(named)).one_or_none()
    return None if row is None else Credentials(row.id, row.password_hash)


def everybody(tx: Transaction) -> Sequence[Entry]:
    """Return all members of staff: who may log in first, then by name."""
    query = select(staff).order_by(staff.c.disabled_at.is_not(None), staff.c.name)
    return [
        Entry(
            row.id,
            row.name,
            row.role,
            row.must_change_password,
            row.disabled_at is not None,
            row.person_id is not None,
        )
        for row in tx.execute(query)
    ]


def entry(tx: Transaction, staff_id: int) -> Entry | None:
    """Return one member, None where there is none of this id."""
    return next((one for one in everybody(tx) if one.id == staff_id), None)


def set_password(tx: Transaction, staff_id: int, password_hash: str, *, must_change: bool) -> None:
    """Change a password; every session of the member ends."""
    mine = update(staff).where(staff.c.id == staff_id)
    tx.execute(mine.values(password_hash=password_hash, must_change_password=must_change))
    tx.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id))


def disable(tx: Transaction, staff_id: int, now: datetime) -> None:
    """Let a member log in no more; their sessions and their link to a chat end at once."""
    mine = update(staff).where(staff.c.id == staff_id)
    tx.execute(mine.values(disabled_at=now, person_id=None))
    tx.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id))


def enable(tx: Transaction, staff_id: int) -> None:
    """Let a member log in again."""
    tx.execute(update(staff).where(staff.c.id == staff_id).values(disabled_at=None))


def unlink(tx: Transaction, staff_id: int) -> None:
    """Know a member in no chat any more."""
    tx.execute(update(staff).where(staff.c.id == staff_id).values(person_id=None))


def move(tx: Transaction, old: int, kept: int) -> None:
    """Let the member who was known to be person ``old`` be ``kept``, unless that is one too."""
    if of_person(tx, kept) is None:
        tx.execute(update(staff).where(staff.c.person_id == kept).values(person_id=None))
        tx.execute(update(staff).where(staff.c.person_id == old).values(person_id=kept))
    forget(tx, old)


def forget(tx: Transaction, person_id: int) -> None:
    """Know nobody of the staff to be this person any more."""
    tx.execute(update(staff).where(staff.c.person_id == person_id).values(person_id=None))


def record(tx: Transaction, actor: str, act: str, thing: str, now: datetime) -> None:
    """Write down who did what to which thing; none of the three holds a personal datum."""
    tx.execute(insert(audit).values(at=now, actor=actor, act=act, thing=thing))


def recorded(tx: Transaction) -> list[tuple[str, str, str]]:
    """Return actor, act and thing of everything that was recorded, oldest first."""
    query = select(audit.c.actor, audit.c.act, audit.c.thing).order_by(audit.c.id)
    return [(row.actor, row.act, row.thing) for row in tx.execute(query)]
