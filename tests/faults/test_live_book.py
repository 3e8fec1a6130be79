"""A plan learned in one process is answered by another while people ask; none of them waits."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

from storage.store import Store
from tests.faults.browser import Browser, browsing
from tests.faults.server import GUANXIN, Server, serving
from tests.papers import PAPERS

CITY = PAPERS[0]
ASKED = "云溪市学雷锋主题宣讲由谁负责"
TOLD = "市关工委办公室"
OTHER = "常州的四点钟课堂是什么"
SOON_S = 10
"""A process looks every half second; a busy machine needs longer to take a book up."""


async def learn(server: Server, path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        GUANXIN, "learn", path, env=server.environment, stdout=subprocess.DEVNULL
    )
    assert await process.wait() == 0


async def ask_until(browser: Browser, words: str) -> None:
    """Ask until the answer holds these words."""
    while words not in (await browser.say(ASKED)).text:
        continue


async def keep_asking(browser: Browser, learned: asyncio.Event) -> list[str]:
    """Ask of what was known before, one question after the other, until the plan is answered."""
    told = []
    while not learned.is_set():
        told.append((await browser.say(OTHER)).text)
    return told


async def test_a_plan_learned_meanwhile_is_answered_everywhere(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / CITY.name
    path.write_bytes(CITY.data)
    with serving(database_url, tmp_path, processes=2) as servers:
        async with browsing(servers[:1], 2) as first, browsing(servers[1:], 2) as second:
            before = (await first[1].say(OTHER)).text
            assert TOLD not in (await first[0].say(ASKED)).text
            learned = asyncio.Event()
            asking = [asyncio.create_task(keep_asking(b[1], learned)) for b in (first, second)]
            await learn(servers[0], path)
            async with asyncio.timeout(SOON_S):
                await asyncio.gather(ask_until(first[0], TOLD), ask_until(second[0], TOLD))
            learned.set()
            told = [text for texts in await asyncio.gather(*asking) for text in texts]
    assert set(told) == {before}
    assert len(told) > 2


async def test_a_plan_learned_again_replaces_what_was_answered(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "plan.txt"
    text = "云溪市关工委2025年工作计划\n一、重点\n学雷锋主题宣讲由{}负责，三月在各校举办。\n"
    with serving(database_url, tmp_path) as servers:
        async with browsing(servers, 1) as (browser,):
            for who in ("市青年宫", "市少年宫", "市文化宫"):
                path.write_text(text.format(who), "utf-8")
                await learn(servers[0], path)
                async with asyncio.timeout(SOON_S):
                    await ask_until(browser, who)
