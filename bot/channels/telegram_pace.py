"""How fast we send to Telegram, and how long we keep silent when it asks us to."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

os.environ.setdefault("PTB_TIMEDELTA", "1")  # else every 429 brings a DeprecationWarning

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

from bot.channels.base import TryLater

MOST_CHATS: Final = 1000
"""Chats whose last message is remembered; more, and those that rested long enough are let go."""

UNPACED: Final = -1
"""The ``rate_limit_args`` of a request that may as well fail: it waits for nothing, takes nobody's
turn, and its refusal silences nobody.
"""

Request = Callable[..., Coroutine[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages at most. Telegram allows 30 a second, about one a second in a chat, 20 a minute in
    a group (FAQ "hitting limits"); we stay a little below.
    """

    each_second: float = 25
    each_second_in_a_chat: float = 1
    each_minute_in_a_group: float = 18


def seconds_of(refusal: RetryAfter) -> float:
    """Return how long Telegram asks us to wait."""
    after = refusal.retry_after
    return after if isinstance(after, int) else after.total_seconds()


class Pace(AIORateLimiter):
    """Spaces the requests evenly; after a 429 nothing is asked until the time is over.

    A bucket that may be emptied at once lets twice its rate through in the first second, which is
    what brings the 429.
    """

    def __init__(self, rates: Rates) -> None:
        super().__init__(
            overall_max_rate=1,
            overall_time_period=1 / rates.each_second,
            group_max_rate=1,
            group_time_period=60 / rates.each_minute_in_a_group,
        )
        self._each_second = rates.each_second
        self._chat_seconds = 1 / rates.each_second_in_a_chat
        self._chats: dict[Any, AsyncLimiter] = {}
        self._silent_until = 0.0
        self._due: set[int] = set()

    def share(self, processes: int) -> None:
        """Take an equal part of what so many processes may send together."""
        self._base_limiter = AsyncLimiter(1, processes / self._each_second)

    async def turn(self, chat: int) -> None:
        """Wait until a message to a private chat may go out; the next request to it then does.

        While silent nothing is waited for: the request is refused anyway.
        """
        if time.monotonic() < self._silent_until or chat < 0:
            return
        await self._turn_of(chat).acquire()
        if self._base_limiter:
            await self._base_limiter.acquire()
        self._due.add(chat)

    async def process_request(
        self,
        callback: Request,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Make a request when its turn has come. Raises TryLater without asking while silent."""

        async def ask(*args: Any, **kwargs: Any) -> Any:
            self._refuse_while_silent()
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as refusal:
                raise self._silence(refusal) from None

        self._refuse_while_silent()
        if rate_limit_args == UNPACED:
            return await callback(*args, **kwargs)
        chat = data.get("chat_id")
        if chat in self._due:
            self._due.remove(chat)
            return await ask(*args, **kwargs)
        if chat is not None:
            await self._turn_of(chat).acquire()
        return await super().process_request(ask, args, kwargs, endpoint, data, rate_limit_args)

    def _turn_of(self, chat: Any) -> AsyncLimiter:
        if len(self._chats) > MOST_CHATS:
            self._chats = {c: turn for c, turn in self._chats.items() if not turn.has_capacity()}
        return self._chats.setdefault(chat, AsyncLimiter(1, self._chat_seconds))

    def _silence(self, refusal: RetryAfter) -> TryLater:
        seconds = seconds_of(refusal)
        seconds += random.uniform(0, min(1.0, seconds))
        now = time.monotonic()
        self._silent_until = max(self._silent_until, now + seconds)
        return self._too_early(self._silent_until - now)

    def _refuse_while_silent(self) -> None:
        left = self._silent_until - time.monotonic()
        if left > 0:
            raise self._too_early(left)

    @staticmethod
    def _too_early(seconds: float) -> TryLater:
        return TryLater("Telegram asks for less", seconds, whole_channel=True)
