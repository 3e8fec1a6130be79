"""What nobody asked for: once, the best way, in its hours, one a day, and never against 退订."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.channels.base import TryLater, Undelivered, Unreachable
from bot.channels.page import Page
from bot.postman import Postman
from bot.rounds import Rounds
from handlers import outbox as outboxes
from handlers.letters import Filled
from handlers.message import Reply
from handlers.outbox import Outbox, Push
from handlers.timewords import SHANGHAI
from handlers.ways import Reach
from storage import calls, deliveries, erasure, people, windows
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.errors import Busy
from storage.outgoing import deliveries as table
from storage.store import Store
from storage.tables import addresses
from storage.tables import people as persons
from tests.conftest import KEY, NOW, Clock

MACHINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OUTBOX = Outbox(Reach(telegram=True), lambda: MACHINE)
LATE = NOW.replace(hour=22)


def push(cause: str = "broadcast:1", kind: Any = "broadcast", **more: Any) -> Push:
    return Push(cause, kind, Reply("大家好"), **more)


def somebody(store: Store, address: str = "a", channel: str = "telegram") -> int:
    def work(tx: Transaction) -> int:
        return people.locked(tx, people.address_row(tx, channel, address), NOW).id

    return store.write_now(work)


def send(store: Store, who: int, what: Push, now: datetime = NOW, outbox: Outbox = OUTBOX) -> Any:
    return store.write_now(lambda tx: outbox.push(tx, who, what, now))


def rows(store: Store) -> list[Any]:
    return list(store.read_now(lambda tx: tx.execute(select(table).order_by(table.c.id)).all()))


def on_call(store: Store) -> list[tuple[int, str]]:
    return [(call.person_id, call.why) for call in store.read_now(calls.open_calls)]


def test_a_cause_reaches_somebody_once(store: Store) -> None:
    who = somebody(store)
    assert send(store, who, push()).way == "telegram"
    assert send(store, who, push()) is None
    assert [row.state for row in rows(store)] == ["waiting"]


def test_two_at_once_queue_one(store: Store) -> None:
    who = somebody(store)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: send(store, who, push(kind="reminder")), range(8)))
    assert len(rows(store)) == 1


def test_one_a_day_and_the_next_the_morning_after(store: Store) -> None:
    who = somebody(store)
    for number in range(3):
        send(store, who, push(f"broadcast:{number}"))
    days = [row.on_day for row in rows(store)]
    assert days == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)]
    assert rows(store)[1].hold_until == datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)


def test_at_night_it_is_held_until_the_morning(store: Store) -> None:
    who = somebody(store)
    send(store, who, push(), LATE)
    (row,) = rows(store)
    assert row.hold_until == datetime(2026, 11, 24, 8, tzinfo=SHANGHAI)
    assert row.on_day == date(2026, 11, 24)


def test_what_is_urgent_is_not_counted(store: Store) -> None:
    who = somebody(store)
    for number in range(3):
        send(store, who, push(f"broadcast:{number}", urgent=True), LATE)
    assert [(row.on_day, row.hold_until) for row in rows(store)] == [(None, None)] * 3


@pytest.mark.parametrize(
    ("kind", "state"),
    [("reminder", "opted_out"), ("broadcast", "opted_out"), ("change", "waiting")],
)
def test_who_wants_none_is_told_only_of_the_own_places(store: Store, kind: Any, state: str) -> None:
    who = somebody(store)
    store.write_now(lambda tx: tx.execute(update(persons).values(opted_out_at=NOW)))
    send(store, who, push(kind=kind))
    assert [(row.state, row.reply is None) for row in rows(store)] == [(state, state != "waiting")]


@pytest.mark.parametrize(("kind", "called"), [("change", True), ("broadcast", False)])
def test_whom_nothing_reaches(store: Store, kind: Any, called: bool) -> None:
    who = somebody(store, channel="terminal")
    send(store, who, push(kind=kind))
    assert [row.state for row in rows(store)] == ["unreachable"]
    assert on_call(store) == ([(who, "unreachable")] if called else [])


# From the outbox to the channel.


class Wall:
    """A channel that takes nothing."""

    def __init__(self, name: str, problem: Exception) -> None:
        self.name = name
        self.problem = problem
        self.asked: list[tuple[str, Filled | None]] = []

    async def send(self, address: str, _reply: Reply, filled: Filled | None = None) -> None:
        self.asked.append((address, filled))
        raise self.problem


def two_channels(store: Store) -> int:
    """Somebody with WeChat, whose window is open, and Telegram."""
    who = somebody(store)

    def work(tx: Transaction) -> None:
        wechat = people.address_row(tx, "wechat", "w")
        people.locked(tx, wechat, NOW)
        windows.open_window(tx, wechat, 5, MACHINE + timedelta(hours=1))
        tx.execute(update(addresses).values(person_id=who))

    store.write_now(work)
    return who


BOTH = Outbox(Reach(True, True, frozenset({"shift"})), lambda: MACHINE)


async def attempt(store: Store, channel: Wall) -> None:
    clock = Clock(MACHINE + timedelta(seconds=1))
    postman = Postman(store, channel, clock, Clock(NOW), other_way=BOTH.other_way)
    assert await postman.round()


async def test_what_cannot_go_one_way_goes_the_next_and_then_by_telephone(store: Store) -> None:
    who = two_channels(store)
    what = push("shift:1@2026-11-24:-1d", "reminder", filled=Filled("shift", {"place": "示例"}))
    assert send(store, who, what, outbox=BOTH).way == "telegram"
    await attempt(store, Wall("telegram", Unreachable("blocked")))
    assert [(row.way, row.state) for row in rows(store)] == [("template", "waiting")]
    templates = Wall("wechat", Undelivered("43101"))
    await attempt(store, templates)
    assert templates.asked == [("w", Filled("shift", {"place": "示例"}))]
    assert [(row.way, row.state) for row in rows(store)] == [("customer_service", "waiting")]
    texts = Wall("wechat", Undelivered("45015"))
    await attempt(store, texts)
    assert texts.asked == [("w", None)]
    assert [row.state for row in rows(store)] == ["unreachable"]
    assert on_call(store) == [(who, "unreachable")]


async def test_a_fault_of_ours_ends_one_delivery_and_no_other(store: Store) -> None:
    for address in ("a", "b"):
        send(store, somebody(store, address), push())
    broken = Wall("telegram", ZeroDivisionError())
    await attempt(store, broken)
    assert store.read_now(deliveries.counts) == {"unknown": 2}


async def test_the_page_keeps_what_it_shows(store: Store) -> None:
    who = somebody(store, channel="web")
    assert send(store, who, push()).way == "page"
    clock = Clock(MACHINE + timedelta(seconds=1))
    assert await Postman(store, Page(), clock, Clock(NOW)).round()
    assert [(row.state, row.reply["text"]) for row in rows(store)] == [("sent", "大家好")]


async def test_a_step_that_fails_keeps_no_other_from_its_work(store: Store) -> None:
    done: list[str] = []

    def broken(_tx: Transaction, _outbox: Outbox, _now: datetime) -> bool:
        raise ZeroDivisionError

    def twice(_tx: Transaction, _outbox: Outbox, _now: datetime) -> bool:
        done.append("part")
        return len(done) < 2

    await Rounds(store, OUTBOX, Clock(NOW), (broken, twice)).once()
    assert done == ["part", "part"]


class Open(Wall):
    """A channel that takes everything."""

    def __init__(self, name: str) -> None:
        super().__init__(name, Exception())

    async def send(self, address: str, _reply: Reply, filled: Filled | None = None) -> None:
        self.asked.append((address, filled))


def rescue(store: Store) -> None:
    store.write_now(lambda tx: outboxes.rescue(tx, BOTH, NOW))


async def test_what_waits_when_its_address_goes_off_goes_another_way(store: Store) -> None:
    who = two_channels(store)
    send(store, who, push("change:1", "change"), outbox=BOTH)
    rescue(store)
    assert [row.way for row in rows(store)] == ["telegram"]
    telegram = rows(store)[0].address_id
    store.write_now(lambda tx: deliveries.switch_off(tx, telegram, "blocked", MACHINE))
    rescue(store)
    assert [(row.way, row.state) for row in rows(store)] == [("customer_service", "waiting")]
    store.write_now(lambda tx: tx.execute(update(addresses).values(off="blocked")))
    rescue(store)
    assert [row.state for row in rows(store)] == ["unreachable"]
    assert on_call(store) == [(who, "unreachable")]


async def test_whoever_leaves_one_door_is_told_at_the_other(store: Store) -> None:
    who = two_channels(store)
    send(store, who, push("change:1", "change"), outbox=BOTH)
    told = push("shift:1@2026-11-24:-1d", "reminder")
    send(store, who, told, outbox=BOTH)
    first, second = rows(store)
    done = update(table).where(table.c.id == second.id).values(state="sent")
    store.write_now(lambda tx: tx.execute(done))
    leaves = first.address_id
    store.write_now(lambda tx: erasure.forget_address(tx, leaves, who, NOW))
    assert send(store, who, told, outbox=BOTH) is None  # it was sent, and is not sent again
    rescue(store)
    change, reminder = rows(store)
    assert (change.way, change.state) == ("customer_service", "waiting")
    assert (reminder.state, reminder.reply, reminder.address_id) == ("sent", None, None)


class Forgetful(Store):
    """A database that commits, and whose answer is lost now and then."""

    lose: int = 0

    async def write(self, work: Any) -> Any:
        done = await super().write(work)
        self.lose -= 1
        if self.lose == 0:
            raise Busy("the line was cut")
        return done


@pytest.mark.parametrize("lost", [1, 2, 3])
async def test_a_commit_whose_answer_is_lost_keeps_nobody_waiting(
    store: Store, database_url: str, lost: int
) -> None:
    """Lost after the claim, after the beginning of a call, and after its outcome."""
    who = somebody(store)
    for cause in ("change:1", "change:2"):
        send(store, who, push(cause, "change"))
    forgetful = Forgetful(database_url, decode_key(KEY))
    forgetful.lose = lost
    channel, clock = Open("telegram"), Clock(MACHINE + timedelta(seconds=1))
    postman = Postman(forgetful, channel, clock, Clock(NOW))
    for _ in range(4):
        await postman._round_or_wait()
    forgetful.close()
    assert store.read_now(deliveries.counts) == {"sent": 2}
    assert len(channel.asked) == 2


async def test_a_fault_after_a_call_keeps_nobody_waiting(store: Store) -> None:
    def broken(*_: object) -> bool:
        raise ZeroDivisionError

    who = somebody(store)
    for cause in ("broadcast:1", "change:1"):
        send(store, who, push(cause, "change" if cause == "change:1" else "broadcast", urgent=True))
    wall, clock = Wall("telegram", Undelivered("no")), Clock(MACHINE + timedelta(seconds=1))
    postman = Postman(store, wall, clock, Clock(NOW), other_way=broken)
    for _ in range(6):
        await postman.round()
    assert store.read_now(deliveries.counts) == {"unknown": 2}


async def test_a_rest_that_a_wrong_clock_began_is_over(store: Store) -> None:
    clock = Clock(MACHINE + timedelta(days=3))
    wall = Wall("telegram", TryLater("slow down", 30, whole_channel=True))
    postman = Postman(store, wall, clock, Clock(NOW))
    send(store, somebody(store), push())
    await postman.round()
    clock.now = MACHINE + timedelta(seconds=1)
    await postman.round()
    assert len(wall.asked) == 2


def test_what_has_no_free_day_before_its_end_is_dropped(store: Store) -> None:
    who = somebody(store)
    send(store, who, push())
    late = push("campaign:x", "campaign", expires_at=NOW + timedelta(hours=8))
    assert send(store, who, late).state == "dropped"
    assert rows(store)[1].outcome == "no free day"
