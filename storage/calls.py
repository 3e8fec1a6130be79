"""Whom staff have to call: those whom nothing reaches, and those who did not answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, select, update

from storage.engine import Transaction
from storage.outgoing import calls
from storage.tables import addresses, people
from storage.upsert import insert_if_new

Why = Literal["unreachable", "no answer", "asked", "cannot"]


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to be called, and what they have to be told."""

    id: int
    person_id: int
    name: str | None
    phone: str | None
    why: Why
    words: str
    opened_at: datetime


def ask_for(
    tx: Transaction, cause: str, person_id: int, why: Why, words: str, now: datetime
) -> int | None:
    """Put somebody on the list once for a cause; None where they are on it."""
    values = {"cause": cause, "person_id": person_id, "why": why, "words": words}
    return insert_if_new(tx, calls, opened_at=now, **values)


def ask_again(
    tx: Transaction, cause: str, person_id: int, why: Why, words: str, now: datetime
) -> None:
    """Put somebody on the list who asks for it, also where a call for the cause was made before."""
    if ask_for(tx, cause, person_id, why, words, now) is None:
        theirs = (calls.c.cause == cause) & (calls.c.person_id == person_id)
        tx.execute(update(calls).where(theirs).values(closed_at=None, opened_at=now, why=why))


def spare(tx: Transaction, cause: str, person_id: int, outcome: str, now: datetime) -> None:
    """Strike somebody off the list who answered after all, unless they asked to be called."""
    theirs = (calls.c.cause == cause) & (calls.c.person_id == person_id)
    still = theirs & calls.c.closed_at.is_(None) & (calls.c.why != "asked")
    tx.execute(update(calls).where(still).values(closed_at=now, outcome=outcome))


def open_calls(tx: Transaction) -> Sequence[Call]:
    """Return who is still to be called, the oldest first."""
    return _calls(tx, calls.c.closed_at.is_(None))


def get(tx: Transaction, call_id: int) -> Call | None:
    """Return a call that is still to be made."""
    found = _calls(tx, (calls.c.id == call_id) & calls.c.closed_at.is_(None))
    return found[0] if found else None


def _calls(tx: Transaction, which: ColumnElement[bool]) -> Sequence[Call]:
    query = (
        select(calls, people.c.name, people.c.phone)
        .join(people, people.c.id == calls.c.person_id)
        .where(which)
        .order_by(calls.c.id)
    )
    return [
        Call(row.id, row.person_id, row.name, row.phone, row.why, row.words, row.opened_at)
        for row in tx.execute(query)
    ]


def unreachable_since(tx: Transaction, after: int) -> Sequence[tuple[int, str, str, str, str]]:
    """Return whom nothing reached, of the calls with ids above ``after``, by id.

    Each is id, cause, channel, address (the oldest of the person) and words.
    """
    own = addresses.alias()
    first = select(func.min(own.c.id)).where(own.c.person_id == calls.c.person_id)
    oldest = first.correlate(calls).scalar_subquery()
    query = (
        select(calls.c.id, calls.c.cause, addresses.c.channel, addresses.c.address, calls.c.words)
        .select_from(calls)
        .join(addresses, addresses.c.id == oldest)
        .where(calls.c.id > after, calls.c.why == "unreachable")
        .order_by(calls.c.id)
    )
    return [tuple(row) for row in tx.execute(query)]


def newest(tx: Transaction) -> int:
    """Return the id of the newest call, 0 where there is none."""
    return tx.execute(select(func.max(calls.c.id))).scalar() or 0


def close(tx: Transaction, call_id: int, outcome: str, now: datetime) -> bool:
    """Note what came of a call. False: it was closed before, or is not there."""
    still = (calls.c.id == call_id) & calls.c.closed_at.is_(None)
    closed = update(calls).where(still).values(closed_at=now, outcome=outcome)
    return tx.execute(closed.returning(calls.c.id)).scalar() is not None
