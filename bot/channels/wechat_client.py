"""Calls to WeChat's server, each with the access token that all processes share.

wechatpy says at which path and with which body an interface is called; the call itself is ours.
A call that is refused fetches the token once more and is repeated once; ``wechat_token`` says what
happens when that is refused too.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urljoin

import httpx
import wechatpy.client  # type: ignore[import-untyped]

from bot.channels import wechat_errors
from bot.channels.base import Halted, TryLater
from bot.channels.wechat_errors import BUSY_S, LOST_S, OverQuota, TokenRefused, lost
from bot.channels.wechat_token import Grant, Keys, TokenKeeper
from bot.clock import Clock, system
from storage.store import Store

# httpx writes whole addresses, the token among them, at INFO.
logging.getLogger("httpx").setLevel(logging.WARNING)

API_URL: Final = "https://api.weixin.qq.com"
TOKEN_PATH: Final = "/cgi-bin/stable_token"

REPEATABLE: Final = frozenset({TOKEN_PATH, "/cgi-bin/getcallbackip", "/cgi-bin/menu/create"})
"""Where doing it twice does no harm: a lost answer means TryLater, elsewhere Uncertain."""

CONNECT_S: Final = 3.0
TOTAL_S: Final = 8.0
MOST_CONNECTIONS: Final = 64
"""More than are ever sent side by side: waiting for a connection would eat the time of a call."""


class WeChatClient(wechatpy.client.WeChatClient):  # type: ignore[misc]
    """Calls WeChat's server for one account. Close it with ``aclose``.

    The interfaces are methods that wechatpy describes: ``await client.message.send_text(…)``. Each
    raises Undelivered.
    """

    def __init__(
        self, keys: Keys, store: Store, api_url: str = API_URL, clock: Clock = system
    ) -> None:
        # Not wechatpy's own __init__: it opens a session of ``requests`` and keeps the secret, by
        # which wechatpy would fetch tokens. Without them it can only describe.
        self._keys = keys
        self._clock = clock
        self._keeper = TokenKeeper(keys, store, self._fetch, clock)
        self._resting: dict[str, tuple[datetime, str]] = {}
        limits = httpx.Limits(max_connections=MOST_CONNECTIONS)
        timeout = httpx.Timeout(TOTAL_S, connect=CONNECT_S)
        self._httpx = httpx.AsyncClient(base_url=api_url, timeout=timeout, limits=limits)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._httpx.aclose()

    async def start_anew(self) -> None:
        """Ask again although it was halted: an operator has changed something."""
        await self._keeper.start_anew()

    def _request(
        self,
        method: str,
        url_or_endpoint: str,
        *,
        data: Mapping[str, Any] | None = None,
        api_base_url: str = wechatpy.client.WeChatClient.API_BASE_URL,
        result_processor: Callable[[dict[str, Any]], Any] | None = None,
    ) -> Awaitable[Any]:
        """Call what wechatpy describes; this is where wechatpy would connect by itself.

        The token goes to no other server: an interface elsewhere, and what we have never used
        (files, a query), is a fault of ours.
        """
        url = urljoin(api_base_url, url_or_endpoint)
        if not url.startswith(f"{API_URL}/"):
            raise ValueError(f"{url} is not an interface of {API_URL}")
        body = None if method == "get" else data or {}
        return self._processed(url.removeprefix(API_URL), body, result_processor)

    async def _processed(
        self,
        path: str,
        body: Mapping[str, Any] | None,
        process: Callable[[dict[str, Any]], Any] | None,
    ) -> Any:
        answer = await self.call(path, body)
        try:
            return answer if process is None else process(answer)
        except (LookupError, TypeError, ValueError):
            raise lost("an answer of another form", repeatable=path in REPEATABLE) from None

    async def call(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call an interface and return what it answered. Raises Undelivered."""
        self._check_rest(path)
        grant = await self._keeper.current()
        try:
            return await self._try(path, body, grant)
        except TokenRefused:
            grant = await self._keeper.after_refusal(grant)
        try:
            return await self._try(path, body, grant)
        except TokenRefused as problem:
            await self._keeper.after_refusal(grant)  # raises Halted, unless others do better
            raise TryLater(str(problem), BUSY_S) from None

    async def _try(self, path: str, body: Mapping[str, Any] | None, grant: Grant) -> dict[str, Any]:
        try:
            answer = await self._exchange(path, grant.token, body)
        except OverQuota as problem:
            self._resting[path] = (self._clock() + timedelta(seconds=problem.after), str(problem))
            raise
        except Halted as problem:
            with contextlib.suppress(TryLater):
                await self._keeper.halt(problem)
            raise
        with contextlib.suppress(TryLater):
            await self._keeper.accepted(grant)
        return answer

    def _check_rest(self, path: str) -> None:
        """Raise what the interface said last while its quota is used up, without asking again."""
        until, why = self._resting.get(path, (None, ""))
        if until is not None and self._clock() < until:
            raise OverQuota(why, (until - self._clock()).total_seconds())

    async def _fetch(self) -> tuple[str, float]:
        body = {
            "grant_type": "client_credential",
            "appid": self._keys.app_id,
            "secret": self._keys.app_secret,
        }
        try:
            answer = await self._exchange(TOKEN_PATH, None, body)
        except TokenRefused as problem:
            raise Halted(f"{problem}; check GUANXIN_WECHAT_APP_SECRET") from None
        token, life = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(life, int | float):
            raise lost("an answer without a token", repeatable=True)
        return token, float(life)

    async def _exchange(
        self, path: str, token: str | None, body: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Make one call. No error of httpx gets out: its address carries the token."""
        repeatable = path in REPEATABLE
        try:
            async with asyncio.timeout(TOTAL_S):
                response = await self._httpx.send(self._built(path, token, body))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError):
            raise TryLater("WeChat cannot be reached", LOST_S, whole_channel=True) from None
        except (httpx.HTTPError, TimeoutError) as problem:
            raise lost(type(problem).__name__, repeatable=repeatable) from None
        return self._answer(response, repeatable)

    def _built(self, path: str, token: str | None, body: Mapping[str, Any] | None) -> httpx.Request:
        """Return a request as WeChat reads it: UTF-8 as it is, for \\u escapes are refused."""
        params = None if token is None else {"access_token": token}
        if body is None:
            return self._httpx.build_request("GET", path, params=params)
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"content-type": "application/json; charset=utf-8"}
        post = self._httpx.build_request
        return post("POST", path, params=params, content=content, headers=headers)

    def _answer(self, response: httpx.Response, repeatable: bool) -> dict[str, Any]:
        """Return what WeChat answered; it does so with HTTP 200, and with a code to a message."""
        try:
            answer = json.loads(response.content) if response.status_code == 200 else None
        except (ValueError, RecursionError):
            answer = None
        code = (
            answer.get("errcode", 0 if repeatable else None) if isinstance(answer, dict) else None
        )
        if not isinstance(answer, dict) or not isinstance(code, int):
            why = f"HTTP {response.status_code}, no answer of its own"
            raise lost(why, repeatable=repeatable)
        if code not in (0, wechat_errors.SENT_BEFORE):
            raise wechat_errors.problem(code, str(answer.get("errmsg", "")), self._clock())
        return answer
