"""Facts about the database itself."""

from __future__ import annotations

from typing import Final

from sqlalchemy import insert, select

from storage.engine import Transaction
from storage.tables import facts

_PROOF: Final = "key"


def check_key(tx: Transaction) -> None:
    """Write a proof of the key into a new database, or read it. Raises WrongKey."""
    proof = tx.execute(select(facts.c.value).where(facts.c.key == _PROOF)).scalar()
    if proof is None:
        tx.execute(insert(facts).values(key=_PROOF, value="guanxin"))
