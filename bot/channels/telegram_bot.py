"""Telegram as a channel: sends through python-telegram-bot. Imported on first use (340 ms)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import ssl
from collections.abc import Iterator
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode
from weakref import WeakValueDictionary

import httpx
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.channels.base import (
    Halted,
    Moved,
    TryLater,
    Uncertain,
    Undelivered,
    Unreachable,
    Unsendable,
)
from bot.channels.telegram import UPDATES, Question, Rendered, render, settled
from bot.channels.telegram_pace import UNPACED, Pace, Rates, seconds_of
from handlers.letters import Filled
from handlers.message import Reply

logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it writes addresses: the token

CONNECTIONS: Final = 32
READ_S: Final = 10.0
NO_NETWORK_S: Final = 5.0
"""Seconds until the next try where Telegram could not even be called."""
PATIENCE_S: Final = 30.0
"""How long the later parts of a message that was begun may wait for a 429 to pass."""
MOST_UPDATES: Final = 100

_NOT_ASKED: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_NOBODY: Final = ("chat not found", "user not found", "peer_id_invalid")


class TelegramBot:
    """Sends to private chats. ``api`` is the library's bot, for what is asked rarely."""

    name = "telegram"

    def __init__(self, token: str, api_url: str, rates: Rates | None = None) -> None:
        shared = {"verify": _certificates()}
        self._request = HTTPXRequest(CONNECTIONS, READ_S, pool_timeout=READ_S, httpx_kwargs=shared)
        self._polls = HTTPXRequest(1, httpx_kwargs=shared)
        self._pace = Pace(rates or Rates())
        self.api: ExtBot[int] = ExtBot(
            token,
            f"{api_url}/bot",
            request=self._request,
            get_updates_request=self._polls,
            rate_limiter=self._pace,
        )
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def share(self, processes: int) -> None:
        """Leave the others their part of the pace."""
        self._pace.share(processes)

    async def turn(self, address: str) -> None:
        """Wait until the pace allows a message to ``address``; the next one goes out at once."""
        with contextlib.suppress(Unreachable):
            await self._pace.turn(_chat(address))

    async def send(self, address: str, reply: Reply, _filled: Filled | None = None) -> None:
        """Send every part of a reply, in order. Raises Undelivered; there are no templates."""
        chat, rendered = _chat(address), render(reply)
        if not rendered.texts:
            raise Unsendable("a message without text")
        lock = self._locks.setdefault(chat, asyncio.Lock())
        async with lock:
            await self._send_part(chat, rendered, 0)
            for number in range(1, len(rendered.texts)):
                await self._finish(chat, rendered, number)

    async def _finish(self, chat: int, rendered: Rendered, number: int) -> None:
        """Send a later part; what was begun is not begun again, or people read it twice."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    try:
                        return await self._send_part(chat, rendered, number)
                    except TryLater as refusal:
                        await asyncio.sleep(refusal.after)
        raise Uncertain(f"only {number} of {len(rendered.texts)} parts were sent")

    async def _send_part(self, chat: int, rendered: Rendered, number: int) -> None:
        is_last = number == len(rendered.texts) - 1
        markup = _markup(rendered) if is_last else None
        with errors_as_ours():
            await self.api.send_message(chat, rendered.texts[number], reply_markup=markup)

    async def updates(self, offset: int, seconds: int) -> list[Any]:
        """Wait for updates and return them as they came: the library refuses a whole batch for one
        that it cannot read. Raises Undelivered; Halted where somebody else gets the updates.
        """
        asked = {
            "offset": offset,
            "limit": MOST_UPDATES,
            "timeout": seconds,
            "allowed_updates": json.dumps(UPDATES),
        }
        url = f"{self.api.base_url}/getUpdates?{urlencode(asked)}"
        with errors_as_ours():
            updates = await self._polls.post(url, read_timeout=seconds + READ_S)
        if not isinstance(updates, list):
            raise Uncertain("an answer without updates")
        return updates

    async def answer(self, callback_id: str) -> None:
        """Let the button that was tapped stop turning. Raises Undelivered."""
        with errors_as_ours():
            await self.api.answer_callback_query(callback_id)

    async def settle(self, question: Question, *, chosen: bool) -> None:
        """Show what was chosen in place of a question's buttons. Raises Undelivered."""
        text = settled(question, chosen=chosen)
        with errors_as_ours():
            await self.api.edit_message_text(
                text, question.chat, question.message_id, rate_limit_args=UNPACED
            )

    async def close(self) -> None:
        """Close the connections."""
        await self._request.shutdown()
        await self._polls.shutdown()


def _markup(rendered: Rendered) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove:
    """Return what hangs under a message. A message has room for one thing: where there are no
    buttons, a button to share the telephone, which stays in reach until now, is put away.
    """
    if rendered.buttons:
        buttons = (InlineKeyboardButton(b.label, callback_data=b.data) for b in rendered.buttons)
        return InlineKeyboardMarkup([[button] for button in buttons])
    if rendered.share:
        button = KeyboardButton(rendered.share, request_contact=True)
        return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    return ReplyKeyboardRemove()


@cache
def _certificates() -> ssl.SSLContext:
    """Read the certificates once: a client that reads its own takes 40 ms."""
    return httpx.create_ssl_context()


def _chat(address: str) -> int:
    try:
        return int(address)
    except ValueError:
        raise Unreachable("no chat has such a number") from None


@contextlib.contextmanager
def errors_as_ours() -> Iterator[None]:
    """Raise Undelivered in place of the library's errors, without what they were caused by."""
    try:
        yield
    except TelegramError as error:
        raise _as_ours(error) from None
    except (LookupError, TypeError, AttributeError) as problem:
        raise Uncertain(f"an odd answer: {type(problem).__name__}") from None


def _as_ours(error: TelegramError) -> Undelivered:
    match error:
        case ChatMigrated(new_chat_id=chat):
            return Moved(str(chat))
        case Forbidden():
            return Unreachable(error.message)
        case BadRequest():
            nobody = any(words in error.message.lower() for words in _NOBODY)
            return Unreachable(error.message) if nobody else Unsendable(error.message)
        case RetryAfter():
            return TryLater("Telegram asks for less", seconds_of(error), whole_channel=True)
        case InvalidToken() | Conflict():
            return _halted(error)
    if isinstance(error.__cause__, _NOT_ASKED):
        return TryLater(f"not reached: {error.message}", NO_NETWORK_S, whole_channel=True)
    return Uncertain(error.message)


def _halted(error: TelegramError) -> Halted:
    if isinstance(error, Conflict):
        return Halted(
            f"Telegram gives the updates to somebody else ({error.message}). End the other program "
            "that uses this token; if a webhook is set, run: guanxin connect telegram"
        )
    return Halted(
        f"Telegram does not know the token in GUANXIN_TELEGRAM_TOKEN ({error.message}); "
        "@BotFather shows the right one"
    )
