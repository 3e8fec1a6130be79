"""What platforms gave us for a while: access tokens, shared by all processes, encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from storage.engine import Transaction
from storage.tables import tokens


@dataclass(frozen=True, slots=True)
class Token:
    """A token and when it ends (machine's clock, UTC)."""

    value: str
    expires_at: datetime


def get(tx: Transaction, name: str) -> Token | None:
    """Return the token of this name, also an expired one."""
    row = tx.execute(select(tokens).where(tokens.c.name == name)).one_or_none()
    return None if row is None else Token(row.value, row.expires_at)


def put(tx: Transaction, name: str, value: str, expires_at: datetime) -> None:
    """Keep a token in place of the one before."""
    tx.execute(delete(tokens).where(tokens.c.name == name))
    tx.execute(insert(tokens).values(name=name, value=value, expires_at=expires_at))
