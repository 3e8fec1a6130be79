"""A Bot API server over a real socket: the wire format, limits and retry rules of the real one.

It is written after tdlib/telegram-bot-api. ``second`` is the length of a second for everything that
it measures, so that a storm of minutes is over in moments. ``telegram_people`` plays the people.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import random
import re
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlsplit

from tests.doubles.telegram_pusher import Webhook, deliver
from tests.doubles.telegram_wire import (
    BOT,
    DAY,
    FORBIDDEN,
    MOST_WAIT,
    NOT_BY_DEFAULT,
    OTHER_POLLER,
    TOKEN,
    TOO_OLD,
    WEBHOOK_SET,
    Fault,
    Params,
    Refusal,
    Sent,
    State,
    Stored,
    as_json,
    call,
    content_of,
    edit,
    editable,
    parsed,
    private_chat,
    queue_of,
    reset,
)


@dataclass
class BotApi:
    """``async with BotApi() as server``: its address is ``server.url``."""

    second: float = 1.0
    each_second: int = 30
    burst_in_a_chat: int = 3
    token: str = TOKEN
    is_local: bool = True
    now: Callable[[], float] = time.time
    chats: dict[int, State] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    log: list[tuple[str, Params]] = field(default_factory=list)
    delivered: list[tuple[int, int]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    commands: list[Params] = field(default_factory=list)
    menu_button: Params = field(default_factory=lambda: {"type": "default"})
    queries: dict[str, float] = field(default_factory=dict)
    allowed: list[str] | None = None
    webhook: Webhook | None = None
    confirmed: int = 0
    refused: int = 0  # requests that came too fast

    def __post_init__(self) -> None:
        self.updates: dict[int, Stored] = {}
        self._numbers = itertools.count(random.randrange(10**8, 10**9))
        self.messages = itertools.count(1)
        self._changed = asyncio.Condition()
        self._poller: asyncio.Future[str] | None = None
        self._window: deque[float] = deque()
        self._bursts: defaultdict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self._silent_until = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_problem: object) -> None:
        self._server.close()
        self._end_webhook()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    # --- what happens at Telegram ---

    async def push(self, **content: Any) -> int | None:
        """Let something happen: ``push(message={...})``; returns the update's number."""
        (kind,) = content
        if (kind in NOT_BY_DEFAULT) if self.allowed is None else (kind not in self.allowed):
            return None
        number = next(self._numbers)
        return await self.push_raw({"update_id": number, **content})

    async def push_raw(self, update: Params) -> int:
        kind = next((name for name in update if name != "update_id"), "")
        content = update.get(kind)
        stored = Stored(update, kind, queue_of(content), self.now())
        async with self._changed:
            self.updates[update["update_id"]] = stored
            self._changed.notify_all()
        return int(update["update_id"])

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for an update or a message that makes ``happened`` true."""
        async with self._changed:
            await self._changed.wait_for(happened)

    @property
    def waiting(self) -> list[int]:
        """The updates that nobody has acknowledged."""
        expired = self.now() - DAY
        self.updates = {n: s for n, s in self.updates.items() if s.at > expired}
        return sorted(self.updates)

    def fault(self, method: str, kind: Any, times: int = 1, seconds: float = 1) -> None:
        self.faults.append(Fault(method, kind, times, seconds))

    # --- HTTP ---

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        target = head.split(" ", 2)[1]
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.splitlines()[1:])
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, params = call(target, headers.get("content-type", ""), body)
        fault = self._fault_for(method)
        if fault and fault.kind == "lost":
            reset(writer)
            return False
        status, content = await self._outcome(target, method, params, fault)
        if fault and fault.kind == "taken":
            reset(writer)
            return False
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        kind = b"text/html" if content.startswith(b"<") else b"application/json"
        phrase = HTTPStatus(status).phrase.encode()
        writer.write(b"HTTP/1.1 %d %s\r\nContent-Type: %s\r\n" % (status, phrase, kind))
        writer.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        await writer.drain()
        return True

    def _fault_for(self, method: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method.lower() in (method, "*"):
                fault.times -= 1
                return fault
        return None

    async def _outcome(
        self, target: str, method: str, params: Params, fault: Fault | None
    ) -> tuple[int, bytes]:
        self.calls[method] += 1
        self.log.append((method, params))
        kind = fault.kind if fault else ""
        if kind == "html":
            return 502, b"<html><h1>502 Bad Gateway</h1></html>"
        try:
            if kind == "429":
                raise self._too_many(fault.seconds if fault else 0)
            if kind in ("400", "500", "502"):
                raise Refusal(int(kind), HTTPStatus(int(kind)).phrase)
            return 200, as_json({"ok": True, "result": await self._result(target, method, params)})
        except Refusal as refusal:
            return refusal.code, as_json(refusal.body)

    async def _result(self, target: str, method: str, params: Params) -> Any:
        token = re.match(r"/bot([^/]*)/", target)
        if token is None or not re.fullmatch(r"\d+:[\w-]+", token[1]):
            raise Refusal(404, "Not Found")
        if token[1] != self.token:
            raise Refusal(401, "Unauthorized")
        run = getattr(self, f"do_{method}", None)
        if run is None:
            raise Refusal(404, "Not Found: method not found")
        return await run(params)

    # --- the methods ---

    async def do_getme(self, _params: Params) -> Params:
        return {**BOT, "can_join_groups": True, "supports_inline_queries": False}

    async def do_getupdates(self, params: Params) -> list[Params]:
        if self.webhook:
            raise Refusal(409, WEBHOOK_SET)
        self._end_poll(OTHER_POLLER)
        self._allow(params)
        offset = self._acknowledge(int(params.get("offset", 0)))
        limit = min(max(int(params.get("limit", 100)), 1), 100)
        poller = self._poller = asyncio.get_running_loop().create_future()
        ends = time.monotonic() + min(int(params.get("timeout", 0)), MOST_WAIT) * self.second
        while not self._from(offset) and (left := ends - time.monotonic()) > 0:
            await self._something_new(poller, offset, left)
            if poller.done():
                raise Refusal(409, poller.result())
        numbers = self._from(offset)[:limit]
        self.delivered += [(number, self.updates[number].queue) for number in numbers]
        return [self.updates[number].content for number in numbers]

    def _from(self, offset: int) -> list[int]:
        return [number for number in self.waiting if number >= offset]

    async def _something_new(
        self, poller: asyncio.Future[str], offset: int, seconds: float
    ) -> None:
        waiting = asyncio.create_task(self.until(lambda: bool(self._from(offset))))
        try:
            both: set[asyncio.Future[Any]] = {waiting, poller}
            await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()

    def _end_poll(self, why: str) -> None:
        if self._poller and not self._poller.done():
            self._poller.set_result(why)

    def _acknowledge(self, offset: int) -> int:
        if offset < 0:
            offset = (self.waiting[offset:] or [0])[0]
        self.confirmed = max(self.confirmed, offset)
        self.updates = {n: stored for n, stored in self.updates.items() if n >= offset}
        return offset

    def _allow(self, params: Params) -> None:
        if "allowed_updates" in params:
            self.allowed = parsed(params["allowed_updates"]) or None

    async def do_setwebhook(self, params: Params) -> bool:
        url, secret = params.get("url", ""), params.get("secret_token", "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        if url and not self.is_local and not url.startswith("https://"):
            raise Refusal(
                400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
            )
        if not self.is_local and (urlsplit(url).port or 443) not in (443, 80, 88, 8443):
            ports = "Webhook can be set up only on ports 80, 88, 443 or 8443"
            raise Refusal(400, f"Bad Request: bad webhook: {ports}")
        self._allow(params)
        self._end_webhook()
        if parsed(params.get("drop_pending_updates", False)):
            self.updates.clear()
        if url:
            self._end_poll("Conflict: terminated by setWebhook request")
            self.webhook = Webhook(url, secret, int(params.get("max_connections", 40)))
            self.webhook.task = asyncio.create_task(deliver(self, self.webhook))
        return True

    async def do_deletewebhook(self, params: Params) -> bool:
        return await self.do_setwebhook({**params, "url": ""})

    async def do_getwebhookinfo(self, _params: Params) -> Params:
        info: Params = {"url": "", "has_custom_certificate": False}
        info["pending_update_count"] = len(self.waiting)
        if self.webhook:
            info |= {"url": self.webhook.url, "max_connections": self.webhook.max_connections}
            if self.webhook.error:
                info |= {"last_error_date": int(self.now())}
                info |= {"last_error_message": self.webhook.error}
        return info | ({"allowed_updates": self.allowed} if self.allowed else {})

    async def do_sendmessage(self, params: Params) -> Params:
        chat = self._chat(params)
        self._check_pace(chat)
        text, markup = content_of(params)
        sent = Sent(chat, text, markup, time.monotonic(), next(self.messages))
        async with self._changed:
            self.sent.append(sent)
            self._changed.notify_all()
        return self.as_message(sent)

    async def do_editmessagetext(self, params: Params) -> Params:
        sent = editable(self.sent, self._chat(params), params)
        async with self._changed:
            edit(sent, *content_of(params))
            self._changed.notify_all()
        return self.as_message(sent)

    async def do_answercallbackquery(self, params: Params) -> bool:
        made = self.queries.get(params.get("callback_query_id", ""))
        if made is None or time.monotonic() - made > 60 * self.second:
            raise Refusal(400, TOO_OLD)
        self.answered.append(params["callback_query_id"])
        return True

    async def do_setmycommands(self, params: Params) -> bool:
        self.commands = parsed(params.get("commands", "[]"))
        if any(
            not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) for command in self.commands
        ):
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        return True

    async def do_getmycommands(self, _params: Params) -> list[Params]:
        return self.commands

    async def do_setchatmenubutton(self, params: Params) -> bool:
        self.menu_button = parsed(params.get("menu_button", '{"type": "default"}'))
        return True

    async def do_getchatmenubutton(self, _params: Params) -> Params:
        return self.menu_button

    # --- the rules ---

    def _chat(self, params: Params) -> int:
        try:
            chat = int(params.get("chat_id", ""))
        except ValueError:
            raise Refusal(400, "Bad Request: chat not found") from None
        if chat in self.moved:
            why = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, why, migrate_to_chat_id=self.moved[chat])
        if chat not in self.chats:
            raise Refusal(400, "Bad Request: chat not found")
        if self.chats[chat] != "open":
            raise Refusal(403, FORBIDDEN[self.chats[chat]])
        return chat

    def _check_pace(self, chat: int) -> None:
        now = time.monotonic()
        if now < self._silent_until:
            raise self._too_many(math.ceil((self._silent_until - now) / self.second))
        while self._window and now - self._window[0] >= self.second:
            self._window.popleft()
        level, last = self._bursts[chat]
        level = max(0.0, level - (now - last) / self.second)
        if len(self._window) >= self.each_second or level + 1 > self.burst_in_a_chat:
            raise self._too_many(1)
        self._window.append(now)
        self._bursts[chat] = [level + 1, now]

    def _too_many(self, seconds: float) -> Refusal:
        """Ask for silence; whoever goes on gets the same answer until it is over."""
        self.refused += 1
        until = time.monotonic() + seconds * self.second
        self._silent_until = max(self._silent_until, until)
        after = seconds * self.second
        after = int(after) if after >= 1 else after
        why = f"Too Many Requests: retry after {after}"
        return Refusal(429, why, retry_after=after)

    def as_message(self, sent: Sent) -> Params:
        message = {
            "message_id": sent.number,
            "from": BOT,
            "chat": private_chat(sent.chat),
            "date": int(self.now()),
            "text": sent.text,
        }
        return message | ({"reply_markup": sent.markup} if sent.buttons else {})

    # --- the webhook ---

    def _end_webhook(self) -> None:
        if self.webhook and self.webhook.task:
            self._tasks.add(self.webhook.task)
            self.webhook.task.cancel()
        self.webhook = None
