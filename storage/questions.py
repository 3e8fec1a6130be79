"""Questions that no plan answers: alike ones stand in one group, whoever asked and however.

A ticket joins the group whose first question is the same and is about the same place; the first
one stays the measure, so a group does not wander from question to question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, func, insert, select, update

from knowledge import places
from knowledge.answered import alike, is_still_meant
from storage import tickets as kept
from storage.engine import Transaction
from storage.pauses import day_of
from storage.tables import questions, tickets

MOST_COMPARED: Final = 500
"""The newest open groups of a place that a new question is compared with."""

MOST_ADOPTED: Final = 50
"""Tickets without a group that one transaction looks at."""

_LOCK: Final = 20261123
"""The name of PostgreSQL's advisory lock under which groups are made; SQLite has one writer."""


@dataclass(frozen=True, slots=True)
class Group:
    """Alike questions that are open. ``wordings``: each once, the newest first."""

    id: int
    region: str | None
    wordings: tuple[str, ...]
    asked: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that failed: its words, the asker's region, who asked and in which chat."""

    words: str
    region: str | None = None
    person_id: int | None = None
    address_id: int | None = None


def keep(tx: Transaction, asked: Asked, now: datetime) -> int:
    """Write a question down for staff, with those that are alike; return its ticket."""
    lock(tx)
    ticket_id = kept.open_ticket(
        tx, "unanswered", now, person_id=asked.person_id, words=asked.words, region=asked.region
    )
    group = _group_for(tx, asked, now)
    mine = update(tickets).where(tickets.c.id == ticket_id)
    tx.execute(mine.values(question_id=group, address_id=asked.address_id))
    return ticket_id


def lock(tx: Transaction) -> None:
    """Let no other process make or close a group until the transaction ends."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def gather(tx: Transaction) -> bool:
    """Put questions into groups that an older version kept alone; return whether more may be."""
    lock(tx)
    alone = (tickets.c.kind == "unanswered") & tickets.c.question_id.is_(None)
    still = alone & tickets.c.closed_at.is_(None) & tickets.c.words.is_not(None)
    rows = tx.execute(select(tickets).where(still).order_by(tickets.c.id).limit(MOST_ADOPTED)).all()
    for row in rows:
        group = _group_for(tx, Asked(row.words, row.region), row.opened_at)
        tx.execute(update(tickets).where(tickets.c.id == row.id).values(question_id=group))
    return len(rows) == MOST_ADOPTED


def _group_for(tx: Transaction, asked: Asked, now: datetime) -> int:
    meant, today = places.meant(asked.words, asked.region), day_of(now)
    alikes = [
        (likeness, -group_id)
        for group_id, words, region, day in _firsts(tx, questions.c.region == meant)
        if is_still_meant(words, day, today)
        and (likeness := alike(asked.words, words, asked.region, region))
    ]
    if alikes:
        return -max(alikes)[1]
    made = insert(questions).values(region=meant, opened_at=now)
    return int(tx.execute(made.returning(questions.c.id)).scalar_one())


def _firsts(
    tx: Transaction, of_place: ColumnElement[bool]
) -> Sequence[tuple[int, str, str | None, date]]:
    """Return the first question of each open group: group, words, the asker's region, the day."""
    first = select(func.min(tickets.c.id).label("id")).join(
        questions, questions.c.id == tickets.c.question_id
    )
    still = questions.c.closed_at.is_(None) & tickets.c.words.is_not(None) & of_place
    ids = first.where(still).group_by(questions.c.id).order_by(questions.c.id.desc())
    query = select(tickets).where(tickets.c.id.in_(ids.limit(MOST_COMPARED)))
    return [
        (row.question_id, row.words, row.region, day_of(row.opened_at)) for row in tx.execute(query)
    ]


def of_ticket(tx: Transaction, ticket_id: int) -> Group | None:
    """Return the open group that a ticket belongs to."""
    query = select(questions).join(tickets, tickets.c.question_id == questions.c.id)
    row = tx.execute(query.where(tickets.c.id == ticket_id)).one_or_none()
    if row is None or row.closed_at is not None:
        return None
    mine = tickets.c.question_id == row.id
    asked = tx.execute(select(tickets).where(mine).order_by(tickets.c.id.desc())).all()
    wordings = tuple(dict.fromkeys(one.words for one in asked if one.words))
    people = {one.person_id or -one.id for one in asked}
    return Group(row.id, row.region, wordings, len(people))


def close(
    tx: Transaction, group_id: int, outcome: str, now: datetime, answer_id: int | None = None
) -> bool:
    """Close a group with all its tickets. False: it was closed before."""
    lock(tx)
    still = (questions.c.id == group_id) & questions.c.closed_at.is_(None)
    closed = update(questions).where(still).values(closed_at=now, answer_id=answer_id)
    if tx.execute(closed.returning(questions.c.id)).scalar() is None:
        return False
    mine = (tickets.c.question_id == group_id) & tickets.c.closed_at.is_(None)
    tx.execute(update(tickets).where(mine).values(closed_at=now, outcome=outcome))
    return True


def askers(tx: Transaction, group_id: int) -> Sequence[int]:
    """Return the ids of the people who asked, as far as they are known."""
    mine = (tickets.c.question_id == group_id) & tickets.c.person_id.is_not(None)
    query = select(tickets.c.person_id).where(mine).distinct().order_by(tickets.c.person_id)
    return tx.execute(query).scalars().all()
