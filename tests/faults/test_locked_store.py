"""The store while another program holds the lock: as long as our patience really lasts."""

from __future__ import annotations

import asyncio
import time

from storage import stations
from storage.cipher import decode_key
from storage.errors import Busy
from storage.store import Store
from tests.conftest import KEY
from tests.test_store import LATEST_ANSWER_S, impatient, note, noted, somebody_writes


async def test_a_locked_database_is_told_in_time_and_heals(store: Store, database_url: str) -> None:
    with somebody_writes(database_url):
        began = time.monotonic()
        problems = await asyncio.gather(
            *(store.write(note("不可")) for _ in range(20)),
            asyncio.to_thread(store.write_now, note("不可")),
            return_exceptions=True,
        )
        assert time.monotonic() - began < LATEST_ANSWER_S
        assert [type(problem) for problem in problems] == [Busy] * 21
        assert await store.read(stations.count) == 0
    assert await store.write(note("可")) > 0
    await asyncio.sleep(0.3)
    assert noted(store) == ["可"]


async def test_closing_does_not_wait_for_a_locked_database(store: Store, database_url: str) -> None:
    other = Store(database_url, decode_key(KEY))
    with somebody_writes(database_url), impatient():
        tasks = [asyncio.create_task(other.write(note(str(n)))) for n in range(3)]
        await asyncio.sleep(0.05)
        tasks[0].cancel()
        began = time.monotonic()
        await asyncio.to_thread(other.close)
        await asyncio.gather(*tasks, return_exceptions=True)
        assert time.monotonic() - began < LATEST_ANSWER_S
    assert noted(store) == []
