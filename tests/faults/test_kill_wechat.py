"""kill -9 while WeChat pushes: what was answered is kept, the rest comes again and counts once."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import httpx

from storage.store import Store
from tests.doubles import wechat as double
from tests.doubles.wechat import UNAVAILABLE, WechatPlatform
from tests.faults.checks import inbox, standing
from tests.faults.conftest import open_station
from tests.faults.server import TO_CONFIRM, Server, serving
from tests.faults.test_kill_telegram import free_port

CROWD = 12
STEPS = (*TO_CONFIRM, "1", "我的")
KILLS = 6
WECHAT = {
    "WECHAT_APP_ID": double.APP_ID,
    "WECHAT_TOKEN": double.TOKEN,
    "WECHAT_AES_KEY": double.KEY,
}


async def test_kill_9_loses_no_push(sqlite_store: Store, sqlite_url: str, tmp_path: Path) -> None:
    open_station(sqlite_store, "示例·一班站", shifts=1, seats=CROWD)
    port = free_port()
    with serving(sqlite_url, tmp_path, PORT=str(port), **WECHAT) as (server,):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            platform = WechatPlatform(client)
            people = (_signs_up(platform, f"openid-{number}") for number in range(CROWD))
            *heard, _ = await asyncio.gather(*people, _kill_now_and_then(server))
    assert platform.odd, "the kills met pushes"
    assert all(last.count("已报上") == 1 for last in heard)
    (line,) = standing(sqlite_store).values()
    assert len({person for _, person, _ in line}) == len(line) == CROWD
    assert len(inbox(sqlite_store)) == CROWD * len(STEPS)


async def _signs_up(platform: WechatPlatform, openid: str) -> str:
    """Say each step; WeChat pushes it until somebody answers. Return what is read last."""
    seen: str | None = None
    for words in STEPS:
        push = platform.text(openid, words)
        while (seen := await platform.push(push)) == UNAVAILABLE:  # noqa: ASYNC110 - as WeChat does
            await asyncio.sleep(0.1)
        assert await platform.push(push) in (seen, UNAVAILABLE)
        await asyncio.sleep(0.3)
    return seen or ""


async def _kill_now_and_then(server: Server) -> None:
    chance = random.Random(4)
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.1, 0.9))
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
