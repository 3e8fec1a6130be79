"""Changes are told: who, when, in which words, and what is taken back with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.channels.page import Page
from bot.postman import Postman
from bot.rounds import Rounds
from handlers import STEPS, changes, quiet
from handlers import wording_changes as words
from handlers.changes import CannotChange
from handlers.outbox import Outbox
from handlers.telling import Act, Told
from handlers.timewords import SHANGHAI, times
from handlers.ways import Reach
from storage import calls, deliveries, people, reminders, shown, signups, staff, stations
from storage.cipher import decode_key
from storage.deliveries import Letter
from storage.engine import Transaction
from storage.errors import Busy
from storage.outgoing import deliveries as rows
from storage.stations import Shift
from storage.store import Store
from storage.tables import addresses
from tests.conftest import KEY, NOW, Clock
from tests.test_seats import insist, newcomers, shift_of, standing, taken, taking

DAY = date(2026, 11, 24)
"""The day of the shift that ``shift_of`` enters: a Tuesday, 09:00—11:00."""

OUTBOX = Outbox(Reach(), Clock(NOW))
FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


def act(
    store: Store,
    do: Callable[..., Told],
    *details: Any,
    now: datetime = NOW,
    because: str = "",
    outbox: Outbox = OUTBOX,
) -> Told:
    return store.write_now(lambda tx: do(Act(tx, outbox, "staff 1", now, because), *details))


def remind(store: Store, person: int, cause: str) -> bool:
    """Queue a reminder as the clock does; False where its cause has a row."""

    def work(tx: Transaction) -> bool:
        address = people.addresses_of(tx, person, NOW)[0].id
        letter = Letter(cause, person, address, {"text": "提醒", "choices": []}, "reminder", "page")
        return deliveries.queue(tx, letter, NOW) is not None

    return store.write_now(work)


def texts(store: Store) -> dict[int, str]:
    """Return the text of the newest push of each person."""
    query = select(rows).where(rows.c.kind == "change").order_by(rows.c.id)
    found = store.read_now(lambda tx: tx.execute(query).all())
    return {row.person_id: row.reply["text"] for row in found}


def next_of(store: Store, shift: int, now: datetime = NOW) -> Shift | None:
    return store.read_now(lambda tx: stations.shift(tx, shift, now))


def begins(store: Store, shift: int, now: datetime = NOW) -> datetime:
    found = next_of(store, shift, now)
    assert found
    return found.starts.astimezone(SHANGHAI)


def states(store: Store) -> dict[str, int]:
    return store.read_now(deliveries.counts)


# What is moved, cancelled, closed.


def test_a_day_that_is_cancelled_is_passed_over(store: Store) -> None:
    shift = shift_of(store, 3)
    told = act(store, changes.cancel_day, shift, DAY, because="老师开会")
    assert told.text == (
        "【停一次】示例·3座站True\n11月24日（周二）09:00—11:00 这一次不办了，不用来。\n"
        "原因：老师开会\n下一次：12月1日（周二）09:00—11:00"
    )
    assert begins(store, shift).date() == date(2026, 12, 1)
    (station,) = store.read_now(lambda tx: stations.open_stations(tx, NOW))
    assert times(station.shifts[0]) == "每周二 09:00—11:00（11月24日停）"
    week_later = NOW + timedelta(days=7)
    assert begins(store, shift, week_later).date() == date(2026, 12, 1)
    later = next_of(store, shift, week_later)
    assert later
    assert later.paused == ()


def test_two_days_in_a_row(store: Store) -> None:
    shift = shift_of(store, 3)
    act(store, changes.cancel_day, shift, date(2026, 12, 1))
    assert begins(store, shift).date() == DAY
    act(store, changes.cancel_day, shift, DAY)
    assert begins(store, shift).date() == date(2026, 12, 8)


def test_whoever_signed_up_keeps_the_place_and_reads_what_becomes_of_it(store: Store) -> None:
    shift = shift_of(store, 1)
    first, second, stranger = newcomers(store, 3)
    for person in (first, second):
        taken(store, person, shift)
    told = act(store, changes.cancel_day, shift, DAY)
    read = texts(store)
    assert read == {
        first: f"{told.text}\n{words.SEAT_KEPT}\n{words.PLEASE_ANSWER}",
        second: f"{told.text}\n{words.PLACE_KEPT}\n{words.PLEASE_ANSWER}",
    }
    assert stranger not in read
    assert standing(store, shift) == ([first], [second])
    assert [letter.way for letter in told.letters] == ["page", "page"]


def test_a_weekly_shift_moves_to_another_day(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)
    told = act(store, changes.move, shift, FRIDAY, FRIDAY + 2 * HOUR)
    assert told.text == (
        "【改时间】示例·3座站True\n原来：每周二 09:00—11:00\n改到：每周五 15:00—17:00，从11月27日起"
    )
    assert begins(store, shift) == FRIDAY
    assert begins(store, shift, FRIDAY + HOUR) == FRIDAY + timedelta(days=7)
    assert standing(store, shift) == ([person], [])


def test_one_day_moves_and_takes_everybody_along(store: Store) -> None:
    shift = shift_of(store, 1)
    first, second = newcomers(store, 2)
    for person in (first, second):
        taken(store, person, shift)
    told = act(store, changes.move_day, shift, DAY, FRIDAY, FRIDAY + HOUR)
    assert "原来：11月24日（周二）09:00—11:00\n改到：11月27日（周五）15:00—16:00" in told.text
    assert begins(store, shift).date() == date(2026, 12, 1)
    (station,) = store.read_now(lambda tx: stations.open_stations(tx, NOW))
    single = station.shifts[0]
    assert (single.starts, single.weekly, single.seats) == (FRIDAY, False, 1)
    assert standing(store, single.id) == standing(store, shift) == ([first], [second])
    assert set(texts(store)) == {first, second}


def test_a_closed_shift_ends_its_places_and_nobody_moves_up(store: Store) -> None:
    shift = shift_of(store, 1)
    first, second = newcomers(store, 2)
    for person in (first, second):
        taken(store, person, shift)
    told = act(store, changes.close_shift, shift)
    assert told.text == "【停办】示例·1座站True\n每周二 09:00—11:00 不再办了，不用来。"
    assert store.read_now(signups.counts) == {"cancelled": 2}
    assert next_of(store, shift) is None
    assert all(words.PLACE_ENDED in text for text in texts(store).values())
    assert set(texts(store)) == {first, second}


def test_a_day_of_a_single_shift_is_the_shift(store: Store) -> None:
    shift = shift_of(store, 1, weekly=False)
    assert "【停办】" in act(store, changes.cancel_day, shift, DAY).text
    assert next_of(store, shift) is None


def test_a_closed_station_tells_each_person_once(store: Store) -> None:
    shift = shift_of(store, 3)

    def another(tx: Transaction) -> int:
        station = stations.open_named(tx, "示例·3座站True")
        assert station
        ends = FRIDAY + HOUR
        return stations.add_shift(tx, station, FRIDAY, ends, weekly=True, seats=1)

    other = store.write_now(another)
    both, one = newcomers(store, 2)
    for person, place in ((both, shift), (both, other), (one, other)):
        taken(store, person, place)
    act(store, changes.close_station, "示例·3座站True", because="搬迁")
    read = texts(store)
    assert len(read) == 2
    assert "每周二 09:00—11:00；每周五 15:00—16:00 不再办了" in read[both]
    assert "站True\n每周五 15:00—16:00 不再办了" in read[one]
    assert states(store) == {"waiting": 2}
    assert store.read_now(signups.counts) == {"cancelled": 3}
    assert store.read_now(lambda tx: stations.open_stations(tx, NOW)) == []
    with pytest.raises(CannotChange, match="no open station"):
        act(store, changes.close_station, "示例·3座站True")


@pytest.mark.parametrize(
    ("do", "details", "why"),
    [
        (changes.cancel_day, (99, DAY), "no open shift 99"),
        (changes.close_shift, (99,), "no open shift 99"),
        (changes.cancel_day, (None, date(2026, 11, 25)), "is not held on 2026-11-25"),
        (changes.cancel_day, (None, date(2026, 11, 17)), "is not held on 2026-11-17"),
        (changes.move_day, (None, date(2026, 11, 25), FRIDAY, FRIDAY + HOUR), "is not held on"),
        (changes.move, (None, NOW, NOW + HOUR), "the new time is over"),
        (changes.move, (None, FRIDAY, FRIDAY), "end after it begins"),
        (changes.move, (None, FRIDAY, FRIDAY + 13 * HOUR), "end after it begins"),
        (changes.move, (None, NOW + 24 * HOUR, NOW + 26 * HOUR), "at that time already"),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    store: Store, do: Callable[..., Told], details: tuple[Any, ...], why: str
) -> None:
    shift = shift_of(store, 3)
    before = next_of(store, shift)
    with pytest.raises(CannotChange, match=why):
        act(store, do, *(shift if one is None else one for one in details))
    assert next_of(store, shift) == before
    assert states(store) == {}
    assert store.read_now(staff.recorded) == []


def test_an_act_is_recorded_without_personal_data(store: Store) -> None:
    shift = shift_of(store, 3)
    act(store, changes.cancel_day, shift, DAY)
    assert store.read_now(staff.recorded) == [
        ("staff 1", "cancel a day", f"shift {shift} on 2026-11-24")
    ]


def test_a_rehearsal_shows_what_would_happen_and_changes_nothing(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)

    def preview(tx: Transaction) -> Told:
        who = Act(tx, OUTBOX, "staff 1", NOW)
        return changes.rehearsed(tx, lambda: changes.close_shift(who, shift))

    shown_first = store.write_now(preview)
    assert states(store) == {}
    assert next_of(store, shift)
    assert store.read_now(staff.recorded) == []
    told = act(store, changes.close_shift, shift)
    assert told.text == shown_first.text
    assert len(told.letters) == len(shown_first.letters) == 1


# What is taken back.


def test_reminders_of_the_day_are_withdrawn_and_others_stay(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)
    off, on = f"shift:{shift}@2026-11-24:-1d", f"shift:{shift}@2026-12-01:-1d"
    for cause in (off, on, f"shift:{shift}0@2026-11-24:-1d"):
        assert remind(store, person, cause)
    act(store, changes.cancel_day, shift, DAY)
    assert states(store) == {"withdrawn": 1, "waiting": 3}
    assert not remind(store, person, on)
    assert remind(store, person, off)


def test_a_shift_that_moves_within_its_day_is_reminded_anew(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)
    cause = f"shift:{shift}@2026-11-24:-2h"
    remind(store, person, cause)
    for hours in (25, 26):
        later = NOW + hours * HOUR
        act(store, changes.move, shift, later, later + HOUR)
        assert remind(store, person, cause)
    assert states(store) == {"withdrawn": 2, "waiting": 3}


@pytest.mark.parametrize("state", ["unreachable", "dropped", "opted_out"])
def test_what_did_not_reach_them_may_do_so_at_the_new_time(store: Store, state: str) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    cause = f"shift:{shift}@2026-11-24:-2h"
    remind(store, person, cause)
    store.write_now(lambda tx: tx.execute(update(rows).values(state=state)))
    later = NOW + 26 * HOUR
    act(store, changes.move, shift, later, later + HOUR)
    assert remind(store, person, cause)


def test_what_was_told_together_with_it_is_told_anew(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    lead, told_with = "shift:99@2026-11-24:-1d", f"shift:{shift}@2026-11-24:-1d"
    remind(store, person, lead)
    remind(store, person, told_with)
    merged = update(rows).where(rows.c.cause == told_with)
    merged = merged.values(state="merged", outcome=f"{reminders.WITH}{lead}")
    store.write_now(lambda tx: tx.execute(merged))
    act(store, changes.cancel_day, shift, DAY)
    assert states(store) == {"withdrawn": 2}
    assert remind(store, person, lead)
    assert remind(store, person, told_with)


def test_what_was_sent_is_not_taken_back(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    cause = f"shift:{shift}@2026-11-24:-1d"
    remind(store, person, cause)
    store.write_now(lambda tx: tx.execute(update(rows).values(state="sent")))
    act(store, changes.move, shift, FRIDAY, FRIDAY + HOUR)
    assert states(store) == {"sent": 1}
    assert not remind(store, person, cause)


def test_calls_about_the_old_time_are_struck_off(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    cause = f"shift:{shift}@2026-11-24:-2h"

    def ask(tx: Transaction) -> int | None:
        return calls.ask_for(tx, cause, person, "unreachable", "提醒", NOW)

    assert store.write_now(ask)
    act(store, changes.cancel_day, shift, DAY)
    assert store.read_now(calls.open_calls) == []
    assert store.write_now(ask)


def test_an_act_that_fails_half_way_leaves_nothing(store: Store) -> None:
    shift = shift_of(store, 5)
    everybody = newcomers(store, 4)
    for person in everybody:
        taken(store, person, shift)
    remind(store, everybody[0], f"shift:{shift}@2026-11-24:-1d")

    class Dies(Outbox):
        def push(self, tx: Transaction, person_id: int, push: Any, now: datetime) -> Letter | None:
            if person_id == everybody[2]:
                raise ConnectionError
            return super().push(tx, person_id, push, now)

    with suppress(ConnectionError):
        act(store, changes.close_shift, shift, outbox=Dies(Reach(), Clock(NOW)))
    assert states(store) == {"waiting": 1}
    assert next_of(store, shift)
    assert store.read_now(signups.counts) == {"confirmed": 4}
    assert store.read_now(staff.recorded) == []


async def test_nobody_keeps_a_place_in_what_closes_meanwhile(
    store: Store, database_url: str
) -> None:
    shift = shift_of(store, 5)
    everybody = newcomers(store, 20)
    other = Store(database_url, decode_key(KEY))

    def close(tx: Transaction) -> Told:
        return changes.close_shift(Act(tx, OUTBOX, "staff 1", NOW), shift)

    made = [insist(store, taking(person, shift)) for person in everybody]
    *signed_up, told = await asyncio.gather(*made[:10], *made[10:], insist_on(other, close))
    other.close()
    assert standing(store, shift) == ([], [])
    held = {one.person_id for one in signed_up if one}
    assert {letter.person_id for letter in told.letters} == set(texts(store)) == held


async def insist_on(store: Store, work: Callable[[Transaction], Told]) -> Told:
    while True:
        with suppress(Busy):
            return await store.write(work)


async def test_two_hundred_are_told_in_one_round(store: Store) -> None:
    shift = shift_of(store, 150)
    everybody = newcomers(store, 200)
    for person in everybody:
        taken(store, person, shift)
    told = act(store, changes.move, shift, FRIDAY, FRIDAY + HOUR)
    assert len(told.letters) == len(texts(store)) == 200
    postman = Postman(store, Page(), Clock(NOW), Clock(NOW))
    rounds = 0
    while await postman.round():
        rounds += 1
    assert rounds == 7
    assert states(store) == {"sent": 200}


def test_whom_nothing_reaches_is_on_the_list_at_once(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)
    store.write_now(lambda tx: tx.execute(update(addresses).values(off="blocked")))
    told = act(store, changes.close_shift, shift)
    assert [letter.state for letter in told.letters] == ["unreachable"]
    (call,) = store.read_now(calls.open_calls)
    assert (call.person_id, call.why) == (person, "unreachable")
    assert told.text in call.words


# At which hour.


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("event", "now", "urgent"),
    [
        (at(24, 9, 59), at(23, 22), True),
        (at(24, 10), at(23, 22), False),
        (at(24, 9), at(24, 2), True),
        (at(25, 9), at(24, 2), False),
        (at(24, 9), at(23, 20, 59), True),
        (at(25, 9), at(23, 20, 59), False),
        (at(23, 23), at(23, 22), True),
    ],
)
def test_the_night_is_broken_for_what_is_before_ten(
    event: datetime, now: datetime, urgent: bool
) -> None:
    assert quiet.cannot_wait(now, event) is urgent


@pytest.mark.parametrize(("hour", "urgent"), [(9, True), (10, False)])
def test_a_change_in_the_evening(store: Store, hour: int, urgent: bool) -> None:
    shift = shift_of(store, 3, weekly=False)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)
    starts = at(24, hour)
    store.write_now(lambda tx: stations.move(tx, shift, starts, starts + HOUR))
    told = act(store, changes.move, shift, FRIDAY, FRIDAY + HOUR, now=at(23, 22))
    assert [letter.urgent for letter in told.letters] == [urgent]


@pytest.mark.parametrize(
    ("now", "hours", "since"),
    [
        (at(23, 15), 3, at(23, 12)),
        (at(23, 21), 3, at(23, 18)),
        (at(23, 23), 3, at(23, 18)),
        (at(24, 7), 3, at(23, 18)),
        (at(24, 8), 3, at(23, 18)),
        (at(24, 10), 3, at(23, 20)),
        (at(24, 11), 3, at(24, 8)),
        (at(24, 10), 16, at(22, 20)),
    ],
)
def test_the_quiet_hours_do_not_count_as_silence(
    now: datetime, hours: int, since: datetime
) -> None:
    assert quiet.awake_before(now, timedelta(hours=hours)) == since


# Who does not answer.


def deliver(store: Store, when: datetime) -> None:
    """Let everything be sent at a time of the business clock."""

    def work(tx: Transaction) -> None:
        tx.execute(update(rows).where(rows.c.state == "waiting").values(state="sent"))
        for row in tx.execute(select(rows.c.id).where(rows.c.sent_at.is_(None))).scalars().all():
            shown.sent(tx, row, when)

    store.write_now(work)


async def chased(store: Store, now: datetime) -> list[tuple[int, str]]:
    await Rounds(store, OUTBOX, Clock(now), STEPS).once()
    return [(call.person_id, call.why) for call in store.read_now(calls.open_calls)]


async def test_three_hours_of_silence_lead_to_a_call_once(store: Store) -> None:
    shift = shift_of(store, 3)
    silent, answers = newcomers(store, 2)
    for person in (silent, answers):
        taken(store, person, shift)
    told = act(store, changes.move, shift, FRIDAY, FRIDAY + HOUR)
    deliver(store, NOW)
    push = store.read_now(lambda tx: shown.answer_to(tx, "change:1", answers))
    assert push
    store.write_now(lambda tx: shown.answered(tx, push.push_id, "ok", NOW))
    assert await chased(store, NOW + 3 * HOUR - timedelta(seconds=1)) == []
    assert await chased(store, NOW + 3 * HOUR) == [(silent, "no answer")]
    (call,) = store.read_now(calls.open_calls)
    assert call.words == told.text
    store.write_now(lambda tx: calls.close(tx, call.id, "reached", NOW))
    assert await chased(store, NOW + 9 * HOUR) == []


async def test_what_never_left_the_house_is_not_called_unanswered(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)
    act(store, changes.move, shift, FRIDAY, FRIDAY + HOUR)
    assert await chased(store, NOW + 9 * HOUR) == []


async def test_what_may_not_have_arrived_is_called_about(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)
    act(store, changes.move, shift, FRIDAY, FRIDAY + HOUR)
    store.write_now(lambda tx: tx.execute(update(rows).values(state="unknown")))
    assert await chased(store, NOW) == [(person, "unreachable")]


async def test_only_the_newest_change_of_a_shift_is_chased(store: Store) -> None:
    shift = shift_of(store, 3)
    (person,) = newcomers(store, 1)
    taken(store, person, shift)
    act(store, changes.move, shift, FRIDAY, FRIDAY + HOUR)
    told = act(store, changes.move, shift, FRIDAY + HOUR, FRIDAY + 2 * HOUR)
    deliver(store, NOW)
    assert len(await chased(store, NOW + 4 * HOUR)) == 1
    (call,) = store.read_now(calls.open_calls)
    assert call.words == told.text


async def test_two_hundred_silent_ones_are_listed_in_one_round(store: Store) -> None:
    shift = shift_of(store, 200)
    for person in newcomers(store, 200):
        taken(store, person, shift)
    act(store, changes.move, shift, FRIDAY, FRIDAY + HOUR)
    deliver(store, NOW)
    assert len(await chased(store, NOW + 3 * HOUR)) == 200
