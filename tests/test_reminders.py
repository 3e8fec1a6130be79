"""Reminders: once, at their hour, also after a pause; what is too late has a row that says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from handlers import reminders, seats
from handlers.outbox import Outbox
from handlers.timewords import SHANGHAI
from handlers.ways import Reach
from storage import calls, claims, deliveries, erasure, links, people, signups, stations
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.outgoing import changes, pauses
from storage.outgoing import deliveries as table
from storage.stations import Station
from storage.store import Store
from storage.tables import shifts
from tests.conftest import KEY, NOW, Clock

DETAILS = {"name": "李桂芳", "phone": "13900001234", "subjects": ["书法"]}
TUESDAY = date(2026, 11, 24)
"""The day after NOW, a Monday at 09:00."""

WALL = Clock()
OUTBOX = Outbox(Reach(telegram=True), WALL)
_numbers = count(1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


BEFORE = at(TUESDAY - timedelta(days=1), 8)
"""When people sign up here: before the reminder of the day before is due."""


def shift_at(store: Store, starts: datetime, *, weekly: bool = True, seats: int = 5) -> int:
    def enter(tx: Transaction) -> int:
        station = Station(0, f"示例·{next(_numbers)}号站", "常州市", "示例路1号")
        station_id = stations.add(tx, station) or 0
        ends = starts + timedelta(hours=2)
        return stations.add_shift(tx, station_id, starts, ends, weekly=weekly, seats=seats)

    return store.write_now(enter)


def newcomer(store: Store, channel: str = "telegram") -> int:
    def enter(tx: Transaction) -> int:
        row = people.address_row(tx, channel, f"person-{next(_numbers)}")
        return people.locked(tx, row, NOW).id

    return store.write_now(enter)


def sign_up(store: Store, person: int, shift: int, when: datetime = BEFORE) -> int:
    made = store.write_now(lambda tx: signups.take_seat(tx, person, shift, DETAILS, when))
    assert made is not None
    return made.id


def cancel(store: Store, person: int, signup: int, when: datetime) -> None:
    store.write_now(lambda tx: signups.cancel(tx, person, signup, when))


def go_round(store: Store, now: datetime, step: Callable[..., bool] = reminders.remind) -> int:
    """Do a step to its end, and return how often it was done."""
    for times in range(1, 50):
        if not store.write_now(lambda tx: step(tx, OUTBOX, now)):
            return times
    raise AssertionError("the step never ends")


def rows(store: Store) -> list[Any]:
    query = select(table).order_by(table.c.id)
    return list(store.read_now(lambda tx: tx.execute(query).all()))


def states(store: Store) -> dict[str, str]:
    return {row.cause: row.state for row in rows(store)}


def send_all(store: Store, now: datetime) -> None:
    """Let a postman take and send what may go out now."""

    def work(tx: Transaction) -> None:
        moment = claims.Moment(WALL(), now, quiet=False)
        for channel in ("telegram", "web"):
            for one in claims.claim(tx, channel, "p", 100, moment):
                assert claims.sending(tx, one, "p", NOW)
                claims.done(tx, one.id, "p", "sent", "", WALL())

    store.write_now(work)


@pytest.fixture
def tuesday(store: Store) -> int:
    """A weekly shift on Tuesdays at 16:00."""
    return shift_at(store, at(TUESDAY, 16))


def cause(shift: int, offset: str, day: date = TUESDAY) -> str:
    return f"shift:{shift}@{day}:{offset}"


def test_a_day_before_at_nine_and_two_hours_before(store: Store, tuesday: int) -> None:
    sign_up(store, newcomer(store), tuesday)
    go_round(store, at(TUESDAY - timedelta(days=1), 8, 59))
    assert rows(store) == []
    go_round(store, NOW)
    assert states(store) == {cause(tuesday, "-1d"): "waiting"}
    send_all(store, NOW)
    go_round(store, at(TUESDAY, 13, 59))
    assert len(rows(store)) == 1
    go_round(store, at(TUESDAY, 14))
    assert states(store) == {cause(tuesday, "-1d"): "sent", cause(tuesday, "-2h"): "waiting"}


def test_it_says_where_and_when_and_how_to_stay_away(store: Store, tuesday: int) -> None:
    made = sign_up(store, newcomer(store), tuesday)
    go_round(store, NOW)
    (row,) = rows(store)
    text = row.reply["text"]
    assert "11月24日（周二）16:00—18:00\n示例·" in text
    assert "地址：示例路1号" in text
    assert text.startswith("提醒您：明天周二，您要去辅导站帮忙。")
    assert "只算这一次，以后每周的位置还给您留着" in text
    buttons = [choice["data"] for choice in row.reply["choices"]]
    assert buttons == ["noted", f"absent:2026-11-24:{made}"]
    assert row.reply["template"]["purpose"] == "shift"
    assert set(row.reply["template"]["values"]) == {"place", "when", "what"}
    assert (row.kind, row.urgent, row.expires_at) == ("reminder", False, at(TUESDAY, 0))


def test_a_single_shift_is_given_up_as_before(store: Store) -> None:
    made = sign_up(store, newcomer(store), shift_at(store, at(TUESDAY, 16), weekly=False))
    go_round(store, NOW)
    (row,) = rows(store)
    assert "取消报名" in row.reply["text"]
    assert "每周" not in row.reply["text"]
    assert row.reply["choices"][1]["data"] == f"cancel:{made}"


@pytest.mark.parametrize(
    ("when", "begins"),
    [
        (at(TUESDAY - timedelta(days=1), 9), "提醒您：明天周二，"),
        (at(TUESDAY - timedelta(days=1), 20, 59), "【补发】提醒您：明天周二，"),
        (at(TUESDAY - timedelta(days=1), 21), "【补发】提醒您：今天周二，"),
        (at(TUESDAY, 0, 30), "【补发】提醒您：今天周二，"),
        (at(TUESDAY, 9), "【补发】提醒您：今天周二，"),
        (at(TUESDAY, 14), "提醒您：今天周二，"),
    ],
)
def test_it_says_today_or_tomorrow_as_of_when_it_may_go_out(
    store: Store, tuesday: int, when: datetime, begins: str
) -> None:
    sign_up(store, newcomer(store), tuesday)
    go_round(store, when)
    (waiting,) = [row for row in rows(store) if row.state == "waiting"]
    assert waiting.reply["text"].startswith(begins)
    assert waiting.expires_at == at(TUESDAY, 0 if "明天" in begins else 16)


def test_what_says_tomorrow_never_comes_on_the_day(store: Store, tuesday: int) -> None:
    """The network is gone from Monday morning until Tuesday at nine."""
    sign_up(store, newcomer(store), tuesday)
    go_round(store, NOW)
    send_all(store, at(TUESDAY, 9))
    assert states(store) == {cause(tuesday, "-1d"): "dropped"}
    go_round(store, at(TUESDAY, 9))
    (waiting,) = [row for row in rows(store) if row.state == "waiting"]
    assert waiting.reply["text"].startswith("【补发】提醒您：今天周二，")
    send_all(store, at(TUESDAY, 9, 1))
    assert states(store)[cause(tuesday, "-1d")] == "sent"


def test_it_comes_every_week_but_not_on_a_day_that_is_paused(store: Store, tuesday: int) -> None:
    sign_up(store, newcomer(store), tuesday)
    week, fortnight = TUESDAY + timedelta(days=7), TUESDAY + timedelta(days=14)
    off = insert(pauses).values(shift_id=tuesday, day=week)
    store.write_now(lambda tx: tx.execute(off))
    for day in (TUESDAY, week, fortnight):
        go_round(store, at(day, 15))
    assert set(states(store)) == {
        cause(tuesday, offset, day) for day in (TUESDAY, fortnight) for offset in ("-1d", "-2h")
    }


@pytest.mark.parametrize(
    ("hour", "due"), [(16, (14, 0)), (9, (8, 0)), (8, None), (7, None), (10, (8, 0))]
)
def test_two_hours_before_but_not_before_eight(
    store: Store, hour: int, due: tuple[int, int] | None
) -> None:
    shift = shift_at(store, at(TUESDAY, hour), weekly=False)
    sign_up(store, newcomer(store), shift)
    found = store.read_now(lambda tx: reminders.next_moment(tx, NOW))
    assert found == (at(TUESDAY, *due) if due else None)


def test_who_signs_up_after_it_was_due_is_not_told_what_they_know(
    store: Store, tuesday: int
) -> None:
    sign_up(store, newcomer(store), tuesday, NOW)
    go_round(store, NOW + timedelta(hours=1))
    assert rows(store) == []
    go_round(store, at(TUESDAY, 14))
    assert states(store) == {cause(tuesday, "-2h"): "waiting"}


def test_who_waits_or_cancelled_is_not_reminded(store: Store) -> None:
    shift = shift_at(store, at(TUESDAY, 16), seats=1)
    first, second = newcomer(store), newcomer(store)
    made = sign_up(store, first, shift)
    sign_up(store, second, shift)
    cancel(store, first, made, NOW + timedelta(hours=1))
    go_round(store, NOW + timedelta(hours=2))
    assert rows(store) == []
    go_round(store, at(TUESDAY, 14))
    assert [(row.cause, row.person_id) for row in rows(store)] == [(cause(shift, "-2h"), second)]


def test_a_closed_shift_reminds_nobody(store: Store, tuesday: int) -> None:
    sign_up(store, newcomer(store), tuesday)
    closed = update(shifts).where(shifts.c.id == tuesday).values(closed_at=BEFORE)
    store.write_now(lambda tx: tx.execute(closed))
    go_round(store, NOW)
    assert rows(store) == []


def test_after_two_hours_of_downtime_it_comes_once_and_says_so(store: Store, tuesday: int) -> None:
    sign_up(store, newcomer(store), tuesday)
    for minutes in (120, 121):
        go_round(store, NOW + timedelta(minutes=minutes))
        if minutes == 120:
            assert rows(store)[0].reply["text"].startswith("【补发】")
        send_all(store, NOW + timedelta(minutes=minutes))
    assert states(store) == {cause(tuesday, "-1d"): "sent"}


@pytest.mark.parametrize(("minutes", "late"), [(10, False), (11, True)])
def test_more_than_ten_minutes_are_late(
    store: Store, tuesday: int, minutes: int, late: bool
) -> None:
    sign_up(store, newcomer(store), tuesday)
    go_round(store, NOW + timedelta(minutes=minutes))
    (row,) = rows(store)
    assert row.reply["text"].startswith("【补发】") is late


def test_what_is_over_is_never_told_and_says_why(store: Store, tuesday: int) -> None:
    sign_up(store, newcomer(store), tuesday)
    go_round(store, at(TUESDAY, 16))
    assert states(store) == {cause(tuesday, "-1d"): "dropped", cause(tuesday, "-2h"): "dropped"}
    assert {(row.outcome, row.reply) for row in rows(store)} == {(deliveries.TOO_LATE, None)}


def test_the_nearer_one_overtakes(store: Store, tuesday: int) -> None:
    sign_up(store, newcomer(store), tuesday)
    go_round(store, at(TUESDAY, 14))
    assert states(store) == {cause(tuesday, "-1d"): "dropped", cause(tuesday, "-2h"): "waiting"}
    assert rows(store)[0].outcome == reminders.OVERTAKEN


def test_the_nearer_one_overtakes_what_could_not_be_sent(store: Store, tuesday: int) -> None:
    sign_up(store, newcomer(store), tuesday)
    go_round(store, NOW)
    go_round(store, at(TUESDAY, 14))
    found = states(store)
    assert (found[cause(tuesday, "-1d")], found[cause(tuesday, "-2h")]) == ("dropped", "waiting")
    assert sorted(found.values()) == ["dropped", "waiting", "withdrawn"]


def test_several_on_one_day_are_one_message(store: Store, tuesday: int) -> None:
    person, other = newcomer(store), shift_at(store, at(TUESDAY, 18))
    third = shift_at(store, at(TUESDAY, 10))
    for shift in (other, tuesday, third):
        sign_up(store, person, shift)
    go_round(store, NOW)
    lead = cause(third, "-1d")
    assert states(store) == {
        lead: "waiting",
        cause(tuesday, "-1d"): "merged",
        cause(other, "-1d"): "merged",
    }
    (waiting,) = [row for row in rows(store) if row.state == "waiting"]
    order = [waiting.reply["text"].index(hour) for hour in ("10:00", "16:00", "18:00")]
    assert order == sorted(order)
    assert [choice["data"] for choice in waiting.reply["choices"]] == [
        "noted",
        "absent:2026-11-24",
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_what_was_merged_is_told_alone_when_the_other_is_cancelled(
    store: Store, tuesday: int, which: int
) -> None:
    person, other = newcomer(store), shift_at(store, at(TUESDAY, 18))
    held = [tuesday, other]
    made = [sign_up(store, person, shift) for shift in held]
    go_round(store, NOW)
    cancel(store, person, made[which], NOW)
    go_round(store, NOW)
    (waiting,) = [row for row in rows(store) if row.state == "waiting"]
    assert waiting.cause == cause(held[1 - which], "-1d")
    assert waiting.reply["text"].count("示例·") == 1


def test_cancelling_takes_it_back_and_signing_up_again_brings_it(
    store: Store, tuesday: int
) -> None:
    person = newcomer(store)
    made = sign_up(store, person, tuesday)
    go_round(store, NOW)
    cancel(store, person, made, NOW)
    assert [row.state for row in rows(store)] == ["withdrawn"]
    assert rows(store)[0].cause == f"{cause(tuesday, '-1d')}~{rows(store)[0].id}"
    sign_up(store, person, tuesday)
    go_round(store, NOW)
    assert states(store)[cause(tuesday, "-1d")] == "waiting"


def test_another_shift_with_a_longer_number_keeps_its_reminder(store: Store) -> None:
    person = newcomer(store)
    held = [shift_at(store, at(TUESDAY + timedelta(days=n % 2), 16)) for n in range(12)]
    made = {shift: sign_up(store, person, shift) for shift in (held[0], held[9], held[11])}
    for when in (NOW, NOW + timedelta(days=1)):
        go_round(store, when)
    cancel(store, person, made[held[0]], NOW)
    kept = {c: s for c, s in states(store).items() if "~" not in c}
    assert kept[cause(held[9], "-1d", TUESDAY + timedelta(days=1))] == "waiting"


def test_whom_nothing_reaches_is_called(store: Store, tuesday: int) -> None:
    sign_up(store, newcomer(store, "terminal"), tuesday)
    go_round(store, NOW)
    assert [call.why for call in store.read_now(calls.open_calls)] == ["unreachable"]


def test_who_opted_out_has_a_row_and_no_message(store: Store, tuesday: int) -> None:
    person, other = newcomer(store), shift_at(store, at(TUESDAY, 16))
    for shift in (tuesday, other):
        sign_up(store, person, shift)
    store.write_now(lambda tx: people.opt_out(tx, person, NOW))
    go_round(store, NOW)
    assert set(states(store).values()) == {"opted_out"}


def test_a_change_since_then_said_it_already(store: Store, tuesday: int) -> None:
    sign_up(store, newcomer(store), tuesday)
    later = NOW + timedelta(hours=6)
    told = insert(changes).values(shift_id=tuesday, kind="moved", text="改", author="x", at=later)
    store.write_now(lambda tx: tx.execute(told))
    go_round(store, later)
    assert states(store) == {cause(tuesday, "-1d"): "dropped"}
    assert rows(store)[0].outcome == reminders.TOLD


# --- clocks that jump ---


def test_three_days_ahead_and_two_back_tell_nothing_twice_and_forget_nothing(store: Store) -> None:
    """The clock shows Thursday for a while, though it is Monday; then Tuesday, which comes true."""
    person = newcomer(store)
    held = [shift_at(store, at(TUESDAY + timedelta(days=n), 16)) for n in range(4)]
    for shift in held:
        sign_up(store, person, shift)
    real = NOW - timedelta(minutes=30)
    for when in (real, real + timedelta(days=3)):
        go_round(store, when)
        send_all(store, when)
    ahead = states(store)
    back = real + timedelta(days=1)
    for hours in range(24 * 5):
        go_round(store, back + timedelta(hours=hours))
        send_all(store, back + timedelta(hours=hours))
    told = [row for row in rows(store) if row.state == "sent"]
    assert len({row.cause for row in told}) == len(told)
    for shift, day in zip(held, (TUESDAY + timedelta(days=n) for n in range(4)), strict=True):
        assert {row.cause for row in told} & {cause(shift, o, day) for o in ("-1d", "-2h")}
    assert ahead[cause(held[0], "-2h")] == "dropped"
    assert states(store)[cause(held[0], "-2h")] == "sent"


def test_three_days_ahead_leave_a_row_for_everything(store: Store, tuesday: int) -> None:
    sign_up(store, newcomer(store), tuesday)
    go_round(store, BEFORE)
    go_round(store, BEFORE + timedelta(days=3))
    assert states(store) == {cause(tuesday, "-1d"): "dropped", cause(tuesday, "-2h"): "dropped"}


def test_longer_ago_than_the_look_back_is_left_alone(store: Store, tuesday: int) -> None:
    sign_up(store, newcomer(store), tuesday)
    go_round(store, at(TUESDAY, 16) + reminders.LOOK_BACK + timedelta(minutes=1))
    assert rows(store) == []


def test_a_reminder_on_the_leap_day(store: Store) -> None:
    leap = date(2028, 2, 29)
    shift = shift_at(store, at(leap, 16), weekly=False)
    sign_up(store, newcomer(store), shift)
    go_round(store, at(date(2028, 2, 28), 9))
    assert states(store) == {cause(shift, "-1d", leap): "waiting"}


# --- two at once ---


@pytest.fixture
def stores(store: Store, database_url: str) -> Iterator[list[Store]]:
    """Two stores on one database, as two processes have them."""
    other = Store(database_url, decode_key(KEY))
    yield [store, other]
    other.close()


def test_two_processes_at_once_queue_once(stores: list[Store]) -> None:
    shift = shift_at(stores[0], at(TUESDAY, 16), seats=200)
    crowd = 120
    everybody = [newcomer(stores[0]) for _ in range(crowd)]
    for person in everybody:
        sign_up(stores[0], person, shift)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: go_round(stores[n % 2], NOW), range(4)))
    assert sorted(row.person_id for row in rows(stores[0])) == everybody
    assert set(states(stores[0]).values()) == {"waiting"}


def test_no_reminder_slips_in_beside_a_cancellation(stores: list[Store]) -> None:
    shift, person = shift_at(stores[0], at(TUESDAY, 16)), newcomer(stores[0])
    made = sign_up(stores[0], person, shift)
    rounds: list[Future[int]] = []

    def cancelling(tx: Transaction) -> None:
        """Cancel as a message does, and give a round all the time it wants before the commit."""
        people.get(tx, person, lock=True)
        signups.cancel(tx, person, made, NOW)
        rounds.append(threads.submit(go_round, stores[1], NOW))
        wait(rounds, timeout=1)

    with ThreadPoolExecutor(1) as threads:
        stores[0].write_now(cancelling)
        rounds[0].result()
    assert rows(stores[0]) == []


def test_a_crowd_is_reminded_in_parts(store: Store) -> None:
    shift = shift_at(store, at(TUESDAY, 16), seats=200)
    for _ in range(reminders.CHUNK + 1):
        sign_up(store, newcomer(store), shift)
    assert go_round(store, NOW) == 2
    assert len(rows(store)) == reminders.CHUNK + 1


# --- a seat that was freed ---


def promoted(
    store: Store, now: datetime, channel: str = "telegram", starts: int = 9
) -> tuple[int, int]:
    """Let somebody move up; return them and their sign-up."""
    shift = shift_at(store, at(TUESDAY, starts), seats=1)
    first, second = newcomer(store), newcomer(store, channel)
    made, waits = sign_up(store, first, shift), sign_up(store, second, shift)
    cancel(store, first, made, now)
    return second, waits


def test_a_freed_seat_is_told_at_once_and_once(store: Store) -> None:
    person, signup = promoted(store, NOW)
    for _ in range(2):
        go_round(store, NOW, seats.tell)
    (row,) = rows(store)
    assert (row.cause, row.person_id, row.kind) == (f"seat:{signup}", person, "change")
    assert "已经转为正式报名" in row.reply["text"]
    assert store.write_now(lambda tx: signups.tell(tx, person)) == []


@pytest.mark.parametrize(
    ("hour", "starts", "urgent"), [(21, 9, True), (23, 9, True), (22, 10, False)]
)
def test_at_night_only_what_is_early_next_day_is_told(
    store: Store, hour: int, starts: int, urgent: bool
) -> None:
    night = NOW.replace(hour=hour)
    promoted(store, night, starts=starts)
    go_round(store, night, seats.tell)
    assert rows(store)[0].urgent is urgent


def test_whom_nothing_reaches_hears_it_with_the_next_reply(store: Store) -> None:
    person, signup = promoted(store, NOW, "terminal")
    for _ in range(2):
        go_round(store, NOW, seats.tell)
    assert [row.state for row in rows(store)] == ["unreachable"]
    assert [one.id for one in store.write_now(lambda tx: signups.tell(tx, person))] == [signup]


def test_who_heard_it_in_a_reply_is_not_told_again(store: Store) -> None:
    person, _ = promoted(store, NOW)
    store.write_now(lambda tx: signups.tell(tx, person))
    go_round(store, NOW, seats.tell)
    assert rows(store) == []


def test_a_seat_given_back_before_the_morning_is_not_told(store: Store) -> None:
    person, signup = promoted(store, NOW)
    go_round(store, NOW, seats.tell)
    cancel(store, person, signup, NOW)
    assert [row.state for row in rows(store)] == ["withdrawn"]


# --- people who go, and people who are joined ---


def test_a_person_with_pushes_can_be_deleted(store: Store, tuesday: int) -> None:
    person = newcomer(store, "terminal")
    sign_up(store, person, tuesday)
    go_round(store, NOW)
    store.write_now(lambda tx: erasure.forget_person(tx, person, "request", NOW))
    assert rows(store) == []


def test_two_doors_with_the_same_pushes_can_be_joined(store: Store, tuesday: int) -> None:
    old, kept = newcomer(store), newcomer(store)
    for person in (old, kept):
        sign_up(store, person, tuesday)
    store.write_now(lambda tx: people.opt_out(tx, old, NOW))
    go_round(store, NOW)
    store.write_now(lambda tx: links.issue(tx, kept, "123456", NOW))
    address = store.read_now(lambda tx: people.addresses_of(tx, old, NOW))[0].id
    assert store.write_now(lambda tx: links.redeem(tx, address, old, "123456", NOW)) == "linked"
    assert {row.person_id for row in rows(store)} == {kept}
    assert store.read_now(lambda tx: people.get(tx, kept)).opted_out
    assert [row for row in rows(store) if row.cause == cause(tuesday, "-1d")]
