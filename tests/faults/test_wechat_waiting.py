"""Answers that take longer than WeChat waits: copies wait with the first, and nothing is lost."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from bot import clock, settings
from bot.app import Guanxin
from bot.channels import wechat_waiting
from bot.doors import Doors, Within, doors
from handlers import wording as say
from handlers.message import Incoming, Reply
from handlers.outbox import Outbox
from handlers.ways import Reach
from storage import deliveries
from storage.errors import Busy
from tests.conftest import KEY
from tests.doubles import wechat as double
from tests.doubles.wechat import UNAVAILABLE, WechatPlatform
from tests.doubles.wechat_api import APP_SECRET, WeChatApi
from web.limits import Limits

WHO = "oExample_Follower-0000000003"
PATIENCE_S = 0.4
"""How long the platform waits here, in place of its 5 seconds."""

OUTBOX = Outbox(Reach(), clock.system)


@pytest.fixture(autouse=True)
def _settle_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wechat_waiting, "SETTLED_S", 0.3)


class Slow:
    """The assistant behind a thing that takes its time, until something else has happened."""

    def __init__(self, guanxin: Guanxin) -> None:
        self.guanxin = guanxin
        self.until: Callable[[], bool] = lambda: True
        self.heard = 0

    async def receive(self, message: Incoming) -> Reply:
        self.heard += 1
        while not self.until():  # noqa: ASYNC110 - it happens in another thread
            await asyncio.sleep(0.01)
        return await self.guanxin.dispatcher.receive(message)


def all_hung_up(platform: WechatPlatform) -> Callable[[], bool]:
    """WeChat has pushed four times and waited in vain each time."""
    return lambda: len(platform.odd) == double.DELIVERIES


@pytest.fixture
def slow(guanxin: Guanxin) -> Slow:
    return Slow(guanxin)


@contextmanager
def served(opened: Doors) -> Iterator[str]:
    app = Limits(Starlette(routes=opened.routes, lifespan=lambda _app: opened.open()))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@asynccontextmanager
async def talking(
    slow: Slow, account: str = "service-verified"
) -> AsyncIterator[tuple[WechatPlatform, WeChatApi]]:
    async with WeChatApi(account=account, app_id=double.APP_ID) as api:
        given = {
            "KEY": KEY,
            "WECHAT_APP_ID": double.APP_ID,
            "WECHAT_TOKEN": double.TOKEN,
            "WECHAT_AES_KEY": double.KEY,
            "WECHAT_APP_SECRET": APP_SECRET,
            "WECHAT_API_URL": api.url,
            "WECHAT_ACCOUNT": account,
        }
        chosen = settings.load({f"GUANXIN_{name}": value for name, value in given.items()})
        within = Within(chosen, slow.guanxin.store, slow.receive, slow.guanxin.clock, OUTBOX)
        with served(doors(within)) as url:
            async with httpx.AsyncClient(base_url=url) as client:
                yield WechatPlatform(client, patience=PATIENCE_S), api


async def sent(api: WeChatApi, most: int = 1) -> list[str]:
    """What was sent by calls, once there is enough of it or 4 seconds are over."""
    for _ in range(40):
        if len(api.sent) >= most:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.2)
    return api.texts


def queued(guanxin: Guanxin) -> dict[str, int]:
    return guanxin.store.read_now(deliveries.counts)


async def test_the_second_copy_is_answered_with_the_first_ones_work(slow: Slow) -> None:
    async with talking(slow) as (platform, _):
        slow.until = lambda: platform.deliveries >= 2
        seen = await platform.say(WHO, "我的") or ""
        assert seen.startswith(say.MINE_NONE)
        assert platform.odd
        assert slow.heard == 1
        await asyncio.sleep(0.6)
    assert queued(slow.guanxin) == {}


async def test_a_reply_after_the_last_copy_is_sent_by_a_call_once(slow: Slow) -> None:
    async with talking(slow) as (platform, api):
        api.acts(WHO)
        slow.until = all_hung_up(platform)
        assert await platform.say(WHO, "我的") == UNAVAILABLE
        assert (platform.deliveries, slow.heard) == (4, 1)
        (text,) = await sent(api)
        assert text.startswith(say.MINE_NONE)
    assert queued(slow.guanxin) == {"sent": 1}


async def test_a_copy_that_comes_after_all_makes_the_call_needless(slow: Slow) -> None:
    hung_up = threading.Event()
    slow.until = hung_up.is_set
    async with talking(slow) as (platform, api):
        api.acts(WHO)
        query, body = platform.packed(platform.text(WHO, "我的", 77))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await platform.deliver(query, body)
        hung_up.set()
        assert (await platform.deliver(query, body)).status_code == 200
        assert await sent(api, 1) == []
        assert slow.heard == 1
    assert queued(slow.guanxin) == {}


async def test_an_account_without_customer_service_calls_nobody(slow: Slow) -> None:
    async with talking(slow, "service") as (platform, api):
        api.acts(WHO)
        slow.until = all_hung_up(platform)
        assert await platform.say(WHO, "我的") == UNAVAILABLE
        assert await sent(api) == []
        assert (await platform.say(WHO, "我的") or "").startswith(say.MINE_NONE)
    assert queued(slow.guanxin) == {}


async def test_what_was_not_taken_down_is_not_sent_later(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(_work: object) -> None:
        raise Busy("in use")

    async with talking(slow) as (platform, api):
        api.acts(WHO)
        slow.until = all_hung_up(platform)
        with monkeypatch.context() as broken:
            broken.setattr(slow.guanxin.dispatcher._store, "write", busy)
            assert await platform.say(WHO, "我的") == UNAVAILABLE
            await asyncio.sleep(2 * PATIENCE_S)
        assert await sent(api) == []
    assert queued(slow.guanxin) == {}
