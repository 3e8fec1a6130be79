"""Backup and restore: everything comes back, from either engine, and nothing is destroyed."""

from __future__ import annotations

import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import backup, samples
from bot.backup import CannotCopy
from storage import copying, facts, messages, people, schema, staff, stations
from storage.cipher import decode_key, new_key
from storage.engine import Transaction, sqlite_url
from storage.outgoing import metadata
from storage.store import Store
from tests.conftest import KEY, NOW

SECRET = decode_key(KEY)


def ignore(_table: str, _rows: int) -> None:
    pass


@pytest.fixture
def full(store: Store) -> Store:
    """A database with something in it."""

    def fill(tx: Transaction) -> None:
        facts.check_key(tx)
        samples.load(tx, NOW)
        staff.add(tx, "王老师", "password", NOW)
        address_id = people.address_row(tx, "web", "a")
        for number in range(3):
            messages.receive(tx, address_id, f"m{number}", "text", "我叫李桂芳", NOW)

    store.write_now(fill)
    return store


Open = Callable[..., Store]


@pytest.fixture
def open_empty(tmp_path: Path) -> Iterator[Open]:
    opened: list[Store] = []

    def open_one(key: bytes = SECRET) -> Store:
        one = Store(sqlite_url(tmp_path / f"other-{len(opened)}.db"), key)
        opened.append(one)
        schema.migrate(one.engine)
        one.write_now(facts.check_key)
        return one

    yield open_one
    for one in opened:
        one.close()


def everything(store: Store) -> dict[str, list[Any]]:
    def read(tx: Transaction) -> dict[str, list[Any]]:
        return {
            table.name: sorted(tuple(row) for row in tx.execute(select(table)))
            for table in metadata.sorted_tables
        }

    return store.read_now(read)


def test_everything_comes_back(full: Store, open_empty: Open, tmp_path: Path) -> None:
    told: dict[str, int] = {}
    backup.backup(full, SECRET, tmp_path / "b.db", told.__setitem__)
    assert told["messages"] == 3
    assert told.keys() == metadata.tables.keys()
    target = open_empty()
    backup.restore(target, SECRET, tmp_path / "b.db", ignore)
    assert everything(target) == everything(full)
    new = target.write_now(lambda tx: staff.add(tx, "李老师", "password", NOW))
    assert new is not None


def test_a_backup_goes_into_either_engine(
    open_empty: Open, database_url: str, tmp_path: Path
) -> None:
    source = open_empty()
    source.write_now(lambda tx: samples.load(tx, NOW))
    backup.backup(source, SECRET, tmp_path / "b.db", ignore)
    target = Store(database_url, SECRET)
    try:
        schema.migrate(target.engine)
        backup.restore(target, SECRET, tmp_path / "b.db", ignore)
        assert target.read_now(stations.count) == len(samples.STATIONS)
        assert target.write_now(lambda tx: staff.add(tx, "李老师", "password", NOW))
    finally:
        target.close()


def test_a_copy_that_takes_long_is_not_given_up(
    store: Store, open_empty: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = open_empty()
    source.write_now(lambda tx: samples.load(tx, NOW))
    monkeypatch.setattr("storage.job.PATIENCE_S", 0.2)
    backup.backup(source, SECRET, tmp_path / "b.db", lambda *_: time.sleep(0.04))
    backup.restore(store, SECRET, tmp_path / "b.db", lambda *_: time.sleep(0.04))
    assert store.read_now(stations.count) == len(samples.STATIONS)


def test_personal_data_stay_encrypted_and_the_file_is_its_owners(
    full: Store, tmp_path: Path
) -> None:
    file = tmp_path / "b.db"
    backup.backup(full, SECRET, file, ignore)
    assert "我叫李桂芳".encode() not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*b.db*")] == ["b.db"]


def test_nothing_is_overwritten(full: Store, tmp_path: Path) -> None:
    file = tmp_path / "b.db"
    file.write_text("mine")
    for path in (file, tmp_path):
        with pytest.raises(CannotCopy, match="exists already"):
            backup.backup(full, SECRET, path, ignore)
    assert file.read_text() == "mine"


@pytest.mark.parametrize("name", ["no/folder/b.db", "x" * 250 + ".db"])
def test_a_file_that_cannot_be_written(full: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotCopy, match=r"no folder|cannot be written"):
        backup.backup(full, SECRET, tmp_path / name, ignore)


class Interrupted(BaseException):
    pass


def interrupt(table: str, _rows: int) -> None:
    if table == "messages":
        raise Interrupted


def test_an_interrupted_backup_leaves_nothing_and_can_be_repeated(
    full: Store, tmp_path: Path
) -> None:
    with pytest.raises(Interrupted):
        backup.backup(full, SECRET, tmp_path / "b.db", interrupt)
    assert not list(tmp_path.glob("*b.db*"))
    (tmp_path / ".b.db.unfinished").write_text("killed before it could tidy up")
    backup.backup(full, SECRET, tmp_path / "b.db", ignore)
    assert [path.name for path in tmp_path.glob("*b.db*")] == ["b.db"]


def test_an_interrupted_restore_changes_nothing_and_can_be_repeated(
    store: Store, open_empty: Open, tmp_path: Path
) -> None:
    source = open_empty()
    source.write_now(lambda tx: samples.load(tx, NOW))
    backup.backup(source, SECRET, tmp_path / "b.db", ignore)
    with pytest.raises(Interrupted):
        backup.restore(store, SECRET, tmp_path / "b.db", interrupt)
    assert store.read_now(copying.is_empty)
    backup.restore(store, SECRET, tmp_path / "b.db", ignore)
    assert everything(store) == everything(source)


def test_a_restore_asks_for_an_empty_database(full: Store, tmp_path: Path) -> None:
    backup.backup(full, SECRET, tmp_path / "b.db", ignore)
    before = everything(full)
    with pytest.raises(CannotCopy, match="not empty"):
        backup.restore(full, SECRET, tmp_path / "b.db", ignore)
    assert everything(full) == before


def test_a_restore_asks_for_the_same_key(full: Store, open_empty: Open, tmp_path: Path) -> None:
    backup.backup(full, SECRET, tmp_path / "b.db", ignore)
    other = decode_key(new_key())
    target = open_empty(other)
    with pytest.raises(CannotCopy, match="encrypted with another GUANXIN_KEY"):
        backup.restore(target, other, tmp_path / "b.db", ignore)
    assert target.read_now(copying.is_empty)


def foreign(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    connection.close()


@pytest.mark.parametrize(
    "make",
    [Path.touch, foreign, lambda file: file.write_bytes(b"no database" * 999)],
    ids=["empty", "foreign", "junk"],
)
def test_what_is_no_backup_is_told_and_left_as_it_is(
    make: Callable[[Path], object], open_empty: Open, tmp_path: Path
) -> None:
    file = tmp_path / "b.db"
    make(file)
    content = file.read_bytes()
    with pytest.raises(CannotCopy, match=r"b\.db is no backup of guanxin"):
        backup.restore(open_empty(), SECRET, file, ignore)
    assert file.read_bytes() == content
    with pytest.raises(CannotCopy, match="there is no file"):
        backup.restore(open_empty(), SECRET, tmp_path, ignore)


def test_the_backup_is_only_read(full: Store, open_empty: Open, tmp_path: Path) -> None:
    file = tmp_path / "b.db"
    backup.backup(full, SECRET, file, ignore)
    content, changed = file.read_bytes(), file.stat().st_mtime_ns
    backup.restore(open_empty(), SECRET, file, ignore)
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (content, changed)
    assert not list(tmp_path.glob("b.db-*"))


def test_what_was_not_yet_in_the_main_file_is_restored_too(
    open_empty: Open, tmp_path: Path
) -> None:
    source = open_empty()
    source.write_now(lambda tx: samples.load(tx, NOW))
    killed = Path(str(source.engine.url.database))
    assert Path(f"{killed}-wal").stat().st_size > 0
    target = open_empty()
    backup.restore(target, SECRET, killed, ignore)
    assert target.read_now(stations.count) == len(samples.STATIONS)
