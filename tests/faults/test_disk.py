"""The disk is full: sign-ups are refused and never said to have succeeded; space heals it."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handlers import wording as say
from storage import schema
from storage.cipher import decode_key
from storage.store import Store
from tests.conftest import KEY
from tests.faults.browser import ANSWER_S, Browser, browsing
from tests.faults.checks import assert_nothing_lost, inbox, standing
from tests.faults.conftest import open_station
from tests.faults.server import Server, serving

CROWD = 5
FULL_S = 5
DISK = "size=8m"

Filling = Callable[[Server, Path], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def _filled(_server: Server, folder: Path) -> Iterator[None]:
    """Write a file until nothing more fits, and delete it again."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert shutil.disk_usage(folder).free == 0
    yield
    filler.unlink()


@contextlib.contextmanager
def _limited(server: Server, folder: Path) -> Iterator[None]:
    """Let no file of the server grow beyond the longest of the database."""
    longest = max(file.stat().st_size for file in folder.glob("guanxin.db*"))
    assert server.process is not None
    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (longest, before[1]))
    yield
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)


@pytest.fixture(params=[_filled, _limited], ids=["tmpfs", "ulimit"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Filling]]:
    """A folder, and what fills it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param is not _filled:
        yield folder, request.param
        return
    mount = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(folder)]
    refused = subprocess.run(mount, capture_output=True, text=True, check=False)
    if refused.returncode:
        pytest.skip(f"no disk can be mounted here: {refused.stderr.strip()}")
    yield folder, request.param
    subprocess.run(["umount", str(folder)], check=True)


async def _insist(browser: Browser) -> None:
    """Confirm again and again: it is refused in time, and the page can still be read."""
    id, ends = uuid.uuid4().hex, time.monotonic() + FULL_S
    while time.monotonic() < ends:
        answer = await browser.once(id, "1")
        assert answer is not None
        assert answer.text == say.BUSY
        assert answer.seconds < ANSWER_S
        assert say.RIGHT in await browser.open()
        await asyncio.sleep(0.2)


async def test_a_full_disk_refuses_and_heals(disk: tuple[Path, Filling], tmp_path: Path) -> None:
    folder, fill = disk
    url = f"sqlite:///{folder / 'guanxin.db'}"
    store = Store(url, decode_key(KEY))
    schema.migrate(store.engine)
    open_station(store, "示例·站", shifts=1, seats=CROWD)
    try:
        with serving(url, tmp_path) as (server,):
            async with browsing([server], CROWD) as browsers:
                await asyncio.gather(*(browser.fill_in() for browser in browsers))
                before = inbox(store)
                with fill(server, folder):
                    await asyncio.gather(*(_insist(browser) for browser in browsers))
                    assert inbox(store) == before
                    assert standing(store) == {}
                answers = await asyncio.gather(*(browser.say("1") for browser in browsers))
                assert all("报名成功" in answer.text for answer in answers)
        assert_nothing_lost(store, browsers)
        assert len(standing(store)[1]) == CROWD
    finally:
        store.close()
