"""What is to be sent by a call: queued once for its cause, claimed by one postman, told apart.

waiting -> sending -> sent | failed | unknown, and back to waiting where a try must wait. Others end
without a try: withdrawn (its thing changed), dropped (too late), opted_out, unreachable, merged
(told with another). A paused broadcast's are paused.

How one is claimed and sent is in ``storage.claims``. ``due`` and ``now`` are the machine's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, and_, func, select, update

from storage.engine import Transaction
from storage.outgoing import deliveries
from storage.tables import addresses
from storage.upsert import insert_if_new

Kind = Literal["reply", "human", "change", "reminder", "answer", "campaign", "thanks", "broadcast"]
Way = Literal["telegram", "template", "customer_service", "page", "telephone"]
State = Literal[
    "waiting",
    "sending",
    "paused",
    "sent",
    "failed",
    "unknown",
    "withdrawn",
    "dropped",
    "opted_out",
    "unreachable",
    "merged",
]

RANKS: Final = MappingProxyType(
    {
        "reply": 0,
        "human": 1,
        "change": 1,
        "reminder": 2,
        "answer": 3,
        "thanks": 3,
        "campaign": 3,
        "broadcast": 4,
    }
)
"""Which of two goes first: replies, then what is urgent, reminders, broadcasts.

``human`` is what staff reply to somebody who asked for them, ``answer`` what they answered to a
question that the plans did not.
"""

ARRIVED: Final = ("sent", "unknown")
"""States in which somebody has, or may have, read a message."""

CAN_BE_STOPPED: Final = ("reminder", "answer", "campaign", "thanks", "broadcast")
"""Kinds that somebody who said 退订 gets no more; what concerns their own places they still do."""

MOST_OUTCOME: Final = 200

NO_FREE_DAY: Final = "no free day"
"""The outcome of what would have been one message too many on every day to come."""

TOO_LATE: Final = "too late to be sent"
"""The outcome of what would have come after the thing that it speaks of."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one person, before it is queued.

    ``address_id`` is None where nothing reaches them. Not before ``hold_until`` and not from
    ``expires_at`` on (business clock); not in the quiet hours unless ``urgent``. ``on_day``: it is
    the one message of that day that is not urgent.
    """

    cause: str
    person_id: int
    address_id: int | None
    reply: dict[str, Any] | None
    kind: Kind = "reply"
    way: Way = "telegram"
    urgent: bool = True
    hold_until: datetime | None = None
    expires_at: datetime | None = None
    on_day: date | None = None
    broadcast_id: int | None = None
    state: State = "waiting"
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to send. ``tries`` counts the calls that may have been made."""

    id: int
    cause: str
    person_id: int
    kind: Kind
    way: Way
    channel: str
    address: str
    address_id: int
    reply: dict[str, Any] = field(repr=False)
    tries: int


def queue(tx: Transaction, letter: Letter, due: datetime) -> int | None:
    """Queue a message once for its cause and person; None where it was queued before.

    None too where the person has another message on ``on_day`` already.
    """
    return insert_if_new(
        tx,
        deliveries,
        cause=letter.cause,
        person_id=letter.person_id,
        address_id=letter.address_id,
        reply=letter.reply,
        state=letter.state,
        due_at=due,
        tries=0,
        outcome=letter.outcome[:MOST_OUTCOME],
        kind=letter.kind,
        rank=RANKS[letter.kind],
        way=letter.way,
        urgent=letter.urgent,
        hold_until=letter.hold_until,
        expires_at=letter.expires_at,
        queued_at=due,
        on_day=letter.on_day,
        broadcast_id=letter.broadcast_id,
        settled_at=None if letter.state == "waiting" else due,
    )


def is_queued(tx: Transaction, cause: str, person_id: int) -> bool:
    """Tell whether a cause has its row, whatever came of it."""
    query = select(deliveries.c.id)
    mine = query.where(deliveries.c.cause == cause, deliveries.c.person_id == person_id)
    return tx.execute(mine).scalar() is not None


def count_of(tx: Transaction, begins: str) -> int:
    """Return how many deliveries there are whose cause begins so."""
    mine = deliveries.c.cause.startswith(begins, autoescape=True)
    return int(tx.execute(select(func.count()).select_from(deliveries).where(mine)).scalar_one())


def waiting_for(tx: Transaction, now: datetime) -> Sequence[datetime]:
    """Return when the first hold and the first pause after a failed try end; ``now``: either clock.

    Nothing where none waits for that.
    """
    ends = [deliveries.c.hold_until, deliveries.c.due_at]
    waits = select(*(func.min(end).filter(end > now) for end in ends))
    row = tx.execute(waits.where(deliveries.c.state == "waiting")).one()
    return [moment for moment in row if moment is not None]


def is_any_waiting(tx: Transaction) -> bool:
    """Tell whether anything is to be sent, now or later."""
    query = select(deliveries.c.id).where(deliveries.c.state == "waiting")
    return tx.execute(query.limit(1)).scalar() is not None


def withdraw(
    tx: Transaction, which: ColumnElement[bool], now: datetime, state: State, why: str
) -> int:
    """End what was not sent yet, and free its day; return how many."""
    waits = deliveries.c.state.in_(("waiting", "paused"))
    return end(tx, and_(which, waits), state, why, now)


def opt_out(tx: Transaction, person_id: int, now: datetime) -> None:
    """End what somebody does not want to be sent any more."""
    mine = and_(deliveries.c.person_id == person_id, deliveries.c.kind.in_(CAN_BE_STOPPED))
    withdraw(tx, mine, now, "opted_out", "")


def end(tx: Transaction, which: ColumnElement[bool], state: State, why: str, now: datetime) -> int:
    """End deliveries whatever their state, and forget their texts; return how many."""
    those = update(deliveries).where(which).values(ended(state, why, now))
    return len(tx.execute(those.returning(deliveries.c.id)).all())


def ended(state: State, why: str, now: datetime) -> dict[str, Any]:
    """Return what the columns of a delivery hold that ended; but an unknown one took its day."""
    values = {"state": state, "outcome": why, "settled_at": now, "reply": None, "owner": None}
    return values if state == "unknown" else {**values, "on_day": None}


def switch_off(tx: Transaction, address_id: int, why: str, now: datetime) -> None:
    """Stop sending to an address, and end the replies that wait for it."""
    tx.execute(update(addresses).where(addresses.c.id == address_id).values(off=why[:80]))
    replies = and_(deliveries.c.address_id == address_id, deliveries.c.kind == "reply")
    withdraw(tx, replies, now, "failed", why[:MOST_OUTCOME])


def person_of(tx: Transaction, delivery_id: int) -> int | None:
    """Return whose a delivery is now: people are joined and deleted while it is on its way."""
    query = select(deliveries.c.person_id).where(deliveries.c.id == delivery_id)
    return tx.execute(query).scalar()


def switch_on(tx: Transaction, address_id: int) -> None:
    """Send to an address again: its person has written."""
    off = (addresses.c.id == address_id) & addresses.c.off.is_not(None)
    tx.execute(update(addresses).where(off).values(off=None))


def move(tx: Transaction, address_id: int, address: str) -> None:
    """Rewrite an address that a platform says has moved."""
    tx.execute(update(addresses).where(addresses.c.id == address_id).values(address=address))


def counts(tx: Transaction) -> dict[str, int]:
    """Return how many deliveries there are of each state."""
    query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    return {state: int(number) for state, number in tx.execute(query)}
