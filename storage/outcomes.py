"""What became of a broadcast: totals that add up, and a row for each recipient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from storage.broadcasts import Broadcast
from storage.deliveries import State, Way
from storage.engine import Transaction
from storage.outgoing import deliveries
from storage.tables import addresses, people

OPEN: Final = ("waiting", "sending", "paused")
"""States of deliveries of which the outcome is not known yet."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the delivery to one person. ``at`` is the machine's clock; None: still open.

    ``channel`` is None where nothing reaches them, ``why`` what the platform or we said.
    """

    person_id: int
    name: str | None
    phone: str | None
    channel: str | None
    way: Way
    state: State
    why: str
    at: datetime | None


def totals(tx: Transaction, broadcasts: Sequence[Broadcast]) -> dict[int, dict[str, int]]:
    """Return by broadcast how many deliveries there are of each state.

    They add up to ``recipients``: "erased" are those whose data have been deleted since, and those
    who turned out to be somebody else in the audience.
    """
    mine = deliveries.c.broadcast_id.in_([broadcast.id for broadcast in broadcasts])
    query = select(deliveries.c.broadcast_id, deliveries.c.state, func.count()).where(mine)
    found: dict[int, dict[str, int]] = {broadcast.id: {} for broadcast in broadcasts}
    for broadcast_id, state, number in tx.execute(
        query.group_by(deliveries.c.broadcast_id, deliveries.c.state)
    ):
        found[broadcast_id][state] = int(number)
    for broadcast in broadcasts:
        counted = found[broadcast.id]
        if gone := broadcast.recipients - sum(counted.values()):
            counted["erased"] = gone
    return found


def each(tx: Transaction, broadcast_id: int) -> Iterator[Outcome]:
    """Yield what became of every delivery of a broadcast, by person."""
    query = (
        select(deliveries.c.person_id, people.c.name, people.c.phone, addresses.c.channel)
        .add_columns(deliveries.c.way, deliveries.c.state)
        .add_columns(deliveries.c.outcome, deliveries.c.settled_at)
        .join(people, people.c.id == deliveries.c.person_id)
        .outerjoin(addresses, addresses.c.id == deliveries.c.address_id)
        .where(deliveries.c.broadcast_id == broadcast_id)
        .order_by(deliveries.c.person_id)
    )
    for row in tx.execute(query):
        yield Outcome(
            row.person_id,
            row.name,
            row.phone,
            row.channel,
            row.way,
            row.state,
            row.outcome or "",
            row.settled_at,
        )
