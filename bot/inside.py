"""A command of staff that is run inside ``guanxin simulate``."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog

from bot import clock, doors
from bot.settings import Settings
from handlers.outbox import Outbox
from storage.errors import GuanxinError

log = structlog.get_logger()

NEVER_ENDING: Final = ("serve", "talk", "simulate")


_simulated: ContextVar[datetime | None] = ContextVar("simulated", default=None)


def outbox(chosen: Settings) -> Outbox:
    """Return the way out for a command: the real one, or the one that ``simulate`` imagines.

    Raises SettingsError.
    """
    now = _simulated.get()
    if now is None:
        return Outbox(doors.reach(chosen), clock.system)
    return Outbox(doors.imagined(chosen), lambda: now)


class CannotRun(GuanxinError):
    """A command that failed, or that cannot be run here."""


def run(command: Callable[[list[str]], Any], words: str, now: datetime) -> None:
    """Run a command of staff at the simulated time; all that it prints goes to stderr.

    Raises CannotRun with the sentence that it failed with.
    """
    split = _words(words)
    printed = io.StringIO()
    status: object = 0
    with _inside(printed, now):
        try:
            command(split)
        except SystemExit as ended:
            status = ended.code
        except Exception as problem:
            log.exception("failed")
            raise CannotRun(f"guanxin {words}: {problem}") from None
    sys.stderr.write(printed.getvalue())
    if status:
        *_, sentence = printed.getvalue().strip().splitlines() or [f"exit status {status}"]
        raise CannotRun(f"guanxin {words}: {sentence}")


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as problem:
        raise CannotRun(f"{command}: {problem}") from None
    if not words or words[0] in NEVER_ENDING:
        raise CannotRun(f'"staff" is a command of guanxin, but none of {", ".join(NEVER_ENDING)}')
    return words


@contextlib.contextmanager
def _inside(printed: io.StringIO, now: datetime) -> Iterator[None]:
    """Give a command its output, its time and an empty input."""
    before = os.environ.get("GUANXIN_NOW"), sys.stdin
    os.environ["GUANXIN_NOW"] = now.isoformat()
    simulated = _simulated.set(now)
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        Path(os.devnull).open() as sys.stdin,
    ):
        try:
            yield
        finally:
            _simulated.reset(simulated)
            _put_back(*before)


def _put_back(now: str | None, stdin: Any) -> None:
    sys.stdin = stdin
    if now is None:
        del os.environ["GUANXIN_NOW"]
    else:
        os.environ["GUANXIN_NOW"] = now
