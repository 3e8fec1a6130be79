"""What is sent by a call is sent once, in order, whoever dies on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.pulse import SILENT_BEATS, Pulse
from storage import claims, deliveries, leases, people, postmen
from storage.claims import Moment
from storage.deliveries import Delivery, Letter
from storage.engine import Transaction
from storage.outgoing import deliveries as table
from storage.store import Store
from storage.tables import people as persons

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SOON = timedelta(minutes=1)
REPLY = {"text": "好", "choices": []}
DAY = Moment(NOW, NOW, quiet=False)
NIGHT = Moment(NOW, NOW, quiet=True)


def queue(
    store: Store, cause: str, address: str = "a", due: datetime = NOW, **more: Any
) -> int | None:
    def work(tx: Transaction) -> int | None:
        address_id = people.address_row(tx, "telegram", address)
        person = people.locked(tx, address_id, NOW)
        return deliveries.queue(tx, Letter(cause, person.id, address_id, REPLY, **more), due)

    return store.write_now(work)


def claim(store: Store, owner: str = "p", moment: Moment = DAY, most: int = 10) -> list[int]:
    taken = store.write_now(lambda tx: claims.claim(tx, "telegram", owner, most, moment))
    return [delivery.id for delivery in taken]


def begin(store: Store, delivery_id: int, owner: str = "p", tries: int = 0) -> bool:
    """Begin a call as the postman does who claimed it after so many tries."""
    one = Delivery(delivery_id, "", 0, "reply", "telegram", "", "", 0, {}, tries)
    return store.write_now(lambda tx: claims.sending(tx, one, owner, NOW))


def finish(store: Store, delivery_id: int, owner: str = "p") -> None:
    store.write_now(lambda tx: claims.done(tx, delivery_id, owner, "sent", "", NOW))


def put_off(store: Store, delivery_id: int, due: datetime = NOW) -> None:
    store.write_now(lambda tx: claims.later(tx, delivery_id, "p", due, "429"))


def bury(store: Store, owner: str) -> None:
    store.write_now(lambda tx: claims.let_go(tx, owner, NOW))


def states(store: Store) -> dict[str, int]:
    return store.read_now(deliveries.counts)


def test_a_cause_is_queued_once_for_a_person(store: Store) -> None:
    assert queue(store, "reply:1") is not None
    assert queue(store, "reply:1") is None
    assert queue(store, "reply:1", address="b") is not None


def test_a_day_has_one_message_that_is_not_urgent(store: Store) -> None:
    day = date(2026, 11, 23)
    assert queue(store, "broadcast:1", on_day=day) is not None
    assert queue(store, "broadcast:2", on_day=day) is None
    assert queue(store, "broadcast:2", on_day=day + timedelta(days=1)) is not None
    assert queue(store, "broadcast:2", address="b", on_day=day) is not None


def test_what_is_withdrawn_frees_its_day(store: Store) -> None:
    day = date(2026, 11, 23)
    queue(store, "broadcast:1", on_day=day)
    store.write_now(
        lambda tx: deliveries.withdraw(
            tx, table.c.cause == "broadcast:1", NOW, "withdrawn", "undone"
        )
    )
    assert states(store) == {"withdrawn": 1}
    assert queue(store, "broadcast:2", on_day=day) is not None


def test_what_is_claimed_is_not_claimed_again(store: Store) -> None:
    queue(store, "reply:1")
    assert len(claim(store)) == 1
    assert claim(store, owner="other") == []


def test_within_one_address_order_is_kept(store: Store) -> None:
    first, second = queue(store, "reply:1"), queue(store, "reply:2")
    assert first
    assert claim(store) == [first]
    assert begin(store, first)
    finish(store, first)
    assert claim(store) == [second]


def test_a_reply_that_is_put_off_keeps_its_place(store: Store) -> None:
    first = queue(store, "reply:1")
    assert first
    claim(store)
    begin(store, first)
    put_off(store, first, NOW + SOON)
    queue(store, "reply:2")
    assert claim(store) == []
    assert claim(store, moment=replace(DAY, now=NOW + SOON)) == [first]


def test_a_reply_goes_before_a_broadcast(store: Store) -> None:
    cast = queue(store, "broadcast:1", kind="broadcast")
    reply = queue(store, "reply:1")
    other = queue(store, "broadcast:1", address="b", kind="broadcast")
    assert claim(store) == [reply, other]
    assert reply
    begin(store, reply)
    finish(store, reply)
    assert claim(store) == [cast]


def test_addresses_do_not_wait_for_one_another(store: Store) -> None:
    queue(store, "reply:1", "a")
    queue(store, "reply:2", "b")
    assert len(claim(store)) == 2


def test_nothing_is_claimed_before_it_is_due(store: Store) -> None:
    queue(store, "reply:1", due=NOW + SOON)
    assert claim(store) == []
    assert len(claim(store, moment=replace(DAY, now=NOW + SOON))) == 1


def test_what_is_held_waits_for_the_business_clock_and_holds_nobody_up(store: Store) -> None:
    held = queue(store, "broadcast:1", kind="broadcast", hold_until=NOW + SOON)
    free = queue(store, "broadcast:2", kind="broadcast")
    assert claim(store, moment=replace(DAY, now=NOW + 9 * SOON)) == [free]
    assert free
    begin(store, free)
    finish(store, free)
    assert claim(store, moment=replace(DAY, business=NOW + SOON)) == [held]


def test_the_quiet_hours_are_for_what_is_urgent(store: Store) -> None:
    cast = queue(store, "broadcast:1", kind="broadcast", urgent=False)
    reply = queue(store, "reply:1", address="b")
    assert claim(store, moment=NIGHT) == [reply]
    assert claim(store) == [cast]


def test_what_comes_too_late_is_dropped_and_told(store: Store) -> None:
    queue(store, "shift:1", kind="reminder", expires_at=NOW)
    assert claim(store) == []
    assert states(store) == {"dropped": 1}


@pytest.mark.parametrize(
    ("kind", "after"), [("reply", "waiting"), ("reminder", "waiting"), ("broadcast", "unknown")]
)
def test_what_was_being_sent_when_its_process_died(store: Store, kind: Any, after: str) -> None:
    queue(store, "cause:1", kind=kind)
    (taken,) = claim(store, owner="dead")
    assert begin(store, taken, "dead")
    bury(store, "dead")
    assert states(store) == {after: 1}
    if after == "waiting":
        assert claim(store, owner="next") == [taken]
        assert begin(store, taken, "next", tries=1)
        bury(store, "next")
        assert states(store) == {"unknown": 1}


def test_what_a_dead_process_had_not_begun_is_free(store: Store) -> None:
    queue(store, "broadcast:1", kind="broadcast")
    (taken,) = claim(store, owner="dead")
    bury(store, "dead")
    assert claim(store, owner="next") == [taken]


def test_who_lost_the_answer_to_a_commit_may_begin_again(store: Store) -> None:
    queue(store, "reply:1")
    (taken,) = claim(store)
    assert begin(store, taken)
    assert begin(store, taken)
    assert not begin(store, taken, "other")
    finish(store, taken)
    assert not begin(store, taken)


def test_what_its_person_opted_out_of_since_is_not_sent(store: Store) -> None:
    queue(store, "broadcast:1", kind="broadcast")
    queue(store, "change:1", address="b", kind="change")
    cast, change = sorted(claim(store))
    store.write_now(lambda tx: tx.execute(update(persons).values(opted_out_at=NOW)))
    assert not begin(store, cast)
    assert begin(store, change)
    assert states(store) == {"opted_out": 1, "sending": 1}


def test_a_pause_of_days_is_a_wrong_clocks(store: Store) -> None:
    queue(store, "reply:1", due=NOW + timedelta(days=3))
    assert len(claim(store)) == 1


def test_a_process_that_was_taken_for_dead_can_neither_send_nor_tell(store: Store) -> None:
    queue(store, "reply:1")
    (taken,) = claim(store, owner="frozen")
    bury(store, "frozen")
    claim(store, owner="next")
    assert not begin(store, taken, "frozen")
    finish(store, taken, "frozen")
    assert begin(store, taken, "next")
    assert states(store) == {"sending": 1}


def test_what_was_withdrawn_after_it_was_claimed_is_not_sent(store: Store) -> None:
    queue(store, "broadcast:1", kind="broadcast")
    (taken,) = claim(store)
    which = table.c.id == taken
    store.write_now(lambda tx: deliveries.withdraw(tx, which, NOW, "withdrawn", "stopped"))
    assert not begin(store, taken)


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
    store.write_now(lambda tx: deliveries.switch_off(tx, address, "blocked", NOW))
    assert states(store) == {"failed": 1}
    queue(store, "reply:2")
    assert claim(store) == []
    store.write_now(lambda tx: deliveries.switch_on(tx, address))
    assert len(claim(store)) == 1


# Who lives, and who does not.


def pulse(store: Store, owner: str) -> Pulse:
    return Pulse(store, owner, lambda: NOW)


def beat(store: Store, one: Pulse, times: int = 1) -> None:
    for _ in range(times):
        store.write_now(one.beat)


def test_the_living_take_over_from_the_silent(store: Store) -> None:
    queue(store, "broadcast:1", kind="broadcast")
    dead, alive = pulse(store, "dead"), pulse(store, "alive")
    beat(store, dead)
    (taken,) = claim(store, owner="dead")
    beat(store, alive, SILENT_BEATS)
    assert claim(store, owner="alive") == []
    beat(store, alive)
    assert claim(store, owner="alive") == [taken]


def test_whoever_beats_is_left_alone(store: Store) -> None:
    queue(store, "broadcast:1", kind="broadcast")
    slow, alive = pulse(store, "slow"), pulse(store, "alive")
    beat(store, slow)
    claim(store, owner="slow")
    for _ in range(4):
        beat(store, alive, SILENT_BEATS - 1)
        beat(store, slow)
    assert claim(store, owner="alive") == []


def test_whoever_left_no_beat_at_all_is_dead_too(store: Store) -> None:
    queue(store, "broadcast:1", kind="broadcast")
    claim(store, owner="restored")
    beat(store, pulse(store, "alive"), SILENT_BEATS + 1)
    assert len(claim(store, owner="alive")) == 1


def test_the_buried_are_struck_out(store: Store) -> None:
    beat(store, pulse(store, "dead"))
    alive = pulse(store, "alive")
    beat(store, alive, SILENT_BEATS + 1)
    assert store.write_now(lambda tx: postmen.beat(tx, "alive")) == {}


async def test_who_sends_hears_how_many_do(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.pulse.BEAT_S", 0.01)
    one, other, heard = pulse(store, "one"), pulse(store, "other"), asyncio.Queue[int]()
    one.listeners.append(heard.put_nowait)
    running = asyncio.create_task(one.run())
    await store.write(other.beat)
    assert await asyncio.wait_for(heard.get(), 5) == 2
    await other.leave()
    assert await asyncio.wait_for(heard.get(), 5) == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_process_that_stops_leaves_nothing_behind(store: Store) -> None:
    queue(store, "broadcast:1", kind="broadcast")
    one = pulse(store, "one")
    beat(store, one)
    claim(store, owner="one")
    await one.leave()
    assert len(claim(store, owner="two")) == 1
    assert store.write_now(lambda tx: postmen.beat(tx, "two")) == {}


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


def test_a_lease_of_a_wrong_clock_keeps_nobody_away(store: Store) -> None:
    def take(owner: str, at: datetime) -> int | None:
        return store.write_now(lambda tx: leases.take(tx, "poll", owner, 60, at))

    assert take("ahead", NOW + timedelta(days=3)) == 1
    assert take("right", NOW) == 2
