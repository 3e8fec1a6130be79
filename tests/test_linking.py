"""One person on two doors, and what stays of somebody who leaves."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from bot.app import Guanxin
from handlers import wording as words
from storage import signups, staff, tables, tickets
from tests.conftest import Clock, Say
from tests.test_respond import sign_up


async def code_of(say: Say, user: str, channel: str = "web") -> str:
    given = await say("绑定", user=user, channel=channel)
    found = re.search(r"\d{6}", given.text)
    assert found
    return found[0]


async def test_a_code_from_one_door_opens_the_other(guanxin: Guanxin, say: Say) -> None:
    await sign_up(say, "page")
    code = await code_of(say, "page")
    assert (await say(f"绑定 {code}", user="phone", channel="wechat")).text == words.LINKED
    assert "100001" in (await say("我的", user="phone", channel="wechat")).text
    assert "100001" in (await say("我的", user="page")).text


async def test_both_keep_what_they_had(guanxin: Guanxin, say: Say) -> None:
    await sign_up(say, "page")
    for line in ("报名结对", "我叫王秀英 电话13900001234", "书法", "1", "2", "1", "1"):
        await say(line, user="phone", channel="telegram")
    code = await code_of(say, "page")
    await say(f"绑定{code}", user="phone", channel="telegram")
    assert len((await say("我的", user="page")).choices) == 2


async def test_a_place_held_twice_becomes_one_and_frees_the_other(
    guanxin: Guanxin, say: Say
) -> None:
    await sign_up(say, "page")
    await sign_up(say, "phone")
    code = await code_of(say, "page")
    await say(f"绑定{code}", user="phone")
    assert guanxin.store.read_now(signups.counts) == {"confirmed": 1, "cancelled": 1}
    assert len((await say("我的", user="phone")).choices) == 1


async def test_a_code_is_used_up_and_ends_after_ten_minutes(
    say: Say, business_clock: Clock
) -> None:
    code = await code_of(say, "a")
    await say(f"绑定{code}", user="b")
    assert (await say(f"绑定{code}", user="c")).text == words.LINK_WRONG
    late = await code_of(say, "a")
    business_clock.wait(minutes=10)
    assert (await say(f"绑定{late}", user="d")).text == words.LINK_WRONG


async def test_five_wrong_codes_call_staff(guanxin: Guanxin, say: Say) -> None:
    code = await code_of(say, "a")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    replies = [(await say(f"绑定{wrong}", user="thief")).text for _ in range(5)]
    assert replies == [words.LINK_WRONG] * 4 + [words.LINK_LOCKED]
    assert (await say(f"绑定{code}", user="thief")).text == words.LINK_LOCKED
    assert guanxin.store.read_now(tickets.waiting)["human"] >= 1


async def test_a_code_on_the_same_door_says_where_it_belongs(say: Say) -> None:
    code = await code_of(say, "a")
    assert (await say(f"绑定{code}", user="a")).text == words.LINK_SAME


async def test_only_the_blind_index_of_a_code_is_kept(guanxin: Guanxin, say: Say) -> None:
    code = await code_of(say, "a")
    kept = guanxin.store.read_now(lambda tx: tx.execute(select(tables.links.c.code_index)).scalar())
    assert kept
    assert code not in kept


async def test_unfollowing_on_wechat_deletes_and_a_return_starts_clean(
    guanxin: Guanxin, say: Say
) -> None:
    for line in ("报名辅导站", "我叫王秀英 电话13900001234", "书法", "河海", "1", "1", "1"):
        await say(line, channel="wechat")
    await say("", kind="leave", channel="wechat")

    def people_left(tx: object) -> int:
        return int(tx.execute(select(func.count()).select_from(tables.people)).scalar_one())  # type: ignore[attr-defined]

    assert guanxin.store.read_now(people_left) == 0
    assert guanxin.store.read_now(signups.counts) == {}
    recorded = guanxin.store.read_now(staff.recorded)
    assert [act for _, act, _ in recorded if act == "delete"] == ["delete"]
    await say("", kind="follow", channel="wechat")
    assert (await say("我的", channel="wechat")).text.startswith(words.MINE_NONE)
    assert (await say("报名辅导站", channel="wechat")).text == words.ASK_NAME


async def test_a_seat_of_somebody_who_left_goes_to_the_next_in_line(
    guanxin: Guanxin, say: Say
) -> None:
    def one_seat(tx: object) -> None:
        tx.execute(tables.shifts.update().values(seats=1))  # type: ignore[attr-defined]

    guanxin.store.write_now(one_seat)
    for user in ("first", "second"):
        for line in ("报名辅导站", "我叫王秀英 电话13900001234", "书法", "河海", "1", "1", "1"):
            await say(line, user=user, channel="wechat")
    await say("", kind="leave", channel="wechat", user="first")
    assert guanxin.store.read_now(signups.counts) == {"confirmed": 1}


async def test_leaving_one_of_two_doors_keeps_the_person(guanxin: Guanxin, say: Say) -> None:
    await sign_up(say, "page")
    code = await code_of(say, "page")
    await say(f"绑定{code}", user="phone", channel="wechat")
    await say("", kind="leave", user="phone", channel="wechat")
    assert "100001" in (await say("我的", user="page")).text


async def test_a_location_lists_the_nearest_stations(say: Say) -> None:
    reply = await say("31.82,119.97 常州市示例路", kind="location")
    assert reply.text.startswith(words.STATION_NEAREST)
    places = re.findall(r"示例·(\S+?)（约([\d.]+)公里）", reply.text)
    assert [place for place, _ in places] == [
        "河海社区校外教育辅导站",
        "郑陆镇校外教育辅导站",
        "崇川校外教育辅导站",
    ]
    assert 0.8 < float(places[0][1]) < 1.1


@pytest.mark.parametrize("place", ["999,999 x", "abc", "nan,nan 河海", "1,2,3"])
async def test_an_impossible_location_lists_all_stations(say: Say, place: str) -> None:
    assert words.STATIONS in (await say(place, kind="location")).text


async def test_a_scanned_station_opens_its_form(say: Say) -> None:
    shown = await say("station-1", kind="follow", channel="wechat")
    assert "示例·河海社区" in shown.text
    await say(shown.choices[0].data, kind="choice", channel="wechat")
    await say("我叫王秀英 电话13900001234", channel="wechat")
    asked = await say("书法", channel="wechat")
    assert asked.text == words.ASK_SHIFT.format(station="示例·河海社区校外教育辅导站")


async def test_an_unknown_scene_lists_the_stations(say: Say) -> None:
    assert words.STATIONS in (await say("scene:station-99", kind="choice")).text
    assert "关心" in (await say("nonsense", kind="follow")).text
