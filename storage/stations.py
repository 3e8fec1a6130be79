"""Tutoring stations and the shifts in which they want helpers. Entered by staff, never guessed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, ScalarSelect, func, insert, select, update

from storage import pauses
from storage.engine import Transaction
from storage.tables import shifts, signups, stations
from storage.upsert import insert_if_new

WEEK: Final = timedelta(days=7)
NO_TIME: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Shift:
    """A time at a station. ``starts`` is the next or the first one (UTC); ``free`` are seats.

    ``paused`` are the days to come (in China) on which a weekly one does not take place.
    """

    id: int
    station_id: int
    starts: datetime
    ends: datetime
    weekly: bool
    seats: int
    free: int
    paused: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Station:
    """A tutoring station; None where staff have not entered it."""

    id: int
    name: str
    region: str
    location: str | None = None
    phone: str | None = None
    subjects: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    shifts: tuple[Shift, ...] = ()


def add(tx: Transaction, station: Station) -> int | None:
    """Enter a station and return its id; None where the name is taken."""
    return insert_if_new(
        tx,
        stations,
        name=station.name,
        region=station.region,
        location=station.location,
        phone=station.phone,
        subjects=station.subjects,
        latitude=station.latitude,
        longitude=station.longitude,
    )


def get(tx: Transaction, station_id: int, now: datetime) -> Station | None:
    """Return a station that is not closed, with its shifts to come."""
    return next((one for one in open_stations(tx, now) if one.id == station_id), None)


def change(tx: Transaction, station: Station) -> bool:
    """Enter what staff changed of a station. False: its name is that of another one."""
    namesake = (stations.c.name == station.name) & (stations.c.id != station.id)
    if tx.execute(select(stations.c.id).where(namesake)).first() is not None:
        return False
    values = {"name": station.name, "region": station.region, "location": station.location}
    values |= {"phone": station.phone, "subjects": station.subjects}
    tx.execute(update(stations).where(stations.c.id == station.id).values(values))
    return True


def has_shift(tx: Transaction, station_id: int, starts: datetime, *, weekly: bool) -> bool:
    """Tell whether an open shift of a station begins at just this time."""
    same = (shifts.c.station_id == station_id) & shifts.c.closed_at.is_(None)
    query = select(shifts.c.starts_at).where(same, shifts.c.weekly == weekly)
    begun = list(tx.execute(query).scalars())
    return any((starts - one) % WEEK == NO_TIME if weekly else starts == one for one in begun)


def add_shift(
    tx: Transaction,
    station_id: int,
    starts: datetime,
    ends: datetime,
    *,
    weekly: bool,
    seats: int,
) -> int:
    """Enter a shift (aware times) and return its id."""
    values = {"starts_at": starts, "ends_at": ends, "weekly": weekly, "seats": seats}
    made = insert(shifts).values(station_id=station_id, **values).returning(shifts.c.id)
    return int(tx.execute(made).scalar_one())


def next_start(
    starts: datetime, *, weekly: bool, now: datetime, paused: Collection[date] = ()
) -> datetime:
    """Return when a shift begins next: itself when it is to come, else the same hour weeks on.

    Days that are ``paused`` (in China) are passed over.
    """
    if not weekly:
        return starts
    if starts <= now:
        starts += WEEK * -(-(now - starts) // WEEK)
    while pauses.day_of(starts) in paused:
        starts += WEEK
    return starts


def open_stations(tx: Transaction, now: datetime) -> Sequence[Station]:
    """Return the stations that are not closed, with their shifts to come, by name."""
    by_station: dict[int, list[Shift]] = {}
    for shift in _open_shifts(tx, now):
        by_station.setdefault(shift.station_id, []).append(shift)
    rows = tx.execute(select(stations).where(stations.c.closed_at.is_(None)).order_by("name"))
    return [_station(row, row.id, by_station.get(row.id, [])) for row in rows]


def _station(row: Row[Any], station_id: int, held: Sequence[Shift] = ()) -> Station:
    return Station(
        station_id,
        row.name,
        row.region,
        row.location,
        row.phone,
        row.subjects,
        row.latitude,
        row.longitude,
        tuple(sorted(held, key=lambda shift: shift.starts)),
    )


def _taken() -> ScalarSelect[int]:
    """The confirmed sign-ups of a shift, as a part of a larger query."""
    mine = (signups.c.shift_id == shifts.c.id) & (signups.c.status == "confirmed")
    return select(func.count()).select_from(signups).where(mine).scalar_subquery()


def _shifts(tx: Transaction, rows: Sequence[Row[Any]], now: datetime) -> list[Shift]:
    paused = pauses.to_come(tx, [row.id for row in rows if row.weekly], now)
    return [_shift(row, now, paused.get(row.id, ())) for row in rows]


def _shift(row: Row[Any], now: datetime, paused: tuple[date, ...]) -> Shift:
    starts = next_start(row.starts_at, weekly=row.weekly, now=now, paused=paused)
    ends = starts + (row.ends_at - row.starts_at)
    free = max(0, row.seats - row.taken)
    weekday = pauses.day_of(starts).weekday()
    off = tuple(day for day in paused if day.weekday() == weekday)
    return Shift(row.id, row.station_id, starts, ends, row.weekly, row.seats, free, off)


def _on_offer(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return shifts.c.closed_at.is_(None), shifts.c.weekly | (shifts.c.starts_at > now)


def _open_shifts(tx: Transaction, now: datetime) -> list[Shift]:
    query = select(shifts, _taken().label("taken")).where(*_on_offer(now))
    return _shifts(tx, tx.execute(query).all(), now)


def shift(tx: Transaction, shift_id: int, now: datetime, *, lock: bool = False) -> Shift | None:
    """Return a shift to come of an open station; with ``lock``, its seats stand still."""
    query = (
        select(shifts, _taken().label("taken"))
        .join(stations, stations.c.id == shifts.c.station_id)
        .where(shifts.c.id == shift_id, stations.c.closed_at.is_(None), *_on_offer(now))
    )
    if lock:
        locked = select(shifts.c.id).where(shifts.c.id == shift_id)
        tx.execute(locked.with_for_update(key_share=True))
    found = _shifts(tx, tx.execute(query).all(), now)
    return found[0] if found else None


def station_of(tx: Transaction, shift_id: int, now: datetime) -> tuple[Station, Shift]:
    """Return the station and the shift behind an id, closed ones too."""
    query = (
        select(shifts, _taken().label("taken"), stations.c.name, stations.c.region)
        .add_columns(stations.c.location, stations.c.phone, stations.c.subjects)
        .add_columns(stations.c.latitude, stations.c.longitude)
        .join(stations, stations.c.id == shifts.c.station_id)
        .where(shifts.c.id == shift_id)
    )
    row = tx.execute(query).one()
    return _station(row, row.station_id), _shifts(tx, [row], now)[0]


def open_named(tx: Transaction, name: str) -> int | None:
    """Return the id of the station of this name that is not closed."""
    mine = (stations.c.name == name) & stations.c.closed_at.is_(None)
    return tx.execute(select(stations.c.id).where(mine)).scalar()


def shifts_of(tx: Transaction, station_id: int, now: datetime) -> list[Shift]:
    """Return a station's shifts to come, in order of time."""
    mine = [shift for shift in _open_shifts(tx, now) if shift.station_id == station_id]
    return sorted(mine, key=lambda shift: shift.starts)


def move(tx: Transaction, shift_id: int, starts: datetime, ends: datetime) -> None:
    """Give a shift other times; a weekly one repeats from then on."""
    moved = update(shifts).where(shifts.c.id == shift_id)
    tx.execute(moved.values(starts_at=starts, ends_at=ends))


def set_seats(tx: Transaction, shift_id: int, seats: int) -> None:
    """Let a shift have so many seats."""
    tx.execute(update(shifts).where(shifts.c.id == shift_id).values(seats=seats))


def close_shift(tx: Transaction, shift_id: int, now: datetime) -> None:
    """Close a shift for good."""
    tx.execute(update(shifts).where(shifts.c.id == shift_id).values(closed_at=now))


def is_known(tx: Transaction, shift_id: int) -> bool:
    """Tell whether there is a shift of this id, a closed one too."""
    return tx.execute(select(shifts.c.id).where(shifts.c.id == shift_id)).first() is not None


def close(tx: Transaction, station_id: int, now: datetime) -> None:
    """Close a station for new sign-ups."""
    tx.execute(update(stations).where(stations.c.id == station_id).values(closed_at=now))


def with_name(tx: Transaction, words: str) -> Sequence[int]:
    """Return the stations that have these words in their name; one that is named so is alone."""
    exact = tx.execute(select(stations.c.id).where(stations.c.name == words)).scalars().all()
    like = select(stations.c.id).where(stations.c.name.contains(words, autoescape=True))
    return exact or tx.execute(like).scalars().all()


def count(tx: Transaction) -> int:
    """Return how many stations there are, closed ones too."""
    return int(tx.execute(select(func.count()).select_from(stations)).scalar_one())
