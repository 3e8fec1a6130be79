"""Deleting a person: their data go, their places are given back, a record without them stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, update

from storage import signups, staff
from storage.engine import Transaction
from storage.tables import addresses, deliveries, dialogs, links, messages, people, tickets
from storage.tables import signups as signup_rows


def forget_address(tx: Transaction, address_id: int, person_id: int, now: datetime) -> None:
    """Delete an address and its messages; with the last address goes the person."""
    tx.execute(delete(deliveries).where(deliveries.c.address_id == address_id))
    blank = {"text": None, "reply": None}
    tx.execute(update(messages).where(messages.c.address_id == address_id).values(blank))
    gone = update(addresses).where(addresses.c.id == address_id)
    tx.execute(gone.values(person_id=None))
    mine = select(func.count()).select_from(addresses).where(addresses.c.person_id == person_id)
    if tx.execute(mine).scalar_one() == 0:
        _forget_person(tx, person_id, now)


def _forget_person(tx: Transaction, person_id: int, now: datetime) -> None:
    for signup in signups.of_person(tx, person_id):
        signups.cancel(tx, person_id, signup.id, now)
    for table in (signup_rows, dialogs, links, tickets, deliveries):
        tx.execute(delete(table).where(table.c.person_id == person_id))
    tx.execute(delete(people).where(people.c.id == person_id))
    staff.record(tx, "unfollow", "delete", f"person {person_id}", now)
