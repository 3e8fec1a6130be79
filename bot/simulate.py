"""``guanxin simulate``: conversations from JSON lines, on a clock of its own, without a network."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast, get_args

from bot import app, inside
from bot.app import Guanxin
from bot.recorder import Imagined
from handlers.message import Incoming, Kind, Reply
from storage.errors import GuanxinError

CHANNELS: Final = ("web", "terminal", "wechat", "telegram")
KINDS: Final = tuple(kind for kind in get_args(Kind) if kind != "choice")
WEEK: Final = timedelta(days=7)
"""How far ahead the moments are known at which something may be due."""

MOST: Final = timedelta(days=3660)
"""How far one line may move the clock: ten years."""


class BadLine(GuanxinError):
    """A line that cannot be played; the message says why."""


@dataclass
class SimulatedClock:
    """A clock that stands still until it is moved forward."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the simulated time."""
        return self.now

    def check(self, moment: datetime) -> None:
        """Raise BadLine for a move back, or one of more than ``MOST``."""
        if moment < self.now:
            raise BadLine(f"time cannot go back from {self.now.isoformat()}")
        if moment - self.now > MOST:
            raise BadLine(f"time moves at most {MOST.days} days at once")

    def move_to(self, moment: datetime) -> None:
        """Move forward. Raises BadLine."""
        self.check(moment)
        self.now = moment


@dataclass
class Simulation:
    """Plays one line after another. ``command`` runs words as the command line does."""

    guanxin: Guanxin
    clock: SimulatedClock
    command: Callable[[list[str]], Any]
    _runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    _run: str = field(default_factory=lambda: secrets.token_hex(8))
    _count: int = 0

    def __post_init__(self) -> None:
        self._imagined = Imagined(self.guanxin, self.clock)

    def play(self, line: bytes) -> dict[str, Any]:
        """Play one line and return what came of it; a bad line gives its error."""
        row: dict[str, Any] = {}
        replies, error = [], None
        try:
            row = _object(line)
            replies = self._play(row)
            self._runner.run(self._imagined.look_after())
        except GuanxinError as problem:
            error = str(problem)
        return _outcome(row.get("user"), replies, self._imagined.record.take(), error)

    def _play(self, row: dict[str, Any]) -> list[Reply]:
        if "at" in row:
            self._runner.run(self._move_to(_moment(row["at"])))
            return []
        if "staff" in row:
            inside.run(self.command, _text(row, "staff"), self.clock())
            self.guanxin.library.refresh()
            return []
        self._count += 1
        message = _incoming(row, f"{self._run}-{self._count}", self.clock())
        return [self._runner.run(self.guanxin.dispatcher.receive(message))]

    async def _move_to(self, moment: datetime) -> None:
        """Stop at every moment on the way at which something may be due, at least once a week."""
        self.clock.check(moment)
        while self.clock() < moment:
            await self._imagined.look_after()
            known = await self._imagined.next_moments()
            self.clock.move_to(min(moment, self.clock() + WEEK, *known))
        await app.tidy(self.guanxin.store, self.clock())

    def close(self) -> None:
        """Let go of the event loop."""
        self._runner.close()


def _object(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None
    if not isinstance(row, dict):
        raise BadLine("not a JSON object")
    return row


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise BadLine(f"not a time: {value}") from None
    if moment.tzinfo is None:
        raise BadLine(f"a time needs its zone, such as +08:00: {value}")
    return moment


def _text(row: dict[str, Any], name: str, default: str | None = None) -> str:
    value = row.get(name, default)
    if not isinstance(value, str):
        raise BadLine(f'"{name}" must be text')
    return value


def _incoming(row: dict[str, Any], next_id: str, at: datetime) -> Incoming:
    channel, user = _text(row, "channel", "web"), _text(row, "user")
    kind, name = ("choice", "choice") if "choice" in row else (_text(row, "kind", "text"), "text")
    if not user:
        raise BadLine('"user" must not be empty')
    if channel not in CHANNELS:
        raise BadLine(f'"channel" is one of {", ".join(CHANNELS)}')
    if name == "text" and kind not in KINDS:
        raise BadLine(f'"kind" is one of {", ".join(KINDS)}')
    needed = None if kind in ("text", "choice") else ""
    text, id = _text(row, name, needed), _text(row, "id", next_id)
    if kind == "location":
        text = f"{_point(row)} {text}"
    return Incoming(channel, user, text.strip(), id, at, cast(Kind, kind))


def _point(row: dict[str, Any]) -> str:
    """Return where somebody is, as channels write it; nothing where it is not given."""
    point = [row.get(name) for name in ("lat", "lon")]
    if point == [None, None]:
        return ""
    if not all(isinstance(number, int | float) for number in point):
        raise BadLine('"lat" and "lon" must be numbers')
    return ",".join(map(str, point))


def _outcome(
    user: object, replies: list[Reply], pushed: list[dict[str, Any]], error: str | None
) -> dict[str, Any]:
    shown = [
        {"text": reply.text, "choices": [choice.label for choice in reply.choices]}
        for reply in replies
        if reply.text
    ]
    return {"user": user, "replies": shown, "pushed": pushed, "error": error}
