"""One of two processes on a file stands still for a while, wherever it happens to be."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

from storage.store import Store
from tests.faults.browser import ANSWER_S, browsing, volunteering
from tests.faults.checks import assert_as_told, assert_nothing_lost, assert_sold_once
from tests.faults.conftest import open_station
from tests.faults.server import serving

CROWD = 20
FROZEN_S = 5
PAGE_S = 2.0
SEATS = 2


async def test_a_frozen_process_loses_nothing(
    sqlite_store: Store, sqlite_url: str, tmp_path: Path
) -> None:
    open_station(sqlite_store, "示例·三班站", shifts=3, seats=SEATS)
    with serving(sqlite_url, tmp_path, processes=2) as (frozen, awake):
        async with (
            browsing([awake], CROWD // 2) as here,
            browsing([frozen], CROWD // 2) as there,
            volunteering([*here, *there]) as volunteers,
        ):
            await asyncio.sleep(2)
            frozen.send(signal.SIGSTOP)
            began = time.monotonic()
            await here[0].open()
            assert time.monotonic() - began < PAGE_S
            await asyncio.sleep(FROZEN_S)
            frozen.send(signal.SIGCONT)
            await asyncio.sleep(2)
        assert max(browser.slowest for browser in here) < ANSWER_S
        assert max(browser.slowest for browser in there) < FROZEN_S + ANSWER_S + 1
    assert_nothing_lost(sqlite_store, (*here, *there))
    assert_sold_once(sqlite_store, SEATS)
    assert_as_told(sqlite_store, volunteers)
