"""One piece of work for the database, and how long somebody waits for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Generic, TypeVar

from storage.engine import Transaction, is_busy
from storage.errors import Busy

T = TypeVar("T")
Work = Callable[[Transaction], T]

PATIENCE_S: Final = 3.5
"""Seconds after which work that was not done is given up: a person must hear within 4."""


class Job(Generic[T]):
    """One piece of work and whether anybody still waits for it.

    Either the writer claims it, or the waiting side gives it up: never both.
    """

    def __init__(self, work: Work[T]) -> None:
        self.work = work
        self.done: Future[T] = Future()
        self.done.set_running_or_notify_cancel()  # whoever stops waiting cannot cancel it
        self._lock = threading.Lock()
        self._claimed = False
        self.given_up = False

    def claim(self) -> bool:
        """Take the job past the point of giving up. False: it was given up."""
        with self._lock:
            self._claimed = not self.given_up
            return self._claimed

    def give_up(self) -> bool:
        """Stop waiting, so that nothing is recorded. False: too late, the outcome is near."""
        with self._lock:
            self.given_up = not self._claimed
            return self.given_up

    def result(self) -> T:
        """Wait for the outcome. Raises Busy after PATIENCE_S."""
        try:
            return self.done.result(PATIENCE_S)
        except TimeoutError:
            if self.give_up():
                raise Busy("the database could not be written in time") from None
            return self.done.result()

    async def outcome(self) -> T:
        """Wait for the outcome without blocking. Raises Busy after PATIENCE_S."""
        waiting = asyncio.wrap_future(self.done)
        try:
            await asyncio.wait([waiting], timeout=PATIENCE_S)
        except asyncio.CancelledError:
            self.give_up()
            raise
        if not waiting.done() and self.give_up():
            waiting.cancel()
            raise Busy("the database could not be written in time")
        return await waiting


def as_ours(problem: Exception) -> Exception:
    """Return Busy for a database that cannot be used now, anything else unchanged."""
    if is_busy(problem):
        return Busy(str(problem))
    return problem
