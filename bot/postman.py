"""The postman: claims what is due on one channel, sends it, and writes down what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot import metrics
from bot.channels.base import (
    Channel,
    Halted,
    Moved,
    TryLater,
    Uncertain,
    Undelivered,
    Unreachable,
)
from handlers import letters
from storage import deliveries
from storage.deliveries import Delivery
from storage.errors import Busy
from storage.store import Store

log = structlog.get_logger()

BATCH: Final = 32
"""Messages claimed at once; they are sent side by side, the channel paces them."""

IDLE_S: Final = 1.0
"""Seconds between two looks for work that another process queued."""

HALT_S: Final = 60.0
"""Seconds that a channel rests when only an operator can help."""


Turn = Callable[[str], Awaitable[None]]
"""Wait until a channel's pace allows a message to an address."""


async def _at_once(_address: str) -> None:
    """Do not wait."""


class Postman:
    """Sends the deliveries of one channel.

    The turn is waited for before ``sending`` is written, so that a kill finds in flight only what
    may indeed have been sent.
    """

    def __init__(
        self,
        store: Store,
        channel: Channel,
        wall_clock: Callable[[], datetime],
        turn: Turn = _at_once,
    ) -> None:
        self._store = store
        self._channel = channel
        self._clock = wall_clock
        self._turn = turn
        self._owner = f"{channel.name}-{secrets.token_hex(8)}"
        self._work = asyncio.Event()
        self._frozen_until: datetime | None = None

    def wake(self) -> None:
        """Say that something was queued."""
        self._work.set()

    async def run(self) -> None:
        """Send until cancelled; trouble with the database is waited out."""
        while True:
            try:
                busy = await self.round()
            except Busy as problem:
                log.warning("postman waits", channel=self._channel.name, problem=str(problem))
                busy = False
            if not busy:
                await self._rest()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._work.wait(), IDLE_S)
        self._work.clear()

    async def round(self) -> bool:
        """Claim and send one batch; return whether there was any."""
        now = self._clock()
        if self._frozen_until is not None and now < self._frozen_until:
            return False
        claimed = await self._store.write(
            lambda tx: deliveries.claim(tx, self._channel.name, self._owner, BATCH, now)
        )
        await asyncio.gather(*(self._deliver(delivery) for delivery in claimed))
        return bool(claimed)

    async def _deliver(self, delivery: Delivery) -> None:
        await self._turn(delivery.address)
        begun = await self._store.write(
            lambda tx: deliveries.sending(tx, delivery.id, self._owner, self._clock())
        )
        if not begun:
            return
        try:
            await self._channel.send(delivery.address, letters.read(delivery.reply))
        except Undelivered as problem:
            await self._undelivered(delivery, problem)
        else:
            await self._done(delivery, "sent")

    async def _undelivered(self, delivery: Delivery, problem: Undelivered) -> None:
        log.warning("undelivered", delivery=delivery.id, why=str(problem))
        if isinstance(problem, TryLater | Halted | Moved):
            await self._put_off(delivery, problem)
        elif isinstance(problem, Unreachable):
            await self._store.write(
                lambda tx: deliveries.switch_off(tx, delivery.address_id, str(problem))
            )
            await self._done(delivery, "failed", str(problem))
        else:
            state: deliveries.State = "unknown" if isinstance(problem, Uncertain) else "failed"
            await self._done(delivery, state, str(problem))

    async def _put_off(self, delivery: Delivery, problem: Undelivered) -> None:
        seconds = _seconds(problem)
        due = self._clock() + timedelta(seconds=seconds)
        if isinstance(problem, Moved):
            moved = problem.address
            await self._store.write(lambda tx: deliveries.move(tx, delivery.address_id, moved))
        elif isinstance(problem, Halted) or (
            isinstance(problem, TryLater) and problem.whole_channel
        ):
            self._frozen_until = due
        await self._store.write(
            lambda tx: deliveries.later(tx, delivery.id, self._owner, due, str(problem))
        )

    async def _done(self, delivery: Delivery, state: deliveries.State, outcome: str = "") -> None:
        await self._store.write(
            lambda tx: deliveries.done(tx, delivery.id, self._owner, state, outcome)
        )
        metrics.DELIVERIES.labels(self._channel.name, state).inc()


def _seconds(problem: Undelivered) -> float:
    if isinstance(problem, TryLater):
        return problem.after
    return HALT_S if isinstance(problem, Halted) else 0.0
