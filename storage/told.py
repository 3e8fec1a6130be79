"""Who was told of a change, and what each of them answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, String, cast, literal, select

from storage import changes as kept
from storage.changes import Change
from storage.deliveries import State
from storage.engine import Transaction
from storage.outgoing import changes, deliveries
from storage.signups import LARGEST_ID
from storage.tables import people


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who was told of a change.

    ``id`` is that of the message and ``state`` what became of it; ``answer`` is empty where there
    is none yet, ``at`` when they gave it (business clock).
    """

    id: int
    change_id: int
    shift_id: int
    name: str
    phone: str
    state: State
    answer: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Result:
    """A change, and everybody who was told of it."""

    change: Change
    told: Sequence[Told]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many gave each answer."""
        return Counter(one.answer for one in self.told)


def results(tx: Transaction, shift_id: int) -> Sequence[Result]:
    """Return what changed of a shift, the newest first."""
    told: dict[int, list[Told]] = {}
    for row in tx.execute(_told().where(changes.c.shift_id == shift_id)):
        told.setdefault(row.change_id, []).append(_read(row))
    return [Result(one, told.get(one.id, [])) for one in kept.of_shift(tx, shift_id)]


def get(tx: Transaction, delivery_id: int) -> Told | None:
    """Return one who was told of a change, None for the id of anything else."""
    if not 0 < delivery_id <= LARGEST_ID:
        return None
    row = tx.execute(_told().where(deliveries.c.id == delivery_id)).one_or_none()
    return None if row is None else _read(row)


def _told() -> Select[Any]:
    about = deliveries.c.cause == literal("change:") + cast(changes.c.id, String)
    return (
        select(deliveries.c.id, deliveries.c.state, deliveries.c.answer, deliveries.c.answered_at)
        .add_columns(changes.c.id.label("change_id"), changes.c.shift_id)
        .add_columns(people.c.name, people.c.phone)
        .join(changes, about)
        .join(people, people.c.id == deliveries.c.person_id)
        .order_by(deliveries.c.id)
    )


def _read(row: Row[Any]) -> Told:
    return Told(
        row.id,
        row.change_id,
        row.shift_id,
        row.name or "",
        row.phone or "",
        row.state,
        row.answer or "",
        row.answered_at,
    )
