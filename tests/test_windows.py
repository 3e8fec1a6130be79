"""How many messages somebody may be sent after they did something, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from storage import erasure, people, windows
from storage.store import Store
from tests.conftest import NOW

WHO = "openid-1"
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def address_id(store: Store) -> int:
    return store.write_now(lambda tx: people.address_row(tx, "wechat", WHO))


def opened(store: Store, address_id: int, count: int, ends: datetime) -> None:
    store.write_now(lambda tx: windows.open_window(tx, address_id, count, ends))


def left(store: Store, address_id: int, now: datetime = NOW) -> int:
    return store.read_now(lambda tx: windows.left(tx, address_id, now))


def spend(store: Store, count: int = 1, now: datetime = NOW) -> bool:
    return store.write_now(lambda tx: windows.spend(tx, "wechat", WHO, count, now))


def test_nothing_is_allowed_before_an_act(store: Store, address_id: int) -> None:
    assert left(store, address_id) == 0
    assert not spend(store)


def test_what_is_allowed_is_used_up(store: Store, address_id: int) -> None:
    opened(store, address_id, 3, NOW + MINUTE)
    assert [spend(store, 2), spend(store, 2), spend(store), spend(store)] == [
        True,
        False,
        True,
        False,
    ]


def test_a_window_ends(store: Store, address_id: int) -> None:
    opened(store, address_id, 3, NOW + MINUTE)
    assert left(store, address_id, NOW + MINUTE) == 0
    assert not spend(store, now=NOW + MINUTE)


def test_a_later_act_opens_it_anew(store: Store, address_id: int) -> None:
    opened(store, address_id, 5, NOW + WEEK)
    assert spend(store, 4)
    opened(store, address_id, 5, NOW + WEEK + MINUTE)
    assert left(store, address_id) == 5


def test_a_tap_does_not_end_what_words_opened(store: Store, address_id: int) -> None:
    opened(store, address_id, 5, NOW + WEEK)
    assert spend(store, 4)
    opened(store, address_id, 3, NOW + MINUTE)
    assert left(store, address_id, NOW + 2 * MINUTE) == 1
    assert spend(store)
    opened(store, address_id, 3, NOW + MINUTE)
    assert left(store, address_id) == 3


def test_the_platform_closes_it(store: Store, address_id: int) -> None:
    opened(store, address_id, 5, NOW + WEEK)
    store.write_now(lambda tx: windows.close(tx, "wechat", WHO))
    assert left(store, address_id) == 0


def test_many_at_once_take_no_more_than_is_there(store: Store, address_id: int) -> None:
    opened(store, address_id, 5, NOW + WEEK)
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: spend(store), range(20)))
    assert taken.count(True) == 5


def test_it_goes_with_its_person(store: Store, address_id: int) -> None:
    opened(store, address_id, 5, NOW + WEEK)
    person = store.write_now(lambda tx: people.locked(tx, address_id, NOW))
    store.write_now(lambda tx: erasure.forget_person(tx, person.id, "asked", NOW))
    assert left(store, address_id) == 0
