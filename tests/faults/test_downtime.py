"""The machine was off, or its clock was wrong: a reminder comes once, says it is late, or never."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from handlers import wording_reminders as words
from storage import stations
from storage.engine import Transaction
from storage.outgoing import deliveries
from storage.stations import Station
from storage.store import Store
from tests.casting import signs_up, someone
from tests.conftest import NOW
from tests.doubles.telegram import BotApi
from tests.doubles.telegram_wire import TOKEN
from tests.faults.server import serving

CHAT = 7001
STARTS = NOW.replace(hour=16) + timedelta(days=2)
"""The shift; its reminders fall due at 09:00 the day before and at 14:00."""

DAY_BEFORE = NOW.replace(hour=9) + timedelta(days=1)
TWO_HOURS_BEFORE = STARTS - timedelta(hours=2)
SOON_S = 4
"""What a server needs to go its first round and send, and what a second copy would need."""

PATIENCE_S = 30
"""The same on a machine that is busy with other tests."""


def signed_up(store: Store) -> None:
    def enter(tx: Transaction) -> int:
        station = stations.add(tx, Station(0, "示例·甲站", "常州市")) or 0
        ends = STARTS + timedelta(hours=1)
        return stations.add_shift(tx, station, STARTS, ends, weekly=False, seats=3)

    shift = store.write_now(enter)
    signs_up(store, someone(store, str(CHAT)), shift)


def rows(store: Store) -> list[tuple[str, str]]:
    query = select(deliveries.c.cause, deliveries.c.state).order_by(deliveries.c.id)
    found = store.read_now(lambda tx: tx.execute(query).all())
    return [(row.cause.rpartition(":")[2], row.state) for row in found]


@asynccontextmanager
async def open_chat() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        api.chats = {CHAT: "open"}
        yield api


async def serve_at(
    moment: datetime, url: str, folder: Path, api: BotApi, processes: int = 1, expected: int = 0
) -> list[str]:
    """Let processes serve for a while from a moment on, then kill them; return what was read.

    What is ``expected`` is waited for; then there is time for what is not.
    """
    before = len(api.sent)
    given = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "NOW": moment.isoformat()}
    with serving(url, folder, processes, **given):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while len(api.sent) - before < expected:  # noqa: ASYNC110 - it is another process
                    await asyncio.sleep(0.1)
        await asyncio.sleep(SOON_S)
    return [sent.text for sent in api.sent[before:]]


async def test_two_hours_without_the_machine(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    signed_up(store)
    async with open_chat() as api:
        assert await serve_at(NOW + timedelta(hours=1), database_url, tmp_path, api) == []
        late = DAY_BEFORE + timedelta(hours=2)
        (text,) = await serve_at(late, database_url, tmp_path, api, processes=2, expected=1)
        assert text.startswith(words.LATE)
        assert "示例·甲站" in text
        later = late + timedelta(minutes=1)
        assert await serve_at(later, database_url, tmp_path, api, processes=2) == []
        after = STARTS + timedelta(minutes=1)
        assert await serve_at(after, database_url, tmp_path, api) == []
    assert rows(store) == [("-1d", "sent"), ("-2h", "dropped")]


async def test_a_clock_three_days_ahead_and_two_back(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    signed_up(store)
    async with open_chat() as api:
        (first,) = await serve_at(DAY_BEFORE, database_url, tmp_path, api, expected=1)
        assert not first.startswith(words.LATE)
        ahead = DAY_BEFORE + timedelta(days=3)
        assert await serve_at(ahead, database_url, tmp_path, api, processes=2) == []
        assert rows(store) == [("-1d", "sent"), ("-2h", "dropped")]
        back = ahead - timedelta(days=2)
        assert await serve_at(back, database_url, tmp_path, api, processes=2) == []
        (nearer,) = await serve_at(
            TWO_HOURS_BEFORE, database_url, tmp_path, api, processes=2, expected=1
        )
        assert "示例·甲站" in nearer
        again = TWO_HOURS_BEFORE + timedelta(minutes=5)
        assert await serve_at(again, database_url, tmp_path, api) == []
    assert len(api.sent) == 2
