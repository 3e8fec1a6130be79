"""What waits for staff: questions without an answer, people who want a human, dangers, faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from knowledge.text import MOST_CHARACTERS
from storage.engine import Transaction
from storage.tables import hotlines, tickets

Kind = Literal["unanswered", "human", "danger", "feedback", "parked"]

WORDS_KEPT: Final = timedelta(hours=48)
"""How long the words of a ticket stay after it was closed, as long as texts of the inbox do."""

FORGOTTEN: Final = ("unanswered", "human")
"""Kinds whose words are forgotten then: a conversation. What a danger was stays on record."""


def open_ticket(
    tx: Transaction,
    kind: Kind,
    now: datetime,
    *,
    person_id: int | None = None,
    words: str | None = None,
    region: str | None = None,
    address_id: int | None = None,
) -> int:
    """Write down something for staff and return its id. Questions: ``storage.questions.keep``."""
    values = {"kind": kind, "opened_at": now, "person_id": person_id, "address_id": address_id}
    made = insert(tickets).values(words=words, region=region, **values).returning(tickets.c.id)
    return int(tx.execute(made).scalar_one())


def add_words(tx: Transaction, kind: Kind, person_id: int, words: str) -> bool:
    """Add words to somebody's newest open ticket of this kind. False: there is none."""
    query = select(tickets.c.id, tickets.c.words).where(_waits(kind, person_id))
    row = tx.execute(query.order_by(tickets.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return False
    said = f"{row.words}\n{words}"[:MOST_CHARACTERS] if row.words else words
    tx.execute(update(tickets).where(tickets.c.id == row.id).values(words=said))
    return True


def is_waiting(tx: Transaction, kind: Kind, person_id: int) -> bool:
    """Tell whether somebody has an open ticket of this kind."""
    query = select(tickets.c.id).where(_waits(kind, person_id))
    return tx.execute(query.limit(1)).first() is not None


def _waits(kind: Kind, person_id: int) -> ColumnElement[bool]:
    mine = (tickets.c.kind == kind) & (tickets.c.person_id == person_id)
    return mine & tickets.c.closed_at.is_(None)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Something that waits for staff; then what came of it, and when.

    Of alike questions it is the first one, with the newest words; ``asked``: by how many people.
    """

    id: int
    kind: str
    opened_at: datetime
    region: str | None
    words: str | None
    person_id: int | None = None
    address_id: int | None = None
    question_id: int | None = None
    closed_at: datetime | None = None
    outcome: str = ""
    asked: int = 1


def open_tickets(tx: Transaction) -> Sequence[Ticket]:
    """Return what waits for staff: dangers first, then the oldest; alike questions are one."""
    query = select(tickets).where(tickets.c.closed_at.is_(None)).order_by(tickets.c.id)
    alone: list[Ticket] = []
    groups: dict[int, list[Ticket]] = {}
    for ticket in map(_as_ticket, tx.execute(query)):
        if ticket.question_id is None:
            alone.append(ticket)
        else:
            groups.setdefault(ticket.question_id, []).append(ticket)
    found = [*alone, *map(_as_one, groups.values())]
    return sorted(found, key=lambda ticket: (ticket.kind != "danger", ticket.id))


def _as_one(alike: Sequence[Ticket]) -> Ticket:
    people = {ticket.person_id or -ticket.id for ticket in alike}
    newest = next((ticket.words for ticket in reversed(alike) if ticket.words), None)
    return replace(alike[0], words=newest, asked=len(people))


def _as_ticket(row: Row[*tuple[Any, ...]]) -> Ticket:
    return Ticket(
        row.id,
        row.kind,
        row.opened_at,
        row.region,
        row.words,
        row.person_id,
        row.address_id,
        row.question_id,
        row.closed_at,
        row.outcome or "",
    )


def get(tx: Transaction, ticket_id: int) -> Ticket | None:
    """Return a ticket that is open, None for any other id."""
    still = (tickets.c.id == ticket_id) & tickets.c.closed_at.is_(None)
    row = tx.execute(select(tickets).where(still)).one_or_none()
    return None if row is None else _as_ticket(row)


def closed_tickets(tx: Transaction, most: int) -> Sequence[Ticket]:
    """Return what staff have dealt with, the last first."""
    query = select(tickets).where(tickets.c.closed_at.is_not(None))
    last = query.order_by(tickets.c.closed_at.desc(), tickets.c.id.desc()).limit(most)
    return [_as_ticket(row) for row in tx.execute(last)]


def close(tx: Transaction, ticket_id: int, outcome: str, now: datetime) -> bool:
    """Note what came of a ticket. False: it was closed before, or is not there."""
    still = (tickets.c.id == ticket_id) & tickets.c.closed_at.is_(None)
    closed = update(tickets).where(still).values(closed_at=now, outcome=outcome)
    return tx.execute(closed.returning(tickets.c.id)).scalar() is not None


def blank_old(tx: Transaction, now: datetime) -> int:
    """Forget the words of tickets that were closed WORDS_KEPT ago, and what came of them."""
    old = tickets.c.kind.in_(FORGOTTEN) & (tickets.c.closed_at < now - WORDS_KEPT)
    kept = tickets.c.words.is_not(None) | tickets.c.outcome.is_not(None)
    blanked = update(tickets).where(old, kept).values(words=None, outcome=None)
    return len(tx.execute(blanked.returning(tickets.c.id)).all())


def waiting(tx: Transaction) -> dict[str, int]:
    """Return how many tickets of each kind are open; alike questions count as one."""
    one = func.count(func.distinct(func.coalesce(tickets.c.question_id, -tickets.c.id)))
    query = select(tickets.c.kind, one).where(tickets.c.closed_at.is_(None))
    return {kind: int(number) for kind, number in tx.execute(query.group_by(tickets.c.kind))}


def numbers(tx: Transaction) -> list[tuple[str, str, int]]:
    """Return the public telephone numbers for people in danger: number, name, level."""
    query = select(hotlines.c.number, hotlines.c.name, hotlines.c.level).order_by(hotlines.c.id)
    return [(row.number, row.name, row.level) for row in tx.execute(query)]
