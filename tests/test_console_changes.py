"""Staff change things in the console: a preview first, then it is told; and the list of calls."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.app import Guanxin
from storage import calls, deliveries, signups, staff, stations
from storage.engine import Transaction
from storage.outgoing import calls as rows
from tests.conftest import NOW, Say
from tests.console import Browser, browser, enter
from tests.test_respond import sign_up
from web import wording_changes as words

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7*7 }}'
OFF = "11月24日（周二）16:00—17:30 这一次不办了"
CANCEL = {"what": "cancel", "day": "2026-11-24"}
MOVE = {"what": "move", "day": "", "to": "2026-11-26", "starts": "14:00", "ends": "15:30"}
CLOSE = {"what": "close"}


@pytest.fixture
async def member(guanxin: Guanxin) -> AsyncIterator[Browser]:
    """A member of staff who is logged in, at the page of the first shift."""
    enter(guanxin, "李老师", "staff")
    async with browser(guanxin) as opened:
        await opened.log_in("李老师")
        await opened.open("/console/shifts/1/change")
        yield opened


def sent(guanxin: Guanxin) -> dict[str, int]:
    return guanxin.store.read_now(deliveries.counts)


def is_open(guanxin: Guanxin, shift: int = 1) -> bool:
    return guanxin.store.read_now(lambda tx: stations.shift(tx, shift, NOW)) is not None


def acts(guanxin: Guanxin) -> list[tuple[str, str]]:
    recorded = guanxin.store.read_now(staff.recorded)
    return [(act, thing) for actor, act, thing in recorded if actor == "staff 1"]


@pytest.mark.parametrize(
    ("form", "says", "act"),
    [
        (
            CANCEL,
            "11月24日（周二）16:00—17:30 这一次不办了",
            ("cancel a day", "shift 1 on 2026-11-24"),
        ),
        (MOVE, "改到：每周四 14:00—15:30，从11月26日起", ("move", "shift 1")),
        (
            MOVE | {"day": "2026-11-24"},
            "改到：11月26日（周四）14:00—15:30",
            ("move a day", "shift 1 on 2026-11-24"),
        ),
        (CLOSE, "每周二 16:00—17:30 不再办了", ("close", "shift 1")),
    ],
)
async def test_a_preview_says_who_is_told_what_and_changes_nothing_before_it_is_confirmed(
    guanxin: Guanxin,
    member: Browser,
    say: Say,
    form: dict[str, str],
    says: str,
    act: tuple[str, str],
) -> None:
    await sign_up(say)
    before = acts(guanxin)
    preview = await member.do("/console/shifts/1/change", **form, because="老师开会")
    for shown in ("会告诉 1 个人：网页 1 人", "王秀英", says, "原因：老师开会"):
        assert shown in member.said()
    assert 'name="sure" value="yes"' in preview
    assert sent(guanxin) == {}
    assert acts(guanxin) == before
    await member.do("/console/shifts/1/change", **form, because="老师开会", sure="yes")
    assert sent(guanxin) == {"waiting": 1}
    assert "告诉了 1 个人：还没有回 1" in member.said()
    assert says in member.said()
    assert acts(guanxin) == [*before, act]


async def test_answers_are_counted_on_the_page_of_the_shift(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    for user in ("a", "b", "c"):
        await sign_up(say, user)
    await member.do("/console/shifts/1/change", **MOVE, sure="yes")
    await say("notice:1:ok", user="a", kind="choice")
    await say("notice:1:cannot", user="b", kind="choice")
    await member.open("/console/shifts/1")
    assert "告诉了 3 个人：知道了 1，不能来 1，还没有回 1" in member.said()


async def test_sent_twice_is_done_once(guanxin: Guanxin, member: Browser, say: Say) -> None:
    await sign_up(say)
    for form in (CANCEL, MOVE):
        first = await member.send("/console/shifts/1/change", **form, sure="yes")
        assert first.status_code == 303
        second = await member.send("/console/shifts/1/change", **form, sure="yes")
        assert second.status_code == 400
    assert sent(guanxin) == {"waiting": 2}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, words.WHAT),
        ({"what": "nonsense"}, words.WHAT),
        ({"what": "cancel"}, words.DAY),
        ({"what": "cancel", "day": "2026-11-25"}, "那一天本来就没有这个时段"),
        (MOVE | {"to": "bald"}, words.TIME),
        (MOVE | {"ends": "25:00"}, words.TIME),
        (MOVE | {"ends": "13:00"}, "结束要晚于开始"),
        (MOVE | {"to": "2026-11-22"}, "新的时间已经过去了"),
    ],
)
async def test_what_cannot_be_done_is_said_and_what_was_typed_stays(
    guanxin: Guanxin, member: Browser, form: dict[str, str], sentence: str
) -> None:
    answer = await member.send("/console/shifts/1/change", **form, because="开会")
    assert answer.status_code == 400
    assert sentence in answer.text
    assert 'value="开会"' in answer.text
    assert sent(guanxin) == {}


async def test_a_reason_is_shown_as_it_was_typed(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    for sure in ("", "yes"):
        page = await member.do("/console/shifts/1/change", **CANCEL, because=EVIL, sure=sure)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert EVIL in member.said()
    guanxin.store.write_now(lambda tx: calls.ask_for(tx, "x", 1, "asked", EVIL, NOW))
    assert "<script>alert" not in await member.open("/console/calls")
    assert EVIL in member.said()


async def test_a_station_is_closed_after_a_preview(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    await member.open("/console/stations/1/close")
    await member.do("/console/stations/1/close", because="搬迁")
    assert "会告诉 1 个人" in member.said()
    assert is_open(guanxin)
    await member.do("/console/stations/1/close", because="搬迁", sure="yes")
    assert not is_open(guanxin)
    assert guanxin.store.read_now(signups.counts) == {"cancelled": 1}
    answer = await member.send("/console/stations/1/close", sure="yes")
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/console/shifts/99/change", "/console/stations/99/close"])
async def test_what_is_not_there_is_404(member: Browser, path: str) -> None:
    assert (await member.client.get(path)).status_code == 404
    assert (await member.send(path, **CLOSE)).status_code == 404


async def test_nobody_changes_anything_who_is_not_logged_in(guanxin: Guanxin) -> None:
    async with browser(guanxin) as stranger:
        await stranger.open("/console/login")
        for path in ("/console/shifts/1/change", "/console/calls/1/close"):
            answer = await stranger.send(path, **CLOSE, sure="yes")
            assert answer.status_code == 401
    assert is_open(guanxin)


# Calls.


def ask_for(guanxin: Guanxin, person: int = 1, cause: str = "change:1") -> int:
    call = guanxin.store.write_now(
        lambda tx: calls.ask_for(tx, cause, person, "no answer", "【改时间】改到周五", NOW)
    )
    assert call
    return call


async def test_a_number_is_shown_in_full_when_asked_for_and_that_is_recorded(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    call = ask_for(guanxin)
    await member.open("/console/calls")
    for shown in ("王秀英", "三个小时没有回", "【改时间】改到周五", "139****1234"):
        assert shown in member.said()
    assert "13900001234" not in member.said()
    await member.do(f"/console/calls/{call}/phone")
    assert "13900001234" in member.said()
    assert acts(guanxin)[-1] == ("phone shown", f"call {call}")


@pytest.mark.parametrize(
    ("outcome", "note", "kept"),
    [("reached", "", "打通了"), ("missed", "没人接", "没打通：没人接")],
)
async def test_what_came_of_a_call_is_kept(
    guanxin: Guanxin, member: Browser, say: Say, outcome: str, note: str, kept: str
) -> None:
    await sign_up(say)
    call = ask_for(guanxin)
    await member.open("/console/calls")
    await member.do(f"/console/calls/{call}/close", outcome=outcome, note=note)
    assert "现在没有要打的电话" in member.said()
    assert acts(guanxin)[-1] == ("call close", f"call {call}")
    assert guanxin.store.read_now(lambda tx: outcome_of(tx, call)) == kept
    assert (await member.send(f"/console/calls/{call}/close", outcome=outcome)).status_code == 404


def outcome_of(tx: Transaction, call: int) -> str:
    found = select(rows.c.outcome).where(rows.c.id == call)
    return str(tx.execute(found).scalar_one())


@pytest.mark.parametrize("form", [{}, {"outcome": "x"}, {"outcome": "reached", "note": "长" * 201}])
async def test_an_outcome_that_is_none_leaves_the_call(
    guanxin: Guanxin, member: Browser, say: Say, form: dict[str, str]
) -> None:
    await sign_up(say)
    call = ask_for(guanxin)
    await member.open("/console/calls")
    assert (await member.send(f"/console/calls/{call}/close", **form)).status_code == 400
    assert "13900001234" not in member.said()
    assert len(guanxin.store.read_now(calls.open_calls)) == 1
    assert (await member.send("/console/calls/99/phone")).status_code == 404
