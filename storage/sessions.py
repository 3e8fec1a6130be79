"""Who is logged in to the console. ``now`` is the machine's clock; of a cookie a hash is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, or_, select, update

from storage.engine import Transaction
from storage.staff import Member
from storage.tables import staff, staff_sessions

IDLE: Final = timedelta(hours=8)
"""A session that nobody used for so long is over: a working day."""

LONGEST: Final = timedelta(hours=24)
SEEN_EVERY: Final = timedelta(minutes=1)
"""A session that was just used is not written down again."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in. ``is_stale``: its last use should be written down."""

    member: Member
    must_change: bool
    is_stale: bool


def start(tx: Transaction, staff_id: int, token: str, now: datetime) -> None:
    """Open a session under a new token; whatever is over is swept away."""
    over = (staff_sessions.c.seen_at <= now - IDLE, staff_sessions.c.ends_at <= now)
    tx.execute(delete(staff_sessions).where(or_(*over)))
    values = {"staff_id": staff_id, "token_hash": _hash(token)}
    tx.execute(insert(staff_sessions).values(seen_at=now, ends_at=now + LONGEST, **values))


def find(tx: Transaction, token: str, now: datetime) -> Session | None:
    """Return the session behind a token, None where it is over or its member disabled."""
    query = (
        select(staff, staff_sessions.c.seen_at)
        .join(staff_sessions, staff_sessions.c.staff_id == staff.c.id)
        .where(
            staff_sessions.c.token_hash == _hash(token),
            staff_sessions.c.seen_at > now - IDLE,
            staff_sessions.c.ends_at > now,
            staff.c.disabled_at.is_(None),
        )
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    member = Member(row.id, row.name, row.role)
    return Session(member, row.must_change_password, row.seen_at <= now - SEEN_EVERY)


def touch(tx: Transaction, token: str, now: datetime) -> None:
    """Write down that a session was used."""
    mine = staff_sessions.c.token_hash == _hash(token)
    tx.execute(update(staff_sessions).where(mine).values(seen_at=now))


def end(tx: Transaction, token: str) -> None:
    """Log out: the token opens nothing any more."""
    tx.execute(delete(staff_sessions).where(staff_sessions.c.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
