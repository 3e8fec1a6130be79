"""Long polling by a loop of ours: the offset moves only when the message is on disk.

The library's own updater acknowledges what it holds in memory; a kill then loses it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from bot.channels.base import Halted, TryLater
from bot.channels.telegram import Heard
from bot.channels.telegram_intake import Answers, Intake
from storage.errors import GuanxinError
from web.chat import Receive

log = structlog.get_logger()

Lease = Callable[[], Awaitable[int | None]]
"""Take or renew the right to poll; None while another process has it."""


class BotApi(Answers, Protocol):
    """What polling asks of Telegram."""

    async def updates(self, offset: int, seconds: int) -> list[Any]:
        """Return updates from ``offset`` on; those below are forgotten. Raises Undelivered."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds. The lease must outlast ``renew`` by the time that a batch takes."""

    poll: int = 25
    renew: float = 5
    others: float = 5
    busy: float = 1
    trouble: float = 5
    halted: float = 30


DEFAULT_PAUSES: Final = Pauses()


class Polling:
    """Asks for updates while the lease is ours."""

    def __init__(
        self,
        bot_api: BotApi,
        receive: Receive,
        lease: Lease,
        wake: Callable[[], None],
        pauses: Pauses = DEFAULT_PAUSES,
    ) -> None:
        self._api = bot_api
        self._intake = Intake(receive, bot_api, wake)
        self._lease = lease
        self._pauses = pauses
        self._polls = False
        self._offset = 0
        self._done: set[int] = set()

    async def run(self) -> None:
        """Poll until cancelled; nothing that Telegram or the database does ends it."""
        while True:
            try:
                pause = await self._round()
            except Exception as problem:
                pause = self._pause_after(problem)
            await asyncio.sleep(pause)

    async def _round(self) -> float:
        """Fetch and handle once; return the pause that is due."""
        if not await self._is_ours():
            return self._pauses.others
        batch = await self._next_batch()
        if batch is None:
            return self._pauses.others
        return 0 if await self._handle(batch) else self._pauses.busy

    async def _is_ours(self) -> bool:
        try:
            ours = await self._lease() is not None
        except GuanxinError as problem:
            log.warning("telegram lease", problem=str(problem))
            ours = False
        if ours != self._polls:
            self._polls = ours
            log.info("telegram polling", ours=ours)
        return ours

    async def _next_batch(self) -> list[Any] | None:
        """Wait for updates, renewing the lease meanwhile; None where it was lost."""
        asking = asyncio.ensure_future(self._api.updates(self._offset, self._pauses.poll))
        try:
            while not (await asyncio.wait({asking}, timeout=self._pauses.renew))[0]:
                if not await self._is_ours():
                    return None
            return asking.result()
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _handle(self, batch: list[Any]) -> bool:
        """Handle each chat's updates in order and the chats side by side."""
        chats: defaultdict[str, list[tuple[int, Heard]]] = defaultdict(list)
        numbered = {number: update for update in batch if (number := _number(update)) is not None}
        for number in sorted(numbered.keys() - self._done):
            heard = self._intake.hear(numbered[number])
            if heard is None:
                self._done.add(number)
            else:
                chats[heard.incoming.address].append((number, heard))
        settled = await asyncio.gather(*(self._in_order(chat) for chat in chats.values()))
        self._move(sorted(numbered))
        return all(settled) and bool(numbered or not batch)

    async def _in_order(self, chat: Iterable[tuple[int, Heard]]) -> bool:
        for number, heard in chat:
            try:
                settled = await self._intake.take(heard)
            except Exception:
                log.exception("telegram update not handled", update=number)
                settled = False
            if not settled:
                return False
            self._done.add(number)
        return True

    def _move(self, fetched: list[int]) -> None:
        """Move the offset up to the first update that must come again.

        Once nothing is left, none is given: after a quiet week Telegram numbers anew, perhaps
        lower. What was handled beyond a gap is remembered until the gap has closed.
        """
        if not fetched:
            self._offset = 0
        for number in fetched:
            if number not in self._done:
                break
            self._offset = number + 1
        self._done = {number for number in self._done if number >= self._offset > 0}

    def _pause_after(self, problem: Exception) -> float:
        if isinstance(problem, Halted):
            log.error("telegram polling halted", problem=str(problem))
            return self._pauses.halted
        if isinstance(problem, GuanxinError):
            log.warning("telegram polling", problem=str(problem))
        else:
            log.exception("telegram polling failed", exc_info=problem)
        return problem.after if isinstance(problem, TryLater) else self._pauses.trouble


def _number(update: Any) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None
