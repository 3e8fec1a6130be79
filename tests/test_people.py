"""People and their addresses: one person behind an address, and what they told us."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from storage import people
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.people import Consent, Person
from storage.store import Store
from storage.tables import people as table
from tests.conftest import KEY, NOW


def of(tx: Transaction, channel: str, address: str) -> Person:
    return people.locked(tx, people.address_row(tx, channel, address), NOW)


def how_many(store: Store) -> int:
    query = select(func.count()).select_from(table)
    return int(store.read_now(lambda tx: tx.execute(query).scalar_one()))


def test_an_address_keeps_its_row_and_its_person(store: Store) -> None:
    first = store.write_now(lambda tx: people.address_row(tx, "web", "a"))
    assert store.write_now(lambda tx: people.address_row(tx, "web", "a")) == first
    assert store.write_now(lambda tx: people.address_row(tx, "wechat", "a")) != first
    assert how_many(store) == 0
    somebody = store.write_now(lambda tx: of(tx, "web", "a"))
    assert store.write_now(lambda tx: of(tx, "web", "a")) == somebody == Person(somebody.id)
    assert store.write_now(lambda tx: of(tx, "wechat", "a")).id != somebody.id
    assert how_many(store) == 2


@pytest.mark.parametrize("known", [False, True])
def test_who_comes_twice_at_once_is_one_person(
    store: Store, database_url: str, known: bool
) -> None:
    stores = [store, Store(database_url, decode_key(KEY))]
    together = threading.Barrier(8)
    if known:  # an address whose first message failed has nobody behind it yet
        store.write_now(lambda tx: people.address_row(tx, "web", "new"))

    def slowly(tx: Transaction) -> int:
        who = of(tx, "web", "new").id
        time.sleep(0.02)
        return who

    def come(number: int) -> int:
        together.wait(5)
        return stores[number % 2].write_now(slowly)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(come, range(8)))) == 1
    assert how_many(store) == 1
    stores[1].close()


def test_what_somebody_said_is_remembered(store: Store) -> None:
    who = store.write_now(lambda tx: of(tx, "web", "a")).id

    def tell(tx: Transaction) -> Person:
        people.remember(tx, who, name="李桂芳", phone="13900001234", subjects=("书法", "剪纸"))
        people.consent(tx, who, Consent("2026-11", NOW, "web"))
        people.settle(tx, who, "常州市")
        return people.get(tx, who)

    known = Person(who, "李桂芳", "13900001234", ("书法", "剪纸"), "常州市", "2026-11")
    assert store.write_now(tell) == known
    assert store.read_now(lambda tx: people.get(tx, who)) == known


def test_a_telephone_number_finds_whoever_gave_it(store: Store) -> None:
    def give(tx: Transaction, address: str, phone: str) -> int:
        who = of(tx, "web", address).id
        people.remember(tx, who, name="王建国", phone=phone, subjects=())
        return who

    first = store.write_now(lambda tx: give(tx, "a", "13900001234"))
    store.write_now(lambda tx: give(tx, "b", "13900001235"))
    third = store.write_now(lambda tx: give(tx, "c", "13900001234"))
    assert store.read_now(lambda tx: people.with_phone(tx, "13900001234")) == [first, third]
    store.write_now(lambda tx: give(tx, "a", "13900001239"))
    assert store.read_now(lambda tx: people.with_phone(tx, "13900001234")) == [third]
    assert store.read_now(lambda tx: people.with_phone(tx, "13900009999")) == []


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    who = store.write_now(lambda tx: of(tx, "web", "a")).id
    bare = Consent("2026-11", NOW.replace(tzinfo=None), "web")
    with pytest.raises(Exception, match="without a zone"):
        store.write_now(lambda tx: people.consent(tx, who, bare))


def test_times_come_back_as_they_were(store: Store) -> None:
    who = store.write_now(lambda tx: of(tx, "web", "a")).id
    kept = select(table.c.created_at).where(table.c.id == who)
    at = store.read_now(lambda tx: tx.execute(kept).scalar_one())
    assert at == NOW
    assert at.utcoffset() is not None
