"""The inbox: the row is the receipt that makes a message count once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, select, update

from storage.engine import Transaction
from storage.tables import addresses, messages
from storage.upsert import insert_if_new

TEXTS_KEPT: Final = timedelta(hours=48)
"""How long the words of messages and replies are kept; a retry of a platform comes far earlier."""

MOST_ATTEMPTS: Final = 3
"""A message that failed so often is parked and not tried again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The row of a message. ``reply`` is the first reply, when it has been handled before."""

    id: int
    state: str
    reply: dict[str, Any] | None
    attempts: int

    @property
    def is_closed(self) -> bool:
        """Tell whether nothing more is done about the message."""
        return self.state in ("done", "parked")


def receive(
    tx: Transaction, address_id: int, external_id: str, kind: str, text: str, at: datetime
) -> tuple[Receipt, bool]:
    """Write a message down and return its receipt and whether it is new.

    A copy waits until the first is committed.
    """
    new = insert_if_new(
        tx,
        messages,
        address_id=address_id,
        external_id=external_id,
        kind=kind,
        text=text,
        at=at,
        state="new",
        attempts=0,
    )
    if new is not None:
        return Receipt(new, "new", None, 0), True
    return _receipt(tx, address_id, external_id), False


def _receipt(tx: Transaction, address_id: int, external_id: str) -> Receipt:
    where = (messages.c.address_id == address_id) & (messages.c.external_id == external_id)
    row = tx.execute(select(messages).where(where).with_for_update()).one()
    return Receipt(row.id, row.state, row.reply, row.attempts)


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply that is still known, and whose it is."""

    message_id: int
    address_id: int
    person_id: int
    reply: dict[str, Any]


def kept(tx: Transaction, channel: str, address: str, external_id: str) -> Kept | None:
    """Return the reply under a message; None where there is none, or nobody to read it."""
    query = (
        select(messages.c.id, messages.c.address_id, addresses.c.person_id, messages.c.reply)
        .join(addresses, addresses.c.id == messages.c.address_id)
        .where(addresses.c.channel == channel, addresses.c.address == address)
        .where(messages.c.external_id == external_id, messages.c.reply.is_not(None))
        .where(addresses.c.person_id.is_not(None))
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else Kept(row.id, row.address_id, row.person_id, row.reply)


def answered(tx: Transaction, message_id: int, reply: dict[str, Any]) -> None:
    """Keep the reply under the message, for copies that come later."""
    row = update(messages).where(messages.c.id == message_id)
    tx.execute(row.values(state="done", reply=reply))


def failed(tx: Transaction, message_id: int, apology: dict[str, Any]) -> bool:
    """Count a failed attempt; park the message after the last. Return whether it is parked."""
    row = update(messages).where(messages.c.id == message_id)
    counted = row.values(attempts=messages.c.attempts + 1, state="failed", reply=None)
    attempts = tx.execute(counted.returning(messages.c.attempts)).scalar_one()
    if attempts < MOST_ATTEMPTS:
        return False
    tx.execute(row.values(state="parked", reply=apology))
    return True


def last_reply(tx: Transaction, person_id: int) -> dict[str, Any] | None:
    """Return the newest reply to somebody, on whatever channel."""
    return last(tx, person_id)[1]


def last_reply_since(tx: Transaction, person_id: int, since: datetime) -> dict[str, Any] | None:
    """Return the newest reply to somebody, None where their message came earlier (aware)."""
    message_id, reply = last(tx, person_id)
    at = select(messages.c.id).where(messages.c.id == message_id, messages.c.at >= since)
    return reply if tx.execute(at).first() is not None else None


def last(tx: Transaction, person_id: int) -> tuple[int, dict[str, Any] | None]:
    """Return the id of somebody's newest message, 0 without one, and the reply to it."""
    query = (
        select(messages.c.id, messages.c.reply)
        .join(addresses, addresses.c.id == messages.c.address_id)
        .where(addresses.c.person_id == person_id, messages.c.state == "done")
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).one_or_none()
    return (0, None) if row is None else (row.id, row.reply)


def last_words(tx: Transaction, person_id: int) -> str | None:
    """Return the newest words that somebody typed, as against tapped; None where forgotten."""
    return tx.execute(_typed_by(person_id).order_by(messages.c.id.desc()).limit(1)).scalar()


def words_since(tx: Transaction, person_id: int, since: datetime) -> Sequence[str]:
    """Return what somebody typed since then (aware), oldest first, without what is forgotten."""
    typed = _typed_by(person_id).where(messages.c.at >= since, messages.c.text.is_not(None))
    return tx.execute(typed.order_by(messages.c.id)).scalars().all()


def _typed_by(person_id: int) -> Select[Any]:
    return (
        select(messages.c.text)
        .join(addresses, addresses.c.id == messages.c.address_id)
        .where(addresses.c.person_id == person_id, messages.c.kind == "text")
        .where(messages.c.state == "done")
    )


def recent(
    tx: Transaction, channel: str, address: str, most: int
) -> Sequence[tuple[int, str, dict[str, Any] | None]]:
    """Return id, words and reply of an address's last messages, oldest first."""
    query = (
        select(messages.c.id, messages.c.text, messages.c.reply)
        .join(addresses, addresses.c.id == messages.c.address_id)
        .where(
            addresses.c.channel == channel,
            addresses.c.address == address,
            messages.c.text.is_not(None),
        )
        .order_by(messages.c.id.desc())
        .limit(most)
    )
    return [(row.id, row.text, row.reply) for row in reversed(tx.execute(query).all())]


def blank_old(tx: Transaction, now: datetime) -> int:
    """Forget the words of old messages and replies; return how many."""
    kept = messages.c.text.is_not(None) | messages.c.reply.is_not(None)
    old = (messages.c.at < now - TEXTS_KEPT) & kept
    blanked = update(messages).where(old).values(text=None, reply=None)
    return len(tx.execute(blanked.returning(messages.c.id)).all())
