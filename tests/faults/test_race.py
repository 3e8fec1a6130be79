"""Twenty people, one seat, two processes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage.store import Store
from tests.faults.browser import browsing
from tests.faults.checks import assert_nothing_lost, standing
from tests.faults.conftest import open_station
from tests.faults.server import serving

CROWD = 20


async def test_twenty_people_race_for_one_seat(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    open_station(store, "示例·一座站", shifts=1, seats=1)
    with serving(database_url, tmp_path, processes=2) as servers:
        async with browsing(servers, CROWD) as browsers:
            await asyncio.gather(*(browser.fill_in() for browser in browsers))
            answers = await asyncio.gather(*(browser.say("1") for browser in browsers))
    by_number = {answer.text.partition("报名编号：")[2][:6]: answer.text for answer in answers}
    assert len(by_number) == CROWD
    first, *others = (by_number[number] for number in sorted(by_number))
    assert "报名成功" in first
    for place, text in enumerate(others, 1):
        assert "报名成功" not in text
        assert f"候补第 {place} 位" in text
    (line,) = standing(store).values()
    assert [status for _, _, status in line] == ["confirmed"] + ["waiting"] * (CROWD - 1)
    assert len({person for _, person, _ in line}) == CROWD
    assert_nothing_lost(store, browsers)
