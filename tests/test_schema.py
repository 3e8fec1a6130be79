"""Migrations: they make today's tables, from nothing and from every older state, or nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, make_url, select, text

from storage import people, schema, tickets
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.errors import NotMigrated
from storage.outgoing import metadata
from storage.store import Store
from tests.conftest import KEY, NOW

LATER = '''
"""A later step."""
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"

def upgrade():
{steps}
'''
ADD_NOTE = 'op.add_column("stations", sa.Column("note", sa.Text()))'
ADD_REQUIRED = """with op.batch_alter_table("people") as people:
    people.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
    people.alter_column("region", type_=sa.String(80))"""

Later = Callable[[str], str]


@pytest.fixture
def empty(database_url: str) -> Iterator[Store]:
    opened = Store(database_url, decode_key(KEY))
    yield opened
    opened.close()


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Later:
    """Write a migration that comes after the newest; return its name."""

    def write(steps: str) -> str:
        before = schema.newest()
        folder = tmp_path / "migrations"
        shutil.copytree(schema.FOLDER, folder)
        indented = "\n".join(f"    {line}" for line in steps.splitlines())
        step = LATER.format(revision="9001", before=before, steps=indented)
        (folder / "9001_later.py").write_text(step, "utf-8")
        monkeypatch.setattr(schema, "FOLDER", folder)
        return before

    return write


def columns(store: Store, table: str) -> set[str]:
    return {column["name"] for column in inspect(store.engine).get_columns(table)}


def somebody(store: Store) -> int:
    """Enter a person with an address and a ticket, so that rows point at rows."""

    def enter(tx: Transaction) -> int:
        who = people.locked(tx, people.address_row(tx, "web", "a"), NOW).id
        people.settle(tx, who, "常州市")
        tickets.open_ticket(tx, "human", NOW, person_id=who)
        return who

    return store.write_now(enter)


def names_of_indexes(store: Store) -> dict[str, str]:
    """Return the SQL of every index that has a condition."""
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if store.engine.dialect.name == "sqlite"
        else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    rows = store.read_now(lambda tx: tx.execute(text(query)).all())
    return {name: sql for name, sql in rows if " WHERE " in sql}


def test_the_migrations_make_the_tables_of_the_code(store: Store) -> None:
    with store.engine.connect() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_conditions_of_indexes_are_made_too(store: Store) -> None:
    wanted = {
        str(index.name)
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_kwargs
    }
    made = names_of_indexes(store)
    assert set(made) == wanted != set()
    assert all("waiting" in sql for sql in made.values())


def test_sqlite_uses_no_id_twice_where_people_see_it(store: Store) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL uses no id twice anyhow")
    query = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
    rows = store.read_now(lambda tx: tx.exec_driver_sql(query).scalars().all())
    assert set(rows) == {
        name
        for name, table in metadata.tables.items()
        if table.dialect_kwargs.get("sqlite_autoincrement")
    }


def test_an_empty_database_is_filled_once(empty: Store) -> None:
    with pytest.raises(NotMigrated, match="nothing"):
        empty.read_now(schema.check)
    assert schema.migrate(empty.engine) is None
    empty.read_now(schema.check)
    hotlines = empty.read_now(tickets.numbers)
    who = somebody(empty)
    assert schema.migrate(empty.engine) == schema.newest()
    assert empty.read_now(tickets.numbers) == hotlines != []
    assert empty.read_now(lambda tx: people.get(tx, who)).region == "常州市"


def test_two_processes_may_migrate_at_once(empty: Store, database_url: str) -> None:
    if database_url.startswith("postgresql"):
        pytest.skip("PostgreSQL is migrated by hand")
    # tests/faults starts two servers on one new file; here the second comes too late
    other = Store(database_url, decode_key(KEY))
    assert schema.migrate(empty.engine) is None
    assert schema.migrate(other.engine) == schema.newest()
    other.close()


def test_a_database_of_a_newer_version_is_refused(store: Store) -> None:
    store.write_now(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(NotMigrated, match=r"database is at 9999.* this version"):
        schema.migrate(store.engine)
    with pytest.raises(NotMigrated, match=r"database is at 9999.* this version"):
        store.read_now(schema.check)
    assert store.read_now(schema.current) == "9999"


def test_a_later_migration_keeps_what_is_there(store: Store, later: Later) -> None:
    who = somebody(store)
    before = later(ADD_NOTE)
    with pytest.raises(NotMigrated, match=before):
        store.read_now(schema.check)
    assert schema.migrate(store.engine) == before
    store.read_now(schema.check)
    assert "note" in columns(store, "stations")
    assert store.read_now(lambda tx: people.get(tx, who)).region == "常州市"


def test_a_table_that_others_point_at_can_be_rebuilt(store: Store, later: Later) -> None:
    who = somebody(store)
    later(ADD_REQUIRED)
    schema.migrate(store.engine)
    assert "note" in columns(store, "people")
    assert store.read_now(lambda tx: people.get(tx, who)).region == "常州市"
    waiting = store.read_now(lambda tx: tickets.is_waiting(tx, "human", who))
    assert waiting
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        store.write_now(lambda tx: tickets.open_ticket(tx, "human", NOW, person_id=9999))


def test_a_migration_that_breaks_references_is_undone(store: Store, later: Later) -> None:
    who = somebody(store)
    later('op.execute("DELETE FROM people")')
    with pytest.raises(Exception, match=r"(?i)foreign key|lost row of people"):
        schema.migrate(store.engine)
    assert store.read_now(lambda tx: people.get(tx, who)).id == who


def test_an_older_file_is_copied_beside_itself_first(
    store: Store, later: Later, database_url: str
) -> None:
    if database_url.startswith("postgresql"):
        pytest.skip("PostgreSQL has pg_dump")
    path = Path(str(make_url(database_url).database))
    who = somebody(store)
    before = later(ADD_NOTE)
    assert list(path.parent.glob("*.db.*")) == []
    schema.migrate(store.engine)
    (copy,) = (found for found in path.parent.glob("*.db.*") if found.suffix not in (".db-wal",))
    assert copy.name == f"{path.name}.{before}"
    with sqlite3.connect(copy) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(before,)]
        assert raw.execute("SELECT id, region FROM people").fetchall() == [(who, "常州市")]
        assert "note" not in {row[1] for row in raw.execute("PRAGMA table_info(stations)")}
    raw.close()


@pytest.mark.parametrize("last", ['raise RuntimeError("in the middle")', 'op.execute("NO SQL")'])
def test_a_migration_that_fails_leaves_the_old_state(store: Store, later: Later, last: str) -> None:
    who = somebody(store)
    before = later(f"{ADD_NOTE}\nop.execute('DELETE FROM tickets')\n{last}")
    with pytest.raises(Exception, match=r"in the middle|syntax"):
        schema.migrate(store.engine)
    assert store.read_now(schema.current) == before
    assert "note" not in columns(store, "stations")
    assert store.read_now(lambda tx: tickets.is_waiting(tx, "human", who))


def test_there_is_a_way_back_to_nothing(store: Store) -> None:
    def down(tx: Transaction) -> None:
        config = schema._config()
        config.attributes["connection"] = tx
        command.downgrade(config, "base")

    store.write_now(down)
    left: Any = inspect(store.engine).get_table_names()
    assert set(left) <= {"alembic_version", "sqlite_sequence"}
    query = select(text("count(*)")).select_from(text("alembic_version"))
    assert store.read_now(lambda tx: tx.execute(query).scalar_one()) == 0
    assert schema.migrate(store.engine) is None
    store.read_now(schema.check)
