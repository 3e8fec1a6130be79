"""What an act of somebody allows to be sent, from the door's message to the call to WeChat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count

import pytest

from bot import clock
from bot.app import Guanxin
from bot.channels.base import TryLater, Uncertain, Undelivered
from bot.channels.wechat_client import WeChatClient
from bot.channels.wechat_errors import OutsideWindow
from bot.channels.wechat_sender import WeChatSender
from bot.channels.wechat_token import Keys
from bot.channels.wechat_windows import StoredWindows
from handlers.message import Incoming, Kind, Reply
from storage import people, windows
from tests.conftest import Clock
from tests.doubles.wechat_api import APP_ID, APP_SECRET, WeChatApi
from tests.wechat_processes import SEND

WHO = "openid-1"
HELLO = Reply("您好")
numbers = count(1)


@pytest.fixture
def machine_clock() -> Clock:
    return Clock(clock.system())


@pytest.fixture
async def api(machine_clock: Clock) -> AsyncIterator[WeChatApi]:
    async with WeChatApi(clock=machine_clock) as running:
        yield running


@pytest.fixture
async def sender(
    api: WeChatApi, guanxin: Guanxin, machine_clock: Clock
) -> AsyncIterator[WeChatSender]:
    client = WeChatClient(Keys(APP_ID, APP_SECRET), guanxin.store, api.url, machine_clock)
    kept = StoredWindows(guanxin.store, machine_clock)
    yield WeChatSender(client, "service-verified", {}, kept)
    await client.aclose()


async def push(guanxin: Guanxin, words: str, kind: Kind = "text", id: str = "") -> None:
    message = Incoming("wechat", WHO, words, id or f"m{next(numbers)}", guanxin.clock(), kind)
    await guanxin.dispatcher.receive(message)


async def failing(sender: WeChatSender, reply: Reply = HELLO) -> Undelivered:
    with pytest.raises(Undelivered) as raised:
        await sender.send(WHO, reply)
    return raised.value


async def send_all(sender: WeChatSender) -> int:
    for sent in count():
        try:
            await sender.send(WHO, HELLO)
        except OutsideWindow:
            return sent
    raise AssertionError


@pytest.mark.parametrize(
    ("act", "words", "kind", "allowed", "lasts"),
    [
        ("message", "你好", "text", 5, timedelta(hours=48)),
        ("message", "", "picture", 5, timedelta(hours=48)),
        ("CLICK", "questions", "choice", 3, timedelta(minutes=1)),
        ("SCAN", "scene:1", "choice", 3, timedelta(minutes=1)),
        ("follow", "", "follow", 3, timedelta(minutes=1)),
    ],
)
async def test_an_act_allows_so_many_for_so_long(
    api: WeChatApi,
    guanxin: Guanxin,
    sender: WeChatSender,
    machine_clock: Clock,
    act: str,
    words: str,
    kind: Kind,
    allowed: int,
    lasts: timedelta,
) -> None:
    api.acts(WHO, act)  # type: ignore[arg-type]
    await push(guanxin, words, kind)
    assert await send_all(sender) == allowed
    assert api.called(SEND) == allowed  # nothing was asked in vain
    api.acts(WHO, act)  # type: ignore[arg-type]
    await push(guanxin, words, kind)
    machine_clock.now += lasts + timedelta(seconds=5)
    assert await send_all(sender) == 0


async def test_a_copy_of_a_message_opens_nothing(
    api: WeChatApi, guanxin: Guanxin, sender: WeChatSender
) -> None:
    api.acts(WHO)
    await push(guanxin, "你好", id="once")
    assert await send_all(sender) == 5
    await push(guanxin, "你好", id="once")
    assert await send_all(sender) == 0


async def test_who_was_never_there_gets_nothing(api: WeChatApi, sender: WeChatSender) -> None:
    assert isinstance(await failing(sender), OutsideWindow)
    assert api.calls == []


async def test_what_does_not_fit_the_window_is_not_begun(
    api: WeChatApi, guanxin: Guanxin, sender: WeChatSender
) -> None:
    api.acts(WHO, "CLICK")
    await push(guanxin, "questions", "choice")
    assert isinstance(await failing(sender, Reply("字" * 2100)), OutsideWindow)
    assert api.sent == []
    await sender.send(WHO, Reply("字" * 1900))
    assert len(api.texts) == 3


@pytest.mark.parametrize("code", [45015, 45047])
async def test_the_platform_knows_better(
    api: WeChatApi, guanxin: Guanxin, sender: WeChatSender, code: int
) -> None:
    api.acts(WHO)
    await push(guanxin, "你好")
    api.fail(SEND, errcode=code)
    await failing(sender)
    assert isinstance(await failing(sender), OutsideWindow)
    assert api.called(SEND) == 1
    await push(guanxin, "你好")
    await sender.send(WHO, HELLO)


async def test_what_was_not_sent_does_not_count(
    api: WeChatApi, guanxin: Guanxin, sender: WeChatSender
) -> None:
    api.acts(WHO)
    await push(guanxin, "你好")
    for _ in range(8):
        api.fail(SEND, errcode=-1)
        assert isinstance(await failing(sender), TryLater)
    assert await send_all(sender) == 5


async def test_unfollowing_closes_it(guanxin: Guanxin) -> None:
    await push(guanxin, "你好")
    address_id = guanxin.store.write_now(lambda tx: people.address_row(tx, "wechat", WHO))
    now = clock.system()
    assert guanxin.store.read_now(lambda tx: windows.left(tx, address_id, now)) == 5
    await push(guanxin, "", "leave")
    assert guanxin.store.read_now(lambda tx: windows.left(tx, address_id, now)) == 0


async def test_what_arrived_in_part_is_not_sent_again_though_the_database_is_busy(
    api: WeChatApi, guanxin: Guanxin, sender: WeChatSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> None:
        raise TryLater("the database is busy", 5)

    api.acts(WHO)
    await push(guanxin, "你好")
    monkeypatch.setattr(StoredWindows, "give_back", busy)
    api.fail(SEND, times=1)  # the first part arrives
    api.fail(SEND, errcode=-1)
    assert type(await failing(sender, Reply("字" * 1900))) is Uncertain
