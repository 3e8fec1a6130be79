"""The one access token that all processes share.

It is fetched once for everybody (the stable token in its normal mode; a forced renewal is for a
leak, and an operator's act). When a token is refused it is fetched once more. When that one is
refused too, everything halts for a while in every process: what is wrong then is not cured by
asking again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final, Literal, TypeVar

import structlog

from bot.channels.base import Halted, TryLater, Undelivered
from bot.channels.wechat_errors import BUSY_S
from bot.clock import Clock
from storage import leases, tokens
from storage.engine import Transaction
from storage.errors import Busy
from storage.store import Store

log = structlog.get_logger()

RENEW_BEFORE_S: Final = (600, 270)
"""Seconds before its end at which the token is fetched anew. The normal mode gives a new one only
in the last 300 seconds (page of the stable token), so it is asked again after an early try."""

LEASE_S: Final = 15.0
"""How long one process has to fetch the token; a call of the client takes less."""

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
