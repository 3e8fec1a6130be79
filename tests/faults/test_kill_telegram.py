"""kill -9 while Telegram's updates are queued: each has one effect and one reply.

Only a reply that was in flight at a kill comes once more, with the same text.
"""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot.channels.telegram import render
from handlers import letters
from storage import leases as lease_rows
from storage.outgoing import deliveries
from storage.store import Store
from storage.tables import addresses, leases, messages
from tests.doubles.telegram import BotApi
from tests.doubles.telegram_people import Person
from tests.doubles.telegram_wire import TOKEN, Sent
from tests.faults.checks import standing
from tests.faults.conftest import open_station
from tests.faults.server import TO_CONFIRM, Server, serving

CROWD = 20
STEPS = (*TO_CONFIRM, "1", "我的")
QUEUED = 6
"""Steps of everybody that wait before the first start: 120 updates, more than one batch."""

KILLS = 5
IN_FLIGHT = 8
"""Replies at most that one kill finds in flight; a batch of the postman holds 20 here."""

PATIENCE_S = 60
"""What a dead process had claimed is free after some 10 s, and a chat is sent one reply a second:
the last phase takes 25 s on an idle machine."""

SECRET = "sample-secret_1"


@dataclass
class Kill:
    """When a process died, when the next was there, and which replies were being sent."""

    died: float
    back: float
    interrupted: frozenset[int]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@asynccontextmanager
async def telegram(mode: str, port: int) -> AsyncIterator[tuple[BotApi, list[Person]]]:
    """A Bot API server where people have begun to talk; it retries a webhook quickly."""
    async with BotApi(second=1 if mode == "polling" else 0.05) as api:
        people = [Person(api, number) for number in range(1, CROWD + 1)]
        for words in STEPS[:QUEUED]:
            await everybody(people, words)
        if mode == "webhook":
            url = f"http://127.0.0.1:{port}/telegram"
            await api.do_setwebhook({"url": url, "secret_token": SECRET})
        yield api, people


async def everybody(people: list[Person], words: str) -> None:
    for person in people:
        await person.says(words)


def in_state(store: Store, state: str) -> frozenset[int]:
    wanted = select(deliveries.c.id).where(deliveries.c.state == state)
    return frozenset(store.read_now(lambda tx: tx.execute(wanted).scalars().all()))


def work_done(store: Store, api: BotApi) -> int:
    """Count the updates that were handled and the replies that arrived."""
    counted = select(func.count()).select_from(messages)
    return len(api.sent) + store.read_now(lambda tx: int(tx.execute(counted).scalar_one()))


def let_leases_end(store: Store) -> None:
    """Do what a minute does."""
    long_ago = lease_rows.LONG_AGO
    store.write_now(lambda tx: tx.execute(update(leases).values(until=long_ago)))


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not happened():  # noqa: ASYNC110 - what is waited for is another process's state
            await asyncio.sleep(0.01)


async def kill_now_and_then(
    server: Server, store: Store, api: BotApi, people: list[Person]
) -> list[Kill]:
    """Kill while updates are handled and replies are sent; people say more in between.

    What was interrupted is sent again before the next kill: twice would make it ``unknown``.
    """
    chance, kills, rest = random.Random(9), [], list(STEPS[QUEUED:])
    while len(kills) < KILLS:
        await until_something_happens(store, api)
        if kills:
            await until(lambda: kills[-1].interrupted <= in_state(store, "sent"))
        if kills and rest:
            await everybody(people, rest.pop(0))
        await asyncio.sleep(chance.uniform(0, 0.3))
        kills.append(await kill(server, store))
    return kills


async def until_something_happens(store: Store, api: BotApi) -> None:
    done = work_done(store, api)
    await until(lambda: work_done(store, api) > done)


async def kill(server: Server, store: Store) -> Kill:
    died = time.monotonic()
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(0.2)  # PostgreSQL may still commit what the dead process had sent
    interrupted = in_state(store, "sending")
    let_leases_end(store)
    await asyncio.to_thread(server.start)
    return Kill(died, time.monotonic(), interrupted)


@pytest.mark.parametrize(
    ("mode", "database_url"),
    [("polling", "sqlite"), ("polling", "postgresql"), ("webhook", "sqlite")],
    indirect=["database_url"],
)
async def test_kill_9_under_queued_updates(
    mode: str, store: Store, database_url: str, tmp_path: Path
) -> None:
    open_station(store, "示例·三班站", shifts=3, seats=CROWD)
    port = free_port()
    async with telegram(mode, port) as (api, people):
        settings = {"MODE": mode, "TOKEN": TOKEN, "API_URL": api.url, "WEBHOOK_SECRET": SECRET}
        given = {f"TELEGRAM_{name}": value for name, value in settings.items()}
        with serving(database_url, tmp_path, PORT=str(port), **given) as (server,):
            kills = await kill_now_and_then(server, store, api, people)
            await until(lambda: len(in_state(store, "sent")) == CROWD * len(STEPS))
            await until(lambda: not api.waiting)
    assert_one_effect(store)
    repeats = [repeat for person in people for repeat in told_twice(store, person)]
    for kill in kills:
        assert len(kill.interrupted) <= IN_FLIGHT
    for first, second in repeats:
        assert any(first.at < kill.back and kill.died < second.at for kill in kills)
    assert len(repeats) <= sum(len(kill.interrupted) for kill in kills)


def assert_one_effect(store: Store) -> None:
    """Every update stands in the inbox once, and everybody has exactly one seat."""
    rows = store.read_now(lambda tx: tx.execute(select(messages)).all())
    assert {row.state for row in rows} == {"done"}
    assert len({row.external_id for row in rows}) == len(rows) == CROWD * len(STEPS)
    (line,) = standing(store).values()
    assert [status for _, _, status in line] == ["confirmed"] * CROWD
    assert len({person for _, person, _ in line}) == CROWD


def told_twice(store: Store, person: Person) -> Iterator[tuple[Sent, Sent]]:
    """Yield what somebody was told twice. They read every reply, in its order."""
    runs = [list(run) for _, run in groupby(person.received, lambda sent: sent.text)]
    assert [run[0].text for run in runs] == replies(store, person)
    for run in runs:
        assert len(run) <= 2
        if len(run) == 2:
            yield run[0], run[1]


def replies(store: Store, person: Person) -> list[str]:
    """Return what the inbox holds as replies to somebody, in the order of the updates."""
    own = (
        select(messages.c.reply)
        .join(addresses, addresses.c.id == messages.c.address_id)
        .where(addresses.c.address == str(person.number))
        .order_by(messages.c.id)
    )
    kept = store.read_now(lambda tx: tx.execute(own).scalars().all())
    return [render(letters.read(reply)).texts[0] for reply in kept]
