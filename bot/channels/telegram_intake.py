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
from bot.channels.telegram import Heard, Question, parse
from handlers import wording as say
from handlers.message import Reply
from web.chat import Receive

log = structlog.get_logger()

ANSWER_S: Final = 2.0
"""How long stopping the tapped button may hold up what comes after."""


SETTLE_S: Final = 5.0
"""How long showing what was chosen may take; nothing waits for it."""

MOST_SETTLING: Final = 32
"""Questions that are settled at once; beyond that, buttons stay as they are."""


class Answers(Protocol):
    """What is asked of Telegram when a button was tapped."""

    async def answer(self, callback_id: str) -> None:
        """Let the button stop turning. Raises Undelivered."""

    async def settle(self, question: Question, *, chosen: bool) -> None:
        """Show what was chosen in place of a question's buttons. Raises Undelivered."""


class Intake:
    """Takes updates."""

    def __init__(self, receive: Receive, answers: Answers, wake: Callable[[], None]) -> None:
        self._receive = receive
        self._answers = answers
        self._wake = wake
        self._settling: set[asyncio.Task[None]] = set()

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
        if heard.question is not None and reply.text != say.APOLOGY:
            self._begin_to_settle(heard.question, reply)
        return True

    def _begin_to_settle(self, question: Question, reply: Reply) -> None:
        """Take a question's buttons away; a tap that changed nothing is not shown as chosen."""
        if len(self._settling) >= MOST_SETTLING:
            return
        chosen = say.STALE not in reply.text and say.NOT_YOURS not in reply.text
        task = asyncio.create_task(self._settle(question, chosen=chosen))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def _settle(self, question: Question, *, chosen: bool) -> None:
        try:
            async with asyncio.timeout(SETTLE_S):
                await self._answers.settle(question, chosen=chosen)
        except Exception as problem:
            log.info("telegram question not settled", problem=str(problem))

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
