"""SIGTERM: what is under way is finished, nothing is lost, exit status 0 within ten seconds."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sqlite3
import time
import uuid
from pathlib import Path

from sqlalchemy import make_url

from handlers import wording as say
from storage.store import Store
from tests.faults.browser import ANSWER_S, Browser, browsing
from tests.faults.checks import assert_nothing_lost
from tests.faults.conftest import open_station
from tests.faults.server import Server, serving

CROWD = 20
STOPS_S = 10


async def _talk_until_gone(browser: Browser) -> None:
    """Ask as fast as answers come, until the server is not there any more."""
    while True:
        id = uuid.uuid4().hex
        answer = await browser.once(id, "我的")
        if answer is None:
            return
        if answer.text != say.BUSY:
            browser.told[id] = answer


async def _stop(server: Server) -> tuple[int, float]:
    """Return the exit status and how long it took."""
    began = time.monotonic()
    server.send(signal.SIGTERM)
    status = await asyncio.to_thread(server.wait, STOPS_S + 20)
    return status, time.monotonic() - began


async def test_a_stop_under_load_loses_nothing(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    open_station(store, "示例·站", shifts=1, seats=1)
    with serving(database_url, tmp_path) as (server,):
        async with browsing([server], CROWD) as browsers:
            talking = [asyncio.create_task(_talk_until_gone(browser)) for browser in browsers]
            await asyncio.sleep(2)
            status, seconds = await _stop(server)
            await asyncio.gather(*talking)
    assert status == 0
    assert seconds < STOPS_S
    assert_nothing_lost(store, browsers, all_told=False)


async def test_a_stop_while_the_database_is_locked(
    sqlite_store: Store, sqlite_url: str, tmp_path: Path
) -> None:
    path = str(make_url(sqlite_url).database)
    with serving(sqlite_url, tmp_path) as (server,):
        async with browsing([server], CROWD) as browsers:
            with contextlib.closing(sqlite3.connect(path)) as lock:
                lock.execute("BEGIN IMMEDIATE")
                asked = [
                    asyncio.create_task(browser.once("0" * 32, "我的")) for browser in browsers
                ]
                await asyncio.sleep(0.5)
                status, seconds = await _stop(server)
                answers = await asyncio.gather(*asked)
    assert status == 0
    assert seconds < STOPS_S
    for answer in answers:
        assert answer is not None
        assert answer.text == say.BUSY
        assert answer.seconds < ANSWER_S
