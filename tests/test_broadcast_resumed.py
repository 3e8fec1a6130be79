"""A broadcast that goes on a day later is the one message of that day, not of the day before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from handlers import broadcast
from handlers.message import Reply
from handlers.outbox import MOST_DAYS, Push, days_from
from handlers.timewords import SHANGHAI
from storage import broadcasts, deliveries
from storage.broadcasts import Broadcast
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.errors import Busy
from storage.outgoing import deliveries as table
from storage.store import Store
from tests.casting import OUTBOX, act, claim, confirmed, crowd, expand, member
from tests.conftest import KEY, NOW

TODAY = date(2026, 11, 23)
TOMORROW = TODAY + timedelta(days=1)


def days(store: Store, cause: str) -> dict[int, tuple[date | None, str]]:
    """Return day and state of every delivery of a cause, by person."""
    query = select(table).where(table.c.cause == cause)
    found = store.read_now(lambda tx: tx.execute(query).all())
    return {row.person_id: (row.on_day, row.state) for row in found}


def push(store: Store, person: int, cause: str, now: datetime) -> deliveries.Letter | None:
    one = Push(cause, "campaign", Reply("清明快到了"))
    return store.write_now(lambda tx: OUTBOX.push(tx, person, one, now))


def paused(store: Store, many: int) -> tuple[Broadcast, list[int]]:
    """A broadcast that is paused before anybody has got it."""
    by, everybody = member(store), crowd(store, many)
    one = confirmed(store, by)
    expand(store)
    act(store, broadcast.pause, one, by, minutes=2)
    return one, everybody


def resume(store: Store, one: Broadcast, now: datetime) -> Broadcast:
    by = broadcast.Member(one.author_id, one.author, "admin")
    return store.write_now(lambda tx: broadcast.resume(tx, one.id, by, now))


def test_it_takes_the_day_on_which_it_goes(store: Store) -> None:
    one, (first, second) = paused(store, 2)
    assert set(days(store, one.cause).values()) == {(TODAY, "paused")}
    tomorrow = NOW + timedelta(days=1)
    resume(store, one, tomorrow)
    assert set(days(store, one.cause).values()) == {(TOMORROW, "waiting")}
    letter = push(store, first, "campaign:x", tomorrow)
    assert letter
    assert letter.on_day == TOMORROW + timedelta(days=1)
    assert [sent.person_id for sent in claim(store, days=1, minutes=1)] == [first, second]


def test_who_gets_another_message_that_day_gets_it_on_the_next_free_one(store: Store) -> None:
    one, (first, second, third) = paused(store, 3)
    tomorrow = NOW + timedelta(days=1)
    push(store, first, "campaign:x", tomorrow)
    for number in range(2):
        push(store, second, f"campaign:{number}", tomorrow)
    resume(store, one, tomorrow)
    assert days(store, one.cause) == {
        first: (TOMORROW + timedelta(days=1), "waiting"),
        second: (TOMORROW + timedelta(days=2), "waiting"),
        third: (TOMORROW, "waiting"),
    }
    sent = [each for each in claim(store, days=1, minutes=1) if each.cause == one.cause]
    assert [each.person_id for each in sent] == [third]


def test_the_same_day_stays(store: Store) -> None:
    one, _ = paused(store, 2)
    before = store.read_now(lambda tx: tx.execute(select(table.c.hold_until)).all())
    resume(store, one, NOW + timedelta(hours=3))
    assert set(days(store, one.cause).values()) == {(TODAY, "waiting")}
    assert store.read_now(lambda tx: tx.execute(select(table.c.hold_until)).all()) == before


def test_at_night_it_is_the_message_of_the_morning(store: Store) -> None:
    one, _ = paused(store, 1)
    resume(store, one, datetime(2026, 11, 23, 22, 30, tzinfo=SHANGHAI))
    assert set(days(store, one.cause).values()) == {(TOMORROW, "waiting")}


def test_what_is_urgent_counts_for_no_day(store: Store) -> None:
    by, _ = member(store), crowd(store, 1)
    one = confirmed(store, by, urgent=True)
    expand(store)
    act(store, broadcast.pause, one, by, minutes=2)
    resume(store, one, NOW + timedelta(days=1))
    assert set(days(store, one.cause).values()) == {(None, "waiting")}


def test_nobody_gets_more_than_one_a_day_for_a_month(store: Store) -> None:
    one, (person,) = paused(store, 1)
    for number in range(MOST_DAYS + 2):
        push(store, person, f"campaign:{number}", NOW + timedelta(days=1))
    resume(store, one, NOW + timedelta(days=1))
    assert days(store, one.cause) == {person: (None, "dropped")}


def test_the_moments_are_one_a_day(store: Store) -> None:
    moments = days_from(NOW)
    assert moments[0] == NOW
    assert [at.date() for at in moments] == [
        TODAY + timedelta(days=number) for number in range(MOST_DAYS)
    ]


@pytest.fixture
def other(database_url: str) -> Iterator[Store]:
    """The store of another process."""
    opened = Store(database_url, decode_key(KEY))
    yield opened
    opened.close()


def test_others_may_queue_while_it_goes_on(store: Store, other: Store) -> None:
    one, everybody = paused(store, 30)
    tomorrow = NOW + timedelta(days=1)

    def campaign() -> None:
        for person in everybody:
            with suppress(Busy):
                push(other, person, "campaign:x", tomorrow)

    beside = threading.Thread(target=campaign)
    beside.start()
    while broadcasts_state(store, one) == "paused":
        with suppress(Busy):
            resume(store, one, tomorrow)
    beside.join()
    on_days = list(days(store, one.cause).items()) + list(days(store, "campaign:x").items())
    taken = [(person, day) for person, (day, _) in on_days]
    assert len(taken) == len(set(taken))
    assert all(day and day >= TOMORROW for _, day in taken)
    assert {state for _, (_, state) in on_days} == {"waiting"}


def broadcasts_state(store: Store, one: Broadcast) -> str:
    def read(tx: Transaction) -> str:
        return broadcasts.get(tx, one.id).state

    return store.read_now(read)


def test_a_day_that_another_takes_just_now_is_not_taken_twice(store: Store, other: Store) -> None:
    """On PostgreSQL the other's row is seen only when it is committed, and in the way then."""
    one, (person,) = paused(store, 1)
    tomorrow, queued, may_commit = NOW + timedelta(days=1), threading.Event(), threading.Event()

    def slowly(tx: Transaction) -> None:
        OUTBOX.push(tx, person, Push("campaign:x", "campaign", Reply("清明")), tomorrow)
        queued.set()
        may_commit.wait(2)

    beside = threading.Thread(target=other.write_now, args=(slowly,))
    beside.start()
    assert queued.wait(3)
    threading.Timer(0.3, may_commit.set).start()
    resume(store, one, tomorrow)
    beside.join()
    assert days(store, "campaign:x") == {person: (TOMORROW, "waiting")}
    assert days(store, one.cause) == {person: (TOMORROW + timedelta(days=1), "waiting")}
