"""How Telegram calls a webhook: chat by chat, in order, until it gets a 2xx or a day is over."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Protocol

import httpx

from tests.doubles.telegram_wire import Stored, as_json


class Waiting(Protocol):
    """The updates of a server."""

    second: float
    updates: dict[int, Stored]
    delivered: list[tuple[int, int]]

    @property
    def waiting(self) -> list[int]: ...


@dataclass
class Webhook:
    url: str
    secret: str
    max_connections: int
    error: str = ""
    task: asyncio.Task[None] | None = None


async def deliver(server: Waiting, webhook: Webhook) -> None:
    """One queue for each chat; the first of a queue that fails holds up what is behind it."""
    queues: dict[int, asyncio.Task[None]] = {}
    async with httpx.AsyncClient(timeout=60 * server.second) as client, asyncio.TaskGroup() as g:
        while True:
            for queue in {server.updates[number].queue for number in server.waiting}:
                if queue not in queues or queues[queue].done():
                    queues[queue] = g.create_task(_deliver_queue(server, client, webhook, queue))
            await asyncio.sleep(0.005)


async def _deliver_queue(
    server: Waiting, client: httpx.AsyncClient, webhook: Webhook, queue: int
) -> None:
    pause = 0.0
    while mine := [n for n in server.waiting if server.updates[n].queue == queue]:
        after = await _deliver_one(server, client, webhook, mine[0])
        if after is None:
            pause = 0.0
            continue
        await asyncio.sleep((after or pause) * server.second)
        pause = min(max(1.0, pause * 2), random.uniform(60, 120))


async def _deliver_one(
    server: Waiting, client: httpx.AsyncClient, webhook: Webhook, number: int
) -> float | None:
    """Post an update; None when it was taken, else the seconds that were asked for or 0."""
    stored = server.updates[number]
    server.delivered.append((number, stored.queue))
    headers = {"Content-Type": "application/json"}
    if webhook.secret:
        headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
    try:
        answer = await client.post(webhook.url, content=as_json(stored.content), headers=headers)
    except httpx.HTTPError as problem:
        webhook.error = f"Connection failed: {type(problem).__name__}"
        return 0
    if answer.is_success:
        server.updates.pop(number, None)
        return None
    webhook.error = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
    after = answer.headers.get("Retry-After", "0")
    return min(float(after) if after.isdecimal() else 0.0, 3600.0)
