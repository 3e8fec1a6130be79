"""What is sent by a call is sent once, in order, whoever dies on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage import deliveries, leases, people
from storage.engine import Transaction
from storage.store import Store

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
REPLY = {"text": "好", "choices": []}


def queue(store: Store, cause: str, address: str = "a", due: datetime = NOW) -> int | None:
    def work(tx: Transaction) -> int | None:
        address_id = people.address_row(tx, "telegram", address)
        person = people.locked(tx, address_id, NOW)
        return deliveries.queue(tx, cause, person.id, address_id, REPLY, due)

    return store.write_now(work)


def claim(store: Store, owner: str = "p", now: datetime = NOW, most: int = 10) -> list[int]:
    taken = store.write_now(lambda tx: deliveries.claim(tx, "telegram", owner, most, now))
    return [delivery.id for delivery in taken]


def begin(store: Store, delivery_id: int, owner: str = "p", now: datetime = NOW) -> bool:
    return store.write_now(lambda tx: deliveries.sending(tx, delivery_id, owner, now))


def put_off(store: Store, delivery_id: int) -> None:
    store.write_now(lambda tx: deliveries.later(tx, delivery_id, "p", NOW, "429"))


def states(store: Store) -> dict[str, int]:
    return store.read_now(deliveries.counts)


def test_a_cause_is_queued_once_for_a_person(store: Store) -> None:
    assert queue(store, "reply:1") is not None
    assert queue(store, "reply:1") is None
    assert queue(store, "reply:1", address="b") is not None


def test_what_is_claimed_is_not_claimed_again_while_its_lease_runs(store: Store) -> None:
    queue(store, "reply:1")
    assert len(claim(store)) == 1
    assert claim(store, owner="other") == []


def test_within_one_address_order_is_kept(store: Store) -> None:
    first, second = queue(store, "reply:1"), queue(store, "reply:2")
    assert claim(store) == [first]
    store.write_now(lambda tx: deliveries.done(tx, first, "p", "sent"))
    assert claim(store) == [second]


def test_addresses_do_not_wait_for_one_another(store: Store) -> None:
    queue(store, "reply:1", "a")
    queue(store, "reply:2", "b")
    assert len(claim(store)) == 2


def test_nothing_is_claimed_before_it_is_due(store: Store) -> None:
    queue(store, "reply:1", due=NOW + timedelta(minutes=1))
    assert claim(store) == []
    assert len(claim(store, now=NOW + timedelta(minutes=2))) == 1


def test_what_was_being_sent_when_its_process_died_is_sent_once_more(store: Store) -> None:
    queue(store, "reply:1")
    (taken,) = claim(store, owner="dead")
    assert begin(store, taken, "dead")
    later = NOW + deliveries.LEASE + timedelta(seconds=1)
    assert claim(store, owner="next", now=later) == [taken]
    assert begin(store, taken, "next", later)
    last = later + deliveries.LEASE + timedelta(seconds=1)
    assert claim(store, owner="third", now=last) == [taken]
    assert not begin(store, taken, "third", last)
    assert states(store) == {"unknown": 1}


def test_a_process_whose_lease_passed_on_cannot_send_or_tell(store: Store) -> None:
    queue(store, "reply:1")
    (taken,) = claim(store, owner="frozen")
    later = NOW + deliveries.LEASE + timedelta(seconds=1)
    claim(store, owner="next", now=later)
    assert not begin(store, taken, "frozen", later)
    store.write_now(lambda tx: deliveries.done(tx, taken, "frozen", "failed"))
    assert begin(store, taken, "next", later)
    assert states(store) == {"sending": 1}


def test_putting_off_is_no_try(store: Store) -> None:
    queue(store, "reply:1")
    for _ in range(5):
        (taken,) = claim(store)
        assert begin(store, taken)
        put_off(store, taken)
    assert states(store) == {"waiting": 1}


def test_an_address_that_is_off_gets_nothing_until_its_person_writes(store: Store) -> None:
    queue(store, "reply:1")
    address = store.write_now(lambda tx: people.address_row(tx, "telegram", "a"))
    store.write_now(lambda tx: deliveries.switch_off(tx, address, "blocked"))
    assert states(store) == {"failed": 1}
    queue(store, "reply:2")
    assert claim(store) == []
    store.write_now(lambda tx: deliveries.switch_on(tx, address))
    assert len(claim(store)) == 1


@pytest.mark.parametrize("seconds", [1, 59])
def test_a_lease_is_one_processs_until_it_lapses(store: Store, seconds: int) -> None:
    def take(owner: str, at: datetime) -> int | None:
        return store.write_now(lambda tx: leases.take(tx, "poll", owner, 60, at))

    assert take("a", NOW) == 1
    assert take("b", NOW + timedelta(seconds=seconds)) is None
    assert take("a", NOW + timedelta(seconds=seconds)) == 1
    assert take("b", NOW + timedelta(seconds=200)) == 2
    assert take("a", NOW + timedelta(seconds=201)) is None
    store.write_now(lambda tx: leases.release(tx, "poll", "b"))
    assert take("a", NOW + timedelta(seconds=202)) == 3
