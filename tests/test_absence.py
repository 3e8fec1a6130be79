"""Not coming once: the place stays, nobody moves up, and what was to be said of that day is not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from handlers import absence
from handlers import wording as say
from handlers import wording_reminders as words
from handlers.ability import Request
from handlers.desk import Desk
from handlers.message import Reply
from knowledge.book import Book
from storage import absences, calls, erasure, links, pauses, people, rosters, signups
from storage.engine import Transaction
from storage.errors import Busy
from storage.outgoing import absences as table
from storage.store import Store
from tests.conftest import NOW
from tests.test_reminders import (
    TUESDAY,
    at,
    cause,
    go_round,
    newcomer,
    rows,
    send_all,
    shift_at,
    sign_up,
    states,
)

WEEK = timedelta(days=7)

Press = Callable[..., Reply]


@pytest.fixture
def tuesday(store: Store) -> int:
    """A weekly shift on Tuesdays at 16:00 with one seat."""
    return shift_at(store, at(TUESDAY, 16), seats=1)


@pytest.fixture
def press(store: Store, book: Book) -> Press:
    """Let somebody press a button: ``press(person, "absent:2026-11-24:1")``."""

    def pressed(person: int, button: str, now: datetime = NOW) -> Reply:
        ability, _, argument = button.partition(":")
        handle = {"absent": absence.absent, "attend": absence.attend}[ability]

        def work(tx: Transaction) -> Reply:
            who = people.get(tx, person, lock=True)
            return handle(Desk(who, tx, book, now, "telegram", 0), Request("", argument))

        return store.write_now(work)

    return pressed


def kept(store: Store) -> int:
    query = select(func.count()).select_from(table)
    return int(store.read_now(lambda tx: tx.execute(query)).scalar_one())


def button(signup: int, day: date = TUESDAY, ability: str = "absent") -> str:
    return f"{ability}:{day}:{signup}"


def test_one_time_is_left_out_and_the_next_week_comes_as_ever(
    store: Store, tuesday: int, press: Press
) -> None:
    person, second = newcomer(store), newcomer(store)
    made = sign_up(store, person, tuesday)
    sign_up(store, second, tuesday)
    go_round(store, NOW)
    send_all(store, NOW)
    read = press(person, button(made)).text
    assert "11月24日（周二）16:00—18:00 这一次您不来" in read
    assert "以后每周二 16:00—18:00 的位置还给您留着，下一次是12月1日（周二）16:00—18:00" in read
    go_round(store, at(TUESDAY, 14))
    assert states(store) == {cause(tuesday, "-1d"): "sent", cause(tuesday, "-2h"): "dropped"}
    assert rows(store)[-1].outcome == absence.NOT_COMING
    go_round(store, at(TUESDAY, 9) + WEEK)
    assert states(store)[cause(tuesday, "-1d", TUESDAY + WEEK)] == "waiting"
    assert store.read_now(signups.counts) == {"confirmed": 1, "waiting": 1}


def test_saying_it_twice_changes_nothing(store: Store, tuesday: int, press: Press) -> None:
    person = newcomer(store)
    made = sign_up(store, person, tuesday)
    assert press(person, button(made)) == press(person, button(made))
    assert kept(store) == 1


def test_what_waits_of_that_day_is_taken_back(store: Store, tuesday: int, press: Press) -> None:
    person = newcomer(store)
    made = sign_up(store, person, tuesday)
    go_round(store, NOW)
    press(person, button(made))
    assert [row.state for row in rows(store)] == ["withdrawn"]
    go_round(store, at(TUESDAY, 15))
    assert "waiting" not in states(store).values()


def test_nobody_calls_about_it(store: Store, tuesday: int, press: Press) -> None:
    person = newcomer(store, "terminal")
    made = sign_up(store, person, tuesday)
    go_round(store, NOW)
    assert len(store.read_now(calls.open_calls)) == 1
    press(person, button(made))
    assert store.read_now(calls.open_calls) == []


def test_another_place_of_the_same_day_is_told_alone(
    store: Store, tuesday: int, press: Press
) -> None:
    person, other = newcomer(store), shift_at(store, at(TUESDAY, 18))
    made = sign_up(store, person, tuesday)
    sign_up(store, person, other)
    go_round(store, NOW)
    offered = press(person, f"absent:{TUESDAY}").choices
    assert [choice.label[:6] for choice in offered] == ["11月24日", "11月24日", "以后都不来了"]
    press(person, offered[0].data)
    go_round(store, NOW)
    (waiting,) = [row for row in rows(store) if row.state == "waiting"]
    assert waiting.cause == cause(other, "-1d")
    assert made


def test_whoever_can_come_after_all_is_reminded_again(
    store: Store, tuesday: int, press: Press
) -> None:
    person = newcomer(store)
    made = sign_up(store, person, tuesday)
    read = press(person, button(made))
    back = press(person, read.choices[0].data)
    assert back.text.startswith("好的，记下了，11月24日（周二）16:00—18:00 您来。")
    assert press(person, read.choices[0].data) == back
    go_round(store, at(TUESDAY, 14))
    assert states(store)[cause(tuesday, "-2h")] == "waiting"


def test_which_of_several_times_comes_back_is_asked(
    store: Store, tuesday: int, press: Press
) -> None:
    person = newcomer(store)
    made = sign_up(store, person, tuesday)
    for day in (TUESDAY, TUESDAY + WEEK):
        press(person, button(made, day))
    asked = press(person, "attend")
    assert asked.text == words.WHICH_AGAIN
    assert [choice.label[:6] for choice in asked.choices] == ["11月24日", "12月1日（"]


def test_the_next_time_passes_over_days_that_are_off(
    store: Store, tuesday: int, press: Press
) -> None:
    person = newcomer(store)
    made = sign_up(store, person, tuesday)
    store.write_now(lambda tx: pauses.pause(tx, tuesday, TUESDAY + WEEK))
    store.write_now(lambda tx: absences.add(tx, made, TUESDAY + 2 * WEEK))
    assert "下一次是12月15日（周二）" in press(person, button(made)).text


@pytest.mark.parametrize("day", [TUESDAY - WEEK, TUESDAY + timedelta(days=1)])
def test_a_time_that_is_over_or_was_never_changes_nothing(
    store: Store, tuesday: int, press: Press, day: date
) -> None:
    person = newcomer(store)
    made = sign_up(store, person, tuesday)
    assert press(person, button(made, day)).text == words.TIME_IS_OVER
    assert press(person, button(made), at(TUESDAY, 16, 1)).text == words.TIME_IS_OVER
    assert kept(store) == 0


@pytest.mark.parametrize("argument", ["x:y", "2026-11-24:", ":1", "2026-11-24:99999999999", "::"])
def test_a_strange_button_changes_nothing(
    store: Store, tuesday: int, press: Press, argument: str
) -> None:
    person, other = newcomer(store), newcomer(store)
    sign_up(store, other, tuesday)
    for ability in ("absent", "attend"):
        press(person, f"{ability}:{argument}")
    assert kept(store) == 0


def test_nobody_is_absent_in_the_name_of_another(store: Store, tuesday: int, press: Press) -> None:
    made = sign_up(store, newcomer(store), tuesday)
    assert press(newcomer(store), button(made)).text == words.TIME_IS_OVER
    assert kept(store) == 0


def test_a_single_shift_is_asked_about_and_given_up(store: Store, press: Press) -> None:
    person, shift = newcomer(store), shift_at(store, at(TUESDAY, 16), weekly=False)
    made = sign_up(store, person, shift)
    asked = press(person, button(made))
    assert [choice.data for choice in asked.choices] == ["mine", f"cancel:{made}:yes"]
    assert kept(store) == 0


def test_who_has_no_place_hears_so(store: Store, press: Press) -> None:
    assert say.MINE_NONE in press(newcomer(store), "absent").text


def test_staff_see_who_does_not_come_on_which_day(store: Store, tuesday: int) -> None:
    made = sign_up(store, newcomer(store), tuesday)
    for day in (TUESDAY - WEEK, TUESDAY):
        store.write_now(partial(absences.add, signup_id=made, day=day))
    (who,) = store.read_now(lambda tx: rosters.of_shift(tx, tuesday, TUESDAY))
    assert who.absent == (TUESDAY,)


def test_it_goes_with_its_person(store: Store, tuesday: int, press: Press) -> None:
    person = newcomer(store)
    press(person, button(sign_up(store, person, tuesday)))
    store.write_now(lambda tx: erasure.forget_person(tx, person, "request", NOW))
    assert kept(store) == 0


def test_it_stays_when_two_doors_are_joined(store: Store, press: Press) -> None:
    shift = shift_at(store, at(TUESDAY, 16))
    old, new = newcomer(store), newcomer(store)
    made = sign_up(store, old, shift)
    sign_up(store, new, shift)
    press(old, button(made))
    store.write_now(lambda tx: links.issue(tx, new, "123456", NOW))
    address = store.read_now(lambda tx: people.addresses_of(tx, old, NOW))[0].id
    store.write_now(lambda tx: links.redeem(tx, address, old, "123456", NOW))
    (who,) = store.read_now(lambda tx: rosters.of_shift(tx, shift, TUESDAY))
    assert who.absent == (TUESDAY,)


def test_many_taps_at_once_beside_the_clock_are_one(
    store: Store, tuesday: int, press: Press
) -> None:
    """Whichever comes first, nothing is left waiting to be said of that day."""
    person = newcomer(store)
    made = sign_up(store, person, tuesday)

    def insist(work: Callable[[], object]) -> None:
        while True:
            with suppress(Busy):
                work()
                return

    def round_of_the_clock() -> None:
        go_round(store, at(TUESDAY, 14))

    taps = [partial(press, person, button(made), at(TUESDAY, 14))] * 6
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(insist, [*taps[:3], round_of_the_clock, round_of_the_clock, *taps[3:]]))
    round_of_the_clock()
    assert kept(store) == 1
    assert "waiting" not in states(store).values()
