"""Tries to log in, counted for an account and for an address of the network; the machine's clock.

Every try counts as a failure before it is judged, so that many at once are no way around.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update

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
    whos = [cipher_of(tx).index(key.what) for key in keys]
    for who in sorted(whos):
        insert_if_new(tx, login_failures, who=who, failures=0, last_at=now)
    opens = [
        _opens(tx, key, who, now)
        for who, key in sorted(zip(whos, keys, strict=True), key=lambda pair: pair[0])
    ]
    latest = max(opens)
    if latest > now:
        return latest
    mine = update(login_failures).where(login_failures.c.who.in_(whos))
    tx.execute(mine.values(failures=login_failures.c.failures + 1, last_at=now))
    return None


def _opens(tx: Transaction, key: Key, who: str, now: datetime) -> datetime:
    """Return when the next try is allowed; the row is locked, so tries come one after another."""
    mine = login_failures.c.who == who
    row = tx.execute(select(login_failures).where(mine).with_for_update()).one_or_none()
    if row is None or row.last_at <= now - FORGOTTEN:
        tx.execute(update(login_failures).where(mine).values(failures=0))
        return now
    beyond = row.failures - key.free
    if beyond < 0:
        return now
    wait = min(FIRST_WAIT * 2 ** min(beyond, 10), LONGEST_WAIT)
    opens: datetime = row.last_at + wait
    return opens


def succeeded(tx: Transaction, keys: Sequence[Key], now: datetime) -> None:
    """Forget the failures of the first key, and the try that was no failure for the others."""
    first, *others = (cipher_of(tx).index(key.what) for key in keys)
    tx.execute(delete(login_failures).where(login_failures.c.last_at <= now - FORGOTTEN))
    mine = update(login_failures).where(login_failures.c.who == first)
    tx.execute(mine.values(failures=0))
    counted = login_failures.c.who.in_(others) & (login_failures.c.failures > 0)
    fewer = update(login_failures).where(counted)
    tx.execute(fewer.values(failures=login_failures.c.failures - 1))
