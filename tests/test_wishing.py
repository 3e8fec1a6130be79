"""Signing up for a station by its name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.app import Guanxin
from handlers import wording as words
from storage import stations
from storage.engine import Transaction
from storage.stations import Station
from tests.conftest import NOW, Say
from tests.test_respond import sign_up

HOUR = timedelta(hours=1)


@pytest.fixture
def enter(guanxin: Guanxin) -> Callable[..., None]:
    """Enter a station, with a shift or without."""

    def entered(name: str, *, shift: bool = True) -> None:
        def work(tx: Transaction) -> None:
            new = stations.add(tx, Station(0, name, "常州市")) or 0
            if shift:
                starts = NOW + HOUR
                stations.add_shift(tx, new, starts, starts + HOUR, weekly=True, seats=2)

        guanxin.store.write_now(work)

    return entered


async def test_it_is_taken_and_only_the_time_is_asked(say: Say) -> None:
    await sign_up(say)
    reply = await say("我想报郑陆镇辅导站")
    assert reply.text.startswith("好的，给您报示例·郑陆镇校外教育辅导站。\n\n")
    assert "什么时间方便" in reply.text


async def test_a_slip_of_the_pen_still_names_it(say: Say) -> None:
    assert "郑陆镇" in (await say("我想报正陆镇辅导站")).text


async def test_of_two_with_the_name_one_is_chosen(say: Say, enter: Callable[..., None]) -> None:
    enter("示例·兰陵一村辅导站")
    enter("示例·兰陵二村辅导站")
    reply = await say("我想报兰陵辅导站")
    assert reply.text == words.STATIONS_NAMED.format(name="兰陵") + words.STATION_WHICH
    assert [choice.label for choice in reply.choices] == [
        "示例·兰陵一村辅导站",
        "示例·兰陵二村辅导站",
    ]
    assert (await say("2")).text == words.ASK_NAME


async def test_one_without_times_says_so(say: Say, enter: Callable[..., None]) -> None:
    enter("示例·兰陵街道辅导站", shift=False)
    reply = await say("我想报兰陵街道辅导站")
    assert reply.text.startswith("示例·兰陵街道辅导站眼下没有要人的时间。")
    assert len(reply.choices) == 4


async def test_many_are_not_all_shown(say: Say, enter: Callable[..., None]) -> None:
    for number in "甲乙丙":
        enter(f"示例·{number}某辅导站")
    reply = await say("我想报兰陵街道辅导站")
    assert len(reply.choices) == 6
    assert reply.text.endswith("\n还有1个站，说出地名我再找。")


async def test_where_no_station_wants_anybody(guanxin: Guanxin, say: Say) -> None:
    def close_all(tx: Transaction) -> None:
        for station in stations.open_stations(tx, NOW):
            stations.close(tx, station.id, NOW)

    guanxin.store.write_now(close_all)
    assert (await say("我想报兰陵街道辅导站")).text == words.NO_SHIFTS
