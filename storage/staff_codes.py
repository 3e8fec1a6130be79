"""Six digits by which a member of staff is known in a chat: 10 minutes, used once, 5 tries.

``now`` is the business clock, as for the codes of ``storage.links``, with which they share the
count of wrong tries.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import delete, insert, or_, select, update

from storage import links
from storage.columns import cipher_of
from storage.engine import Transaction
from storage.staff import forget
from storage.tables import staff, staff_codes

LIFE: Final = timedelta(minutes=10)
DIGITS: Final = 6

Outcome = Literal["linked", "wrong", "locked"]


def issue(tx: Transaction, staff_id: int, now: datetime) -> str:
    """Return a new code; an earlier one of the member ends, and no two are the same."""
    over = (staff_codes.c.staff_id == staff_id, staff_codes.c.expires_at <= now)
    tx.execute(delete(staff_codes).where(or_(*over)))
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        index = cipher_of(tx).index(code)
        same = select(staff_codes.c.id).where(staff_codes.c.code_index == index)
        if tx.execute(same).first() is None:
            break
    values = {"staff_id": staff_id, "code_index": index, "expires_at": now + LIFE}
    tx.execute(insert(staff_codes).values(values))
    return code


def redeem(tx: Transaction, address_id: int, person_id: int, code: str, now: datetime) -> Outcome:
    """Know the member who was given ``code`` to be this person; the code is used up."""
    if links.is_locked(tx, address_id, now):
        return "locked"
    valid = (staff_codes.c.code_index == cipher_of(tx).index(code)) & (
        staff_codes.c.expires_at > now
    )
    used = delete(staff_codes).where(valid).returning(staff_codes.c.staff_id)
    staff_id = tx.execute(used).scalar()
    if staff_id is None:
        return links.count_wrong(tx, address_id, now)
    forget(tx, person_id)
    mine = (staff.c.id == staff_id) & staff.c.disabled_at.is_(None)
    tx.execute(update(staff).where(mine).values(person_id=person_id))
    return "linked"
