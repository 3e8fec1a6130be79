"""A stand-in for api.weixin.qq.com on a real socket, with the published rules and faults to order.

    async with WeChatApi() as api:
        api.acts("openid-1", "message")             # opens the window: 5 messages in 48 hours
        api.fail("/cgi-bin/message/custom/send", errcode=45009)          # once
        api.fail("/cgi-bin/stable_token", errcode=40164, times=None)     # until api.mend()

Ways to fail: ``errcode`` (with ``errmsg``), ``status``, ``raw`` (a body that is no JSON), ``cut``
"before" (reset, nothing done) or "after" (done, then reset), ``delay`` (seconds before the answer).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import socket
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

APP_ID = "wx0123456789abcdef"
APP_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
BEIJING = timezone(timedelta(hours=8))

LIFE_S = 7200
EARLY_S = 300
"""The normal mode gives a new token in the last 300 seconds; the old one lives on until its end."""
OVERLAP_S = 300
"""The old token lives for 300 seconds after a forced renewal."""
FORCED_A_DAY = 20
FORCED_APART_S = 30
CLEARED_A_MONTH = 10

WINDOWS = {
    "message": (5, timedelta(hours=48)),
    "follow": (3, timedelta(minutes=1)),
    "CLICK": (3, timedelta(minutes=1)),
    "SCAN": (3, timedelta(minutes=1)),
}
DAILY = {
    "/cgi-bin/token": 2000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/menu/create": 1000,
    "/cgi-bin/menu/get": 10_000,
}
A_MINUTE = {"/cgi-bin/stable_token": 10_000}
MAY = {
    "subscription": set(),
    "subscription-verified": {"custom", "menu"},
    "service": {"menu"},
    "service-verified": {"custom", "menu", "template"},
}
MOST_TEXT_BYTES = 2048

Act = Literal["message", "follow", "CLICK", "SCAN"]
Answer = dict[str, Any]


class Refusal(Exception):
    """An answer with an error code."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(code, said)
        self.answer = {"errcode": code, "errmsg": f"{said} rid: 6921c0de-0badc0de"}


@dataclass
class Call:
    path: str
    query: dict[str, str]
    raw: bytes
    at: datetime


@dataclass
class Fault:
    errcode: int = 0
    errmsg: str = "made to order"
    status: int = 200
    raw: bytes | None = None
    cut: Literal["", "before", "after"] = ""
    delay: float = 0.0
    times: int | None = 1


@dataclass
class Token:
    value: str
    ends: datetime
    family: str


@dataclass
class Window:
    left: int
    ends: datetime


def machine_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class WeChatApi:
    account: str = "service-verified"
    clock: Callable[[], datetime] = machine_clock
    app_id: str = APP_ID
    app_secret: str = APP_SECRET
    allowed_ips: set[str] | None = None  # None: every address
    unlisted_code: int = 40164
    followers: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    templates: dict[str, set[str]] = field(default_factory=dict)  # id -> names of its fields
    daily: dict[str, int] = field(default_factory=lambda: dict(DAILY))
    a_minute: dict[str, int] = field(default_factory=lambda: dict(A_MINUTE))
    calls: list[Call] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    menu: Answer | None = None
    tokens: list[Token] = field(default_factory=list)
    windows: dict[str, Window] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    used: Counter[tuple[str, str]] = field(default_factory=Counter)
    forced: list[datetime] = field(default_factory=list)
    url: str = ""

    # What a test orders and asks.

    def acts(self, openid: str, act: Act = "message") -> None:
        """Somebody writes, follows, taps or scans: that opens a window."""
        count, long = WINDOWS[act]
        self.followers.add(openid)
        self.windows[openid] = Window(count, self.clock() + long)

    def leaves(self, openid: str) -> None:
        self.followers.discard(openid)
        self.gone.add(openid)
        self.windows.pop(openid, None)

    def fail(self, path: str, **how: Any) -> None:
        self.faults.setdefault(path, []).append(Fault(**how))

    def mend(self) -> None:
        self.faults.clear()

    def revoke(self) -> None:
        """Make every token invalid, as after a leak was stopped on the platform's page."""
        self.tokens.clear()

    def called(self, path: str) -> int:
        return sum(call.path == path for call in self.calls)

    @property
    def token_requests(self) -> int:
        return self.called("/cgi-bin/stable_token") + self.called("/cgi-bin/token")

    @property
    def texts(self) -> list[str]:
        return [message["text"]["content"] for message in self.sent if "text" in message]

    # The socket.

    async def __aenter__(self) -> WeChatApi:
        self._open: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._one_request(reader, writer):
                    pass
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _one_request(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        raw = await reader.readexactly(int(headers.get("content-length", "0")))
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        call = Call(parts.path, query, raw, self.clock())
        self.calls.append(call)
        fault = self._next_fault(parts.path)
        if fault.cut == "before":
            return _reset(writer)
        answer = {"errcode": fault.errcode, "errmsg": fault.errmsg}
        if not fault.errcode and fault.status == 200 and fault.raw is None:
            ip = writer.get_extra_info("peername")[0]
            answer = self._answer(method, call, headers.get("x-from", ip))
        if fault.cut == "after":
            return _reset(writer)
        await asyncio.sleep(fault.delay)
        body = json.dumps(answer, ensure_ascii=False).encode() if fault.raw is None else fault.raw
        about = f"content-type: text/plain\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(f"HTTP/1.1 {fault.status} X\r\n{about}".encode() + body)
        await writer.drain()
        return True

    def _next_fault(self, path: str) -> Fault:
        for name in (path, "*"):
            ordered = self.faults.get(name, [])
            if ordered:
                fault = ordered[0]
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        ordered.pop(0)
                return fault
        return Fault()

    # The rules.

    def _answer(self, method: str, call: Call, ip: str) -> Answer:
        try:
            rule = RULES.get(call.path)
            if rule is None:
                raise Refusal(40066, "invalid url")
            self._count(call.path)
            if call.path not in ("/cgi-bin/stable_token", "/cgi-bin/token"):
                self._check_token(call.query.get("access_token", ""))
            return rule(self, _body(method, call), ip)
        except Refusal as refusal:
            return refusal.answer

    def _count(self, path: str) -> None:
        now = self.clock().astimezone(BEIJING)
        for limits, when, code in (
            (self.daily, now.date().isoformat(), 45009),
            (self.a_minute, now.strftime("%Y-%m-%dT%H:%M"), 45011),
        ):
            self.used[path, when] += 1
            if path in limits and self.used[path, when] > limits[path]:
                raise Refusal(code, "reach max api limit")

    def _check_token(self, value: str) -> None:
        if not value:
            raise Refusal(41001, "access_token missing")
        found = next((token for token in self.tokens if token.value == value), None)
        if found is None:
            raise Refusal(40001, "invalid credential, access_token is invalid or not latest")
        if found.ends <= self.clock():
            raise Refusal(42001, "access_token expired")

    def _check_keys(self, app_id: str, secret: str, ip: str) -> None:
        if self.allowed_ips is not None and ip not in self.allowed_ips:
            raise Refusal(self.unlisted_code, f"invalid ip {ip} ipv6 ::ffff:{ip}, not in whitelist")
        if app_id != self.app_id:
            raise Refusal(40013, "invalid appid")
        if secret != self.app_secret:
            raise Refusal(40125, "invalid appsecret")

    def _check_right(self, right: str) -> None:
        if right not in MAY[self.account]:
            raise Refusal(48001, "api unauthorized")

    def _stable_token(self, body: Answer, ip: str) -> Answer:
        if body.get("grant_type") != "client_credential":
            raise Refusal(40002, "invalid grant_type")
        self._check_keys(body.get("appid", ""), body.get("secret", ""), ip)
        now = self.clock()
        latest = next((t for t in reversed(self.tokens) if t.family == "stable"), None)
        if body.get("force_refresh"):
            return self._forced(latest, now)
        if latest is not None and latest.ends - now > timedelta(seconds=EARLY_S):
            return self._given(latest, now)
        return self._given(self._new_token("stable", now), now)

    def _forced(self, latest: Token | None, now: datetime) -> Answer:
        if latest and self.forced and now - self.forced[-1] < timedelta(seconds=FORCED_APART_S):
            return self._given(latest, now)
        today = now.astimezone(BEIJING).date()
        if sum(at.astimezone(BEIJING).date() == today for at in self.forced) >= FORCED_A_DAY:
            raise Refusal(45009, "reach max force_refresh limit")
        self.forced.append(now)
        if latest is not None:
            latest.ends = min(latest.ends, now + timedelta(seconds=OVERLAP_S))
        return self._given(self._new_token("stable", now), now)

    def token(self) -> str:
        """What the older interface gives: each call ends the token before, in its own family."""
        now = self.clock()
        for old in self.tokens:
            if old.family == "plain":
                old.ends = min(old.ends, now + timedelta(seconds=OVERLAP_S))
        return self._new_token("plain", now).value

    def _new_token(self, family: str, now: datetime) -> Token:
        made = Token(secrets.token_hex(256), now + timedelta(seconds=LIFE_S), family)
        self.tokens.append(made)
        return made

    def _given(self, token: Token, now: datetime) -> Answer:
        return {"access_token": token.value, "expires_in": int((token.ends - now).total_seconds())}

    def _custom(self, body: Answer, _ip: str) -> Answer:
        self._check_right("custom")
        openid = body.get("touser", "")
        if openid not in self.followers and openid not in self.gone:
            raise Refusal(40003, "invalid openid")
        if body.get("msgtype") != "text":
            raise Refusal(40008, "invalid message type")
        if len(body["text"]["content"].encode()) > MOST_TEXT_BYTES:
            raise Refusal(45002, "content size out of limit")
        window = self.windows.get(openid)
        if window is None or window.ends <= self.clock():
            raise Refusal(45015, "response out of time limit or subscription is canceled")
        if not window.left:
            raise Refusal(45047, "out of response count limit")
        window.left -= 1
        self.sent.append(body)
        return {"errcode": 0, "errmsg": "ok"}

    def _template(self, body: Answer, _ip: str) -> Answer:
        self._check_right("template")
        if body.get("touser", "") not in self.followers:
            raise Refusal(43004, "require subscribe")
        fields = self.templates.get(body.get("template_id", ""))
        if fields is None:
            raise Refusal(40037, "invalid template_id")
        for name in fields:
            value = body["data"].get(name, {}).get("value", "")
            if not value or "\n" in value or (name.startswith("thing") and len(value) > 20):
                raise Refusal(47003, f"argument invalid! data.{name}.value invalid")
        self.sent.append(body)
        return {"errcode": 0, "errmsg": "ok", "msgid": 3_000_000_000 + len(self.sent)}

    def _create_menu(self, body: Answer, _ip: str) -> Answer:
        self._check_right("menu")
        buttons = body.get("button", [])
        if not 0 < len(buttons) <= 3:
            raise Refusal(40016, "invalid button size")
        for button in buttons:
            if not 0 < len(button["name"].encode()) <= 16:
                raise Refusal(40018, "invalid button name size")
            if button.get("type") != "click":
                raise Refusal(40017, "invalid button type")
            if not 0 < len(button.get("key", "").encode()) <= 128:
                raise Refusal(40019, "invalid button key size")
        self.menu = body
        return {"errcode": 0, "errmsg": "ok"}

    def _get_menu(self, _body: Answer, _ip: str) -> Answer:
        self._check_right("menu")
        if self.menu is None:
            raise Refusal(46003, "menu no exist")
        return {"menu": self.menu}

    def _callback_ips(self, _body: Answer, _ip: str) -> Answer:
        return {"ip_list": ["203.0.113.1", "203.0.113.2"]}

    def _plain_token(self, query: Answer, ip: str) -> Answer:
        self._check_keys(query.get("appid", ""), query.get("secret", ""), ip)
        return {"access_token": self.token(), "expires_in": LIFE_S}

    def _clear_quota(self, body: Answer, _ip: str) -> Answer:
        if body.get("appid") != self.app_id:
            raise Refusal(40013, "invalid appid")
        month = self.clock().astimezone(BEIJING).strftime("%Y-%m")
        self.used["cleared", month] += 1
        if self.used["cleared", month] > CLEARED_A_MONTH:
            raise Refusal(48006, "forbid to clear quota because of reaching the limit")
        for key in [key for key in self.used if key[0] != "cleared"]:
            del self.used[key]
        return {"errcode": 0, "errmsg": "ok"}


RULES: dict[str, Callable[[WeChatApi, Answer, str], Answer]] = {
    "/cgi-bin/stable_token": WeChatApi._stable_token,
    "/cgi-bin/token": WeChatApi._plain_token,
    "/cgi-bin/message/custom/send": WeChatApi._custom,
    "/cgi-bin/message/template/send": WeChatApi._template,
    "/cgi-bin/menu/create": WeChatApi._create_menu,
    "/cgi-bin/menu/get": WeChatApi._get_menu,
    "/cgi-bin/getcallbackip": WeChatApi._callback_ips,
    "/cgi-bin/clear_quota": WeChatApi._clear_quota,
}
BY_GET = ("/cgi-bin/token", "/cgi-bin/menu/get", "/cgi-bin/getcallbackip")


ESCAPED = re.compile(rb"(?<!\\)\\u[0-9a-fA-F]{4}")


def _body(method: str, call: Call) -> Answer:
    if call.path in BY_GET:
        if method != "GET":
            raise Refusal(43001, "require GET method")
        return call.query
    if method != "POST":
        raise Refusal(43002, "require POST method")
    if ESCAPED.search(call.raw):
        raise Refusal(40033, "invalid charset, please check your request")
    try:
        body = json.loads(call.raw)
    except ValueError:
        raise Refusal(47001, "data format error") from None
    if not isinstance(body, dict):
        raise Refusal(47001, "data format error")
    return body


def _reset(writer: asyncio.StreamWriter) -> bool:
    """Cut the line so that the other side sees a reset."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False
