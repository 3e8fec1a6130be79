"""The postman sends what is queued and writes down what came of it."""

from __future__ import annotations

import asyncio

import pytest

from bot.app import Guanxin
from bot.channels.base import Halted, Moved, TryLater, Uncertain, Unreachable, Unsendable
from bot.postman import Postman
from handlers import wording as words
from handlers.letters import Filled
from handlers.message import Reply
from storage import deliveries, tickets
from tests.conftest import Clock, Say


class Pigeon:
    """A channel that keeps what it is given, or fails as it is told."""

    name = "telegram"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.trouble: list[Exception | None] = []

    async def send(self, address: str, reply: Reply, _filled: Filled | None = None) -> None:
        problem = self.trouble.pop(0) if self.trouble else None
        if problem is not None:
            raise problem
        self.sent.append((address, reply.text))


@pytest.fixture
def pigeon() -> Pigeon:
    return Pigeon()


@pytest.fixture
def wall_clock() -> Clock:
    from bot.clock import system

    return Clock(system())


@pytest.fixture
def postman(guanxin: Guanxin, pigeon: Pigeon, wall_clock: Clock) -> Postman:
    wall_clock.wait(seconds=1)
    return Postman(guanxin.store, pigeon, wall_clock, guanxin.clock)


def states(guanxin: Guanxin) -> dict[str, int]:
    return guanxin.store.read_now(deliveries.counts)


async def test_a_reply_is_queued_with_its_message_and_sent_once(
    guanxin: Guanxin, say: Say, postman: Postman, pigeon: Pigeon
) -> None:
    reply = await say("报名辅导站", channel="telegram", id="m")
    assert await say("报名辅导站", channel="telegram", id="m") == reply
    assert await postman.round()
    assert not await postman.round()
    assert pigeon.sent == [("a", words.ASK_NAME)]
    assert states(guanxin) == {"sent": 1}


async def test_the_web_page_is_answered_in_its_own_response(guanxin: Guanxin, say: Say) -> None:
    await say("你好")
    assert states(guanxin) == {}


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (Unreachable("blocked"), "failed"),
        (Unsendable("too long"), "failed"),
        (Uncertain("reset"), "unknown"),
        (TryLater("slow down", 30), "waiting"),
        (Halted("wrong token"), "waiting"),
    ],
)
async def test_every_outcome_is_written_down(
    guanxin: Guanxin, say: Say, postman: Postman, pigeon: Pigeon, problem: Exception, state: str
) -> None:
    await say("你好", channel="telegram")
    pigeon.trouble = [problem]
    await postman.round()
    assert states(guanxin) == {state: 1}
    assert pigeon.sent == []


async def test_what_waits_for_its_turn_is_not_being_sent(
    guanxin: Guanxin, say: Say, pigeon: Pigeon, wall_clock: Clock
) -> None:
    seen: list[dict[str, int]] = []

    async def turn(_address: str) -> None:
        seen.append(states(guanxin))

    await say("报名辅导站", channel="telegram")
    wall_clock.wait(seconds=1)
    await Postman(guanxin.store, pigeon, wall_clock, guanxin.clock, turn).round()
    assert seen == [{"waiting": 1}]
    assert states(guanxin) == {"sent": 1}


async def test_what_was_put_off_is_sent_when_its_time_comes(
    say: Say, postman: Postman, pigeon: Pigeon, wall_clock: Clock
) -> None:
    await say("报名辅导站", channel="telegram")
    pigeon.trouble = [TryLater("slow down", 30, whole_channel=True)]
    await postman.round()
    await say("你好", channel="telegram", user="b")
    wall_clock.wait(seconds=2)
    assert not await postman.round()
    wall_clock.wait(seconds=30)
    await postman.round()
    assert {address for address, _ in pigeon.sent} == {"a", "b"}


async def test_a_chat_that_moved_gets_its_message_at_the_new_address(
    say: Say, postman: Postman, pigeon: Pigeon
) -> None:
    await say("报名辅导站", channel="telegram")
    pigeon.trouble = [Moved("-100a")]
    await postman.round()
    await postman.round()
    assert pigeon.sent == [("-100a", words.ASK_NAME)]


async def test_whoever_blocked_the_bot_keeps_the_sign_up_and_can_come_back(
    guanxin: Guanxin, say: Say, postman: Postman, pigeon: Pigeon, wall_clock: Clock
) -> None:
    await say("报名辅导站", channel="telegram")
    pigeon.trouble = [Unreachable("blocked")]
    await postman.round()
    await say("上一步", channel="telegram")
    wall_clock.wait(seconds=5)
    await postman.round()
    assert len(pigeon.sent) == 1
    assert states(guanxin) == {"failed": 1, "sent": 1}


async def test_what_fails_three_times_is_parked_and_apologised_for(
    guanxin: Guanxin, say: Say, postman: Postman, pigeon: Pigeon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Reply:
        raise ValueError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("bot.dispatch.respond", broken)
        await say("报名辅导站", channel="telegram", id="m")
    await say("报名辅导站", channel="telegram", id="m")
    while await postman.round():
        pass
    assert [text for _, text in pigeon.sent] == [words.APOLOGY]
    assert guanxin.store.read_now(tickets.waiting) == {"parked": 1}


class Slow(Pigeon):
    """A channel on which the first message is under way for long."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()
        self.arrive = asyncio.Event()

    async def send(self, address: str, reply: Reply, _filled: Filled | None = None) -> None:
        self.begun.set()
        await self.arrive.wait()
        await super().send(address, reply)


async def test_who_stops_lets_what_is_in_flight_arrive_and_begins_nothing_more(
    guanxin: Guanxin, say: Say, wall_clock: Clock
) -> None:
    slow = Slow()

    async def turn(address: str) -> None:
        if address == "b":
            await asyncio.Event().wait()

    for user in ("a", "b"):
        await say("报名辅导站", channel="telegram", user=user)
    wall_clock.wait(seconds=1)
    postman = Postman(guanxin.store, slow, wall_clock, guanxin.clock, turn)
    running = asyncio.create_task(postman.run())
    await slow.begun.wait()
    running.cancel()
    await asyncio.sleep(0)
    slow.arrive.set()
    await asyncio.gather(running, return_exceptions=True)
    assert [address for address, _ in slow.sent] == ["a"]
    assert states(guanxin) == {"sent": 1, "waiting": 1}
