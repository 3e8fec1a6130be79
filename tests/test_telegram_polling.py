from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.app import Guanxin
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_pace import Rates
from bot.channels.telegram_polling import Pauses, Polling
from handlers import wording
from handlers.message import Incoming, Reply
from storage import leases
from storage.errors import Busy
from tests.doubles.telegram import BotApi
from tests.doubles.telegram_people import Person
from tests.doubles.telegram_wire import TOKEN

QUICK = Pauses(poll=1, renew=0.02, others=0.02, busy=0.02, trouble=0.02, halted=0.05)
RATES = Rates(each_second=5000, each_second_in_a_chat=500)
Logged = list[MutableMapping[str, Any]]
Handler = Callable[[Incoming], Awaitable[Reply]]


@dataclass
class Ear:
    """A receive() that remembers what it heard."""

    heard: list[Incoming] = field(default_factory=list)
    woken: int = 0
    before: Callable[[Incoming], Awaitable[Reply | None]] | None = None

    async def receive(self, message: Incoming) -> Reply:
        reply = await self.before(message) if self.before else None
        self.heard.append(message)
        return reply or Reply("好")

    def wake(self) -> None:
        self.woken += 1

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.heard]


@pytest.fixture
def logged() -> Iterator[Logged]:
    """What is logged while the test runs, before anything is struck out."""
    with capture_logs() as lines:
        yield lines


async def always_ours() -> int:
    return 1


@asynccontextmanager
async def polled(
    server: BotApi,
    receive: Handler,
    wake: Callable[[], None] = lambda: None,
    lease: Callable[[], Awaitable[int | None]] = always_ours,
) -> AsyncIterator[TelegramBot]:
    bot = TelegramBot(TOKEN, server.url, RATES)
    task = asyncio.create_task(Polling(bot, receive, lease, wake, QUICK).run())
    try:
        yield bot
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await bot.close()


async def until(happened: Callable[[], object], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110 - what is waited for is another side's state
            await asyncio.sleep(0.002)


async def test_what_is_handled_is_acknowledged_and_the_sender_is_woken() -> None:
    ear = Ear()
    async with BotApi() as server, polled(server, ear.receive, ear.wake):
        await Person(server, 1).says("报名")
        await until(lambda: ear.heard and not server.waiting)
        assert ear.texts == ["报名"]
        assert ear.woken == 1
        assert server.allowed == ["message", "callback_query", "my_chat_member"]
        assert server.calls["sendmessage"] == 0


async def test_what_is_busy_is_not_acknowledged_and_comes_again_in_order() -> None:
    refusals = 3

    async def busy(message: Incoming) -> Reply | None:
        nonlocal refusals
        if message.text == "二" and refusals:
            refusals -= 1
            assert server.waiting
            return Reply(wording.BUSY)
        return None

    ear = Ear(before=busy)
    async with BotApi() as server:
        li, wang = Person(server, 1), Person(server, 2)
        for text in ("一", "二", "三"):
            await li.says(text)
        await wang.says("王")
        async with polled(server, ear.receive, ear.wake):
            await until(lambda: not server.waiting)
        own = [message.text for message in ear.heard if message.address == "1"]
        assert own == ["一", "二", "二", "二", "二", "三"]
        assert ear.texts.count("王") == 1
        assert ear.woken == 4


@pytest.mark.parametrize("how", ["raises", "is cancelled"])
async def test_a_kill_while_handling_loses_nothing_and_repeats_only_that(how: str) -> None:
    begun = asyncio.Event()

    async def dies(message: Incoming) -> None:
        if not begun.is_set():
            begun.set()
            if how == "raises":
                raise RuntimeError("killed")
            await asyncio.sleep(60)

    ear = Ear(before=dies)
    async with BotApi() as server:
        number = await Person(server, 1).says("报名")
        async with polled(server, ear.receive):
            await begun.wait()
            await asyncio.sleep(0.01)
            assert server.confirmed <= (number or 0)
            if how == "raises":
                await until(lambda: not server.waiting)
        if how == "is cancelled":
            assert server.waiting == [number]
            async with polled(server, ear.receive):
                await until(lambda: not server.waiting)
        assert [message.id for message in ear.heard] == [str(number)]


async def test_chats_do_not_wait_for_one_another_but_a_chat_keeps_its_order() -> None:
    wang_is_heard = asyncio.Event()

    async def slow(message: Incoming) -> None:
        if message.address == "1":
            await asyncio.wait_for(wang_is_heard.wait(), 3)
        else:
            wang_is_heard.set()

    ear = Ear(before=slow)
    async with BotApi() as server:
        li, wang = Person(server, 1), Person(server, 2)
        for number in range(5):
            await li.says(str(number))
        await wang.says("王")
        async with polled(server, ear.receive):
            await until(lambda: not server.waiting)
        assert ear.texts == ["王", "0", "1", "2", "3", "4"]


async def test_more_than_a_batch() -> None:
    ear = Ear()
    async with BotApi() as server:
        people = [Person(server, number) for number in range(1, 6)]
        for number in range(50):
            for person in people:
                await person.says(f"{number}")
        async with polled(server, ear.receive):
            await until(lambda: not server.waiting)
        for person in people:
            own = [m.text for m in ear.heard if m.address == str(person.number)]
            assert own == [str(number) for number in range(50)]


GARBAGE: tuple[dict[str, Any], ...] = (
    {"message": "x"},
    {"message": {"chat": 5}},
    {"callback_query": []},
    {"story_poll": {}},
)


async def test_poison_is_acknowledged_and_blocks_nobody(logged: Logged) -> None:
    ear = Ear()
    async with BotApi() as server:
        for number, content in enumerate(GARBAGE, 100):
            await server.push_raw({"update_id": number, **content})
        await server.push_raw({"update_id": 200, "message": Person(server, 1).message(text="好")})
        async with polled(server, ear.receive):
            await until(lambda: not server.waiting)
    assert ear.texts == ["好"]
    assert str(logged).count("telegram update ignored") == len(GARBAGE)


async def test_even_our_own_mistake_blocks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(update: object) -> None:
        raise KeyError("a mistake")

    monkeypatch.setattr("bot.channels.telegram_intake.parse", mistaken)
    async with BotApi() as server, polled(server, Ear().receive):
        await Person(server, 1).says("好")
        await until(lambda: not server.waiting)


async def test_a_tap_is_answered_before_the_reply_and_an_old_one_is_no_error() -> None:
    ear, answered = Ear(), []
    async with BotApi() as server:
        async with polled(server, ear.receive, lambda: answered.append(len(server.answered))):
            li = Person(server, 1)
            await li.taps_data("signup:station")
            await until(lambda: answered == [1])
            server.fault("answerCallbackQuery", "400")
            await li.taps_data("mine")
            await until(lambda: answered == [1, 1] and not server.waiting)
        assert [message.kind for message in ear.heard] == ["choice", "choice"]


async def test_an_answer_to_a_tap_that_hangs_holds_up_little(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.channels.telegram_intake.ANSWER_S", 0.1)
    ear = Ear()
    async with BotApi() as server, polled(server, ear.receive, ear.wake):
        server.fault("answerCallbackQuery", "slow", seconds=5)
        await Person(server, 1).taps_data("mine")
        await until(lambda: ear.woken, 1)
        assert len(ear.heard) == 1


@pytest.mark.parametrize("kind", ["500", "502", "html", "lost", "taken", "429"])
async def test_trouble_on_the_line_is_waited_out(kind: str) -> None:
    ear = Ear()
    async with BotApi(second=0.05) as server:
        server.fault("getUpdates", kind, times=3)
        await Person(server, 1).says("报名")
        async with polled(server, ear.receive):
            await until(lambda: not server.waiting)
    assert ear.texts == ["报名"]


async def test_updates_wait_a_day_for_us_and_no_longer() -> None:
    ear = Ear()
    age = 0.0
    async with BotApi(now=lambda: time.time() + age) as server:
        li = Person(server, 1)
        await li.says("昨天")
        age = 60_000
        await li.says("今天")
        age = 90_000
        async with polled(server, ear.receive):
            await until(lambda: ear.heard and not server.waiting)
    assert ear.texts == ["今天"]


async def test_numbers_that_begin_anew_lower_are_heard() -> None:
    ear = Ear()
    async with BotApi(second=0.05) as server, polled(server, ear.receive):
        li = Person(server, 1)
        await server.push_raw({"update_id": 900, "message": li.message(text="以前")})
        await until(lambda: ear.heard and not server.waiting)
        polls = server.calls["getupdates"]
        await until(lambda: server.calls["getupdates"] > polls + 2)
        await server.push_raw({"update_id": 5, "message": li.message(text="一周以后")})
        await until(lambda: len(ear.heard) == 2 and not server.waiting)
        assert ear.texts == ["以前", "一周以后"]


async def test_another_program_with_our_token_is_named_and_waited_for(
    logged: Logged,
) -> None:
    ear = Ear()
    async with BotApi() as server, polled(server, ear.receive):
        await until(lambda: server.calls["getupdates"])
        url = f"{server.url}/bot{TOKEN}/getUpdates"
        async with httpx.AsyncClient() as stranger:
            answer = await stranger.get(url, params={"timeout": 30})
        assert answer.status_code == 409
        await Person(server, 1).says("在吗")
        await until(lambda: ear.heard and not server.waiting)
    lines = str(logged)
    assert "gives the updates to somebody else" in lines
    assert "only one bot instance" in lines
    assert TOKEN not in lines


async def test_a_webhook_that_is_still_set_is_named(logged: Logged) -> None:
    async with BotApi() as server:
        await server.do_setwebhook({"url": "http://127.0.0.1:9/telegram"})
        async with polled(server, Ear().receive):
            await until(lambda: server.calls["getupdates"] > 1)
    assert "guanxin connect telegram" in str(logged)


def lease_of(guanxin: Guanxin, owner: str) -> Callable[[], Awaitable[int | None]]:
    async def take() -> int | None:
        now = datetime.now(UTC)
        return await guanxin.store.write(lambda tx: leases.take(tx, "telegram", owner, 30, now))

    return take


async def test_of_two_pollers_one_polls_and_the_other_takes_over(
    guanxin: Guanxin, logged: Logged
) -> None:
    first, second = Ear(), Ear()
    async with BotApi() as server:
        li = Person(server, 1)
        async with polled(server, first.receive, lease=lease_of(guanxin, "a")):
            await until(lambda: server.calls["getupdates"])
            async with polled(server, second.receive, lease=lease_of(guanxin, "b")):
                await asyncio.sleep(0.1)
                for number in range(5):
                    await li.says(str(number))
                await until(lambda: not server.waiting)
                assert (first.texts, second.texts) == (list("01234"), [])
        async with polled(server, second.receive, lease=lease_of(guanxin, "b")):
            await li.says("5")
            guanxin.store.write_now(lambda tx: leases.release(tx, "telegram", "a"))
            await until(lambda: not server.waiting)
        assert second.texts == ["5"]
    assert "somebody else" not in str(logged)


async def test_a_lost_lease_ends_the_poll_until_it_is_ours_again() -> None:
    ear, ours = Ear(), True

    async def lease() -> int | None:
        return 1 if ours else None

    async with BotApi() as server, polled(server, ear.receive, lease=lease):
        await until(lambda: server.calls["getupdates"])
        ours = False
        await asyncio.sleep(0.1)
        polls = server.calls["getupdates"]
        await Person(server, 1).says("在吗")
        await asyncio.sleep(0.1)
        assert (server.calls["getupdates"], ear.texts) == (polls, [])
        ours = True
        await until(lambda: ear.heard and not server.waiting)


async def test_a_database_that_is_busy_ends_nothing() -> None:
    ear, times = Ear(), 3

    async def lease() -> int | None:
        nonlocal times
        times -= 1
        if times > 0:
            raise Busy("locked")
        return 1

    async with BotApi() as server, polled(server, ear.receive, lease=lease):
        await Person(server, 1).says("在吗")
        await until(lambda: ear.heard and not server.waiting)


async def test_random_updates_block_nobody() -> None:
    ear, dice = Ear(), random.Random(12)
    kinds = ("message", "callback_query", "my_chat_member", "edited_message", "sample")
    async with BotApi() as server:
        for number in range(200):
            junk = {"chat": {"id": dice.choice((1, "x", None)), "type": "private"}, "text": number}
            update: dict[str, Any] = {
                "update_id": number + 1,
                dice.choice(kinds): dice.choice((junk, [], "x")),
            }
            await server.push_raw(update)
        await server.push_raw({"update_id": 900, "message": Person(server, 1).message(text="好")})
        async with polled(server, ear.receive):
            await until(lambda: not server.waiting)
    assert ear.texts == ["好"]
