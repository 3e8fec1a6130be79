"""How far somebody has read in a reply that their channel shows in parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from storage.engine import Transaction
from storage.tables import addresses, messages, pages


def turn(
    tx: Transaction,
    channel: str,
    address: str,
    asked_by: str,
    parts_of: Callable[[dict[str, Any]], Sequence[str]],
) -> str | None:
    """Return the next part of the newest reply to an address, None where there is none.

    The parts are cut anew from the kept reply, so nothing is kept twice. The message that asks
    (``asked_by``) does not enter the inbox; a copy of it gets the same part, and one that did
    enter the inbox has its own reply there.
    """
    address_id = _locked(tx, channel, address)
    if address_id is None or _is_in_inbox(tx, address_id, asked_by):
        return None
    message_id, reply = _newest(tx, address_id)
    parts = parts_of(reply) if reply else ()
    number = _number(tx, address_id, message_id, asked_by)
    if number >= len(parts):
        return None
    _keep(tx, address_id, message_id=message_id, number=number, asked_by=asked_by)
    return parts[number]


def _locked(tx: Transaction, channel: str, address: str) -> int | None:
    where = (addresses.c.channel == channel) & (addresses.c.address == address)
    return tx.execute(select(addresses.c.id).where(where).with_for_update()).scalar()


def _is_in_inbox(tx: Transaction, address_id: int, external_id: str) -> bool:
    where = (messages.c.address_id == address_id) & (messages.c.external_id == external_id)
    return tx.execute(select(messages.c.id).where(where)).scalar() is not None


def _newest(tx: Transaction, address_id: int) -> tuple[int, dict[str, Any] | None]:
    of_address = select(messages.c.id, messages.c.reply).where(messages.c.address_id == address_id)
    row = tx.execute(of_address.order_by(messages.c.id.desc()).limit(1)).one_or_none()
    return (row.id, row.reply) if row else (0, None)


def _number(tx: Transaction, address_id: int, message_id: int, asked_by: str) -> int:
    """Return which part is next; the reply itself showed number 0."""
    mark = tx.execute(select(pages).where(pages.c.address_id == address_id)).one_or_none()
    if mark is None or mark.message_id != message_id:
        return 1
    shown: int = mark.number
    return shown if mark.asked_by == asked_by else shown + 1


def _keep(tx: Transaction, address_id: int, **values: int | str) -> None:
    of_address = update(pages).where(pages.c.address_id == address_id).values(values)
    if tx.execute(of_address.returning(pages.c.id)).scalar() is None:
        tx.execute(insert(pages).values(address_id=address_id, **values))
