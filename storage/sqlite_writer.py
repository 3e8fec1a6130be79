"""The one thread that writes to SQLite. Jobs that wait together share a commit."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from typing import Any, Final

from sqlalchemy import Engine

from storage.engine import LOOK_MS, Transaction, is_busy
from storage.errors import Busy
from storage.job import Job, as_ours

LONGEST_TRANSACTION_S: Final = 0.05
"""Seconds after which a shared transaction takes no further job, so that others get the lock."""

LEFT_TO_OTHERS: Final = 0.1
"""How long the lock is left alone, against the time that it was had: with it a second process
beside a busy one waits 0.3 s at most, without it 2.6 s and more (20 people at once in each)."""

PAUSE_S: Final = 0.002
"""Seconds between two tries for the lock, each of which lasts LOOK_MS."""


class SqliteWriter:
    """Runs jobs one after another in one thread, several in a transaction, a savepoint each."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._arriving: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._waiting: deque[Job[Any]] = deque()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="guanxin-write", daemon=True)
        self._thread.start()

    def submit(self, job: Job[Any]) -> None:
        """Take a job."""
        self._arriving.put(job)

    def close(self) -> None:
        """Finish what was taken, then stop."""
        self._arriving.put(None)
        self._thread.join()

    def _run(self) -> None:
        while self._take():
            begun: dict[Job[Any], Any] = {}
            began = time.monotonic()
            try:
                self._transaction(begun)
            except Exception as problem:
                self._failed(begun, as_ours(problem))
            else:
                for job, result in begun.items():
                    job.done.set_result(result)
                time.sleep((time.monotonic() - began) * LEFT_TO_OTHERS)

    def _take(self) -> bool:
        """Move what has arrived to what waits; block while there is nothing. False: stop."""
        while not self._closing and (not self._waiting or not self._arriving.empty()):
            job = self._arriving.get()
            if job is None:
                self._closing = True
            else:
                self._waiting.append(job)
        return bool(self._waiting)

    def _transaction(self, begun: dict[Job[Any], Any]) -> None:
        ends = time.monotonic() + LONGEST_TRANSACTION_S
        with self._engine.connect().execution_options(busy_ms=LOOK_MS) as tx, tx.begin():
            while self._waiting and time.monotonic() < ends:
                job = self._waiting.popleft()
                if job.claim():
                    self._step(tx, job, begun)

    def _step(self, tx: Transaction, job: Job[Any], begun: dict[Job[Any], Any]) -> None:
        """Run one job inside a savepoint; what it raises is its own affair, unless it is Busy."""
        begun[job] = None
        tx.exec_driver_sql("SAVEPOINT job")
        try:
            begun[job] = job.work(tx)
        except Exception as problem:
            if is_busy(problem):
                raise
            tx.exec_driver_sql("ROLLBACK TO job")
            del begun[job]
            job.done.set_exception(problem)
        tx.exec_driver_sql("RELEASE job")

    def _failed(self, begun: dict[Job[Any], Any], problem: Exception) -> None:
        """Tell the jobs of a lost transaction. The lock was not had: the others wait on."""
        for job in begun:
            job.done.set_exception(problem)
        if not isinstance(problem, Busy):
            while self._waiting:
                self._waiting.popleft().done.set_exception(problem)
        time.sleep(PAUSE_S)
        self._waiting = deque(job for job in self._waiting if not job.given_up)
