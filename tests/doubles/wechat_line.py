"""The whole assistant behind WeChat's double, in memory or on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from bot import serve
from bot.app import Guanxin
from bot.channels import wechat_door
from bot.channels.wechat_crypto import WechatKeys
from bot.channels.wechat_pages import StoredPages
from bot.clock import system
from tests.doubles import wechat as double
from tests.doubles.wechat import Mode, WechatPlatform
from web.limits import Limits


def behind(guanxin: Guanxin, mode: Mode = "safe", seconds: float = 10.0) -> ASGIApp:
    """The door of an account in such a mode; a push may take so many seconds to arrive."""
    keys = WechatKeys(double.APP_ID, double.TOKEN, double.KEY, "", mode)
    pages = StoredPages(guanxin.store)
    routes = wechat_door.routes(keys, guanxin.dispatcher.receive, pages, system)
    return Limits(Starlette(routes=routes), seconds=seconds)


@asynccontextmanager
async def on_the_line(guanxin: Guanxin, mode: Mode = "safe") -> AsyncIterator[WechatPlatform]:
    """An account whose pushes reach the assistant without a network."""
    transport = httpx.ASGITransport(behind(guanxin, mode))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield WechatPlatform(client, mode)


@asynccontextmanager
async def on_a_socket(guanxin: Guanxin, seconds: float = 10.0) -> AsyncIterator[WechatPlatform]:
    """An account in safe mode whose pushes come over a socket."""
    config = uvicorn.Config(behind(guanxin, seconds=seconds), log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    listening = serve.listen("127.0.0.1", 0)
    task = asyncio.create_task(server._serve([listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        async with httpx.AsyncClient(base_url=url) as client:
            yield WechatPlatform(client)
    finally:
        server.should_exit = True
        await task
        listening.close()


async def says(platform: WechatPlatform, who: str, *lines: str) -> str:
    """Say something line by line; return what is read last."""
    seen = None
    for words in lines:
        seen = await platform.say(who, words)
    return seen or ""


def packed(platform: WechatPlatform, body: bytes) -> tuple[dict[str, str], str | bytes]:
    """Return query and body of a signed push of any bytes."""
    if platform.mode == "plain":
        return platform.signed(), body
    return platform.enclosed(platform.signed(), double.encrypt(body), "<xml></xml>")
