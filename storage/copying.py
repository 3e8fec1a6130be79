"""Copying a whole database into an empty one, whatever the engines: backup, restore, moving."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Table, func, insert, select, text

from storage.engine import Transaction
from storage.outgoing import metadata
from storage.tables import hotlines

SEEDED = (hotlines.name,)
"""Tables that a migration fills; the copy takes their place."""


def is_empty(tx: Transaction) -> bool:
    """Tell whether nothing but what a migration seeds is in the database."""
    tables = (table for table in metadata.sorted_tables if table.name not in (*SEEDED, "facts"))
    return all(_count(tx, table) == 0 for table in tables)


def _count(tx: Transaction, table: Table) -> int:
    return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


def copy(source: Transaction, target: Transaction, progress: Callable[[str, int], None]) -> None:
    """Copy every row; ``progress`` hears each table's name and number of rows.

    Both transactions use the same key. Raises WrongKey when the source was encrypted with another.
    """
    for table in reversed(metadata.sorted_tables):
        target.execute(table.delete())
    for table in metadata.sorted_tables:
        rows = [dict(row._mapping) for row in source.execute(select(table))]
        if rows:
            target.execute(insert(table), rows)
        if target.dialect.name == "postgresql" and "id" in table.c:
            _continue_ids(target, table)
        progress(table.name, len(rows))


def _continue_ids(target: Transaction, table: Table) -> None:
    """Let PostgreSQL count on from the highest id that was copied."""
    highest = select(func.max(table.c.id)).scalar_subquery()
    sequence = func.pg_get_serial_sequence(table.name, "id")
    target.execute(select(func.setval(sequence, func.coalesce(highest, text("1")))))
