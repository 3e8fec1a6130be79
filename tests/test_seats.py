"""Seats: never sold twice, given in order, and the first in line moves up once and is told once."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.dispatch import Dispatcher
from handlers import wording as say
from handlers.message import Incoming, Reply
from knowledge.book import Book
from storage import people, signups, stations
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.errors import Busy
from storage.signups import Signup
from storage.stations import Station
from storage.store import Store
from storage.tables import shifts
from storage.tables import signups as table
from storage.tables import stations as places
from tests.conftest import KEY, NOW, Clock

T = Callable[[Transaction], Any]
DETAILS = {"name": "李桂芳", "phone": "13900001234", "subjects": ["书法"]}
TO_CONFIRM = ("报名", "1", "李桂芳", "13900001234", "书法", "1", "1", "1")
"""What leads from a greeting to the last question of the form."""


def shift_of(store: Store, seats: int, *, weekly: bool = True) -> int:
    """Enter a station with one shift of so many seats, on the day after."""

    def enter(tx: Transaction) -> int:
        station = stations.add(tx, Station(0, f"示例·{seats}座站{weekly}", "常州市")) or 0
        starts = NOW + timedelta(days=1)
        ends = starts + timedelta(hours=2)
        return stations.add_shift(tx, station, starts, ends, weekly=weekly, seats=seats)

    return store.write_now(enter)


_numbers = count(1)


def newcomers(store: Store, how_many: int) -> list[int]:
    """Enter people and return their ids."""

    def enter(tx: Transaction) -> list[int]:
        rows = [people.address_row(tx, "web", f"person-{next(_numbers)}") for _ in range(how_many)]
        return [people.locked(tx, row, NOW).id for row in rows]

    return store.write_now(enter)


def taking(person: int, shift: int) -> Callable[[Transaction], Signup | None]:
    return lambda tx: signups.take_seat(tx, person, shift, DETAILS, NOW)


def cancelling(person: int, signup: int) -> Callable[[Transaction], Signup]:
    return lambda tx: signups.cancel(tx, person, signup, NOW)


def taken(store: Store, person: int, shift: int) -> Signup:
    made = store.write_now(taking(person, shift))
    assert made is not None
    return made


def standing(store: Store, shift: int) -> tuple[list[int], list[int]]:
    """Return the people who hold a seat and those who wait, each in the order they came."""
    query = select(table.c.person_id, table.c.status).where(table.c.shift_id == shift)
    rows = store.read_now(lambda tx: tx.execute(query.order_by(table.c.id)).all())
    confirmed = [person for person, status in rows if status == "confirmed"]
    return confirmed, [person for person, status in rows if status == "waiting"]


def assert_sold(made: Sequence[Signup | None], seats: int) -> None:
    """So many are confirmed, first come first served; the others wait at 1, 2, 3…"""
    in_order = sorted((one for one in made if one), key=lambda one: one.id)
    assert len(in_order) == len(made)
    assert [one.status for one in in_order[:seats]] == ["confirmed"] * seats
    assert {one.status for one in in_order[seats:]} <= {"waiting"}
    assert [one.place for one in in_order[seats:]] == list(range(1, len(made) - seats + 1))


@pytest.fixture
def stores(store: Store, database_url: str) -> Iterator[list[Store]]:
    """Two stores on one database, as two processes have them."""
    other = Store(database_url, decode_key(KEY))
    yield [store, other]
    other.close()


async def insist(store: Store, work: Callable[[Transaction], Signup | None]) -> Signup | None:
    """Try again where a slow machine is Busy."""
    while True:
        with contextlib.suppress(Busy):
            return await store.write(work)


@pytest.mark.parametrize(("crowd", "seats"), [(20, 1), (200, 5)])
async def test_many_at_once(stores: list[Store], crowd: int, seats: int) -> None:
    shift = shift_of(stores[0], seats)
    everybody = newcomers(stores[0], crowd)
    made = await asyncio.gather(
        *(insist(stores[n % 2], taking(person, shift)) for n, person in enumerate(everybody))
    )
    assert_sold(made, seats)
    confirmed, waiting = standing(stores[0], shift)
    assert (len(confirmed), len(waiting)) == (seats, crowd - seats)


class Crowd:
    """People who talk, each message through one of two processes."""

    def __init__(self, stores: list[Store]) -> None:
        self.clock = Clock()
        self._doors = [Dispatcher(store, lambda: Book([]), self.clock) for store in stores]
        self._ids = count(1)

    async def say(self, who: int, words: str, kind: Any = "text") -> Reply:
        number = next(self._ids)
        message = Incoming("web", f"user-{who}", words, f"id-{number}", self.clock(), kind)
        return await self._doors[number % 2].receive(message)

    async def fill_in(self, who: int) -> Reply:
        """Go as far as the last question."""
        for words in TO_CONFIRM:
            reply = await self.say(who, words)
        return reply

    async def sign_up(self, who: int) -> Reply:
        await self.fill_in(who)
        return await self.say(who, "1")


async def test_twenty_people_tap_the_last_button_at_once(stores: list[Store]) -> None:
    shift = shift_of(stores[0], seats=1)
    crowd = Crowd(stores)
    asked = await asyncio.gather(*(crowd.fill_in(who) for who in range(20)))
    assert all(say.RIGHT in [choice.label for choice in reply.choices] for reply in asked)
    replies = await asyncio.gather(*(crowd.say(who, "1") for who in range(20)))
    won = [reply for reply in replies if "报名成功" in reply.text]
    places = [f"候补第 {place} 位" for place in range(1, 20)]
    assert len(won) == 1
    for place in places:
        assert sum(place in reply.text for reply in replies) == 1
    confirmed, waiting = standing(stores[0], shift)
    assert (len(confirmed), len(waiting)) == (1, 19)


async def test_eight_taps_on_the_last_button_are_one_sign_up(stores: list[Store]) -> None:
    shift = shift_of(stores[0], seats=3)
    crowd = Crowd(stores)
    await crowd.fill_in(1)
    replies = await asyncio.gather(*(crowd.say(1, "1") for _ in range(8)))
    assert len(set(replies)) == 1
    assert "报名成功" in replies[0].text
    assert len(standing(stores[0], shift)[0]) == 1


async def test_the_same_person_twice_holds_one_place(stores: list[Store]) -> None:
    shift = shift_of(stores[0], seats=3)
    (person,) = newcomers(stores[0], 1)
    made = await asyncio.gather(*(stores[n % 2].write(taking(person, shift)) for n in range(8)))
    assert len({one.id for one in made if one}) == 1
    assert standing(stores[0], shift) == ([person], [])


def test_the_database_itself_refuses_a_second_place(store: Store) -> None:
    shift = shift_of(store, seats=3)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)
    values = {"details": DETAILS, "status": "waiting", "told": True, "created_at": NOW}
    second = insert(table).values(person_id=person, programme="station", shift_id=shift, **values)
    with pytest.raises(Exception, match=r"(?i)unique"):
        store.write_now(lambda tx: tx.execute(second))


def test_who_cancelled_may_come_again(store: Store) -> None:
    shift = shift_of(store, seats=1)
    first, second = newcomers(store, 2)
    mine = taken(store, first, shift)
    taken(store, second, shift)
    assert store.write_now(cancelling(first, mine.id)).status == "confirmed"
    again = taken(store, first, shift)
    assert (again.status, again.place) == ("waiting", 1)
    assert again.id != mine.id
    assert standing(store, shift) == ([second], [first])


async def test_a_freed_seat_goes_to_the_first_in_line_who_hears_of_it_once(
    stores: list[Store],
) -> None:
    shift = shift_of(stores[0], seats=1)
    crowd = Crowd(stores)
    won, first, second = [await crowd.sign_up(who) for who in range(3)]
    assert ["报名成功" in reply.text for reply in (won, first, second)] == [True, False, False]
    number = _number(won)
    cancelled = await crowd.say(0, f"cancel:{int(number) - signups.FIRST_NUMBER}:yes", "choice")
    assert number in cancelled.text
    news = say.PROMOTED.format(number=_number(first), what="").strip()
    assert news not in cancelled.text
    assert news not in (await crowd.say(2, "我的")).text
    told = await asyncio.gather(*(crowd.say(1, "我的") for _ in range(6)))
    assert sum(news in reply.text for reply in told) == 1
    assert news not in (await crowd.say(1, "你好")).text
    assert "候补第 1 位" in (await crowd.say(2, "我的")).text
    assert len(standing(stores[0], shift)[0]) == 1


def _number(reply: Reply) -> str:
    return reply.text.partition("报名编号：")[2][:6]


async def test_who_waits_and_leaves_frees_no_seat(stores: list[Store]) -> None:
    shift = shift_of(stores[0], seats=1)
    everybody = newcomers(stores[0], 4)
    made = [taken(stores[0], person, shift) for person in everybody]
    stores[1].write_now(cancelling(everybody[1], made[1].id))
    assert standing(stores[0], shift) == ([everybody[0]], everybody[2:])
    places = [taken(stores[0], person, shift).place for person in everybody]
    assert places == [0, 3, 1, 2]


async def test_cancelling_twice_at_once_frees_one_seat(stores: list[Store]) -> None:
    shift = shift_of(stores[0], seats=1)
    everybody = newcomers(stores[0], 4)
    made = [taken(stores[0], person, shift) for person in everybody]
    for _ in range(2):
        await asyncio.gather(
            *(store.write(cancelling(everybody[0], made[0].id)) for store in stores * 2)
        )
    assert standing(stores[0], shift) == ([everybody[1]], everybody[2:])


def test_a_seat_more_is_not_for_who_comes_late(store: Store) -> None:
    shift = shift_of(store, seats=1)
    first, second, late = newcomers(store, 3)
    made = [taken(store, person, shift) for person in (first, second)]
    store.write_now(lambda tx: tx.execute(update(shifts).values(seats=2)))
    assert taken(store, late, shift).place == 2
    store.write_now(cancelling(first, made[0].id))
    assert standing(store, shift) == ([second, late], [])


def test_nobody_cancels_for_another(store: Store) -> None:
    shift = shift_of(store, seats=1)
    mine, other = newcomers(store, 2)
    made = taken(store, mine, shift)
    for number in (made.id, 0, -1, 2**31, 2**63):
        with pytest.raises(LookupError):
            store.write_now(cancelling(other, number))
    assert standing(store, shift) == ([mine], [])


async def test_a_forged_button_cancels_nothing(stores: list[Store]) -> None:
    shift = shift_of(stores[0], seats=1)
    crowd = Crowd(stores)
    number = int(_number(await crowd.sign_up(1))) - signups.FIRST_NUMBER
    reply = await crowd.say(2, f"cancel:{number}:yes", "choice")
    assert reply.text == say.NOT_YOURS
    assert len(standing(stores[0], shift)[0]) == 1


CLOSED = {
    "shift": update(shifts).values(closed_at=NOW),
    "station": update(places).values(closed_at=NOW),
    "past": update(shifts).values(starts_at=NOW - timedelta(hours=1), weekly=False),
}


@pytest.mark.parametrize("how", CLOSED)
def test_what_is_closed_or_over_is_not_sold(store: Store, how: str) -> None:
    shift = shift_of(store, seats=1)
    first, second, third = newcomers(store, 3)
    mine = taken(store, first, shift)
    taken(store, second, shift)
    store.write_now(lambda tx: tx.execute(CLOSED[how]))
    assert store.write_now(taking(third, shift)) is None
    assert store.write_now(taking(third, 9999)) is None
    store.write_now(cancelling(first, mine.id))
    assert standing(store, shift) == ([], [second])  # nobody moves up to what is not


def test_a_weekly_shift_is_sold_week_after_week(store: Store) -> None:
    shift = shift_of(store, seats=1)
    (person,) = newcomers(store, 1)
    later = NOW + timedelta(days=30)
    made = store.write_now(lambda tx: signups.take_seat(tx, person, shift, DETAILS, later))
    assert made is not None


async def test_a_station_that_closes_before_the_last_tap(stores: list[Store]) -> None:
    shift_of(stores[0], seats=1)
    gone = shift_of(stores[0], seats=2)
    crowd = Crowd(stores)
    for words in (*TO_CONFIRM[:5], "2", "1", "1"):
        await crowd.say(1, words)
    query = select(shifts.c.station_id).where(shifts.c.id == gone)
    station = stores[0].read_now(lambda tx: tx.execute(query).scalar_one())
    stores[0].write_now(lambda tx: stations.close(tx, station, NOW))
    reply = await crowd.say(1, "1")
    assert say.STATION_GONE in reply.text
    assert standing(stores[0], gone) == ([], [])
    for words in ("1", "1", "1"):
        reply = await crowd.say(1, words)
    assert "报名成功" in reply.text


def test_cancelling_races_with_taking(stores: list[Store]) -> None:
    """Ten hold the seats, ten wait; all holders leave while ten more come."""
    shift = shift_of(stores[0], seats=10)
    holders, waiting, late = (newcomers(stores[0], 10) for _ in range(3))
    made = {person: taken(stores[0], person, shift) for person in (*holders, *waiting)}
    together = threading.Barrier(20)

    def act(number: int) -> None:
        together.wait(5)
        store = stores[number % 2]
        if number < 10:
            store.write_now(cancelling(holders[number], made[holders[number]].id))
        else:
            store.write_now(taking(late[number - 10], shift))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(act, range(20)))
    confirmed, left = standing(stores[0], shift)
    assert confirmed == waiting  # who waited first is served first
    assert set(left) == set(late)


def test_a_mentor_registers_once_for_a_kind(store: Store) -> None:
    (person,) = newcomers(store, 1)

    def register(kind: str) -> Signup:
        return store.write_now(lambda tx: signups.register(tx, person, kind, {}, NOW))

    first, again, other = register("study"), register("study"), register("company")
    assert first == again
    assert other.id != first.id
    store.write_now(cancelling(person, first.id))
    assert register("study").id not in (first.id, other.id)
