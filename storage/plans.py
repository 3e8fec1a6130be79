"""Plans that were learned: kept once each, replaced when learned again, until forgotten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count, islice
from typing import Final, Literal

from sqlalchemy import delete, insert, select

from knowledge.plan import Fact, Plan
from storage import staff
from storage.engine import Transaction
from storage.errors import Busy
from storage.tables import passages, plans
from storage.upsert import insert_if_new

Kept = Literal["new", "again", "unchanged"]

_AT_ONCE: Final = 1000
_LONGEST_KEY: Final = 190
_TRIES: Final = 3


def ids(tx: Transaction) -> frozenset[int]:
    """Return the ids of all plans. They say whether anything was learned: whatever is learned
    again gets another one."""
    return frozenset(tx.execute(select(plans.c.id)).scalars())


def has(tx: Transaction, fingerprint: str) -> bool:
    """Tell whether a file with this fingerprint is what a plan was last learned from."""
    found = select(plans.c.id).where(plans.c.fingerprint == fingerprint)
    return tx.execute(found).first() is not None


def learned(tx: Transaction) -> Mapping[str, datetime]:
    """Return when each plan was learned, by its key."""
    rows = tx.execute(select(plans.c.key, plans.c.learned_at)).all()
    return {row.key: row.learned_at for row in rows}


def facts(tx: Transaction, wanted: Collection[int]) -> Mapping[int, tuple[Fact, ...]]:
    """Return what the plans with these ids say; one that is gone is left out."""
    found: dict[int, tuple[Fact, ...]] = {}
    left = iter(sorted(wanted))
    while some := list(islice(left, _AT_ONCE)):
        for row in tx.execute(select(plans).where(plans.c.id.in_(some))).all():
            plan = Plan(
                row.key, row.title, row.issuer, row.place, row.year, row.number, row.issued,
                row.digest,
            )  # fmt: skip
            found[row.id] = _facts(tx, row.id, plan)
    return found


def _facts(tx: Transaction, plan_id: int, plan: Plan) -> tuple[Fact, ...]:
    query = select(passages).where(passages.c.plan_id == plan_id).order_by(passages.c.position)
    return tuple(
        Fact(plan, row.position, row.section, tuple(row.headings), row.text)
        for row in tx.execute(query)
    )


def keep(
    tx: Transaction, said: Sequence[Fact], fingerprint: str, actor: str, now: datetime
) -> Kept:
    """Keep a plan, in the place of the one with the same identity; tell what came of it.

    Raises Busy when others learn the same plan all the time.
    """
    plan, identity = said[0].plan, _hash(*said[0].plan.identity)
    for _ in range(_TRIES):
        before = tx.execute(select(plans).where(plans.c.identity == identity)).one_or_none()
        if before is not None and before.fingerprint == fingerprint:
            return "unchanged"
        if before is not None:
            _delete(tx, before.id)
        key = before.key if before is not None else _free_key(tx, plan.key)
        plan_id = _insert(tx, replace(plan, key=key), identity, fingerprint, now)
        if plan_id is not None:
            rows = [{"plan_id": plan_id, **_row(fact)} for fact in said]
            tx.execute(insert(passages), rows)
            staff.record(tx, actor, "learn", f"plan {plan_id}", now)
            return "new" if before is None else "again"
    raise Busy("the same plan is being learned elsewhere")


def forget(tx: Transaction, key: str, actor: str, now: datetime) -> str | None:
    """Forget a plan; return the fingerprint of its file, None where none has this key."""
    found = tx.execute(select(plans).where(plans.c.key == key)).one_or_none()
    if found is None:
        return None
    _delete(tx, found.id)
    staff.record(tx, actor, "forget plan", f"plan {found.id}", now)
    return str(found.fingerprint)


def _delete(tx: Transaction, plan_id: int) -> None:
    tx.execute(delete(passages).where(passages.c.plan_id == plan_id))
    tx.execute(delete(plans).where(plans.c.id == plan_id))


def _insert(
    tx: Transaction, plan: Plan, identity: str, fingerprint: str, now: datetime
) -> int | None:
    return insert_if_new(
        tx, plans, key=plan.key, identity=identity, fingerprint=fingerprint, title=plan.title,
        issuer=plan.issuer, place=plan.place, year=plan.year, number=plan.number,
        issued=plan.issued, digest=plan.digest, learned_at=now,
    )  # fmt: skip


def _row(fact: Fact) -> dict[str, object]:
    return {
        "position": fact.position,
        "section": fact.section,
        "headings": list(fact.headings),
        "text": fact.text,
    }


def _free_key(tx: Transaction, wanted: str) -> str:
    """Return a name that no other plan has: the file's stem, else with a number behind it."""
    stem = wanted[:_LONGEST_KEY]
    names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    taken = select(plans.c.key).where(plans.c.key.startswith(stem, autoescape=True))
    others = frozenset(tx.execute(taken).scalars())
    return next(name for name in names if name not in others)


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
