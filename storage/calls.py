"""Whom staff have to call: those whom nothing reaches, and those who did not answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, func, select, update

from storage.engine import Transaction
from storage.outgoing import calls
from storage.tables import addresses, people
from storage.upsert import insert_if_new

Why = Literal["unreachable", "no answer", "asked", "cannot"]


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to be called, and what they have to be told; then what came of it, and when."""

    id: int
    person_id: int
    name: str | None
    phone: str | None
    why: Why
    words: str
    opened_at: datetime
    closed_at: datetime | None = None
    outcome: str = ""


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
    return _calls(tx, _query().where(calls.c.closed_at.is_(None)))


def closed_calls(tx: Transaction, most: int) -> Sequence[Call]:
    """Return the calls that are off the list, the last ones first."""
    closed = _query().where(calls.c.closed_at.is_not(None)).order_by(None)
    return _calls(tx, closed.order_by(calls.c.closed_at.desc(), calls.c.id.desc()).limit(most))


def get(tx: Transaction, call_id: int) -> Call | None:
    """Return a call that is still to be made."""
    still = (calls.c.id == call_id) & calls.c.closed_at.is_(None)
    found = _calls(tx, _query().where(still))
    return found[0] if found else None


def _query() -> Select[Any]:
    query = select(calls, people.c.name, people.c.phone)
    return query.join(people, people.c.id == calls.c.person_id).order_by(calls.c.id)


def _calls(tx: Transaction, query: Select[Any]) -> Sequence[Call]:
    return [
        Call(
            row.id,
            row.person_id,
            row.name,
            row.phone,
            row.why,
            row.words,
            row.opened_at,
            row.closed_at,
            row.outcome or "",
        )
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
