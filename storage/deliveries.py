"""What is to be sent by a call: queued once for its cause, claimed by one postman, told apart.

waiting -> sending -> sent | failed | unknown, and back to waiting where a try must wait. Others end
without a try: withdrawn (its thing changed), dropped (too late), opted_out, unreachable, merged
(told with another). A paused broadcast's are paused.

``due`` and ``now`` are the machine's clock; ``today`` and what is held are the business clock's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Update, and_, case, exists, func, null, or_, select, update

from storage.engine import Transaction
from storage.outgoing import broadcasts, deliveries
from storage.tables import addresses
from storage.upsert import insert_if_new

Kind = Literal["reply", "change", "reminder", "campaign", "thanks", "broadcast"]
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
    {"reply": 0, "change": 1, "reminder": 2, "thanks": 3, "campaign": 3, "broadcast": 4}
)
"""Which of two goes first: replies, then what is urgent, reminders, broadcasts."""

TWICE: Final = ("reply", "change", "reminder")
"""Kinds that are sent once more, with the same text, when their process died while sending."""

ARRIVED: Final = ("sent", "unknown")
"""States in which somebody has, or may have, read a message."""

KEPT_KINDS: Final = ("change", "reminder", "campaign", "thanks")
"""Kinds whose text stays for a while after it was sent: a number chooses among its choices."""

CAN_BE_STOPPED: Final = ("reminder", "campaign", "thanks", "broadcast")
"""Kinds that somebody who said 退订 gets no more; what concerns their own places they still do."""

MOST_OUTCOME: Final = 200

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


@dataclass(frozen=True, slots=True)
class Moment:
    """What time it is for the postman: on the machine, for people, and whether they sleep."""

    now: datetime
    business: datetime
    quiet: bool


def claim(
    tx: Transaction, channel: str, owner: str, most: int, moment: Moment
) -> Sequence[Delivery]:
    """Take the first due messages of a channel, by rank and then in order.

    Within one address a message waits for an earlier one of the same rank or a better one, put off
    ones too, but not for what is held for later.
    """
    _drop_late(tx, channel, moment)
    row, other = deliveries, deliveries.alias("other")
    before = or_(other.c.rank < row.c.rank, and_(other.c.rank == row.c.rank, other.c.id < row.c.id))
    first_comes = or_(other.c.owner.is_not(None), and_(before, _released(other, moment)))
    in_the_way = exists().where(
        other.c.address_id == row.c.address_id,
        other.c.id != row.c.id,
        other.c.state.in_(("waiting", "sending")),
        first_comes,
    )
    ids = (
        select(row.c.id)
        .join(addresses, addresses.c.id == row.c.address_id)
        .where(addresses.c.channel == channel, addresses.c.off.is_(None))
        .where(row.c.state == "waiting", row.c.owner.is_(None), row.c.due_at <= moment.now)
        .where(_released(row, moment), ~in_the_way)
        .order_by(row.c.rank, row.c.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=row)
    )
    taken = update(row).where(row.c.id.in_(ids)).values(owner=owner).returning(row.c.id)
    return _load(tx, list(tx.execute(taken).scalars()))


def _released(row: Any, moment: Moment) -> ColumnElement[bool]:
    """Tell whether people may be sent a message at this hour."""
    free = or_(row.c.hold_until.is_(None), row.c.hold_until <= moment.business)
    return and_(free, row.c.urgent) if moment.quiet else free


def _drop_late(tx: Transaction, channel: str, moment: Moment) -> None:
    """End what would come after the thing it speaks of."""
    of_channel = select(addresses.c.id).where(addresses.c.channel == channel)
    late = and_(
        deliveries.c.state == "waiting",
        deliveries.c.owner.is_(None),
        deliveries.c.expires_at <= moment.business,
        deliveries.c.address_id.in_(of_channel),
    )
    _end(tx, late, "dropped", TOO_LATE, moment.now)


def _load(tx: Transaction, ids: Sequence[int]) -> Sequence[Delivery]:
    query = (
        select(deliveries, addresses.c.channel, addresses.c.address)
        .join(addresses, addresses.c.id == deliveries.c.address_id)
        .where(deliveries.c.id.in_(ids))
        .order_by(deliveries.c.rank, deliveries.c.id)
    )
    return [
        Delivery(
            row.id,
            row.cause,
            row.person_id,
            row.kind,
            row.way,
            row.channel,
            row.address,
            row.address_id,
            row.reply,
            row.tries,
        )
        for row in tx.execute(query)
    ]


def sending(tx: Transaction, delivery_id: int, owner: str) -> bool:
    """Write down that the call is about to be made. False: it is not ours, or no longer wanted.

    What was put off while its broadcast was stopped is waiting, and is not wanted either.
    """
    mine = _own(delivery_id, owner).where(deliveries.c.state == "waiting", _goes_on())
    begun = mine.values(state="sending", tries=deliveries.c.tries + 1)
    return tx.execute(begun.returning(deliveries.c.id)).scalar() is not None


def _goes_on() -> ColumnElement[bool]:
    """Tell whether a delivery is of no broadcast, or of one that is neither paused nor over."""
    going = broadcasts.c.state.in_(("confirmed", "running"))
    own = exists().where(broadcasts.c.id == deliveries.c.broadcast_id, going)
    return or_(deliveries.c.broadcast_id.is_(None), own)


def done(
    tx: Transaction, delivery_id: int, owner: str, state: State, outcome: str, now: datetime
) -> None:
    """Write down what came of a call; the text is forgotten where nobody can answer it.

    What the page shows is kept, and what has choices, until ``storage.shown.forget_old``.
    """
    is_kept = or_(deliveries.c.way == "page", deliveries.c.kind.in_(KEPT_KINDS))
    kept = case((is_kept, deliveries.c.reply), else_=null()) if state in ARRIVED else null()
    values = {"state": state, "outcome": outcome[:MOST_OUTCOME], "settled_at": now}
    tx.execute(_own(delivery_id, owner).values(reply=kept, owner=None, **values))


def in_flight(tx: Transaction, channel: str, address: str) -> tuple[str, Kind, Way]:
    """Return cause, kind and way of what is being sent to an address, which is one at a time."""
    query = (
        select(deliveries.c.cause, deliveries.c.kind, deliveries.c.way)
        .join(addresses, addresses.c.id == deliveries.c.address_id)
        .where(addresses.c.channel == channel, addresses.c.address == address)
        .where(deliveries.c.state == "sending")
    )
    row = tx.execute(query).one()
    return row.cause, row.kind, row.way


def later(tx: Transaction, delivery_id: int, owner: str, due: datetime, why: str) -> None:
    """Put a message off: it was not sent for sure, and that does not count as a try."""
    values = {"state": "waiting", "due_at": due, "outcome": why[:MOST_OUTCOME]}
    mine = _own(delivery_id, owner).where(deliveries.c.state == "sending")
    tx.execute(mine.values(tries=deliveries.c.tries - 1, owner=None, **values))


def reroute(
    tx: Transaction, delivery_id: int, owner: str, address_id: int, way: Way, due: datetime
) -> None:
    """Let a message that cannot go this way go another one."""
    values = {"state": "waiting", "address_id": address_id, "way": way, "due_at": due}
    tx.execute(_own(delivery_id, owner).values(tries=0, owner=None, **values))


def _own(delivery_id: int, owner: str) -> Update:
    return update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.owner == owner)


def let_go(tx: Transaction, owner: str, now: datetime) -> None:
    """Free what a postman held who is no more; what he was sending is told apart by its kind."""
    held = deliveries.c.owner == owner
    waiting = update(deliveries).where(held, deliveries.c.state == "waiting")
    tx.execute(waiting.values(owner=None))
    in_flight = and_(held, deliveries.c.state == "sending")
    again = and_(in_flight, deliveries.c.kind.in_(TWICE), deliveries.c.tries < 2)
    tx.execute(update(deliveries).where(again).values(state="waiting", owner=None))
    _end(tx, in_flight, "unknown", "interrupted while it was sent", now)


def withdraw(
    tx: Transaction, which: ColumnElement[bool], now: datetime, state: State, why: str
) -> int:
    """End what was not sent yet, and free its day; return how many."""
    waits = deliveries.c.state.in_(("waiting", "paused"))
    return _end(tx, and_(which, waits), state, why, now)


def opt_out(tx: Transaction, person_id: int, now: datetime) -> None:
    """End what somebody does not want to be sent any more."""
    mine = and_(deliveries.c.person_id == person_id, deliveries.c.kind.in_(CAN_BE_STOPPED))
    withdraw(tx, mine, now, "opted_out", "")


def _end(tx: Transaction, which: ColumnElement[bool], state: State, why: str, now: datetime) -> int:
    values = {"state": state, "outcome": why, "settled_at": now, "reply": None, "owner": None}
    if state != "unknown":
        values["on_day"] = None
    ended = update(deliveries).where(which).values(values)
    return len(tx.execute(ended.returning(deliveries.c.id)).all())


def switch_off(tx: Transaction, address_id: int, why: str, now: datetime) -> None:
    """Stop sending to an address, and end the replies that wait for it."""
    tx.execute(update(addresses).where(addresses.c.id == address_id).values(off=why[:80]))
    replies = and_(deliveries.c.address_id == address_id, deliveries.c.kind == "reply")
    withdraw(tx, replies, now, "failed", why[:MOST_OUTCOME])


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
