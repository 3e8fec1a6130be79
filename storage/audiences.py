"""Whom a message of staff is for, and how each of them can be reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union

from knowledge import places
from storage.engine import Transaction
from storage.people import ADDRESS, Address, as_address, open_window
from storage.tables import addresses, people, shifts, signups, stations, windows

Role = Literal["volunteers", "subscribers", "all"]


@dataclass(frozen=True, slots=True)
class Audience:
    """Volunteers have or had a sign-up, subscribers asked for news, all have an address.

    ``region``: who lives in it or signed up at a station in it; None is everywhere.
    ``station_id``: who signed up there, now or before; None is any or none.
    """

    role: Role
    region: str | None = None
    station_id: int | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody in an audience, and the addresses at which platforms know them."""

    person_id: int
    opted_out: bool
    addresses: tuple[Address, ...]


def regions(tx: Transaction) -> Sequence[str]:
    """Return the regions of the people and the stations, as they were written."""
    lived_in = select(people.c.region).where(people.c.region.is_not(None))
    return sorted(tx.execute(union(lived_in, select(stations.c.region))).scalars())


def count(tx: Transaction, audience: Audience) -> int:
    """Return how many people an audience has now."""
    query = select(func.count()).select_from(people).where(_within(tx, audience))
    return int(tx.execute(query).scalar_one())


def after(tx: Transaction, audience: Audience, person_id: int, most: int) -> Sequence[int]:
    """Return the next people of an audience behind one, in the order of their ids."""
    behind = and_(people.c.id > person_id, _within(tx, audience))
    query = select(people.c.id).where(behind).order_by(people.c.id).limit(most)
    return tx.execute(query).scalars().all()


def contacts(tx: Transaction, audience: Audience, now: datetime) -> Iterator[Contact]:
    """Yield an audience with all addresses, in one query; ``now`` is the machine's clock."""
    query = (
        select(people.c.id, people.c.opted_out_at, *ADDRESS)
        .outerjoin(addresses, addresses.c.person_id == people.c.id)
        .outerjoin(windows, open_window(now))
        .where(_within(tx, audience))
        .order_by(people.c.id, addresses.c.id)
    )
    for person_id, rows in groupby(tx.execute(query), key=lambda row: int(row.id)):
        known = list(rows)
        own = tuple(as_address(row) for row in known if row.address_id is not None)
        yield Contact(person_id, known[0].opted_out_at is not None, own)


def _within(tx: Transaction, audience: Audience) -> ColumnElement[bool]:
    conditions = [_ROLES[audience.role]]
    if audience.region is not None:
        names = _names_of(tx, audience.region)
        there = _signed_up_at(stations.c.region.in_(names))
        conditions.append(or_(people.c.region.in_(names), there))
    if audience.station_id is not None:
        conditions.append(_signed_up_at(shifts.c.station_id == audience.station_id))
    return and_(*conditions)


def _names_of(tx: Transaction, region: str) -> Sequence[str]:
    """Return the places inside a region as people and stations have them."""
    return [place for place in regions(tx) if places.is_within(place, region)]


_ROLES: dict[Role, ColumnElement[bool]] = {
    "volunteers": exists().where(signups.c.person_id == people.c.id).correlate(people),
    "subscribers": people.c.subscribed_at.is_not(None),
    "all": exists().where(addresses.c.person_id == people.c.id).correlate(people),
}


def _signed_up_at(where: ColumnElement[bool]) -> ColumnElement[bool]:
    there = exists().where(
        signups.c.person_id == people.c.id,
        signups.c.shift_id == shifts.c.id,
        shifts.c.station_id == stations.c.id,
        where,
    )
    return there.correlate(people)
