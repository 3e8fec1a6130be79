"""What postmen do with deliveries: claim them, say that a call is made, and what came of it.

``due`` and ``now`` are the machine's clock; holds and the quiet hours are the business clock's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    and_,
    case,
    exists,
    null,
    or_,
    select,
    update,
)

from storage.broadcasts import GOES_ON
from storage.deliveries import (
    ARRIVED,
    CAN_BE_STOPPED,
    MOST_OUTCOME,
    TOO_LATE,
    Delivery,
    Kind,
    State,
    Way,
    end,
    ended,
)
from storage.engine import Transaction
from storage.outgoing import broadcasts, deliveries
from storage.tables import addresses, people

TWICE: Final = ("reply", "human", "change", "reminder", "answer")
"""Kinds that are sent once more, with the same text, when their process died while sending."""

KEPT_KINDS: Final = ("human", "change", "reminder", "answer", "campaign", "thanks")
"""Kinds whose text stays for a while after it was sent: a number chooses among its choices."""

LONGEST_PAUSE: Final = timedelta(hours=25)
"""No platform makes us wait longer: WeChat's calls of a day come back at midnight."""


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
        .where(row.c.state == "waiting", row.c.owner.is_(None), _is_due(row, moment.now))
        .where(_released(row, moment), ~in_the_way)
        .order_by(row.c.rank, row.c.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=row)
    )
    taken = update(row).where(row.c.id.in_(ids)).values(owner=owner).returning(row.c.id)
    return _load(tx, list(tx.execute(taken).scalars()))


def _is_due(row: Any, now: datetime) -> ColumnElement[bool]:
    """Tell whether a try may be made; a time that lies too far ahead is a wrong clock's."""
    return or_(row.c.due_at <= now, row.c.due_at > now + LONGEST_PAUSE)


def _released(row: Any, moment: Moment) -> ColumnElement[bool]:
    """Tell whether people may be sent a message at this hour."""
    free = or_(row.c.hold_until.is_(None), row.c.hold_until <= moment.business)
    return and_(free, row.c.urgent) if moment.quiet else free


def _drop_late(tx: Transaction, channel: str, moment: Moment) -> None:
    """End what would come after the thing it speaks of."""
    late = and_(
        deliveries.c.state == "waiting",
        deliveries.c.owner.is_(None),
        deliveries.c.expires_at <= moment.business,
        deliveries.c.address_id.in_(_of_channel(channel)),
    )
    end(tx, late, "dropped", TOO_LATE, moment.now)


def _of_channel(channel: str) -> Select[Any]:
    return select(addresses.c.id).where(addresses.c.channel == channel)


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


def sending(tx: Transaction, delivery: Delivery, owner: str, now: datetime) -> bool:
    """Write down that the call is about to be made. False: it is not ours, or no longer wanted.

    What was put off while its broadcast was stopped is waiting, and is not wanted either; nor is
    what its person has opted out of since. A second time, for whoever lost the answer to the first,
    changes nothing and is true.
    """
    mine = _own(delivery.id, owner)
    waits = mine.where(deliveries.c.state == "waiting")
    unwanted = waits.where(deliveries.c.kind.in_(CAN_BE_STOPPED), _has_opted_out())
    tx.execute(unwanted.values(**ended("opted_out", "", now)))
    begun = waits.where(_goes_on()).values(state="sending", tries=delivery.tries + 1)
    if tx.execute(begun.returning(deliveries.c.id)).scalar() is not None:
        return True
    twice = select(deliveries.c.id).where(deliveries.c.id == delivery.id)
    twice = twice.where(deliveries.c.owner == owner, deliveries.c.state == "sending")
    return tx.execute(twice.where(deliveries.c.tries == delivery.tries + 1)).scalar() is not None


def _has_opted_out() -> ColumnElement[bool]:
    out = people.c.opted_out_at.is_not(None)
    return exists().where(people.c.id == deliveries.c.person_id, out)


def _goes_on() -> ColumnElement[bool]:
    """Tell whether a delivery is of no broadcast, or of one that is neither paused nor over."""
    going = broadcasts.c.state.in_(GOES_ON)
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


def let_go(tx: Transaction, owner: str, now: datetime, channel: str = "") -> None:
    """Free what a postman held who is no more; what he was sending is told apart by its kind.

    With a channel, only what goes there: its postman lives, but has lost count.
    """
    held = deliveries.c.owner == owner
    if channel:
        held = and_(held, deliveries.c.address_id.in_(_of_channel(channel)))
    waiting = update(deliveries).where(held, deliveries.c.state == "waiting")
    tx.execute(waiting.values(owner=None))
    in_flight = and_(held, deliveries.c.state == "sending")
    again = and_(in_flight, deliveries.c.kind.in_(TWICE), deliveries.c.tries < 2)
    tx.execute(update(deliveries).where(again).values(state="waiting", owner=None))
    end(tx, in_flight, "unknown", "interrupted while it was sent", now)


def stranded(tx: Transaction, owner: str, most: int) -> Sequence[Delivery]:
    """Take pushes that wait for an address that is off or no longer their person's."""
    gone = or_(
        addresses.c.off.is_not(None),
        addresses.c.person_id.is_distinct_from(deliveries.c.person_id),
    )
    ids = (
        select(deliveries.c.id)
        .join(addresses, addresses.c.id == deliveries.c.address_id)
        .where(deliveries.c.state == "waiting", deliveries.c.owner.is_(None))
        .where(deliveries.c.kind != "reply", gone)
        .order_by(deliveries.c.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    taken = update(deliveries).where(deliveries.c.id.in_(ids)).values(owner=owner)
    return _load(tx, list(tx.execute(taken.returning(deliveries.c.id)).scalars()))
