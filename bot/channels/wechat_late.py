"""A reply that came too late to answer WeChat's push: it goes out by a call instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.channels import wechat
from handlers.message import Incoming
from storage import deliveries, messages
from storage.deliveries import Letter
from storage.engine import Transaction
from storage.errors import GuanxinError
from storage.store import Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StoredLate:
    """Queues what is kept under a message, once. ``clock`` is the machine's."""

    store: Store
    clock: Callable[[], datetime]

    async def queue(self, message: Incoming) -> None:
        """Queue the reply to a message; where none was kept, the person has to write again."""
        try:
            await self.store.write(lambda tx: self._queue(tx, message))
        except GuanxinError as problem:
            log.warning("late reply lost", channel=wechat.NAME, problem=str(problem))

    def _queue(self, tx: Transaction, message: Incoming) -> None:
        kept = messages.kept(tx, wechat.NAME, message.address, message.id)
        if kept is not None:
            cause, who, where = f"late:{kept.message_id}", kept.person_id, kept.address_id
            letter = Letter(cause, who, where, kept.reply, way="customer_service")
            deliveries.queue(tx, letter, self.clock())
