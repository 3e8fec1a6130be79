"""Two processes started by mistake on a database that is not there yet."""

from __future__ import annotations

from pathlib import Path

from handlers import wording as say
from tests.faults.browser import browsing
from tests.faults.server import serving


async def test_two_processes_meet_a_new_file_at_once(tmp_path: Path) -> None:
    with serving(f"sqlite:///{tmp_path / 'new.db'}", tmp_path, processes=2) as servers:
        async with browsing(servers, 2) as browsers:
            for browser in browsers:
                assert (await browser.say("我的")).text.startswith(say.MINE_NONE)
