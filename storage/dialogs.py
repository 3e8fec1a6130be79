"""Open forms: one for a person, with the values that were heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from storage.engine import Transaction
from storage.tables import dialogs

KEPT: Final = timedelta(days=7)
"""How long an unfinished form can be taken up again."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """An unfinished form. ``failures`` counts answers in a row that could not be used."""

    id: int
    script: str
    answers: tuple[tuple[str, Any], ...]
    failures: int
    paused: bool


def open_of(tx: Transaction, person_id: int, now: datetime) -> Dialog | None:
    """Return somebody's unfinished form unless it is too old."""
    row = tx.execute(select(dialogs).where(dialogs.c.person_id == person_id)).one_or_none()
    if row is None or row.updated_at < now - KEPT:
        return None
    answers = tuple((key, value) for key, value in row.answers)
    return Dialog(row.id, row.script, answers, row.failures, row.paused)


def start(tx: Transaction, person_id: int, script: str, now: datetime) -> Dialog:
    """Open a form; one that was open before is dropped."""
    close(tx, person_id)
    values = {
        "person_id": person_id,
        "script": script,
        "answers": [],
        "failures": 0,
        "paused": False,
        "updated_at": now,
    }
    made = tx.execute(insert(dialogs).values(values).returning(dialogs.c.id))
    return Dialog(int(made.scalar_one()), script, (), 0, False)


def keep(tx: Transaction, dialog: Dialog, now: datetime) -> None:
    """Write down how far a form has come."""
    tx.execute(
        update(dialogs)
        .where(dialogs.c.id == dialog.id)
        .values(
            answers=[list(answer) for answer in dialog.answers],
            failures=dialog.failures,
            paused=dialog.paused,
            updated_at=now,
        )
    )


def close(tx: Transaction, person_id: int) -> None:
    """Forget somebody's form."""
    tx.execute(delete(dialogs).where(dialogs.c.person_id == person_id))


def forget_old(tx: Transaction, now: datetime) -> int:
    """Delete forms that nobody took up again; return how many."""
    old = delete(dialogs).where(dialogs.c.updated_at < now - KEPT)
    return len(tx.execute(old.returning(dialogs.c.id)).all())
