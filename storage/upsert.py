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
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(values).on_conflict_do_nothing()
    made = tx.execute(statement.returning(table.c.id)).scalar()
    return None if made is None else int(made)
