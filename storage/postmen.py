"""Which processes send, known by a number that each lets grow: no clock decides who is alive."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from storage.engine import Transaction
from storage.outgoing import deliveries, postmen
from storage.upsert import insert_if_new


def beat(tx: Transaction, owner: str) -> dict[str, int]:
    """Show that a postman lives; return the number of each other one that holds something."""
    if insert_if_new(tx, postmen, owner=owner, beat=1) is None:
        mine = update(postmen).where(postmen.c.owner == owner)
        tx.execute(mine.values(beat=postmen.c.beat + 1))
    held = select(deliveries.c.owner).where(
        deliveries.c.state.in_(("waiting", "sending")), deliveries.c.owner.is_not(None)
    )
    beats = dict.fromkeys(tx.execute(held.distinct()).scalars(), 0)
    beats |= {row.owner: row.beat for row in tx.execute(select(postmen))}
    beats.pop(owner)
    return beats


def forget(tx: Transaction, owner: str) -> None:
    """Strike out a postman who is no more."""
    tx.execute(delete(postmen).where(postmen.c.owner == owner))
