"""When shifts are held: the hours that staff entered, and the days on which none is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select

from storage.engine import Transaction
from storage.outgoing import pauses
from storage.tables import shifts, signups, stations


@dataclass(frozen=True, slots=True)
class Hours:
    """The first or only hours of an open shift (UTC), and where it is held."""

    shift_id: int
    starts: datetime
    ends: datetime
    weekly: bool
    station: str
    region: str
    location: str | None


def open_hours(tx: Transaction, *, held: bool = False) -> Sequence[Hours]:
    """Return the hours of open shifts of open stations; ``held``: where somebody has a seat."""
    query = (
        select(shifts, stations.c.name, stations.c.region, stations.c.location)
        .join(stations, stations.c.id == shifts.c.station_id)
        .where(shifts.c.closed_at.is_(None), stations.c.closed_at.is_(None))
        .order_by(shifts.c.id)
    )
    if held:
        mine = (signups.c.shift_id == shifts.c.id) & (signups.c.status == "confirmed")
        query = query.where(exists().where(mine))
    return [
        Hours(row.id, row.starts_at, row.ends_at, row.weekly, row.name, row.region, row.location)
        for row in tx.execute(query)
    ]


def paused(tx: Transaction, first: date) -> frozenset[tuple[int, date]]:
    """Return the shifts and days (in China) from ``first`` on that do not take place."""
    query = select(pauses.c.shift_id, pauses.c.day).where(pauses.c.day >= first)
    return frozenset((row.shift_id, row.day) for row in tx.execute(query))
