"""``guanxin backup`` and ``restore``: a whole database in one SQLite file, and back."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.opening import first_line
from storage import copying, facts, schema
from storage.engine import Transaction, sqlite_url
from storage.errors import GuanxinError, WrongKey
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
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
    except OSError as problem:
        raise CannotCopy(f"{file} cannot be written: {problem.strerror}") from None
    target = Store(sqlite_url(unfinished), key)
    try:
        schema.migrate(target.engine)
        _copy(store, target, progress)
        target.close()
        unfinished.replace(file)
    finally:
        _remove(unfinished)


def restore(store: Store, key: bytes, file: Path, progress: Progress) -> None:
    """Read everything from ``file`` into a database that holds nothing yet.

    The file may come from an older version and may be read-only: a copy of it is read.
    """
    if not file.is_file():
        raise CannotCopy(f"there is no file {file}")
    if not store.read_now(copying.is_empty):
        raise CannotCopy("the database is not empty; restore into a new GUANXIN_DATA_DIR")
    with tempfile.TemporaryDirectory() as folder:
        copy = _copied(file, Path(folder) / "backup.db")
        with contextlib.closing(Store(sqlite_url(copy), key)) as source:
            _check(source, file)
            _copy(source, store, progress)


def _copied(file: Path, copy: Path) -> Path:
    try:
        for ending in ("", "-wal"):
            if Path(f"{file}{ending}").exists():
                shutil.copyfile(f"{file}{ending}", f"{copy}{ending}")
    except OSError as problem:
        raise CannotCopy(f"{file} cannot be read: {problem.strerror}") from None
    return copy


def _check(source: Store, file: Path) -> None:
    """Bring a copy of a backup to the tables of this version, and try the key on it."""
    try:
        if source.read_now(schema.current) is None:
            raise CannotCopy(f"{file} is no backup of guanxin")
        schema.migrate(source.engine)
        source.write_now(facts.check_key)
    except WrongKey:
        raise CannotCopy(f"{file} was encrypted with another GUANXIN_KEY") from None
    except GuanxinError:
        raise
    except Exception as problem:
        raise CannotCopy(f"{file} is no backup of guanxin: {first_line(problem)}") from problem


def _copy(source: Store, target: Store, progress: Progress) -> None:
    """Copy in one transaction of its own: a store's writer would give up after some seconds."""

    def read(out: Transaction) -> None:
        with target.engine.begin() as into:
            copying.copy(out, into, progress)

    source.read_now(read)


def _remove(unfinished: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(f"{unfinished}{ending}").unlink(missing_ok=True)
