"""Deleting a person: their data go, their places are given back, a record without them stays."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, update

from storage import signups, staff
from storage.engine import Transaction
from storage.outgoing import calls, deliveries
from storage.tables import addresses, dialogs, links, messages, people, tickets, windows
from storage.tables import signups as signup_rows

LEFT: Final = "left"
"""Why nothing is sent to an address that was emptied, until its person writes again."""


def forget_address(tx: Transaction, address_id: int, person_id: int, now: datetime) -> None:
    """Delete what came through an address; with the last address goes the person."""
    mine = select(func.count()).select_from(addresses).where(addresses.c.person_id == person_id)
    if tx.execute(mine).scalar_one() == 1:
        forget_person(tx, person_id, "unfollow", now)
    else:
        _leave(tx, addresses.c.id == address_id)


def forget_person(tx: Transaction, person_id: int, why: str, now: datetime) -> None:
    """Delete everything about somebody; freed seats go to the next in line."""
    for signup in signups.of_person(tx, person_id):
        signups.cancel(tx, person_id, signup.id, now)
    for table in (signup_rows, dialogs, links, tickets, deliveries, calls):
        tx.execute(delete(table).where(table.c.person_id == person_id))
    _leave(tx, addresses.c.person_id == person_id)
    staff.forget(tx, person_id)
    tx.execute(delete(people).where(people.c.id == person_id))
    staff.record(tx, why, "delete", f"person {person_id}", now)


def _leave(tx: Transaction, which: ColumnElement[bool]) -> None:
    """Empty addresses: no messages, no replies on their way, nobody behind them.

    What else is on its way belongs to a person who stays, and goes another one.
    """
    ids = list(tx.execute(select(addresses.c.id).where(which)).scalars())
    there = deliveries.c.address_id.in_(ids)
    tx.execute(delete(deliveries).where(there, deliveries.c.kind == "reply"))
    over = update(deliveries).where(there, deliveries.c.state != "waiting")
    tx.execute(over.values(address_id=None, reply=None))
    tx.execute(delete(windows).where(windows.c.address_id.in_(ids)))
    blank = update(messages).where(messages.c.address_id.in_(ids))
    tx.execute(blank.values(text=None, reply=None))
    tx.execute(update(addresses).where(addresses.c.id.in_(ids)).values(person_id=None, off=LEFT))
