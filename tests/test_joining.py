"""Two people become one: what was to be told to both is told once; and what erasure leaves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from storage import calls, deliveries, erasure, links, people, signups, staff, stations
from storage.deliveries import Letter
from storage.engine import Transaction
from storage.outgoing import calls as call_rows
from storage.outgoing import deliveries as rows
from storage.stations import Station
from storage.store import Store
from storage.tables import staff as members
from tests.conftest import NOW

KEPT, OTHER = "kept", "other"
CODE = "123456"


def someone(tx: Transaction, name: str) -> tuple[int, int]:
    """Return the ids of an address and its person."""
    address = people.address_row(tx, "web", name)
    return address, people.locked(tx, address, NOW).id


def push(store: Store, name: str, cause: str, state: str = "waiting", **more: Any) -> None:
    def work(tx: Transaction) -> None:
        address, person = someone(tx, name)
        letter = Letter(cause, person, address, {"text": cause, "choices": []}, "reminder", **more)
        queued = deliveries.queue(tx, letter, NOW)
        tx.execute(update(rows).where(rows.c.id == queued).values(state=state))

    store.write_now(work)


def join(store: Store) -> int:
    """Let ``OTHER`` become ``KEPT``; return the person."""

    def work(tx: Transaction) -> int:
        _, kept = someone(tx, KEPT)
        address, other = someone(tx, OTHER)
        links.issue(tx, kept, CODE, NOW)
        assert links.redeem(tx, address, other, CODE, NOW) == "linked"
        return kept

    return store.write_now(work)


def standing(store: Store) -> list[tuple[str, str]]:
    query = select(rows.c.cause, rows.c.state, rows.c.reply).order_by(rows.c.id)
    return [(row.cause, row.state) for row in store.read_now(lambda tx: tx.execute(query).all())]


@pytest.mark.parametrize(
    ("kept", "other", "after"),
    [
        ("waiting", "waiting", [("a", "waiting"), ("a~2", "merged")]),
        ("sent", "waiting", [("a", "sent"), ("a~2", "merged")]),
        ("waiting", "sent", [("a~1", "merged"), ("a", "sent")]),
        ("sent", "sent", [("a", "sent"), ("a~2", "sent")]),
        ("sending", "waiting", [("a", "sending"), ("a~2", "merged")]),
    ],
)
def test_a_cause_that_both_have_is_told_once(
    store: Store, kept: str, other: str, after: list[tuple[str, str]]
) -> None:
    push(store, KEPT, "a", kept)
    push(store, OTHER, "a", other)
    push(store, OTHER, "b")
    person = join(store)
    assert standing(store) == [*after, ("b", "waiting")]
    owners = select(rows.c.person_id).distinct()
    assert store.read_now(lambda tx: tx.execute(owners).scalars().all()) == [person]


def test_both_may_have_had_their_one_message_of_the_day(store: Store) -> None:
    day = date(2026, 11, 23)
    push(store, KEPT, "a", on_day=day)
    push(store, OTHER, "b", on_day=day)
    join(store)
    assert standing(store) == [("a", "waiting"), ("b", "waiting")]


@pytest.mark.parametrize(
    ("closes", "open_after"), [("", 1), (KEPT, 0), (OTHER, 0), (KEPT + OTHER, 0)]
)
def test_a_call_about_one_cause_is_made_once(store: Store, closes: str, open_after: int) -> None:
    def ask(tx: Transaction) -> None:
        for name in (KEPT, OTHER):
            call = calls.ask_for(tx, "change:1", someone(tx, name)[1], "no answer", "改了", NOW)
            if call and name in closes:
                calls.close(tx, call, "reached", NOW)
        calls.ask_for(tx, "change:2", someone(tx, OTHER)[1], "asked", "改了", NOW)

    store.write_now(ask)
    person = join(store)
    waiting = store.read_now(calls.open_calls)
    assert len(waiting) == open_after + 1
    assert {call.person_id for call in waiting} == {person}


@pytest.mark.parametrize("who", [KEPT, OTHER])
def test_no_more_messages_counts_for_both(store: Store, who: str) -> None:
    for name in (KEPT, OTHER):
        store.write_now(lambda tx, name=name: people.subscribe(tx, someone(tx, name)[1], NOW))
    store.write_now(lambda tx: people.opt_out(tx, someone(tx, who)[1], NOW))
    push(store, KEPT, "a")
    push(store, OTHER, "b")
    person = join(store)
    assert store.read_now(lambda tx: people.get(tx, person)).opted_out
    assert standing(store) == [("a", "opted_out"), ("b", "opted_out")]


def test_who_subscribed_stays_so(store: Store) -> None:
    store.write_now(lambda tx: people.subscribe(tx, someone(tx, OTHER)[1], NOW))
    person = join(store)
    joined = store.read_now(lambda tx: people.get(tx, person))
    assert (joined.subscribed, joined.opted_out) == (True, False)


@pytest.mark.parametrize("linked", [(OTHER,), (KEPT,), (KEPT, OTHER)])
def test_staff_are_still_known_in_chat(store: Store, linked: tuple[str, ...]) -> None:
    def enter(tx: Transaction) -> None:
        for name in linked:
            member = staff.add(tx, name, "hash", NOW)
            owner = update(members).where(members.c.id == member)
            tx.execute(owner.values(person_id=someone(tx, name)[1]))

    store.write_now(enter)
    person = join(store)
    known = store.read_now(lambda tx: staff.of_person(tx, person))
    assert known
    assert known.name == (KEPT if KEPT in linked else OTHER)


def test_erasure_takes_what_was_never_sent_and_the_calls(store: Store) -> None:
    def enter(tx: Transaction) -> int:
        _, person = someone(tx, KEPT)
        letter = Letter("a", person, None, None, "change", "telephone", state="unreachable")
        deliveries.queue(tx, letter, NOW)
        calls.ask_for(tx, "a", person, "unreachable", "改了", NOW)
        member = staff.add(tx, "王老师", "hash", NOW)
        tx.execute(update(members).where(members.c.id == member).values(person_id=person))
        return person

    person = store.write_now(enter)
    push(store, OTHER, "b")
    store.write_now(lambda tx: erasure.forget_person(tx, person, "request", NOW))
    assert standing(store) == [("b", "waiting")]
    left = select(func.count()).select_from(call_rows)
    assert store.read_now(lambda tx: tx.execute(left).scalar()) == 0
    linked = select(members.c.person_id)
    assert store.read_now(lambda tx: tx.execute(linked).scalar()) is None


@pytest.mark.parametrize("first", [KEPT, OTHER])
def test_of_a_seat_and_a_place_in_line_the_seat_stays_and_the_next_moves_up(
    store: Store, first: str
) -> None:
    shift = store.write_now(one_seat)
    second = OTHER if first == KEPT else KEPT
    for name in (first, "third", second):
        take(store, name, shift)
    kept = join(store)
    assert held(store, kept) == [("confirmed", 0)]
    assert held(store, person(store, "third")) == [("waiting", 1)]


def test_of_two_seats_one_goes_to_the_next_in_line(store: Store) -> None:
    shift = store.write_now(lambda tx: one_seat(tx, seats=2))
    for name in (KEPT, OTHER, "third"):
        take(store, name, shift)
    kept = join(store)
    assert held(store, kept) == [("confirmed", 0)]
    assert held(store, person(store, "third")) == [("confirmed", 0)]


def one_seat(tx: Transaction, seats: int = 1) -> int:
    station = stations.add(tx, Station(0, "示例·甲站", "常州市"))
    assert station
    starts = NOW + timedelta(days=3)
    ends = starts + timedelta(hours=1)
    return stations.add_shift(tx, station, starts, ends, weekly=False, seats=seats)


def person(store: Store, name: str) -> int:
    return store.write_now(lambda tx: someone(tx, name)[1])


def take(store: Store, name: str, shift: int) -> None:
    who = person(store, name)
    assert store.write_now(lambda tx: signups.take_seat(tx, who, shift, {}, NOW))


def held(store: Store, who: int) -> list[tuple[str, int]]:
    found = store.read_now(lambda tx: signups.of_person(tx, who))
    return [(one.status, one.place) for one in found]
