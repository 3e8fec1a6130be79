"""Days on which a weekly shift does not take place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, exists, select

from storage.engine import Transaction
from storage.outgoing import pauses
from storage.tables import shifts
from storage.upsert import insert_if_new

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
"""China has one time zone; a day of a shift is a day there."""


def day_of(moment: datetime) -> date:
    """Return the day in China of an aware time."""
    return moment.astimezone(SHANGHAI).date()


def pause(tx: Transaction, shift_id: int, day: date, moved_to: int | None = None) -> bool:
    """Let a shift not take place on a day in China. False: that was so before.

    ``moved_to`` is the single shift by which it is held at another time.
    """
    made = insert_if_new(tx, pauses, shift_id=shift_id, day=day, moved_to=moved_to)
    return made is not None


def end(tx: Transaction, shift_id: int, day: date) -> bool:
    """Let a shift take place on a day after all. False: it is not left out, or held otherwise."""
    ended = delete(pauses).where(pauses.c.shift_id == shift_id, pauses.c.day == day, _is_off())
    return tx.execute(ended.returning(pauses.c.id)).scalar() is not None


def off(tx: Transaction, shift_id: int, first: date) -> Sequence[date]:
    """Return the days from ``first`` on that are left out and not held at another time."""
    mine = (pauses.c.shift_id == shift_id) & (pauses.c.day >= first)
    query = select(pauses.c.day).where(mine, _is_off()).order_by(pauses.c.day)
    return tx.execute(query).scalars().all()


def _is_off() -> ColumnElement[bool]:
    """Tell whether nothing takes the place of a day: what did may be closed by now."""
    instead = (shifts.c.id == pauses.c.moved_to) & shifts.c.closed_at.is_(None)
    return ~exists().where(instead)


def to_come(
    tx: Transaction, shift_ids: Collection[int], now: datetime
) -> Mapping[int, tuple[date, ...]]:
    """Return the days from today on that are left out, in order, for the shifts that have any."""
    query = select(pauses.c.shift_id, pauses.c.day).order_by(pauses.c.day)
    of_these = query.where(pauses.c.shift_id.in_(shift_ids), pauses.c.day >= day_of(now))
    found: dict[int, tuple[date, ...]] = {}
    for shift_id, day in tx.execute(of_these):
        found[shift_id] = (*found.get(shift_id, ()), day)
    return found
