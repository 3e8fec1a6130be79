"""Opening the database: SQLite in one file, or PostgreSQL. How each is set up, and what is Busy."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

Transaction = Connection
"""An open transaction, as every function of storage takes it."""

BUSY_MS: Final = 3000
"""How long whoever needs SQLite's write lock once waits for it, such as a migration."""

LOOK_MS: Final = 20
"""How long one try of the writer lasts; it tries again until a job's deadline. SQLite looks less
and less often during one try, so several processes take turns only if the tries are short."""

CONNECTIONS: Final = 8
"""PostgreSQL connections that write: 606 messages a second with 8, 457 with 4 (two cores)."""

READERS: Final = 2
"""Threads that read beside the writers, each with a connection of its own."""

_SQLITE_BUSY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def sqlite_path(url: str) -> Path | None:
    """Return the file behind ``url``, or None for another engine."""
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(str(parsed.database)) if is_file else None


def open_engine(url: str) -> Engine:
    """Return an engine for ``url``: ``sqlite:///file`` or ``postgresql://…`` (psycopg 3)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    return _postgresql(parsed.set(drivername="postgresql+psycopg"))


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={
            "isolation_level": None,
            "timeout": BUSY_MS / 1000,
            "check_same_thread": False,
        },
    )
    event.listen(engine, "connect", _sqlite_pragmas)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    _write_ahead(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Choose the journal; SQLite itself does not wait while another process does so first."""
    gives_up = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            if time.monotonic() > gives_up:
                raise
        time.sleep(LOOK_MS / 1000)


def _sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={options.get('busy_ms', BUSY_MS)}")
    connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        pool_size=CONNECTIONS + READERS,
        max_overflow=0,
        pool_timeout=4,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 3,
            "tcp_user_timeout": 4000,
            "options": "-c lock_timeout=3500 -c statement_timeout=3900 -c timezone=UTC",
        },
    )


def is_busy(problem: BaseException) -> bool:
    """Tell whether the database cannot be used now, as against a mistake in what was asked."""
    if not isinstance(problem, DBAPIError):
        return isinstance(problem, PoolTimeout)
    original = problem.orig
    if isinstance(original, sqlite3.Error):
        return (getattr(original, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_BUSY
    return isinstance(original, psycopg.OperationalError | psycopg.InterfaceError)
