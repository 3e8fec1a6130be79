"""kill -9 at any moment: what was acknowledged is there, once, as it was told."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from storage.store import Store
from tests.faults.browser import browsing, volunteering
from tests.faults.checks import assert_as_told, assert_nothing_lost, assert_sold_once
from tests.faults.conftest import open_station
from tests.faults.server import Server, serving

CROWD = 20
KILLS = 5
"""Of each of the two processes."""
SEATS = 2


async def test_kill_9_loses_nothing(store: Store, database_url: str, tmp_path: Path) -> None:
    chance = random.Random(9)
    open_station(store, "示例·三班站", shifts=3, seats=SEATS)
    with serving(database_url, tmp_path, processes=2) as servers:
        async with browsing(servers, CROWD) as browsers, volunteering(browsers) as volunteers:
            await asyncio.gather(*(_kill_now_and_then(server, chance) for server in servers))
    assert_nothing_lost(store, browsers)
    assert_sold_once(store, SEATS)
    assert_as_told(store, volunteers)


async def _kill_now_and_then(server: Server, chance: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.1, 1.5))
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
