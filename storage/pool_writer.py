"""Writing to PostgreSQL: several transactions at a time, each in a thread of a pool."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Engine

from storage.engine import CONNECTIONS
from storage.job import Job, as_ours


class PoolWriter:
    """Each job in a transaction of its own, several at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(CONNECTIONS, "guanxin-write")

    def submit(self, job: Job[Any]) -> None:
        """Take a job."""
        self._threads.submit(self._run, job)

    def _run(self, job: Job[Any]) -> None:
        if job.given_up:
            return
        try:
            with self._engine.connect() as tx, tx.begin() as transaction:
                result = job.work(tx)
                if not job.claim():
                    transaction.rollback()
                    return
        except Exception as problem:
            job.done.set_exception(as_ours(problem))
        else:
            job.done.set_result(result)

    def close(self) -> None:
        """Finish what was taken, then stop."""
        self._threads.shutdown()
