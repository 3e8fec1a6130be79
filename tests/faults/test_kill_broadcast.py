"""kill -9 in the middle of a broadcast: one outcome for each, and nobody reads it twice."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.postman import BATCH
from handlers import broadcast
from handlers import wording as say
from storage.broadcasts import EVERYBODY, Broadcast
from storage.outgoing import broadcasts, deliveries
from storage.store import Store
from storage.tables import addresses
from tests.casting import act, confirmed, crowd, member
from tests.conftest import NOW
from tests.doubles.telegram import BotApi
from tests.doubles.telegram_people import Person
from tests.doubles.telegram_wire import TOKEN
from tests.faults.server import Server, serving

CROWD = 1000
KILLS = 20
FROZEN_S = 20
LATER = (NOW + timedelta(hours=1)).isoformat()
"""Where the business clock of the servers starts: in the daytime, long after the confirmation."""

STOP_S = 1.0
"""How long a stop may take (faults: staff broadcasts twice)."""


@asynccontextmanager
async def chats(many: int, **pace: Any) -> AsyncIterator[BotApi]:
    """A Bot API server with so many open chats; unless told otherwise it takes any pace."""
    async with BotApi(**{"each_second": 10_000, **pace}) as api:
        api.chats = dict.fromkeys(range(1, many + 1), "open")
        yield api


@contextmanager
def sending(database_url: str, folder: Path, api: BotApi, processes: int) -> Iterator[list[Server]]:
    telegram = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url}
    with serving(database_url, folder, processes, NOW=LATER, **telegram) as servers:
        yield servers


def ready(store: Store, many: int) -> Broadcast:
    """Confirm a broadcast to a crowd, an hour before the servers start."""
    by = member(store)
    crowd(store, many)
    return confirmed(store, by)


async def until(happened: Callable[[], object], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110 - what is waited for is another process's state
            await asyncio.sleep(0.02)


def states(store: Store) -> Counter[str]:
    mine = deliveries.c.broadcast_id.is_not(None)
    query = select(deliveries.c.state, func.count()).where(mine).group_by(deliveries.c.state)
    return Counter(dict(map(tuple, store.read_now(lambda tx: tx.execute(query).all()))))


def in_flight(store: Store) -> set[int]:
    query = select(deliveries.c.id).where(deliveries.c.state == "sending")
    return set(store.read_now(lambda tx: tx.execute(query).scalars().all()))


def is_over(store: Store) -> bool:
    """Tell whether everybody has an outcome."""
    told = select(broadcasts.c.cursor)
    everybody = store.read_now(lambda tx: tx.execute(told).scalar_one()) == EVERYBODY
    return everybody and not states(store).keys() & {"waiting", "sending"}


def assert_each_once(store: Store, api: BotApi, many: int) -> set[int]:
    """Hold the outcomes against what the chats got; return the deliveries that are unknown."""
    query = select(deliveries.c.id, deliveries.c.state, addresses.c.address).join(
        addresses, addresses.c.id == deliveries.c.address_id
    )
    mine = deliveries.c.broadcast_id.is_not(None)
    rows = store.read_now(lambda tx: tx.execute(query.where(mine)).all())
    got = Counter(sent.chat for sent in api.sent if "退订" in sent.text)
    assert max(got.values()) == 1
    assert sorted(int(row.address) for row in rows) == list(range(1, many + 1))
    assert {row.state for row in rows} <= {"sent", "unknown"}
    for row in rows:
        assert row.state == "unknown" or got[int(row.address)] == 1
    return {row.id for row in rows if row.state == "unknown"}


async def kill_at_random(store: Store, servers: Sequence[Server]) -> set[int]:
    """Kill one and the other, also while they start; return what was in flight at a kill."""
    chance, found = random.Random(5), set[int]()
    for number in range(KILLS):
        await asyncio.sleep(chance.uniform(0.2, 2.6))
        victim = servers[number % 2] if chance.random() < 0.8 else servers[(number + 1) % 2]
        await asyncio.to_thread(victim.kill)
        found |= in_flight(store)
        assert not is_over(store), f"all was sent before kill {number + 1}"
        victim.launch()
    return found


@pytest.mark.timeout(300)
async def test_twenty_kills_among_a_thousand_chats(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    ready(store, CROWD)
    async with chats(CROWD) as api:
        with sending(database_url, tmp_path, api, processes=2) as servers:
            began = time.monotonic()
            interrupted = await kill_at_random(store, servers)
            print(f"\n{KILLS} kills in {time.monotonic() - began:.0f} s: {states(store)}")
            for server in servers:
                await asyncio.to_thread(server.wait_until_ready)
            await until(lambda: is_over(store), 120)
            print(f"done after {time.monotonic() - began:.0f} s: {states(store)}")
        unknown = assert_each_once(store, api, CROWD)
    assert unknown <= interrupted


async def test_two_processes_send_nothing_twice(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    ready(store, 100)
    async with chats(100) as api:
        with sending(database_url, tmp_path, api, processes=2):
            await until(lambda: is_over(store), 60)
        assert assert_each_once(store, api, 100) == set()


async def test_two_processes_share_the_pace(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    """Once they know of each other, a server that takes 30 a second has nothing to refuse."""
    ready(store, 400)
    async with chats(400, each_second=30) as api:
        with sending(database_url, tmp_path, api, processes=2):
            await until(lambda: len(api.sent) > 100, 60)
            before = api.refused
            await until(lambda: is_over(store), 60)
            assert api.refused == before
        assert assert_each_once(store, api, 400) == set()


async def test_one_stands_still_for_twenty_seconds(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    """What it was sending is unknown; what it only held is sent by the other, once."""
    ready(store, 800)
    async with chats(800) as api:
        with sending(database_url, tmp_path, api, processes=2) as (frozen, _awake):
            await until(lambda: len(api.sent) > 100, 30)
            frozen.send(signal.SIGSTOP)
            interrupted = in_flight(store)
            await asyncio.sleep(FROZEN_S)
            frozen.send(signal.SIGCONT)
            await until(lambda: is_over(store), 60)
        assert assert_each_once(store, api, 800) <= interrupted


async def test_a_stop_is_a_stop_within_a_second(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    one = ready(store, CROWD)
    async with chats(CROWD) as api:
        with sending(database_url, tmp_path, api, processes=2):
            await until(lambda: len(api.sent) > 100, 30)
            asked = time.monotonic()
            by = member(store, "李老师")
            await asyncio.to_thread(lambda: act(store, broadcast.stop, one, by, hours=1))
            await asyncio.sleep(3)
        assert [sent for sent in api.sent if sent.at > asked + STOP_S] == []
    found = states(store)
    assert found["sent"] == len({sent.chat for sent in api.sent}) == len(api.sent)
    assert found == Counter(sent=found["sent"], withdrawn=CROWD - found["sent"])


async def test_replies_go_first_in_a_storm_of_refusals(
    sqlite_store: Store, sqlite_url: str, tmp_path: Path
) -> None:
    """Telegram takes ten a second and refuses the others: a reply waits for one batch at most."""
    ready(sqlite_store, many := 120)
    async with chats(many, each_second=10) as api:
        people = [Person(api, 1000 + number) for number in range(5)]
        with sending(sqlite_url, tmp_path, api, processes=1):
            await until(lambda: api.calls["sendmessage"] > len(api.sent) > 20, 30)
            before = len(api.sent)
            for person in people:
                await person.says("菜单")
            await until(lambda: all(person.received for person in people), 30)
            assert sum(sent.chat <= many for sent in api.sent[before:]) <= BATCH + 10
            assert not is_over(sqlite_store)
            await until(lambda: is_over(sqlite_store), 100)
        assert [person.received[0].text.startswith(say.MENU) for person in people] == [True] * 5
        assert assert_each_once(sqlite_store, api, many) == set()
        assert api.calls["sendmessage"] > len(api.sent)
