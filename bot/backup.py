"""``guanxin backup`` and ``restore``: a whole database in one SQLite file, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from storage import copying, schema
from storage.engine import sqlite_url
from storage.errors import GuanxinError
from storage.store import Store

Progress = Callable[[str, int], None]


class CannotCopy(GuanxinError):
    """A backup or a restore that would destroy something, or has nothing to read."""


def backup(store: Store, key: bytes, file: Path, progress: Progress) -> None:
    """Write everything into ``file``, which must not exist; it appears only when it is whole.

    Personal data stay encrypted with the same key, which is not in the file.
    """
    if file.exists():
        raise CannotCopy(f"{file} exists already; name a new file")
    if not file.parent.is_dir():
        raise CannotCopy(f"there is no folder {file.parent}")
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    target = Store(sqlite_url(unfinished), key)
    try:
        schema.migrate(target.engine)
        _copy(store, target, progress)
        target.close()
        unfinished.replace(file)
    finally:
        _remove(unfinished)


def restore(store: Store, key: bytes, file: Path, progress: Progress) -> None:
    """Read everything from ``file`` into a database that holds nothing yet."""
    if not file.is_file():
        raise CannotCopy(f"there is no file {file}")
    if not store.read_now(copying.is_empty):
        raise CannotCopy("the database is not empty; restore into a new GUANXIN_DATA_DIR")
    source = Store(sqlite_url(file), key)
    try:
        source.read_now(schema.check)
        _copy(source, store, progress)
    finally:
        source.close()


def _copy(source: Store, target: Store, progress: Progress) -> None:
    source.read_now(lambda out: target.write_now(lambda into: copying.copy(out, into, progress)))


def _remove(unfinished: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(f"{unfinished}{ending}").unlink(missing_ok=True)
