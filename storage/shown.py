"""What people were shown that they had not asked for, and what they answered to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, null, select, update

from storage.deliveries import ARRIVED
from storage.engine import Transaction
from storage.outgoing import broadcasts, deliveries
from storage.tables import addresses, messages

KEPT: Final = timedelta(days=14)
"""How long what was pushed can be read on the page and answered by a number.

Longer than the 48 hours of a conversation: a reminder comes up to 14 days before its day
(campaigns, -14d), and whoever opens the page once a week shall find what was told meanwhile.
"""

MOST: Final = 20
"""How many of the newest pushes of a person are looked at; few get more in 14 days."""


@dataclass(frozen=True, slots=True)
class Push:
    """One message that was pushed. ``after`` is the newest message in the inbox at that time."""

    id: int
    after: int
    reply: dict[str, Any] = field(repr=False)


def _newest_message() -> ScalarSelect[Any]:
    return select(func.coalesce(func.max(messages.c.id), 0)).scalar_subquery()


def sent(tx: Transaction, delivery_id: int, now: datetime) -> None:
    """Note when a message went out (business clock), and after which of the inbox.

    What lies on the page is noted by ``show``: nobody has seen it yet.
    """
    on_page = deliveries.c.way == "page"
    after = case((on_page, null()), else_=_newest_message())
    mine = (deliveries.c.id == delivery_id) & deliveries.c.state.in_(ARRIVED)
    tx.execute(update(deliveries).where(mine).values(sent_at=now, after_message=after))


def show(tx: Transaction, ids: Collection[int]) -> None:
    """Note that the page shows these now; what was seen before stays where it was."""
    unseen = deliveries.c.id.in_(ids) & deliveries.c.after_message.is_(None)
    tx.execute(update(deliveries).where(unseen).values(after_message=_newest_message()))


def show_all(tx: Transaction) -> None:
    """Note that everybody looks at their page now."""
    unseen = (deliveries.c.way == "page") & deliveries.c.after_message.is_(None)
    query = select(deliveries.c.id).where(unseen, deliveries.c.state.in_(ARRIVED))
    show(tx, tx.execute(query).scalars().all())


def _kept(who: ColumnElement[bool]) -> Select[Any]:
    """The newest pushes that somebody can still read, the newest first; unseen ones are newer."""
    ids = select(deliveries.c.id, deliveries.c.after_message)
    return _newest(ids.where(who, deliveries.c.reply.is_not(None))).limit(MOST)


def _newest(query: Select[Any]) -> Select[Any]:
    order = (deliveries.c.after_message.is_(None).desc(), deliveries.c.after_message.desc())
    arrived = query.where(deliveries.c.state.in_(ARRIVED))
    return arrived.order_by(*order, deliveries.c.settled_at.desc(), deliveries.c.id.desc())


def on_page(tx: Transaction, address: str) -> tuple[Sequence[int], Sequence[int]]:
    """Return the ids of what the page shows to a browser's person, oldest first, and the unseen.

    They are the person's, whichever of their browsers it was sent to: the oldest may be long gone.
    """
    query = select(addresses.c.person_id).where(addresses.c.channel == "web")
    person = query.where(addresses.c.address == address).scalar_subquery()
    mine = (deliveries.c.person_id == person) & (deliveries.c.way == "page")
    rows = list(reversed(tx.execute(_kept(mine)).all()))
    return [row.id for row in rows], [row.id for row in rows if row.after_message is None]


def read(tx: Transaction, ids: Sequence[int]) -> Sequence[Push]:
    """Return pushes in the order of their ids given; those that are forgotten are left out."""
    query = select(deliveries.c.id, deliveries.c.after_message, deliveries.c.reply)
    rows = tx.execute(query.where(deliveries.c.id.in_(ids), deliveries.c.reply.is_not(None)))
    found = {row.id: Push(row.id, row.after_message or 0, row.reply) for row in rows}
    return [found[id] for id in ids if id in found]


def since(tx: Transaction, person_id: int, message_id: int) -> Sequence[Push]:
    """Return what somebody was shown after a message of the inbox, the newest first."""
    seen = deliveries.c.after_message >= message_id
    ids = [row.id for row in tx.execute(_kept((deliveries.c.person_id == person_id) & seen))]
    return read(tx, ids)


def last_text(tx: Transaction, person_id: int, message_id: int) -> str:
    """Return the text that somebody was shown last after a message of the inbox.

    Empty where that has choices, or nothing was shown. A broadcast's is known after it was sent.
    """
    query = select(deliveries.c.reply, broadcasts.c.text)
    theirs = (deliveries.c.person_id == person_id) & (deliveries.c.after_message >= message_id)
    known = deliveries.c.reply.is_not(None) | broadcasts.c.id.is_not(None)
    of = broadcasts.c.id == deliveries.c.broadcast_id
    found = _newest(query.select_from(deliveries).outerjoin(broadcasts, of).where(theirs, known))
    row = tx.execute(found.limit(1)).one_or_none()
    if row is None or row.text:
        return str(row.text) if row else ""
    return "" if row.reply["choices"] else str(row.reply["text"])


def forget_old(tx: Transaction, now: datetime) -> int:
    """Forget the text of what was sent KEPT ago (business clock); return how many."""
    old = deliveries.c.reply.is_not(None) & (deliveries.c.sent_at < now - KEPT)
    blanked = update(deliveries).where(old).values(reply=None)
    return len(tx.execute(blanked.returning(deliveries.c.id)).all())


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered to a push; None where they have not. ``push_id`` is its row."""

    push_id: int
    given: str | None


def answer_to(tx: Transaction, cause: str, person_id: int) -> Answer | None:
    """Return what somebody answered; None where nothing was pushed to them for this cause."""
    query = select(deliveries.c.id, deliveries.c.answer)
    mine = query.where(deliveries.c.cause == cause, deliveries.c.person_id == person_id)
    row = tx.execute(mine).one_or_none()
    return None if row is None else Answer(row.id, row.answer)


def answered(tx: Transaction, push_id: int, given: str, now: datetime) -> None:
    """Keep what somebody answered (business clock)."""
    row = update(deliveries).where(deliveries.c.id == push_id)
    tx.execute(row.values(answer=given, answered_at=now))
