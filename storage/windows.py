"""How many messages a platform allows to an address after an act of the person, and until when.

All times are the machine's clock, as the platform counts real hours.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, update

from storage.engine import Transaction
from storage.tables import addresses, windows
from storage.upsert import insert_if_new


def open_window(tx: Transaction, address_id: int, count: int, ends: datetime) -> None:
    """Allow ``count`` messages until ``ends``, unless something is left of what lasts longer."""
    if insert_if_new(tx, windows, address_id=address_id, allowed=count, ends_at=ends) is not None:
        return
    better = and_(windows.c.allowed > 0, windows.c.ends_at >= ends)
    mine = update(windows).where(windows.c.address_id == address_id, ~better)
    tx.execute(mine.values(allowed=count, ends_at=ends))


def left(tx: Transaction, address_id: int, now: datetime) -> int:
    """Return how many messages may be sent now."""
    query = select(windows.c.allowed).where(windows.c.address_id == address_id)
    return tx.execute(query.where(windows.c.ends_at > now)).scalar() or 0


def spend(tx: Transaction, channel: str, address: str, count: int, now: datetime) -> bool:
    """Take ``count`` messages from what is allowed. False: so many are not, and none is taken."""
    enough = and_(windows.c.allowed >= count, windows.c.ends_at > now)
    taken = update(windows).where(_of(channel, address), enough)
    spent = taken.values(allowed=windows.c.allowed - count).returning(windows.c.id)
    return tx.execute(spent).scalar() is not None


def give_back(tx: Transaction, channel: str, address: str, count: int) -> None:
    """Return what was spent on messages that were not sent."""
    mine = update(windows).where(_of(channel, address))
    tx.execute(mine.values(allowed=windows.c.allowed + count))


def close(tx: Transaction, channel: str, address: str) -> None:
    """Believe the platform, which says that nothing more may be sent."""
    tx.execute(delete(windows).where(_of(channel, address)))


def _of(channel: str, address: str) -> ColumnElement[bool]:
    same = and_(addresses.c.channel == channel, addresses.c.address == address)
    return windows.c.address_id == select(addresses.c.id).where(same).scalar_subquery()
