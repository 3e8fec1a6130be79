"""Learning plans: a file is read, and what it says is kept for every process to answer from."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Final

import structlog

from handlers.timewords import local
from knowledge.dates.items import items
from knowledge.documents import reading
from knowledge.documents.reading import Original
from knowledge.plan import UnreadablePlan
from storage import plans
from storage.plans import Kept
from storage.store import Store

log = structlog.get_logger()

READING: Final = 4
"""Counted up when files are read in another way: each is learned again then."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of a file; ``kept`` is None where nothing was to be stored."""

    original: Original
    kept: Kept | None


def fingerprint(path: Path, data: bytes) -> str:
    """Return what changes when a file's bytes, its kind or our way of reading change."""
    kind = PurePath(path.name).suffix.lower()
    return hashlib.sha256(f"{READING}{kind}\n".encode() + data).hexdigest()


def learn(store: Store, path: Path, actor: str, now: datetime, *, keep: bool = True) -> Learned:
    """Read a file and keep what it says, all or nothing. Raises UnreadablePlan or Busy."""
    data = reading.contents(path)
    original = reading.read(path.name, data, local(now).year)
    if not keep:
        return Learned(original, None)
    mark = fingerprint(path, data)
    kept = store.write_now(lambda tx: plans.keep(tx, original.facts, mark, actor, now))
    return Learned(original, kept)


def learn_folder(store: Store, folder: Path, now: datetime) -> Iterator[str]:
    """Learn the files of a folder that have changed; yield a sentence for each that is refused."""
    for path in reading.plan_files(folder):
        try:
            mark = fingerprint(path, reading.contents(path))
            if not store.read_now(lambda tx, mark=mark: plans.has(tx, mark)):  # type: ignore[misc]
                learn(store, path, "GUANXIN_PLANS", now)
        except UnreadablePlan as problem:
            yield str(problem)


def file_of(folder: Path, mark: str) -> Path | None:
    """Return the file of a folder that a plan with this fingerprint was learned from."""
    for path in reading.plan_files(folder):
        with contextlib.suppress(UnreadablePlan):
            if fingerprint(path, reading.contents(path)) == mark:
                return path
    return None


def row(path: Path, original: Original) -> dict[str, Any]:
    """Return what was read in a file as one JSON object."""
    plan = original.plan
    return {
        "file": str(path),
        "title": plan.title,
        "issuer": plan.issuer or None,
        "place": plan.place or None,
        "year": original.year,
        "number": plan.number,
        "issued": plan.issued,
        "sections": [{"path": one.path, "title": one.title} for one in original.sections],
        "items": [item.row() for item in items(plan, original.facts)],
        "doubts": list(original.doubts),
    }
