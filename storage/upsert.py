"""INSERT … ON CONFLICT DO NOTHING … RETURNING, the same on both engines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.engine import Transaction


def insert_if_new(tx: Transaction, table: Table, **values: Any) -> int | None:
    """Insert a row and return its id; None where its unique key is taken.

    On PostgreSQL it waits for a copy that is not committed yet. Decided by the returned row:
    psycopg's rowcount is -1 here.
    """
    made = tx.execute(_insert(tx, table, values).returning(table.c.id)).scalar()
    return None if made is None else int(made)


def insert_unless_there(tx: Transaction, table: Table, **values: Any) -> None:
    """Insert a row unless its key is taken, for tables whose key is not a number."""
    tx.execute(_insert(tx, table, values))


def _insert(
    tx: Transaction, table: Table, values: dict[str, Any]
) -> postgresql.Insert | sqlite.Insert:
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    return insert(table).values(values).on_conflict_do_nothing()
