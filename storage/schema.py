"""Bringing a database to this version's tables, and checking that it has them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from storage.engine import Transaction, sqlite_path
from storage.errors import NotMigrated

FOLDER: Final = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER / "environment"))
    config.set_main_option("version_locations", str(FOLDER))
    config.set_main_option("path_separator", "newline")
    return config


def newest() -> str:
    """Return the name of the newest migration."""
    return _newest_in(FOLDER)


@cache
def _newest_in(_folder: Path) -> str:
    """Read the migrations once: each is a file of Python, and opening a database asks twice."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current(tx: Transaction) -> str | None:
    """Return the migration that the database has, None when it is empty."""
    return MigrationContext.configure(tx).get_current_revision()


def migrate(engine: Engine) -> str | None:
    """Bring the database to the newest tables in one transaction; return what it had before.

    A SQLite file that holds something is copied beside itself first. Raises NotMigrated when the
    database comes from a newer version than this code.
    """
    with engine.connect().execution_options(reading=True) as tx:
        before = current(tx)
    if before == newest():
        return before
    if before is not None:
        _refuse_newer(before)
        _copy_beside(engine, before)
    with _tables_free(engine) as tx, tx.begin():
        config = _config()
        config.attributes["connection"] = tx
        command.upgrade(config, "head")
        _check_references(tx)
    return before


@contextlib.contextmanager
def _tables_free(engine: Engine) -> Iterator[Connection]:
    """Open a connection on which SQLite lets a table be rebuilt though others point at it."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def _check_references(tx: Transaction) -> None:
    if tx.dialect.name == "sqlite":
        broken = tx.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise NotMigrated(
                f"a row of {broken.table} would point at a lost row of {broken.parent}"
            )


def _refuse_newer(before: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if before not in known:
        raise NotMigrated(f"the database is at {before}, which this version does not know")


def _copy_beside(engine: Engine, before: str) -> None:
    path = sqlite_path(engine.url.render_as_string(hide_password=False))
    if path is None:
        return
    with sqlite3.connect(path) as source, sqlite3.connect(f"{path}.{before}") as copy:
        source.backup(copy)


def check(tx: Transaction) -> None:
    """Raise NotMigrated unless the database has this version's tables."""
    have = current(tx)
    if have != newest():
        raise NotMigrated(f"the database is at {have or 'nothing'}, this version needs {newest()}")
