"""What staff answered to questions that no plan answers, and who asked and is to be told.

``now`` is the business clock; an answer holds through its last day in China.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, String, Update, cast, insert, or_, select, update

from knowledge.answered import Answered
from storage.engine import Transaction
from storage.outgoing import deliveries
from storage.pauses import day_of
from storage.tables import answers, questions, staff, tickets


@dataclass(frozen=True, slots=True)
class Draft:
    """What staff want to have answered: to which wordings, for which place, until which day."""

    text: str
    wordings: tuple[str, ...]
    region: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """An answer of staff. ``author`` is None where it came from a terminal without a member."""

    id: int
    draft: Draft
    author: str | None
    answered_at: datetime
    withdrawn_at: datetime | None


def cause(answer_id: int) -> str:
    """Return the cause under which those who asked are told an answer once."""
    return f"answered:{answer_id}"


def add(tx: Transaction, draft: Draft, author_id: int | None, now: datetime) -> int:
    """Keep an answer and return its id; who asked is told by and by."""
    values = _values(draft, author_id, now)
    made = insert(answers).values(telling=True, **values)
    return int(tx.execute(made.returning(answers.c.id)).scalar_one())


def change(
    tx: Transaction, answer_id: int, draft: Draft, author_id: int | None, now: datetime
) -> None:
    """Give an answer another text, place or last day; whoever has not read the old is told this."""
    _recall(tx, answer_id, now)
    mine = update(answers).where(answers.c.id == answer_id)
    tx.execute(mine.values(telling=True, **_values(draft, author_id, now)))


def withdraw(tx: Transaction, answer_id: int, now: datetime) -> None:
    """Say an answer no more, and take back what was not sent yet."""
    _recall(tx, answer_id, now)
    mine = update(answers).where(answers.c.id == answer_id)
    tx.execute(mine.values(withdrawn_at=now, telling=False))


def _values(draft: Draft, author_id: int | None, now: datetime) -> dict[str, Any]:
    return {
        "text": draft.text,
        "wordings": list(draft.wordings),
        "region": draft.region,
        "until": draft.until,
        "author_id": author_id,
        "answered_at": now,
    }


def _recall(tx: Transaction, answer_id: int, now: datetime) -> None:
    """Take back what was not sent yet, so that it can be queued anew."""
    mine = (deliveries.c.cause == cause(answer_id)) & (deliveries.c.state == "waiting")
    row = update(deliveries).where(mine, deliveries.c.owner.is_(None))
    renamed = deliveries.c.cause + "~" + cast(deliveries.c.id, String)
    values = {"state": "withdrawn", "reply": None, "on_day": None, "settled_at": now}
    back = tx.execute(row.values(cause=renamed, **values).returning(deliveries.c.person_id))
    asked = tickets.c.question_id.in_(_questions_of(answer_id))
    theirs = asked & tickets.c.person_id.in_(list(back.scalars()))
    tx.execute(update(tickets).where(theirs).values(told_at=None))


def _questions_of(answer_id: int) -> Any:
    return select(questions.c.id).where(questions.c.answer_id == answer_id)


def get(tx: Transaction, answer_id: int, *, lock: bool = False) -> Given | None:
    """Return an answer, a withdrawn one too; with ``lock`` nobody else changes it meanwhile."""
    if lock:
        tx.execute(select(answers.c.id).where(answers.c.id == answer_id).with_for_update())
    found = _given(tx, answers.c.id == answer_id)
    return found[0] if found else None


def listed(tx: Transaction) -> Sequence[Given]:
    """Return the answers that are not withdrawn, the newest first."""
    return _given(tx, answers.c.withdrawn_at.is_(None))


def _given(tx: Transaction, which: ColumnElement[bool]) -> Sequence[Given]:
    query = select(answers, staff.c.name).outerjoin(staff, staff.c.id == answers.c.author_id)
    rows = tx.execute(query.where(which).order_by(answers.c.answered_at.desc(), answers.c.id))
    return [_as_given(row) for row in rows]


def _as_given(row: Row[*tuple[Any, ...]]) -> Given:
    draft = Draft(row.text, tuple(row.wordings), row.region, row.until)
    return Given(row.id, draft, row.name, row.answered_at, row.withdrawn_at)


def holding(tx: Transaction, now: datetime) -> Sequence[Answered]:
    """Return what is needed to find the answer to a question, of the answers that hold today."""
    still = or_(answers.c.until.is_(None), answers.c.until >= day_of(now))
    query = select(answers.c.id, answers.c.wordings, answers.c.region, answers.c.answered_at)
    rows = tx.execute(query.where(answers.c.withdrawn_at.is_(None), still))
    return [
        Answered(row.id, tuple(row.wordings), row.region, day_of(row.answered_at)) for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Untold:
    """Somebody who asked, in which words (None: forgotten) and in which chat, to be told."""

    ticket_id: int
    person_id: int
    address_id: int | None
    words: str | None


def to_tell(tx: Transaction) -> int | None:
    """Return an answer that not everybody who asked has been told, None where there is none."""
    return tx.execute(select(answers.c.id).where(answers.c.telling).limit(1)).scalar()


def untold(tx: Transaction, answer_id: int, most: int) -> Sequence[Untold]:
    """Return some who asked and have not been told, the first to ask first."""
    mine = tickets.c.question_id.in_(_questions_of(answer_id))
    theirs = mine & tickets.c.person_id.is_not(None) & tickets.c.told_at.is_(None)
    query = select(tickets).where(theirs).order_by(tickets.c.id).limit(most)
    rows = tx.execute(query)
    return [Untold(row.id, row.person_id, row.address_id, row.words) for row in rows]


def told(tx: Transaction, ticket_ids: Sequence[int], now: datetime) -> None:
    """Note that the answer was queued for these."""
    mine: Update = update(tickets).where(tickets.c.id.in_(ticket_ids))
    tx.execute(mine.values(told_at=now))


def all_told(tx: Transaction, answer_id: int) -> None:
    """Note that everybody who asked has been told."""
    tx.execute(update(answers).where(answers.c.id == answer_id).values(telling=False))
