"""WeChat waits 5 seconds and asks again, four times in all: copies of a message share one work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from handlers.message import Incoming

log = structlog.get_logger()

SETTLED_S: Final = 10.0
"""Seconds after which no copy comes any more: WeChat asks again as soon as it has hung up."""

Gone = Callable[[], Awaitable[None]]
"""Return once WeChat has hung up."""


@dataclass(eq=False)
class _Work:
    task: asyncio.Task[str]
    waiting: int = 0
    heard: bool = False


Unheard = Callable[[Incoming], Awaitable[None]]
"""Hear of a message that was handled, but too late for its answer to be read."""


async def left_alone(_message: Incoming) -> None:
    """Do nothing: the account has no other way to the person, who sees WeChat's own excuse."""


@dataclass
class Waiting:
    """Does each message once and lets every copy wait for it; WeChat is never told sooner."""

    do: Callable[[Incoming], Awaitable[str]]
    unheard: Unheard
    _works: dict[tuple[str, str], _Work] = field(default_factory=dict)
    _ends: set[asyncio.Task[None]] = field(default_factory=set)

    async def outcome(self, message: Incoming, gone: Gone) -> str | None:
        """Return what to say; None once WeChat has hung up, and then the work goes on."""
        work = self._works.get(_key(message)) or self._begin(message)
        hung_up = asyncio.ensure_future(gone())
        work.waiting += 1
        try:
            await asyncio.wait({work.task, hung_up}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            hung_up.cancel()
            work.waiting -= 1
        if not work.task.done():
            return None
        work.heard = True
        return work.task.result()

    def _begin(self, message: Incoming) -> _Work:
        async def do() -> str:
            return await self.do(message)

        work = _Work(asyncio.create_task(do()))
        self._works[_key(message)] = work
        end = asyncio.create_task(self._end(message, work))
        self._ends.add(end)
        end.add_done_callback(self._ends.discard)
        return work

    async def _end(self, message: Incoming, work: _Work) -> None:
        await asyncio.wait({work.task})
        late = not work.waiting and not work.heard
        if late:
            log.warning("late", channel=message.channel, message=message.id)
            await asyncio.sleep(SETTLED_S)
        del self._works[_key(message)]
        if late and not work.heard:
            await self.unheard(message)


def _key(message: Incoming) -> tuple[str, str]:
    return message.address, message.id
