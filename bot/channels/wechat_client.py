"""Calls to WeChat's server, and the one access token that all processes share.

The token is fetched once for everybody (the stable token in its normal mode; a forced renewal is
for a leak, and an operator's act). A call that is refused fetches it once more and is repeated
once. When that is refused too, everything halts for a while in every process: what is wrong then
is not cured by asking again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, Literal, TypeVar

import httpx
import structlog

from bot.channels import wechat_errors
from bot.channels.base import Halted, TryLater, Undelivered
from bot.channels.wechat_errors import BUSY_S, LOST_S, OverQuota, TokenRefused, lost
from storage import leases, tokens
from storage.engine import Transaction
from storage.errors import Busy
from storage.store import Store

log = structlog.get_logger()
# httpx writes whole addresses, the token among them, at INFO.
logging.getLogger("httpx").setLevel(logging.WARNING)

API_URL: Final = "https://api.weixin.qq.com"
TOKEN_PATH: Final = "/cgi-bin/stable_token"

CONNECT_S: Final = 3.0
TOTAL_S: Final = 8.0
MOST_CONNECTIONS: Final = 64
"""More than are ever sent side by side: waiting for a connection would eat the time of a call."""

RENEW_BEFORE_S: Final = (600, 270)
"""Seconds before its end at which the token is fetched anew. The normal mode gives a new one only
in the last 300 seconds (page of the stable token), so it is asked again after an early try."""

LEASE_S: Final = 15.0
"""How long one process has to fetch the token; one call takes at most TOTAL_S."""

LOOK_EVERY_S: Final = 0.25
LOOKS: Final = 80
"""Looks for what another process fetches: a little longer than its lease."""

HALT_S: Final = 1800.0
"""Seconds for which nothing is asked after a failure that only a person can cure."""

PAUSES_S: Final = (15, 30, 60, 120, 300)
"""Seconds without another try to fetch the token, after one, two, … failures in a row."""


@dataclass(frozen=True, slots=True)
class Keys:
    """By which WeChat knows the account."""

    app_id: str
    app_secret: str = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Tell one secret from another without naming it."""
        return hashlib.sha256(self.app_secret.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Stop:
    """Until when nobody asks for a token, and why; it holds for one AppSecret."""

    until: float = 0.0
    halted: bool = False
    why: str = ""
    failures: int = 0
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What the processes share: a token, which one it is, and whether it was ever accepted.

    ``doubted``: fetched because the one before was refused, and not yet used with success.
    """

    token: str = field(default="", repr=False)
    number: int = 0
    renew_at: float = 0.0
    ends_at: float = 0.0
    doubted: bool = False
    stop: Stop = Stop()


T = TypeVar("T")
Fetch = Callable[[], Awaitable[tuple[str, float]]]
Clock = Callable[[], datetime]


def machine_clock() -> datetime:
    """Return the machine's time."""
    return datetime.now(UTC)


class TokenKeeper:
    """Keeps the access token in the store, and lets one caller of one process fetch it."""

    def __init__(self, keys: Keys, store: Store, fetch: Fetch, clock: Clock) -> None:
        self._keys = keys
        self._store = store
        self._fetch = fetch
        self._clock = clock
        self._name = f"wechat:{keys.app_id}"[:40]
        self._owner = secrets.token_hex(8)
        self._lock = asyncio.Lock()
        self._kept = Grant()

    async def current(self) -> Grant:
        """Return a token that should be accepted. Raises Halted or TryLater."""
        async with self._lock:
            if self._now() >= self._kept.renew_at:
                self._kept = await self._obtain(None)
            return self._kept

    async def after_refusal(self, refused: Grant) -> Grant:
        """Return another token than the refused one. Raises Halted if it was another already."""
        async with self._lock:
            self._kept = Grant()
            self._kept = await self._obtain(refused)
            return self._kept

    async def accepted(self, grant: Grant) -> None:
        """Note that a doubted token works."""
        if not grant.doubted:
            return
        async with self._lock:
            if self._kept == grant:
                trusted = replace(grant, doubted=False)
                await self._share(lambda old: trusted if old == grant else old)
                self._kept = trusted

    async def halt(self, problem: Halted) -> None:
        """Let every process stop asking for a while."""
        async with self._lock:
            self._kept = Grant()
            await self._share(partial(self._halted, problem=problem))

    async def start_anew(self) -> None:
        """Forget the token and every stop: a person has put right what was wrong."""
        async with self._lock:
            self._kept = Grant()
            await self._share(lambda old: Grant(number=old.number))

    async def _obtain(self, refused: Grant | None) -> Grant:
        for _ in range(LOOKS):
            state, shared = await self._write(lambda tx: self._look(tx, refused))
            if state == "ready":
                return shared
            if state == "ours":
                return await self._renew(shared, refused)
            await asyncio.sleep(LOOK_EVERY_S)
        raise TryLater("another process is fetching the access token", BUSY_S)

    def _look(
        self, tx: Transaction, refused: Grant | None
    ) -> tuple[Literal["ready", "ours", "wait"], Grant]:
        """Read what is shared; take the lease where a token has to be fetched."""
        shared = _read(tokens.get(tx, self._name))
        if self._is_ready(shared, refused):
            return "ready", shared
        taken = leases.take(tx, self._name, self._owner, LEASE_S, self._clock())
        # The holder before us may have finished between our look and our lease.
        shared = _read(tokens.get(tx, self._name))
        if taken is not None and self._is_ready(shared, refused):
            leases.release(tx, self._name, self._owner)
            return "ready", shared
        return "wait" if taken is None else "ours", shared

    def _is_ready(self, shared: Grant, refused: Grant | None) -> bool:
        """Tell whether a token is there. Raises Halted or TryLater where nobody may ask now."""
        now, stop, stopped = self._now(), shared.stop, self._is_stopped(shared)
        if stopped and stop.halted:
            raise Halted(stop.why)
        other = refused is None or refused.number != shared.number
        if shared.token and other and now < (shared.ends_at if stopped else shared.renew_at):
            return True
        if stopped:
            raise TryLater(stop.why, stop.until - now, whole_channel=True)
        return False

    async def _renew(self, shared: Grant, refused: Grant | None) -> Grant:
        doubted = refused is not None or shared.doubted
        try:
            if refused is not None and shared.doubted:
                raise Halted("WeChat refuses each access token; check AppID, AppSecret and account")
            token, life = await self._fetch()
        except Halted as problem:
            await self._share(partial(self._halted, problem=problem))
            raise
        except TryLater as problem:
            paused = await self._share(partial(self._paused, problem=problem))
            if refused is None and self._now() < paused.ends_at:
                return replace(paused, renew_at=min(paused.stop.until, paused.ends_at))
            raise
        new = _granted(token, life, self._now(), shared.number + 1, doubted)
        # Frozen for longer than the lease, we come too late: what others fetched stays.
        return await self._share(lambda old: new if old.number == shared.number else old)

    def _halted(self, old: Grant, problem: Halted) -> Grant:
        if self._is_stopped(old) and old.stop.halted:
            return old
        log.error("channel halted", channel="wechat", why=str(problem), seconds=HALT_S)
        stop = self._stop(problem, HALT_S, 0)
        return replace(old, token="", renew_at=0.0, ends_at=0.0, stop=stop)

    def _paused(self, old: Grant, problem: TryLater) -> Grant:
        failures = old.stop.failures + 1
        wait = max(problem.after, PAUSES_S[min(failures, len(PAUSES_S)) - 1])
        return replace(old, stop=self._stop(problem, wait, failures))

    def _stop(self, why: Undelivered, seconds: float, failures: int) -> Stop:
        until = self._now() + seconds
        halted = isinstance(why, Halted)
        return Stop(until, halted, str(why), failures, self._keys.fingerprint)

    def _is_stopped(self, shared: Grant) -> bool:
        stop = shared.stop
        return self._now() < stop.until and stop.fingerprint == self._keys.fingerprint

    async def _share(self, change: Callable[[Grant], Grant]) -> Grant:
        """Change what is shared. Raises TryLater where it is somebody else's to change."""
        changed = await self._write(lambda tx: self._change(tx, change))
        if changed is None:
            raise TryLater("another process is at the access token", BUSY_S)
        return changed

    def _change(self, tx: Transaction, change: Callable[[Grant], Grant]) -> Grant | None:
        """Change what is shared, under the lease; None while another process holds it."""
        if leases.take(tx, self._name, self._owner, LEASE_S, self._clock()) is None:
            return None
        new = change(_read(tokens.get(tx, self._name)))
        ends = datetime.fromtimestamp(new.ends_at, UTC)
        tokens.put(tx, self._name, json.dumps(asdict(new), ensure_ascii=False), ends)
        leases.release(tx, self._name, self._owner)
        return new

    async def _write(self, work: Callable[[Transaction], T]) -> T:
        try:
            return await self._store.write(work)
        except Busy:
            raise TryLater("the database with the access token is busy", BUSY_S) from None

    def _now(self) -> float:
        return self._clock().timestamp()


def _read(kept: tokens.Token | None) -> Grant:
    """Return what was kept; what an other version wrote counts as nothing."""
    if kept is None:
        return Grant()
    try:
        values = json.loads(kept.value)
        return Grant(**{**values, "stop": Stop(**values["stop"])})
    except (KeyError, TypeError, ValueError):
        return Grant()


def _granted(token: str, life: float, now: float, number: int, doubted: bool) -> Grant:
    early = next((seconds for seconds in RENEW_BEFORE_S if life > seconds), 0)
    return Grant(token, number, now + life - early, now + life, doubted)


class WeChatClient:
    """Calls WeChat's server for one account. Close it with ``aclose``."""

    def __init__(
        self, keys: Keys, store: Store, api_url: str = API_URL, clock: Clock = machine_clock
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._keeper = TokenKeeper(keys, store, self._fetch, clock)
        self._resting: dict[str, tuple[datetime, str]] = {}
        limits = httpx.Limits(max_connections=MOST_CONNECTIONS)
        timeout = httpx.Timeout(TOTAL_S, connect=CONNECT_S)
        self._http = httpx.AsyncClient(base_url=api_url, timeout=timeout, limits=limits)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def start_anew(self) -> None:
        """Ask again although it was halted: an operator has changed something."""
        await self._keeper.start_anew()

    async def call(
        self, path: str, body: Mapping[str, Any] | None = None, *, repeatable: bool = False
    ) -> dict[str, Any]:
        """Call an interface and return what it answered. Raises Undelivered.

        ``repeatable``: doing it twice does no harm, so a lost answer means TryLater, not Uncertain.
        """
        self._check_rest(path)
        grant = await self._keeper.current()
        try:
            return await self._try(path, body, grant, repeatable)
        except TokenRefused:
            grant = await self._keeper.after_refusal(grant)
        try:
            return await self._try(path, body, grant, repeatable)
        except TokenRefused as problem:
            await self._keeper.after_refusal(grant)  # raises Halted, unless others do better
            raise TryLater(str(problem), BUSY_S) from None

    async def _try(
        self, path: str, body: Mapping[str, Any] | None, grant: Grant, repeatable: bool
    ) -> dict[str, Any]:
        try:
            answer = await self._exchange(path, grant.token, body, repeatable)
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
            answer = await self._exchange(TOKEN_PATH, None, body, True)
        except TokenRefused as problem:
            raise Halted(f"{problem}; check GUANXIN_WECHAT_APP_SECRET") from None
        token, life = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(life, int | float):
            raise lost("an answer without a token", repeatable=True)
        return token, float(life)

    async def _exchange(
        self, path: str, token: str | None, body: Mapping[str, Any] | None, repeatable: bool
    ) -> dict[str, Any]:
        """Make one call. No error of httpx gets out: its address carries the token."""
        try:
            async with asyncio.timeout(TOTAL_S):
                response = await self._http.send(self._request(path, token, body))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError):
            raise TryLater("WeChat cannot be reached", LOST_S, whole_channel=True) from None
        except (httpx.HTTPError, TimeoutError) as problem:
            raise lost(type(problem).__name__, repeatable=repeatable) from None
        return self._answer(response, repeatable)

    def _request(
        self, path: str, token: str | None, body: Mapping[str, Any] | None
    ) -> httpx.Request:
        """Return a request as WeChat reads it: UTF-8 as it is, for \\u escapes are refused."""
        params = None if token is None else {"access_token": token}
        if body is None:
            return self._http.build_request("GET", path, params=params)
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"content-type": "application/json; charset=utf-8"}
        post = self._http.build_request
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
