"""Tries to log in, counted for an account and for an address of the network; the machine's clock.

Every try counts as a failure before it is judged, so that many at once are no way around.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, delete, select, update

from storage.columns import cipher_of
from storage.engine import Transaction
from storage.tables import login_failures
from storage.upsert import insert_if_new

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=30)
FORGOTTEN: Final = timedelta(hours=24)
"""Failures after which nothing came for so long are forgotten."""


@dataclass(frozen=True, slots=True)
class Key:
    """What failures are counted for: ``free`` of them cost nothing, each further one doubles."""

    what: str
    free: int


def account(name: str) -> Key:
    """Count for an account, also one that does not exist."""
    return Key(f"account {name}", 5)


def network(address: str) -> Key:
    """Count for an address; a whole office may share one."""
    return Key(f"network {address}", 25)


def attempt(tx: Transaction, keys: Sequence[Key], now: datetime) -> datetime | None:
    """Count a try for each key and return None, or return when the next one is allowed."""
    by_who = {cipher_of(tx).index(key.what): key for key in keys}
    for who in sorted(by_who):
        insert_if_new(tx, login_failures, who=who, failures=0, last_at=now)
    these = login_failures.c.who.in_(by_who)
    locked = select(login_failures).where(these).order_by(login_failures.c.who).with_for_update()
    opens = [_opens(by_who[row.who], row, now) for row in tx.execute(locked)]
    latest = max(opens, default=now)
    if latest > now:
        return latest
    old = login_failures.c.last_at <= now - FORGOTTEN
    tx.execute(update(login_failures).where(these, old).values(failures=0))
    counted = update(login_failures).where(these)
    tx.execute(counted.values(failures=login_failures.c.failures + 1, last_at=now))
    return None


def _opens(key: Key, row: Row[Any] | None, now: datetime) -> datetime:
    """Return when the next try is allowed; a last one that is to come was a wrong clock's."""
    if row is None or row.last_at <= now - FORGOTTEN or row.failures < key.free:
        return now
    doublings = min(row.failures - key.free, 10)
    opens: datetime = min(row.last_at, now) + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return opens


def is_closed(tx: Transaction, key: Key, now: datetime) -> bool:
    """Tell whether the next try has to wait; nothing is counted."""
    mine = login_failures.c.who == cipher_of(tx).index(key.what)
    row = tx.execute(select(login_failures).where(mine)).one_or_none()
    return _opens(key, row, now) > now


def succeeded(tx: Transaction, keys: Sequence[Key], now: datetime) -> None:
    """Forget the failures of the first key, and the try that was no failure for the others."""
    first, *others = (cipher_of(tx).index(key.what) for key in keys)
    tx.execute(delete(login_failures).where(login_failures.c.last_at <= now - FORGOTTEN))
    mine = update(login_failures).where(login_failures.c.who == first)
    tx.execute(mine.values(failures=0))
    counted = login_failures.c.who.in_(others) & (login_failures.c.failures > 0)
    fewer = update(login_failures).where(counted)
    tx.execute(fewer.values(failures=login_failures.c.failures - 1))
