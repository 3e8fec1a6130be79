"""Odd characters, markup and lengths from a follower at WeChat: each gets an answer to be shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import Guanxin
from handlers import wording as say
from storage import signups, stations
from storage.stations import Station
from storage.tables import messages, people
from tests.conftest import NOW
from tests.doubles import wechat as double
from tests.doubles.wechat import Mode, WechatPlatform
from tests.doubles.wechat_line import on_the_line, packed, says
from tests.test_graphemes import CLUSTERS

LI = "oExample_Follower-0000000003"
TO_CONFIRM = ("报名", "1", "李桂芳", "13900001234", "书法", "3", "1", "1")
MARKUP = (
    "'; DROP TABLE people; --",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "]]><MsgType>",
    "*a* _b_ `c` [d](e)",
)
ODD = (
    *CLUSTERS,
    "👨\u200d👩\u200d👧\u200d👦" * 300,
    "\u202e反过来\u2066",
    "\u200b\u200d\ufeff\u00ad",
    "e\u0301" * 3000,
    "\x7f\x85\u2028",
    "مرحبا بكم",
    "\ue415\uf8ff",
    "\U0010ffff\ufdd0",
    *MARKUP,
)


@pytest.fixture
async def platform(guanxin: Guanxin) -> AsyncIterator[WechatPlatform]:
    """An account in safe mode, behind it the whole assistant."""
    async with on_the_line(guanxin) as account:
        yield account
        assert account.odd == []


def held(guanxin: Guanxin) -> dict[str, int]:
    return guanxin.store.read_now(signups.counts)


def column(guanxin: Guanxin, wanted: Any) -> list[Any]:
    return list(guanxin.store.read_now(lambda tx: tx.execute(select(wanted)).scalars()))


@pytest.mark.parametrize("state", [(), TO_CONFIRM[:2], TO_CONFIRM[:4], TO_CONFIRM])
async def test_a_hundred_kilobytes_are_answered_at_once_and_kept_short(
    guanxin: Guanxin, platform: WechatPlatform, state: tuple[str, ...]
) -> None:
    await says(platform, LI, *state)
    platform.patience, before = 4.0, platform.deliveries
    for words in ("会书法吗？" * 7_000, "x" * 102_400):
        assert (await platform.say(LI, words) or "") not in ("", say.APOLOGY, say.BUSY)
    assert platform.deliveries == before + 2
    kept = column(guanxin, messages.c.text)
    assert max(map(len, kept)) == 2_000
    assert held(guanxin) == {}


@pytest.mark.parametrize("words", ODD, ids=lambda words: ascii(words[:8]))
async def test_odd_characters_get_an_answer_that_can_be_shown(
    guanxin: Guanxin, platform: WechatPlatform, words: str
) -> None:
    """In no form, and at every step of one."""
    for step in ("", *TO_CONFIRM):
        if step:
            await platform.say(LI, step)
        seen = await platform.say(LI, words)
        assert seen not in (None, "", say.APOLOGY, say.BUSY)
    assert set(held(guanxin)) <= {"confirmed"}
    assert "failed" not in column(guanxin, messages.c.state)


@pytest.mark.parametrize(
    ("mode", "spoiled"),
    [
        *(("safe", character) for character in "\x00\x08\x0b\x1b\ud83d\ude00\uffff"),
        *(("plain", character) for character in "\x00\x1b\ud83d\ude00\uffff"),
    ],
    ids=ascii,
)
async def test_characters_that_xml_forbids_cost_nobody_their_message(
    guanxin: Guanxin, mode: Mode, spoiled: str
) -> None:
    """Who pastes such a character sees an answer, not that the account is out of order."""
    async with on_the_line(guanxin, mode) as platform:
        push = platform.text(LI, "菜单")
        body = push.replace("菜单", f"菜{spoiled}单").encode("utf-8", "surrogatepass")
        response = await platform.deliver(*packed(platform, body))
        assert say.MENU in (platform.read(push, response) or "")
    (kept,) = column(guanxin, messages.c.text)
    assert kept == "菜单"


@pytest.mark.parametrize("markup", MARKUP)
async def test_markup_is_shown_as_it_was_written_and_does_nothing(
    guanxin: Guanxin, platform: WechatPlatform, markup: str
) -> None:
    """In a station's name, which staff enter, and in what a volunteer types at each question."""
    name = f"示例·{markup}站"
    guanxin.store.write_now(lambda tx: open_station(tx, name, 1))
    await says(platform, LI, *TO_CONFIRM[:2])
    assert await says(platform, LI, f"{markup} 李桂芳") == say.ASK_PHONE
    shown = await says(platform, LI, TO_CONFIRM[3], f"剪纸{markup}")
    listed = shown if name in shown else await says(platform, LI, "书法")
    place = next(line for line in listed.split("\n") if line.endswith(f". {name}"))
    await says(platform, LI, place.partition(".")[0], "1", "1")
    assert f"\n{name}\n" in await says(platform, LI, "1")
    assert f"  {name}\n" in await says(platform, LI, "我的")
    assert column(guanxin, people.c.name) == ["李桂芳"]


def open_station(tx: Any, name: str, shifts: int) -> list[int]:
    """Enter a station with weekly shifts; return their ids."""
    station = stations.add(tx, Station(0, name, "常州市")) or 0
    times = [NOW.replace(day=24 + number % 6, hour=8 + number // 6) for number in range(shifts)]
    return [
        stations.add_shift(tx, station, at, at.replace(minute=59), weekly=True, seats=9)
        for at in times
    ]


async def test_a_long_list_is_read_to_its_end_and_then_chosen_from(
    guanxin: Guanxin, platform: WechatPlatform
) -> None:
    await says(platform, LI, "菜单")

    def sign_up_often(tx: Any) -> None:
        for shift in open_station(tx, "示例·👨\u200d👩\u200d👧站", 40):
            signups.take_seat(tx, 1, shift, {}, NOW)

    guanxin.store.write_now(sign_up_often)
    parts = [await says(platform, LI, "我的")]
    while "回复“更多”" in parts[-1]:
        parts.append(await says(platform, LI, "更多"))
    assert len(parts) > 2
    assert all(len(part.encode()) <= double.MOST_BYTES for part in parts)
    whole = "\n".join(parts)
    for number in range(1, 41):
        assert whole.count(f"{100_000 + number} {say.STATUS_CONFIRMED}") == 1
        assert whole.count(f"{number}. 取消 {100_000 + number}") == 1
    assert "\u200d\n" not in whole
    await says(platform, LI, "40", "2")
    assert held(guanxin) == {"confirmed": 39, "cancelled": 1}
