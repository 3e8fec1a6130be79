"""People, and the addresses by which platforms know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from storage.columns import cipher_of
from storage.engine import Transaction
from storage.tables import addresses, people, windows
from storage.upsert import insert_if_new


@dataclass(frozen=True, slots=True)
class Person:
    """What is known about somebody; None where they have not told us."""

    id: int
    name: str | None = None
    phone: str | None = None
    subjects: tuple[str, ...] = ()
    region: str | None = None
    consent_version: str | None = None
    subscribed: bool = False
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """Which text somebody agreed to, when (aware) and on which channel."""

    version: str
    at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class Address:
    """How a platform names somebody, and how many messages it allows by calls now."""

    id: int
    channel: str
    is_off: bool
    allowed: int


def addresses_of(tx: Transaction, person_id: int, now: datetime) -> Sequence[Address]:
    """Return the addresses of somebody, oldest first; ``now`` is the machine's clock."""
    query = (
        select(*ADDRESS)
        .outerjoin(windows, open_window(now))
        .where(addresses.c.person_id == person_id)
        .order_by(addresses.c.id)
    )
    return [as_address(row) for row in tx.execute(query)]


ADDRESS: Final = (
    addresses.c.id.label("address_id"),
    addresses.c.channel,
    addresses.c.off,
    windows.c.allowed,
)
"""What ``as_address`` reads of a row in which ``open_window`` is joined to addresses."""


def open_window(now: datetime) -> ColumnElement[bool]:
    """Join the window of an address that is not over."""
    return (windows.c.address_id == addresses.c.id) & (windows.c.ends_at > now)


def as_address(row: Row[*tuple[Any, ...]]) -> Address:
    """Return an address and its window as one."""
    return Address(row.address_id, row.channel, row.off is not None, row.allowed or 0)


def address_row(tx: Transaction, channel: str, address: str) -> int:
    """Return the id of an address, made when it is new. Waits for a copy that is being made."""
    new = insert_if_new(tx, addresses, channel=channel, address=address)
    if new is not None:
        return new
    where = (addresses.c.channel == channel) & (addresses.c.address == address)
    return int(tx.execute(select(addresses.c.id).where(where)).scalar_one())


def locked(tx: Transaction, address_id: int, now: datetime) -> Person:
    """Return the person behind an address, made when new, locked until the transaction ends.

    With ``key_share``, since other messages of this address point at its row before they come here:
    PostgreSQL would call a full lock a deadlock.
    """
    row = select(addresses.c.person_id).where(addresses.c.id == address_id)
    person_id = tx.execute(row.with_for_update(key_share=True)).scalar_one()
    if person_id is None:
        person_id = _new(tx, now)
        behind = update(addresses).where(addresses.c.id == address_id)
        tx.execute(behind.values(person_id=person_id))
    return get(tx, person_id, lock=True)


def _new(tx: Transaction, now: datetime) -> int:
    made = tx.execute(insert(people).values(created_at=now).returning(people.c.id))
    return int(made.scalar_one())


def get(tx: Transaction, person_id: int, *, lock: bool = False) -> Person:
    """Return a person; with ``lock``, nobody else changes them until the transaction ends."""
    query = select(people).where(people.c.id == person_id)
    row = tx.execute(query.with_for_update(key_share=True) if lock else query).one()
    return Person(
        row.id,
        row.name,
        row.phone,
        tuple(row.subjects or ()),
        row.region,
        row.consent_version,
        row.subscribed_at is not None,
        row.opted_out_at is not None,
    )


def lock(tx: Transaction, ids: Sequence[int]) -> None:
    """Let nobody else change these people until the transaction ends; always in the same order."""
    query = select(people.c.id).where(people.c.id.in_(ids)).order_by(people.c.id)
    tx.execute(query.with_for_update(key_share=True))


def subscribe(tx: Transaction, person_id: int, now: datetime) -> None:
    """Note that somebody wants to be told of what is coming; an earlier opt-out ends."""
    mine = update(people).where(people.c.id == person_id)
    tx.execute(mine.values(subscribed_at=func.coalesce(people.c.subscribed_at, now)))
    come_back(tx, person_id)


def opt_out(tx: Transaction, person_id: int, now: datetime) -> None:
    """Note that somebody wants no messages but those on changes of their own places."""
    tx.execute(update(people).where(people.c.id == person_id).values(opted_out_at=now))


def come_back(tx: Transaction, person_id: int) -> None:
    """End an opt-out."""
    tx.execute(update(people).where(people.c.id == person_id).values(opted_out_at=None))


def remember(
    tx: Transaction, person_id: int, *, name: str, phone: str, subjects: tuple[str, ...]
) -> None:
    """Keep what somebody said in a form, for the next one."""
    index = cipher_of(tx).index(phone)
    values = {"name": name, "phone": phone, "phone_index": index, "subjects": list(subjects)}
    tx.execute(update(people).where(people.c.id == person_id).values(values))


def consent(tx: Transaction, person_id: int, given: Consent) -> None:
    """Record that somebody agreed."""
    tx.execute(
        update(people)
        .where(people.c.id == person_id)
        .values(consent_version=given.version, consent_at=given.at, consent_channel=given.channel)
    )


def with_phone(tx: Transaction, phone: str) -> list[int]:
    """Return the ids of the people who gave this telephone number, without reading any other."""
    index = cipher_of(tx).index(phone)
    query = select(people.c.id).where(people.c.phone_index == index).order_by(people.c.id)
    return list(tx.execute(query).scalars())


def settle(tx: Transaction, person_id: int, region: str) -> None:
    """Remember where somebody lives."""
    tx.execute(update(people).where(people.c.id == person_id).values(region=region))
