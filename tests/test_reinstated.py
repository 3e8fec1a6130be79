"""A day that was left out is held after all, and a shift wants more people, or fewer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from handlers import changes, notice, seats
from handlers import wording_changes as words
from handlers.ability import Request
from handlers.changes import CannotChange
from handlers.desk import Desk
from handlers.message import Reply
from handlers.telling import Act, Told
from knowledge.book import Book
from storage import calls, pauses, people, rosters, signups, staff, stations
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.errors import Busy
from storage.outgoing import deliveries as rows
from storage.store import Store
from tests.conftest import KEY, NOW
from tests.test_changes import (
    DAY,
    FRIDAY,
    HOUR,
    OUTBOX,
    act,
    begins,
    next_of,
    remind,
    states,
    texts,
)
from tests.test_seats import insist, newcomers, shift_of, standing, taken, taking


def off_days(store: Store, shift: int) -> list[date]:
    found = next_of(store, shift)
    assert found
    return list(store.read_now(lambda tx: changes.can_reinstate(tx, found)))


def arrive(store: Store) -> None:
    """Let everything that waits have been sent."""
    sent = update(rows).where(rows.c.state == "waiting").values(state="sent", sent_at=NOW)
    store.write_now(lambda tx: tx.execute(sent))


def test_a_day_is_held_after_all_and_everybody_is_told(store: Store) -> None:
    shift = shift_of(store, 1)
    first, second = newcomers(store, 2)
    for person in (first, second):
        taken(store, person, shift)
    act(store, changes.cancel_day, shift, DAY)
    arrive(store)
    assert off_days(store, shift) == [DAY]
    told = act(store, changes.reinstate_day, shift, DAY, because="老师回来了")
    assert told.text == (
        "【照常】示例·1座站True\n11月24日（周二）09:00—11:00 这一次不停了，照常办。\n"
        "原因：老师回来了"
    )
    assert begins(store, shift).date() == DAY
    assert off_days(store, shift) == []
    assert texts(store) == {
        first: f"{told.text}\n{words.SEAT_KEPT}\n{words.PLEASE_ANSWER}",
        second: f"{told.text}\n{words.PLACE_KEPT}\n{words.PLEASE_ANSWER}",
    }
    recorded = store.read_now(staff.recorded)
    assert recorded[-1] == ("staff 1", "reinstate a day", f"shift {shift} on {DAY}")


def test_its_reminders_come_again(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)
    cause = f"shift:{shift}@{DAY}:-1d"
    remind(store, person, cause)
    act(store, changes.cancel_day, shift, DAY)
    act(store, changes.reinstate_day, shift, DAY)
    assert remind(store, person, cause)


def test_what_was_not_sent_of_the_leaving_out_is_taken_back(store: Store) -> None:
    shift = shift_of(store, 3)
    reached, called = newcomers(store, 2)
    for person in (reached, called):
        taken(store, person, shift)
    act(store, changes.cancel_day, shift, DAY)
    store.write_now(
        lambda tx: calls.ask_for(tx, "change:1", called, "unreachable", "【停一次】", NOW)
    )
    act(store, changes.cancel_day, shift, DAY + timedelta(days=7))
    act(store, changes.reinstate_day, shift, DAY)
    assert states(store) == {"withdrawn": 2, "waiting": 4}
    assert store.read_now(calls.open_calls) == []


@pytest.mark.parametrize("times", [1, 2])
def test_a_day_may_be_left_out_again(store: Store, times: int) -> None:
    shift = shift_of(store, 3)
    for _ in range(times):
        act(store, changes.cancel_day, shift, DAY)
        act(store, changes.reinstate_day, shift, DAY)
    act(store, changes.cancel_day, shift, DAY)
    assert begins(store, shift).date() == DAY + timedelta(days=7)


def test_a_day_that_was_moved_is_not_held_twice(store: Store) -> None:
    shift = shift_of(store, 3)
    act(store, changes.move_day, shift, DAY, FRIDAY, FRIDAY + HOUR)
    assert off_days(store, shift) == []
    with pytest.raises(CannotChange, match="not left out"):
        act(store, changes.reinstate_day, shift, DAY)
    single = next(one for one in opened(store) if one != shift)
    act(store, changes.close_shift, single)
    assert off_days(store, shift) == [DAY]
    act(store, changes.reinstate_day, shift, DAY)
    assert begins(store, shift).date() == DAY


def opened(store: Store) -> list[int]:
    (station,) = store.read_now(lambda tx: stations.open_stations(tx, NOW))
    return [shift.id for shift in station.shifts]


def test_what_cannot_be_held_changes_nothing(store: Store) -> None:
    shift = shift_of(store, 3)
    act(store, changes.cancel_day, shift, DAY)
    with pytest.raises(CannotChange, match="not left out"):
        act(store, changes.reinstate_day, shift, DAY + timedelta(days=7))
    with pytest.raises(CannotChange, match="is not held on"):
        act(store, changes.reinstate_day, shift, DAY, now=NOW + timedelta(days=2))
    assert store.read_now(lambda tx: pauses.off(tx, shift, DAY)) == [DAY]


def away(store: Store, shift: int) -> list[tuple[date, ...]]:
    found = store.read_now(lambda tx: rosters.of_shift(tx, shift, DAY))
    return [one.absent for one in found]


def answer(store: Store, person: int, change: int, given: str) -> Reply:
    def said(tx: Transaction) -> Reply:
        desk = Desk(people.get(tx, person), tx, Book([]), NOW, "web", 1)
        return notice.answer(desk, Request(argument=f"{change}:{given}"))

    return store.write_now(said)


def test_who_cannot_come_after_all_keeps_the_weeks_to_come(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)
    for do in (changes.cancel_day, changes.reinstate_day):
        act(store, do, shift, DAY)
        arrive(store)
    assert answer(store, person, 1, "cannot").text == words.SUPERSEDED
    reply = answer(store, person, 2, "cannot")
    assert reply.text == words.DAY_WITHOUT.format(time="每周二 09:00—11:00")
    assert away(store, shift) == [(DAY,)]
    assert [choice.label for choice in reply.choices] == [words.STILL_COMES, words.COMES_NO_MORE]
    assert standing(store, shift) == ([person], [])
    assert answer(store, person, 2, "ok").text == words.NOTED
    assert away(store, shift) == [()]


# Seats.


def seat_texts(store: Store) -> list[int]:
    return sorted(texts(store))


def test_more_seats_are_given_in_order_and_told_at_once(store: Store) -> None:
    shift = shift_of(store, 1)
    first, *line = newcomers(store, 4)
    for person in (first, *line):
        taken(store, person, shift)
    told = act(store, changes.set_seats, shift, 3)
    assert standing(store, shift) == ([first, *line[:2]], line[2:])
    assert sorted(letter.person_id for letter in told.letters) == line[:2] == seat_texts(store)
    assert "从要 1 个人改成要 3 个人" in told.text
    assert not store.write_now(lambda tx: seats.tell(tx, OUTBOX, NOW))
    assert seat_texts(store) == line[:2]
    recorded = store.read_now(staff.recorded)
    assert recorded[-1] == ("staff 1", "set seats", f"shift {shift} from 1 to 3")


def test_many_seats_at_once_are_all_told(store: Store) -> None:
    shift = shift_of(store, 1)
    everybody = newcomers(store, seats.CHUNK + 12)
    for person in everybody:
        taken(store, person, shift)
    told = act(store, changes.set_seats, shift, 100)
    assert len(told.letters) == len(everybody) - 1
    assert standing(store, shift) == (everybody, [])


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (1, "已经有 2 个人报上了，不能少于 2"),
        (0, "1 到 500"),
        (501, "1 到 500"),
        (3, "现在就是要 3 个人"),
    ],
)
def test_nobody_loses_a_seat(store: Store, wanted: int, sentence: str) -> None:
    shift = shift_of(store, 3)
    for person in newcomers(store, 2):
        taken(store, person, shift)
    with pytest.raises(CannotChange) as refused:
        act(store, changes.set_seats, shift, wanted)
    assert sentence in refused.value.said
    found = next_of(store, shift)
    assert found
    assert (found.seats, store.read_now(staff.recorded)) == (3, [])


def test_as_few_as_are_taken(store: Store) -> None:
    shift = shift_of(store, 3)
    for person in newcomers(store, 2):
        taken(store, person, shift)
    assert act(store, changes.set_seats, shift, 2).letters == []
    found = next_of(store, shift)
    assert found
    assert (found.seats, found.free) == (2, 0)


@pytest.fixture
def other(database_url: str) -> Iterator[Store]:
    """The store of another process."""
    opened_too = Store(database_url, decode_key(KEY))
    yield opened_too
    opened_too.close()


@pytest.mark.parametrize(("before", "after"), [(5, 9), (9, 3)])
async def test_seats_that_change_while_many_sign_up_are_never_sold_twice(
    store: Store, other: Store, before: int, after: int
) -> None:
    shift = shift_of(store, before)
    everybody = newcomers(store, 20)

    def change(tx: Transaction) -> Told | None:
        with suppress(CannotChange):
            return changes.set_seats(Act(tx, OUTBOX, "staff 1", NOW), shift, after)
        return None

    made = [insist(store, taking(person, shift)) for person in everybody]
    *_, told = await asyncio.gather(*made[:10], *made[10:], insisting(other, change))
    confirmed, waiting = standing(store, shift)
    assert len(confirmed) == (after if told else before)
    assert len(confirmed) + len(waiting) == 20
    sold = store.read_now(lambda tx: signups.counts(tx))
    assert sold == {"confirmed": len(confirmed), "waiting": len(waiting)}


async def insisting(store: Store, work: Callable[[Transaction], Told | None]) -> Told | None:
    while True:
        with suppress(Busy):
            return await store.write(work)
