"""The store: work goes in, runs inside one transaction, and is done when the commit is done.

SQLite has one writer thread; what waits shares a commit, a savepoint each. PostgreSQL has a pool.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from storage.cipher import Cipher
from storage.columns import give_cipher
from storage.engine import READERS, open_engine
from storage.errors import Busy
from storage.job import PATIENCE_S, Job, Work, as_ours
from storage.pool_writer import PoolWriter
from storage.sqlite_writer import SqliteWriter

T = TypeVar("T")


class Writer(Protocol):
    """Runs jobs, each inside a transaction."""

    def submit(self, job: Job[Any]) -> None:
        """Take a job; its future tells what came of it."""

    def close(self) -> None:
        """Finish what was taken, then stop."""


class Store:
    """A database, open."""

    def __init__(self, url: str, key: bytes) -> None:
        self.engine = open_engine(url)
        self.cipher = Cipher(key)
        give_cipher(self.engine, self.cipher)
        is_sqlite = self.engine.dialect.name == "sqlite"
        self._writer: Writer = SqliteWriter(self.engine) if is_sqlite else PoolWriter(self.engine)
        self._readers = ThreadPoolExecutor(READERS, "guanxin-read")

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in a transaction and return its result after the commit.

        Raises Busy, or what ``work`` raised, after rolling it back.
        """
        return await self._submitted(work).outcome()

    def write_now(self, work: Work[T]) -> T:
        """Do what ``write`` does, for callers without an event loop."""
        return self._submitted(work).result()

    def _submitted(self, work: Work[T]) -> Job[T]:
        job = Job(work)
        self._writer.submit(job)
        return job

    async def read(self, work: Work[T]) -> T:
        """Run ``work``, which only reads, beside the writer. Raises Busy after PATIENCE_S."""
        reading = asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, work)
        try:
            return await asyncio.wait_for(reading, PATIENCE_S)
        except TimeoutError:
            raise Busy("the database could not be read in time") from None

    def read_now(self, work: Work[T]) -> T:
        """Do what ``read`` does, in the calling thread."""
        try:
            with self.engine.connect().execution_options(reading=True) as tx, tx.begin():
                return work(tx)
        except Exception as problem:
            raise as_ours(problem) from problem

    def close(self) -> None:
        """Finish what was taken and close every connection."""
        self._writer.close()
        self._readers.shutdown()
        self.engine.dispose()
