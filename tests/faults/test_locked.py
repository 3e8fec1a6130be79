"""Another program keeps the SQLite file locked for half a minute."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
import uuid
from pathlib import Path

from sqlalchemy import make_url

from handlers import wording as say
from storage.store import Store
from tests.faults.browser import ANSWER_S, Browser, browsing
from tests.faults.checks import assert_nothing_lost, inbox
from tests.faults.conftest import open_station
from tests.faults.server import serving

CROWD = 10
LOCKED_S = 30
PAGE_S = 1.0


async def _ask_until(browser: Browser, ends: float) -> None:
    """Send the same message again and again; each time the answer is BUSY, and in time."""
    id = uuid.uuid4().hex
    while time.monotonic() < ends:
        answer = await browser.once(id, "我的")
        assert answer is not None
        assert answer.text == say.BUSY
        assert answer.seconds < ANSWER_S


async def _look_until(browser: Browser, ends: float) -> None:
    """The page opens at once and shows what was said before."""
    while time.monotonic() < ends:
        began = time.monotonic()
        assert say.MINE_NONE in await browser.open()
        assert time.monotonic() - began < PAGE_S
        await asyncio.sleep(1)


async def test_a_locked_file_is_told_in_time_and_heals(
    sqlite_store: Store, sqlite_url: str, tmp_path: Path
) -> None:
    open_station(sqlite_store, "示例·站", shifts=1, seats=CROWD)
    path = str(make_url(sqlite_url).database)
    with serving(sqlite_url, tmp_path) as (server,):
        async with browsing([server], CROWD) as browsers:
            await asyncio.gather(*(browser.say("我的") for browser in browsers))
            before = inbox(sqlite_store)
            with contextlib.closing(sqlite3.connect(path)) as lock:
                lock.execute("BEGIN IMMEDIATE")
                ends = time.monotonic() + LOCKED_S
                await asyncio.gather(
                    *(_ask_until(browser, ends) for browser in browsers),
                    _look_until(browsers[0], ends),
                )
                assert inbox(sqlite_store) == before
            for browser in browsers:
                browser.busy = 0
            await asyncio.gather(*(browser.fill_in() for browser in browsers))
            answers = await asyncio.gather(*(browser.say("1") for browser in browsers))
            assert all("报名成功" in answer.text for answer in answers)
            assert all(browser.busy == 0 for browser in browsers)  # healed by itself, at once
    assert_nothing_lost(sqlite_store, browsers)
