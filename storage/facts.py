"""Facts about the database itself."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from storage.engine import Transaction
from storage.tables import facts
from storage.upsert import insert_unless_there

_PROOF: Final = "key"


def check_key(tx: Transaction) -> None:
    """Write a proof of the key into a new database, or read it. Raises WrongKey."""
    insert_unless_there(tx, facts, key=_PROOF, value="guanxin")
    tx.execute(select(facts.c.value).where(facts.c.key == _PROOF)).scalar_one()
