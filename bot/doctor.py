"""``guanxin doctor``: is everything as it must be? One line for each thing that was looked at."""

from __future__ import annotations

import importlib.util
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot import opening, settings
from bot.library import Library
from bot.settings import Settings
from storage import schema, signups, stations, tickets
from storage.errors import GuanxinError
from storage.store import Store

ROOMS: Final = ("bot", "web", "handlers", "storage", "knowledge")
LEAST_DISK: Final = 200 << 20
"""Bytes that must be free where the database lies."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is well, and what was seen."""

    what: str
    well: bool
    seen: str


def examine(chosen: Settings) -> Iterator[Finding]:
    """Look at one thing after another; a look that fails is a finding, not an error."""
    yield _rooms()
    yield Finding("settings", True, f"data in {chosen.data_dir.absolute()}")
    yield _look("key", lambda: _key(chosen))
    yield _disk(chosen.data_dir)
    try:
        store = opening.store(chosen)
    except GuanxinError as problem:
        yield Finding("database", False, str(problem))
        return
    try:
        yield _look("plans", lambda: _plans(store))
        yield from _database(store)
    finally:
        store.close()


def _look(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except Exception as problem:
        return Finding(what, False, opening.first_line(problem))


def _rooms() -> Finding:
    """The five packages have plain names; another distribution could have brought one of them."""
    home = Path(__file__).parent.parent
    specs = {name: importlib.util.find_spec(name) for name in ROOMS}
    foreign = [
        name
        for name, spec in specs.items()
        if spec is None or spec.origin is None or Path(spec.origin).parent.parent != home
    ]
    seen = f"not ours: {', '.join(foreign)}" if foreign else ", ".join(ROOMS)
    return Finding("packages", not foreign, seen)


def _key(chosen: Settings) -> str:
    settings.key(chosen)
    if chosen.key:
        return "from GUANXIN_KEY"
    path = chosen.data_dir / "key"
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise settings.SettingsError(f"{path} can be read by others; run: chmod 600 {path}")
    return f"in {path}, readable by its owner alone; keep a copy of it apart from the backups"


def _plans(store: Store) -> str:
    library = Library(store)
    library.refresh()
    return f"{len(library.book.plans)} plans"


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder if folder.exists() else Path()).free
    return Finding("disk", free > LEAST_DISK, f"{free >> 20} MiB free")


def _database(store: Store) -> Iterator[Finding]:
    engine = store.engine.dialect.name
    yield Finding("database", True, f"{engine}, tables of version {schema.newest()}")
    yield _look("stations", lambda: _stations(store.read_now(stations.count)))
    yield _look("sign-ups", lambda: _counted(store.read_now(signups.counts)))
    yield _look("waiting for staff", lambda: _counted(store.read_now(tickets.waiting)))


def _stations(known: int) -> str:
    return f"{known}" if known else "none yet; guanxin samples loads some to try"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counts.items())) or "none"
