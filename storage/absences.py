"""Single times of a weekly place at which somebody does not come; the place itself stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import delete, select

from storage.engine import Transaction
from storage.outgoing import absences
from storage.upsert import insert_if_new


def add(tx: Transaction, signup_id: int, day: date) -> bool:
    """Note that somebody does not come on a day in China. False: that was so before."""
    return insert_if_new(tx, absences, signup_id=signup_id, day=day) is not None


def remove(tx: Transaction, signup_id: int, day: date) -> None:
    """Note that somebody comes after all."""
    those = (absences.c.signup_id == signup_id) & (absences.c.day == day)
    tx.execute(delete(absences).where(those))


def of(tx: Transaction, signup_ids: Collection[int], first: date) -> Mapping[int, tuple[date, ...]]:
    """Return the days from ``first`` on, in order, for the sign-ups that have any."""
    query = select(absences.c.signup_id, absences.c.day).order_by(absences.c.day)
    theirs = query.where(absences.c.signup_id.in_(signup_ids), absences.c.day >= first)
    found: dict[int, tuple[date, ...]] = {}
    for signup_id, day in tx.execute(theirs):
        found[signup_id] = (*found.get(signup_id, ()), day)
    return found


def join(tx: Transaction, old: int, kept: int) -> None:
    """Let what was said of one sign-up hold for another one of the same shift too."""
    days = select(absences.c.day).where(absences.c.signup_id == old)
    for day in tx.execute(days).scalars().all():
        add(tx, kept, day)
