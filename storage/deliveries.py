"""What is to be sent by a call: queued with its cause, claimed under a lease, told apart after.

waiting -> sending -> sent | failed | unknown; a try that must wait goes back to waiting. What was
``sending`` when its process died is sent once more if it is a reply, with the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import and_, func, or_, select, update

from storage.engine import Transaction
from storage.tables import addresses, deliveries
from storage.upsert import insert_if_new

State = Literal["waiting", "sending", "sent", "failed", "unknown"]

LEASE: Final = timedelta(seconds=60)
"""How long a claimed delivery is left to its process; sends end well before."""

MOST_TRIES: Final = 2
"""A reply whose process died while sending is sent once more, then it is ``unknown``."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to send."""

    id: int
    channel: str
    address: str
    address_id: int
    reply: dict[str, Any]
    tries: int


def queue(
    tx: Transaction,
    cause: str,
    person_id: int,
    address_id: int,
    reply: dict[str, Any],
    due: datetime,
) -> int | None:
    """Queue a message once for its cause and person; None where it was queued before."""
    return insert_if_new(
        tx,
        deliveries,
        cause=cause,
        person_id=person_id,
        address_id=address_id,
        reply=reply,
        state="waiting",
        due_at=due,
        tries=0,
    )


def claim(
    tx: Transaction, channel: str, owner: str, most: int, now: datetime
) -> Sequence[Delivery]:
    """Take the oldest due messages of a channel, and those whose process died while sending.

    ``now`` is the machine's clock. Within one address order is kept: a later message is not taken
    while an earlier one is open.
    """
    orphaned = and_(deliveries.c.state == "sending", deliveries.c.lease_until <= now)
    free = or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= now)
    due = and_(deliveries.c.state == "waiting", deliveries.c.due_at <= now, free)
    first = (
        select(func.min(deliveries.c.id))
        .where(deliveries.c.state.in_(("waiting", "sending")))
        .group_by(deliveries.c.address_id)
    )
    ids = (
        select(deliveries.c.id)
        .join(addresses, addresses.c.id == deliveries.c.address_id)
        .where(addresses.c.channel == channel, addresses.c.off.is_(None))
        .where(or_(due, orphaned), deliveries.c.id.in_(first))
        .order_by(deliveries.c.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    taken = (
        update(deliveries)
        .where(deliveries.c.id.in_(ids))
        .values(owner=owner, lease_until=now + LEASE)
        .returning(deliveries.c.id)
    )
    return _load(tx, list(tx.execute(taken).scalars()))


def _load(tx: Transaction, ids: Sequence[int]) -> Sequence[Delivery]:
    query = (
        select(deliveries, addresses.c.channel, addresses.c.address)
        .join(addresses, addresses.c.id == deliveries.c.address_id)
        .where(deliveries.c.id.in_(ids))
        .order_by(deliveries.c.id)
    )
    return [
        Delivery(row.id, row.channel, row.address, row.address_id, row.reply, row.tries)
        for row in tx.execute(query)
    ]


def sending(tx: Transaction, delivery_id: int, owner: str, now: datetime) -> bool:
    """Write down that the call is about to be made. False: it is not ours, or was tried enough."""
    row = _own(delivery_id, owner)
    open_still = row.where(deliveries.c.state.in_(("waiting", "sending")))
    tries = deliveries.c.tries + 1
    begun = open_still.where(deliveries.c.tries < MOST_TRIES).values(
        state="sending", tries=tries, lease_until=now + LEASE
    )
    if tx.execute(begun.returning(deliveries.c.id)).scalar() is not None:
        return True
    tx.execute(open_still.values(state="unknown", outcome="interrupted twice", reply=None))
    return False


def done(tx: Transaction, delivery_id: int, owner: str, state: State, outcome: str = "") -> None:
    """Write down what came of a call; the text is forgotten."""
    row = _own(delivery_id, owner)
    tx.execute(row.values(state=state, outcome=outcome[:200], reply=None, lease_until=None))


def later(tx: Transaction, delivery_id: int, owner: str, due: datetime, why: str) -> None:
    """Put a message off: it was not sent for sure, and that does not count as a try."""
    row = _own(delivery_id, owner)
    tries = deliveries.c.tries - 1
    values = {"state": "waiting", "due_at": due, "tries": tries, "lease_until": None}
    tx.execute(row.values(outcome=why[:200], **values))


def switch_off(tx: Transaction, address_id: int, why: str) -> None:
    """Stop sending to an address, and end what waits for it."""
    tx.execute(update(addresses).where(addresses.c.id == address_id).values(off=why[:80]))
    waiting = (deliveries.c.address_id == address_id) & (deliveries.c.state == "waiting")
    tx.execute(
        update(deliveries).where(waiting).values(state="failed", outcome=why[:200], reply=None)
    )


def switch_on(tx: Transaction, address_id: int) -> None:
    """Send to an address again: its person wrote."""
    off = (addresses.c.id == address_id) & addresses.c.off.is_not(None)
    tx.execute(update(addresses).where(off).values(off=None))


def move(tx: Transaction, address_id: int, address: str) -> None:
    """Rewrite an address that a platform says has moved."""
    tx.execute(update(addresses).where(addresses.c.id == address_id).values(address=address))


def _own(delivery_id: int, owner: str) -> Any:
    return update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.owner == owner)


def next_due(tx: Transaction, channel: str) -> datetime | None:
    """Return when the next message of a channel is due, None when none waits."""
    query = (
        select(func.min(deliveries.c.due_at))
        .join(addresses, addresses.c.id == deliveries.c.address_id)
        .where(addresses.c.channel == channel, addresses.c.off.is_(None))
        .where(deliveries.c.state == "waiting")
    )
    return tx.execute(query).scalar()


def counts(tx: Transaction) -> dict[str, int]:
    """Return how many deliveries there are of each state."""
    query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    return {state: int(number) for state, number in tx.execute(query)}
