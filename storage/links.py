"""Joining a second address to a person by a six-digit code (10 minutes, 5 tries, then staff)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import (
    ColumnElement,
    FromClause,
    String,
    Table,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)

from storage import absences, staff
from storage import deliveries as letters
from storage import signups as places
from storage.columns import cipher_of
from storage.engine import Transaction
from storage.outgoing import calls, deliveries
from storage.tables import addresses, dialogs, links, people, signups, tickets

LIFE: Final = timedelta(minutes=10)
MOST_WRONG: Final = 5
"""Wrong codes of one address within LIFE, after which only staff can link it."""

ONE_PERSON: Final = "told or called as the same person"
"""What came of a row whose twin goes on."""

Outcome = Literal["linked", "wrong", "locked", "same"]


def issue(tx: Transaction, person_id: int, code: str, now: datetime) -> None:
    """Keep the blind index of a new code; an earlier code of the person ends."""
    tx.execute(delete(links).where(links.c.person_id == person_id))
    index = cipher_of(tx).index(code)
    tx.execute(insert(links).values(person_id=person_id, code_index=index, expires_at=now + LIFE))


def redeem(tx: Transaction, address_id: int, person_id: int, code: str, now: datetime) -> Outcome:
    """Join an address to the person who was given ``code``; what it held moves over.

    The code is used up. Wrong codes are counted at the address.
    """
    if is_locked(tx, address_id, now):
        return "locked"
    valid = (links.c.code_index == cipher_of(tx).index(code)) & (links.c.expires_at > now)
    owner = tx.execute(select(links.c.person_id).where(valid).with_for_update()).scalar()
    if owner is None:
        return count_wrong(tx, address_id, now)
    if owner == person_id:
        return "same"
    tx.execute(delete(links).where(links.c.person_id == owner))
    _merge(tx, person_id, owner, now)
    return "linked"


def is_locked(tx: Transaction, address_id: int, now: datetime) -> bool:
    """Tell whether an address has tried too many codes; its row is locked."""
    query = select(addresses.c.wrong_codes, addresses.c.wrong_code_at)
    row = tx.execute(query.where(addresses.c.id == address_id).with_for_update()).one()
    recent = row.wrong_code_at is not None and row.wrong_code_at > now - LIFE
    return bool(recent and row.wrong_codes >= MOST_WRONG)


def count_wrong(tx: Transaction, address_id: int, now: datetime) -> Literal["wrong", "locked"]:
    """Count a wrong code of an address, of whichever kind."""
    mine = addresses.c.id == address_id
    stale = addresses.c.wrong_code_at.is_(None) | (addresses.c.wrong_code_at <= now - LIFE)
    tx.execute(update(addresses).where(mine, stale).values(wrong_codes=0))
    counted = update(addresses).where(mine)
    counted = counted.values(wrong_codes=addresses.c.wrong_codes + 1, wrong_code_at=now)
    wrong = tx.execute(counted.returning(addresses.c.wrong_codes)).scalar_one()
    return "locked" if wrong >= MOST_WRONG else "wrong"


def _merge(tx: Transaction, old: int, kept: int, now: datetime) -> None:
    """Give everything of ``old`` to ``kept``; of two places for the same thing the better stays."""
    for person_id in sorted((old, kept)):
        tx.execute(select(people.c.id).where(people.c.id == person_id).with_for_update())
    _one_place_each(tx, old, kept, now)
    for pushed in (deliveries, calls):
        _pair_off(tx, pushed, old, kept, now)
    for table in (signups, tickets, deliveries, calls, addresses):
        tx.execute(update(table).where(table.c.person_id == old).values(person_id=kept))
    _join_wishes(tx, old, kept, now)
    staff.move(tx, old, kept)
    tx.execute(delete(dialogs).where(dialogs.c.person_id == old))
    tx.execute(delete(links).where(links.c.person_id == old))
    tx.execute(delete(people).where(people.c.id == old))


def _one_place_each(tx: Transaction, old: int, kept: int, now: datetime) -> None:
    """Give back what both hold once too often; a seat that is freed goes to the next in line."""
    theirs = {(held.shift_id, held.kind): held for held in places.of_person(tx, old)}
    for own in places.of_person(tx, kept):
        other = theirs.get((own.shift_id, own.kind))
        if other is not None:
            loses, stays = (own, other) if own.place and not other.place else (other, own)
            absences.join(tx, loses.id, stays.id)
            places.cancel(tx, loses.person_id, loses.id, now)


def _pair_off(tx: Transaction, pushed: Table, old: int, kept: int, now: datetime) -> None:
    """Let each cause belong to one row, so that nobody is told or called twice.

    Of two rows the one goes on that is not open any more, else that of ``kept``. The other one is
    named by its id, and ends where it was open.
    """
    own, other = pushed.alias("own"), pushed.alias("other")
    pairs = select(own.c.id, _is_open(own), other.c.id, _is_open(other)).where(
        own.c.person_id == kept, other.c.person_id == old, own.c.cause == other.c.cause
    )
    for own_id, own_open, other_id, other_open in tx.execute(pairs).all():
        loses = own_id if own_open and not other_open else other_id
        row = update(pushed).where(pushed.c.id == loses)
        ends = {"state": "merged", "reply": None} if pushed is deliveries else {"closed_at": now}
        tx.execute(row.where(_is_open(pushed)).values(outcome=ONE_PERSON, **ends))
        tx.execute(row.values(cause=pushed.c.cause + "~" + cast(pushed.c.id, String)))
    if pushed is deliveries:
        tx.execute(update(pushed).where(pushed.c.person_id == old).values(on_day=None))


def _is_open(pushed: FromClause) -> ColumnElement[bool]:
    """Whether a message is still to be sent, or a call to be made."""
    if "closed_at" in pushed.c:
        return pushed.c.closed_at.is_(None)
    return pushed.c.state.in_(("waiting", "paused"))


def _join_wishes(tx: Transaction, old: int, kept: int, now: datetime) -> None:
    """Keep that either of two wanted news, or wanted no more messages, which counts for more."""
    query = select(people.c.subscribed_at, people.c.opted_out_at).where(people.c.id == old)
    row = tx.execute(query).one()
    joined = {
        "subscribed_at": func.coalesce(people.c.subscribed_at, row.subscribed_at),
        "opted_out_at": func.coalesce(people.c.opted_out_at, row.opted_out_at),
    }
    mine = update(people).where(people.c.id == kept).values(joined)
    if tx.execute(mine.returning(people.c.opted_out_at)).scalar() is not None:
        letters.opt_out(tx, kept, now)
