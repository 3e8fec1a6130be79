"""Members of staff, and the record of what they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import insert, select, update

from storage.engine import Transaction
from storage.tables import audit, staff
from storage.upsert import insert_if_new


def add(tx: Transaction, name: str, password: str, now: datetime) -> int | None:
    """Enter a member of staff with a password to be changed at the first login.

    Returns the id, None where the name is taken. Only a hash of the password (argon2id) is kept.
    """
    return insert_if_new(
        tx,
        staff,
        name=name,
        password_hash=PasswordHasher().hash(password),
        must_change_password=True,
        created_at=now,
    )


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff who may log in: ``role`` is "admin" or "staff"."""

    id: int
    name: str
    role: str


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


def join(tx: Transaction, old: int, kept: int) -> None:
    """Let a member who was one person be another, unless somebody is that one already."""
    taken = select(staff.c.id).where(staff.c.person_id == kept)
    known = None if tx.execute(taken).scalar() else kept
    tx.execute(update(staff).where(staff.c.person_id == old).values(person_id=known))


def unlink_person(tx: Transaction, person_id: int) -> None:
    """Know the member who is this person in no chat any more."""
    tx.execute(update(staff).where(staff.c.person_id == person_id).values(person_id=None))


def record(tx: Transaction, actor: str, act: str, thing: str, now: datetime) -> None:
    """Write down who did what to which thing; none of the three holds a personal datum."""
    tx.execute(insert(audit).values(at=now, actor=actor, act=act, thing=thing))


def recorded(tx: Transaction) -> list[tuple[str, str, str]]:
    """Return actor, act and thing of everything that was recorded, oldest first."""
    query = select(audit.c.actor, audit.c.act, audit.c.thing).order_by(audit.c.id)
    return [(row.actor, row.act, row.thing) for row in tx.execute(query)]
