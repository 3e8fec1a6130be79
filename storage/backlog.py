"""How much waits for staff, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage import rosters, tickets
from storage.broadcasts import UNDER_WAY
from storage.engine import Transaction
from storage.outgoing import broadcasts, calls


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is open; ``tickets`` by kind."""

    tickets: Mapping[str, int]
    calls: int
    signups_today: int
    broadcasts: int


def look(tx: Transaction, midnight: datetime) -> Backlog:
    """Count what is open, and the sign-ups made since ``midnight`` (aware)."""
    open_calls = select(func.count()).select_from(calls).where(calls.c.closed_at.is_(None))
    going = select(func.count()).select_from(broadcasts).where(broadcasts.c.state.in_(UNDER_WAY))
    return Backlog(
        tickets.waiting(tx),
        int(tx.execute(open_calls).scalar_one()),
        rosters.made_since(tx, midnight),
        int(tx.execute(going).scalar_one()),
    )
