"""Days on which a weekly shift does not take place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from storage.engine import Transaction
from storage.outgoing import pauses
from storage.upsert import insert_if_new

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
"""China has one time zone; a day of a shift is a day there."""


def day_of(moment: datetime) -> date:
    """Return the day in China of an aware time."""
    return moment.astimezone(SHANGHAI).date()


def pause(tx: Transaction, shift_id: int, day: date) -> bool:
    """Let a shift not take place on a day in China. False: that was so before."""
    return insert_if_new(tx, pauses, shift_id=shift_id, day=day) is not None


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
