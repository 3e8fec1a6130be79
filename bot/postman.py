"""The postman: claims what is due on one channel, sends it, and writes down what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

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
from bot.clock import Clock
from handlers import letters, quiet
from storage import claims, deliveries, shown
from storage.claims import Moment
from storage.deliveries import Delivery, State
from storage.engine import Transaction
from storage.errors import Busy
from storage.job import Work
from storage.store import Store

log = structlog.get_logger()

BATCH: Final = 32
"""Messages claimed at once; they are sent side by side, the channel paces them."""

IDLE_S: Final = 1.0
"""Seconds between two looks for work that another process queued."""

HALT_S: Final = 60.0
"""Seconds that a channel rests when only an operator can help."""

DRAIN_S: Final = 9.0
"""Seconds that calls may still take when the process is to end (faults: a graceful stop)."""

AGAIN_S: Final = 0.5
"""Seconds between two tries to write down what came of a call."""

T = TypeVar("T")
Turn = Callable[[str], Awaitable[None]]
"""Wait until a channel's pace allows a message to an address."""


OtherWay = Callable[[Transaction, Delivery, str, str], bool]
"""Let a message go another way, or end it as unreachable; given its owner and why it cannot go this
way. False: nothing was done about it."""


async def at_once(_address: str) -> None:
    """Do not wait."""


def _no_other_way(_tx: Transaction, _delivery: Delivery, _owner: str, _why: str) -> bool:
    return False


class Postman:
    """Sends the deliveries of one channel.

    The turn is waited for before ``sending`` is written, so that a kill finds in flight only what
    may indeed have been sent.
    """

    def __init__(
        self,
        store: Store,
        channel: Channel,
        wall_clock: Clock,
        business_clock: Clock,
        turn: Turn = at_once,
        other_way: OtherWay = _no_other_way,
        owner: str = "",
    ) -> None:
        self._store = store
        self._channel = channel
        self._clock = wall_clock
        self._business = business_clock
        self._turn = turn
        self._other_way = other_way
        self._owner = owner or secrets.token_hex(8)
        self._work = asyncio.Event()
        self._freeze: tuple[datetime, timedelta] | None = None
        self._lost_count = False
        self._begun: set[asyncio.Task[None]] = set()
        self._in_flight: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Say that something was queued."""
        self._work.set()

    async def run(self) -> None:
        """Send until cancelled, then let what is in flight arrive. The database is waited for."""
        try:
            while True:
                if not await self._round_or_wait():
                    await self._rest()
        finally:
            await self._drain()

    async def _drain(self) -> None:
        for task in self._begun - self._in_flight:
            task.cancel()
        if self._begun:
            await asyncio.wait(self._begun, timeout=DRAIN_S)

    async def _round_or_wait(self) -> bool:
        try:
            return await self.round()
        except Busy as problem:
            log.warning("postman waits", channel=self._channel.name, problem=str(problem))
            self._lost_count = True
            return False

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._work.wait(), IDLE_S)
        self._work.clear()

    async def round(self) -> bool:
        """Claim and send one batch; return whether there was any."""
        now, business = self._clock(), self._business()
        if self._is_frozen(now):
            return False
        if self._lost_count:
            await self._count_anew()
        moment = Moment(now, business, quiet.is_quiet(business))
        claimed = await self._store.write(
            lambda tx: claims.claim(tx, self._channel.name, self._owner, BATCH, moment)
        )
        for delivery in claimed:
            task = asyncio.create_task(self._deliver(delivery))
            self._begun.add(task)
            task.add_done_callback(self._forget)
        if self._begun:
            await asyncio.wait(self._begun)
        return bool(claimed)

    def _is_frozen(self, now: datetime) -> bool:
        """Tell whether the channel rests; an end that is too far ahead was a wrong clock's."""
        if self._freeze is None:
            return False
        until, long = self._freeze
        return timedelta() < until - now <= long

    async def _count_anew(self) -> None:
        """Free what we hold though nobody works on it.

        A commit may be durable though its answer was lost, and a fault of ours may have ended a
        task between a call and its outcome: such a row would wait for us for ever.
        """
        await self._store.write(
            lambda tx: claims.let_go(tx, self._owner, self._clock(), self._channel.name)
        )
        self._lost_count = False

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._begun.discard(task)
        self._in_flight.discard(task)

    async def _deliver(self, delivery: Delivery) -> None:
        await self._turn(delivery.address)
        if task := asyncio.current_task():
            self._in_flight.add(task)
        try:
            if await self._written(self._begin(delivery)):
                await self._attempt(delivery)
        except Exception:
            log.exception("a fault of ours", delivery=delivery.id)
            self._lost_count = True

    def _begin(self, delivery: Delivery) -> Work[bool]:
        return lambda tx: claims.sending(tx, delivery, self._owner, self._clock())

    async def _attempt(self, delivery: Delivery) -> None:
        try:
            await self._send(delivery)
        except Undelivered as problem:
            await self._undelivered(delivery, problem)
        except Exception as fault:
            log.exception("a fault of ours", delivery=delivery.id)
            await self._done(delivery, "unknown", f"a fault of ours: {type(fault).__name__}")
        else:
            await self._done(delivery, "sent")

    async def _send(self, delivery: Delivery) -> None:
        kept = delivery.reply
        filled = letters.filled(kept) if delivery.way == "template" else None
        await self._channel.send(delivery.address, letters.read(kept), filled)

    async def _undelivered(self, delivery: Delivery, problem: Undelivered) -> None:
        log.warning("undelivered", delivery=delivery.id, why=str(problem))
        if isinstance(problem, TryLater | Halted | Moved):
            await self._put_off(delivery, problem)
        elif isinstance(problem, Uncertain):
            await self._done(delivery, "unknown", str(problem))
        else:
            await self._written(lambda tx: self._failed(tx, delivery, problem))

    def _failed(self, tx: Transaction, delivery: Delivery, problem: Undelivered) -> None:
        why, now = str(problem), self._clock()
        if isinstance(problem, Unreachable):
            deliveries.switch_off(tx, delivery.address_id, why, now)
        if not self._other_way(tx, delivery, self._owner, why):
            self._settle(tx, delivery, "failed", why)

    async def _put_off(self, delivery: Delivery, problem: Undelivered) -> None:
        seconds = _seconds(problem)
        due = self._clock() + timedelta(seconds=seconds)
        if isinstance(problem, Moved):
            moved = problem.address
            await self._written(lambda tx: deliveries.move(tx, delivery.address_id, moved))
        elif isinstance(problem, Halted) or (
            isinstance(problem, TryLater) and problem.whole_channel
        ):
            self._freeze = due, timedelta(seconds=seconds)
        await self._written(
            lambda tx: claims.later(tx, delivery.id, self._owner, due, str(problem))
        )

    async def _done(self, delivery: Delivery, state: State, outcome: str = "") -> None:
        await self._written(lambda tx: self._settle(tx, delivery, state, outcome))

    def _settle(self, tx: Transaction, delivery: Delivery, state: State, outcome: str) -> None:
        claims.done(tx, delivery.id, self._owner, state, outcome, self._clock())
        if state in deliveries.ARRIVED:
            shown.sent(tx, delivery.id, self._business())
        metrics.DELIVERIES.labels(self._channel.name, state).inc()

    async def _written(self, work: Work[T]) -> T:
        """Write what must not be lost: where the database is busy, as long as it takes."""
        while True:
            try:
                return await self._store.write(work)
            except Busy as problem:
                log.warning("postman waits", channel=self._channel.name, problem=str(problem))
            await asyncio.sleep(AGAIN_S)


def _seconds(problem: Undelivered) -> float:
    if isinstance(problem, TryLater):
        return problem.after
    return HALT_S if isinstance(problem, Halted) else 0.0
