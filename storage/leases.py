"""Leases: one process at a time does a thing, and a number tells who did it last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import or_, update

from storage.engine import Transaction
from storage.tables import leases
from storage.upsert import insert_if_new

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


def take(tx: Transaction, name: str, owner: str, seconds: float, now: datetime) -> int | None:
    """Take or renew a lease; return its fencing number, None while somebody else holds it.

    ``now`` is the machine's clock. The number grows whenever the lease changes hands. A lease that
    ends too far ahead was taken by a wrong clock, and is over.
    """
    until = now + timedelta(seconds=seconds)
    if insert_if_new(tx, leases, name=name, owner=owner, until=until, number=1) is not None:
        return 1
    renewed = (leases.c.name == name) & (leases.c.owner == owner)
    mine = update(leases).where(renewed).values(until=until).returning(leases.c.number)
    if (number := tx.execute(mine).scalar()) is not None:
        return int(number)
    over = or_(leases.c.until <= now, leases.c.until > until + timedelta(seconds=seconds))
    lapsed = (leases.c.name == name) & over
    values = {"owner": owner, "until": until, "number": leases.c.number + 1}
    taken = update(leases).where(lapsed).values(values).returning(leases.c.number)
    number = tx.execute(taken).scalar()
    return None if number is None else int(number)


def release(tx: Transaction, name: str, owner: str) -> None:
    """Give a lease up at once, so that nobody waits for its end."""
    mine = (leases.c.name == name) & (leases.c.owner == owner)
    tx.execute(update(leases).where(mine).values(owner="", until=LONG_AGO))
