"""The store: what is done is on disk, what failed left nothing, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, select, text

from storage import facts, job, stations, tickets
from storage import store as storing
from storage.cipher import decode_key
from storage.engine import Transaction, open_engine, sqlite_url
from storage.errors import Busy
from storage.stations import Station
from storage.store import Store
from storage.tables import tickets as table
from tests.conftest import KEY, NOW

AT_ONCE = 200
LATEST_ANSWER_S = 4.5
"""Four seconds, and half a second for a machine that does other things too."""


def note(words: str) -> Callable[[Transaction], int]:
    """A job that leaves a trace."""
    return lambda tx: tickets.open_ticket(tx, "feedback", NOW, words=words)


def noted(store: Store) -> list[str | None]:
    query = select(table.c.words).order_by(table.c.id)
    return list(store.read_now(lambda tx: tx.execute(query).scalars().all()))


def test_a_new_file_that_another_process_is_writing_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    soon = threading.Timer(0.3, other.execute, ["COMMIT"])
    soon.start()
    with open_engine(sqlite_url(path)).connect() as opened:
        assert opened.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    soon.join()
    other.close()


@contextlib.contextmanager
def somebody_writes(url: str) -> Iterator[None]:
    """Another program holds the lock that a writer needs; readers are let through."""
    with contextlib.ExitStack() as stack:
        if url.startswith("sqlite"):
            path = str(make_url(url).database)
            raw = stack.enter_context(contextlib.closing(sqlite3.connect(path, timeout=5)))
            raw.execute("BEGIN IMMEDIATE")
        else:
            other = stack.enter_context(psycopg.connect(url))
            other.execute("LOCK TABLE tickets IN EXCLUSIVE MODE")
        yield


@contextlib.contextmanager
def impatient() -> Iterator[None]:
    """Nobody waits for long, so that the tests need not either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "PATIENCE_S", 0.3)
        patch.setattr(storing, "PATIENCE_S", 0.3)
        yield


async def test_the_result_comes_after_the_commit(store: Store, database_url: str) -> None:
    assert await store.write(note("一")) == 1
    assert store.write_now(note("二")) == 2
    other = Store(database_url, decode_key(KEY))
    assert noted(other) == ["一", "二"]
    other.close()


async def test_who_fails_fails_alone(store: Store) -> None:
    free = threading.Event()

    def fail(tx: Transaction) -> None:
        note("半")(tx)
        raise ZeroDivisionError("mine alone")

    first = asyncio.create_task(store.write(lambda _tx: free.wait(5)))
    others: list[Awaitable[object]] = [store.write(note("前")), store.write(fail)]
    waiting = [asyncio.ensure_future(work) for work in (*others, store.write(note("后")))]
    await asyncio.sleep(0.05)
    free.set()  # on SQLite the three now share one transaction
    before, problem, after = await asyncio.gather(*waiting, return_exceptions=True)
    assert await first
    assert isinstance(problem, ZeroDivisionError)
    assert {before, after} <= {1, 2, 3}
    assert sorted(filter(None, noted(store))) == ["前", "后"]


async def test_a_time_limit_inside_a_job_is_its_own_affair(store: Store) -> None:
    def slow(_tx: Transaction) -> None:
        raise TimeoutError("something else took too long")

    kept, problem = await asyncio.gather(
        store.write(note("好")), store.write(slow), return_exceptions=True
    )
    assert kept == 1
    assert isinstance(problem, TimeoutError)
    assert noted(store) == ["好"]


async def test_two_hundred_at_once_are_all_kept(store: Store) -> None:
    ids = await asyncio.gather(*(store.write(note(str(n))) for n in range(AT_ONCE)))
    assert len(set(ids)) == AT_ONCE
    assert sorted(map(int, filter(None, noted(store)))) == list(range(AT_ONCE))


async def test_what_was_given_up_never_runs_later(store: Store, database_url: str) -> None:
    ran = []

    def work(tx: Transaction) -> None:
        note("晚了")(tx)
        ran.append(True)

    with somebody_writes(database_url), impatient():
        with pytest.raises(Busy):
            await store.write(work)
        waiting = asyncio.create_task(store.write(work))
        await asyncio.sleep(0.1)
        waiting.cancel()  # the server stops: nobody hears of the outcome
        await asyncio.wait([waiting])
    await store.write(note("一"))
    await asyncio.sleep(0.3)
    assert noted(store) == ["一"]
    if database_url.startswith("sqlite"):  # PostgreSQL may have run it, to roll it back
        assert not ran


async def test_who_walks_away_does_not_stop_the_writer(store: Store) -> None:
    free, begun = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        note("慢")(tx)
        begun.set()
        free.wait(5)

    with impatient():
        leaving = asyncio.create_task(store.write(slow))
        await asyncio.to_thread(begun.wait, 5)
        await asyncio.sleep(0.5)  # past the time for giving up
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    free.set()
    for words in ("一", "二"):
        await store.write(note(words))
    assert noted(store)[-2:] == ["一", "二"]


async def test_reading_does_not_wait_for_ever_either(store: Store, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("nothing keeps a reader of SQLite waiting")
    with psycopg.connect(database_url) as raw, impatient():
        raw.execute("LOCK TABLE stations")
        began = time.monotonic()
        reads = [store.read(stations.count) for _ in range(10)]
        problems = await asyncio.gather(*reads, return_exceptions=True)
        assert [type(problem) for problem in problems] == [Busy] * 10
        assert time.monotonic() - began < LATEST_ANSWER_S
    assert await store.read(stations.count) == 0


async def test_reading_goes_on_while_every_writer_waits(store: Store, database_url: str) -> None:
    with somebody_writes(database_url):
        writes = [asyncio.create_task(store.write(note("等"))) for _ in range(20)]
        await asyncio.sleep(0.1)
        began = time.monotonic()
        assert await asyncio.gather(*(store.read(stations.count) for _ in range(10))) == [0] * 10
        assert time.monotonic() - began < 2  # the writers wait for 3.5 s
    assert len(set(await asyncio.gather(*writes))) == 20


async def test_a_busy_neighbour_leaves_turns_to_others(store: Store, database_url: str) -> None:
    if database_url.startswith("postgresql"):
        pytest.skip("PostgreSQL keeps a queue for its locks")

    def work(tx: Transaction) -> None:
        note("忙")(tx)
        time.sleep(0.004)

    async def keep_writing(where: Store) -> int:
        ends, done = time.monotonic() + 2, 0
        while time.monotonic() < ends:
            await where.write(work)
            done += 1
        return done

    other = Store(database_url, decode_key(KEY))
    crowd = [keep_writing(store) for _ in range(20)]
    alone, *together = await asyncio.gather(keep_writing(other), *crowd)
    other.close()
    assert alone > sum(together) / 15, (alone, together)


async def test_a_lost_connection_is_busy_and_heals(store: Store, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has no connection to lose")

    def cut(tx: Transaction) -> None:
        note("断")(tx)
        number = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with psycopg.connect(database_url, autocommit=True) as raw:
            raw.execute("SELECT pg_terminate_backend(%s)", (number,))
        note("又")(tx)

    with pytest.raises(Busy):
        await store.write(cut)
    await store.write(note("好"))
    assert noted(store) == ["好"]


async def test_a_full_disk_is_busy_and_heals(store: Store, database_url: str) -> None:
    if database_url.startswith("postgresql"):
        pytest.skip("only SQLite can be told that its disk is full")

    def fill(tx: Transaction) -> None:
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        try:
            note("满" * 100_000)(tx)
        finally:
            tx.exec_driver_sql("PRAGMA max_page_count=1000000")

    with pytest.raises(Busy):
        await store.write(fill)
    await store.write(note("好"))
    assert noted(store) == ["好"]


async def test_closing_finishes_what_was_taken(store: Store, database_url: str) -> None:
    other = Store(database_url, decode_key(KEY))
    tasks = [asyncio.create_task(other.write(note(str(n)))) for n in range(50)]
    await asyncio.sleep(0)
    await asyncio.to_thread(other.close)
    assert len(set(await asyncio.gather(*tasks))) == 50
    assert len(noted(store)) == 50


def test_two_processes_meet_a_new_database_at_once(store: Store, database_url: str) -> None:
    others = [Store(database_url, decode_key(KEY)) for _ in range(4)]
    together = threading.Barrier(len(others))

    def begin(other: Store) -> None:
        together.wait(5)
        other.write_now(facts.check_key)

    with ThreadPoolExecutor(len(others)) as pool:
        list(pool.map(begin, others))
    for other in others:
        other.close()


def test_a_copy_beside_the_first_is_not_inserted(store: Store) -> None:
    station = Station(0, "示例·站", "常州市")
    assert store.write_now(lambda tx: stations.add(tx, station)) == 1
    assert store.write_now(lambda tx: stations.add(tx, station)) is None
    assert store.read_now(stations.count) == 1


def test_what_is_acknowledged_survives_a_power_cut(tmp_path: Path) -> None:
    """SQLite promises that only with these two settings."""
    opened = Store(f"sqlite:///{tmp_path / 'a.db'}", decode_key(KEY))
    with opened.engine.connect() as tx:
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2  # FULL
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    opened.close()
