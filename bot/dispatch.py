"""receive(): one message, one transaction, one reply. The commit is the receipt."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from bot import clock, metrics
from bot.channels import wechat
from handlers import letters
from handlers import wording as say
from handlers.desk import Desk
from handlers.message import Incoming, Reply
from handlers.respond import respond
from knowledge.book import Book
from knowledge.text import clean
from storage import deliveries, messages, people, tickets, windows
from storage.deliveries import Letter
from storage.engine import Transaction
from storage.errors import Busy
from storage.messages import Receipt
from storage.store import Store

log = structlog.get_logger()

LONGEST_ID: Final = 128
"""What the inbox keeps of an address or a message's id; platforms' are far shorter."""

CALLED: Final = ("telegram",)
"""Channels whose replies are sent by a call: they are queued in the message's own transaction."""

COME_ONCE: Final = (*CALLED, wechat.NAME)
"""Channels that do not bring a message again once it was answered, were it with an apology."""


class Dispatcher:
    """Takes messages from every door."""

    def __init__(
        self,
        store: Store,
        book: Callable[[], Book],
        business_clock: Callable[[], datetime],
        wall_clock: Callable[[], datetime] = clock.system,
    ) -> None:
        self._store = store
        self._book = book
        self._clock = business_clock
        self._wall_clock = wall_clock

    async def receive(self, message: Incoming) -> Reply:
        """Handle a message and return its reply after the commit. Never raises.

        A copy of a message gets the reply of the first. What fails is rolled back and counted; the
        third failure parks the message for staff. When the database cannot be written, nothing is
        recorded and the person is asked to try again.
        """
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(channel=message.channel, message=message.id):
            reply, outcome = await self._receive(message)
            seconds = time.perf_counter() - began
            metrics.MESSAGES.labels(message.channel, outcome).inc()
            metrics.SECONDS.labels(message.channel).observe(seconds)
            log.info("message", kind=message.kind, outcome=outcome, ms=round(seconds * 1000, 1))
        return reply

    async def _receive(self, message: Incoming) -> tuple[Reply, str]:
        """Handle a message; one that comes only once is tried until it is parked."""
        now = self._clock()
        message = _fit_to_keep(message)
        while True:
            reply, outcome = await self._attempt(message, now)
            if outcome != "failed" or message.channel not in COME_ONCE:
                return reply, outcome

    async def _attempt(self, message: Incoming, now: datetime) -> tuple[Reply, str]:
        try:
            return await self._store.write(lambda tx: self._handle(tx, message, now))
        except Busy as problem:
            log.warning("busy", problem=str(problem))
            return Reply(say.BUSY), "busy"
        except Exception:
            log.exception("failed")
        return await self._count_failure(message, now)

    def _handle(self, tx: Transaction, message: Incoming, now: datetime) -> tuple[Reply, str]:
        receipt, address_id, new = _write_down(tx, message, now)
        if not new and receipt.is_closed:
            return _first_reply(receipt), "copy"
        person = people.locked(tx, address_id, now)
        if message.kind != "leave":
            _reachable(tx, message, address_id, self._wall_clock())
        desk = Desk(person, tx, self._book(), now, message.channel, address_id)
        reply = respond(desk, message)
        messages.answered(tx, receipt.id, letters.written(reply))
        if message.channel in CALLED and message.kind != "leave":
            _queue(tx, f"reply:{receipt.id}", address_id, reply, self._wall_clock())
        return reply, "done"

    async def _count_failure(self, message: Incoming, now: datetime) -> tuple[Reply, str]:
        try:
            return await self._store.write(lambda tx: self._count(tx, message, now))
        except Exception:
            log.exception("failure not counted")
            return Reply(say.BUSY), "busy"

    def _count(self, tx: Transaction, message: Incoming, now: datetime) -> tuple[Reply, str]:
        """Count a failure, unless a copy got through in the meantime."""
        receipt, address_id, _ = _write_down(tx, message, now)
        if receipt.is_closed:
            return _first_reply(receipt), "copy"
        apology = Reply(say.APOLOGY)
        parked = messages.failed(tx, receipt.id, letters.written(apology))
        if parked:
            tickets.open_ticket(tx, "parked", now, words=message.text)
        if parked and message.channel in CALLED:
            people.locked(tx, address_id, now)
            wall = self._wall_clock()
            _reachable(tx, message, address_id, wall)
            _queue(tx, f"apology:{receipt.id}", address_id, apology, wall)
        return apology, "parked" if parked else "failed"


def _fit_to_keep(message: Incoming) -> Incoming:
    """Return the message as a database can hold it; two that differ still do."""
    return replace(
        message,
        address=_short(message.address),
        id=_short(message.id),
        text=clean(message.text),
    )


def _short(name: str) -> str:
    if len(name) <= LONGEST_ID and name.isprintable():
        return name
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _write_down(
    tx: Transaction, message: Incoming, now: datetime
) -> tuple[messages.Receipt, int, bool]:
    address_id = people.address_row(tx, message.channel, message.address)
    receipt, new = messages.receive(tx, address_id, message.id, message.kind, message.text, now)
    return receipt, address_id, new


def _first_reply(receipt: Receipt) -> Reply:
    return letters.read(receipt.reply) if receipt.reply else Reply(say.FORGOTTEN)


def _reachable(tx: Transaction, message: Incoming, address_id: int, now: datetime) -> None:
    """Note that whoever writes can be reached again, and how often where the channel counts."""
    deliveries.switch_on(tx, address_id)
    if message.channel == wechat.NAME:
        count, long = wechat.allowance(message.kind)
        windows.open_window(tx, address_id, count, now + long)


def _queue(tx: Transaction, cause: str, address_id: int, reply: Reply, now: datetime) -> None:
    """Queue a reply for the postman; ``now`` is the machine's clock.

    The person is looked up anew: linking or deleting may have made it another one.
    """
    person_id = people.locked(tx, address_id, now).id
    deliveries.queue(tx, Letter(cause, person_id, address_id, letters.written(reply)), now)
