"""What polling and the webhook do alike with an update: hear it, have it handled, wake the sender.

The reply is not sent from here: it was queued in the transaction that handled the message.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Final, Protocol

import structlog

from bot import metrics
from bot.channels.base import Undelivered
from bot.channels.telegram import Heard, parse
from handlers import wording as say
from web.chat import Receive

log = structlog.get_logger()

ANSWER_S: Final = 2.0
"""How long stopping the tapped button may hold up what comes after."""


class Answers(Protocol):
    """What is asked of Telegram when a button was tapped."""

    async def answer(self, callback_id: str) -> None:
        """Let the button stop turning. Raises Undelivered."""


class Intake:
    """Takes updates."""

    def __init__(self, receive: Receive, answers: Answers, wake: Callable[[], None]) -> None:
        self._receive = receive
        self._answers = answers
        self._wake = wake

    def hear(self, update: Any) -> Heard | None:
        """Return what an update says; None for one that is done with, so that it blocks nobody."""
        heard = None
        try:
            heard = parse(update) if isinstance(update, dict) else None
        except Exception:
            log.exception("telegram update not read")
        if heard is None:
            metrics.MESSAGES.labels("telegram", "ignored").inc()
            log.info("telegram update ignored", **_outline(update))
        return heard

    async def take(self, heard: Heard) -> bool:
        """Have a message handled; False when nothing was recorded and it must come again."""
        async with asyncio.TaskGroup() as group:
            if heard.callback_id is not None:
                group.create_task(self._answer(heard.callback_id))
            reply = await self._receive(heard.incoming)
        if reply.text == say.BUSY:
            return False
        self._wake()
        return True

    async def _answer(self, callback_id: str) -> None:
        with contextlib.suppress(Undelivered, TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                await self._answers.answer(callback_id)


def _outline(update: Any) -> dict[str, Any]:
    """Return what may be logged of an update: its number and the names of what it holds."""
    if not isinstance(update, dict):
        return {"holds": type(update).__name__}
    names = sorted(str(name)[:32] for name in update if name != "update_id")
    return {"update": str(update.get("update_id"))[:32], "holds": names[:8]}
