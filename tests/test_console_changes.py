"""Staff change things in the console: a preview first, then it is told; and the list of calls."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from bot.app import Guanxin
from handlers import wording_changes as told
from storage import calls, deliveries, signups, staff, stations
from storage.engine import Transaction
from storage.outgoing import calls as rows
from storage.tables import addresses
from storage.tables import signups as signup_rows
from tests.conftest import NOW, Clock, Say
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


# A day is held after all, more people are wanted, and who answered what.


async def test_a_day_that_is_off_is_offered_with_its_year_and_weekday(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    assert "停了的又要办" not in member.page.text
    await member.do("/console/shifts/1/change", **CANCEL, sure="yes")
    page = await member.open("/console/shifts/1/change")
    assert '<option value="2026-11-24">2026年11月24日（周二）</option>' in page
    back = {"what": "reinstate", "day": "2026-11-24"}
    await member.do("/console/shifts/1/change", **back)
    assert "11月24日（周二）16:00—17:30 这一次不停了，照常办" in member.said()
    assert sent(guanxin) == {"waiting": 1}
    await member.do("/console/shifts/1/change", **back, sure="yes")
    assert "改好了。消息会发给 1 个人。" in member.said()
    assert sent(guanxin) == {"withdrawn": 1, "waiting": 1}
    assert acts(guanxin)[-1] == ("reinstate a day", "shift 1 on 2026-11-24")
    assert "停了的又要办" not in await member.open("/console/shifts/1/change")


async def test_a_preview_shows_the_whole_text_to_its_last_choice(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    await member.do("/console/shifts/1/change", **MOVE)
    assert "1 个人看到的全文 【改时间】" in member.said()
    assert f"{told.SEAT_KEPT} {told.PLEASE_ANSWER} 1. 知道了 2. 不能来 3. 打电话" in member.said()


async def test_who_waits_moves_up_when_more_are_wanted(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    for user in ("a", "b", "c"):
        await sign_up(say, user)
    guanxin.store.write_now(lambda tx: stations.set_seats(tx, 1, 1))
    for person in (2, 3):
        guanxin.store.write_now(lambda tx, person=person: wait(tx, person))
    await member.do("/console/shifts/1/change", what="seats", seats="2")
    assert "会告诉 1 个人" in member.said()
    assert sent(guanxin) == {}
    await member.do("/console/shifts/1/change", what="seats", seats="2", sure="yes")
    assert "改好了。消息会发给 1 个人。" in member.said()
    assert "要 2 个人，已经满了" in member.said()
    assert guanxin.store.read_now(signups.counts) == {"confirmed": 2, "waiting": 1}
    answer = await member.send("/console/shifts/1/change", what="seats", seats="1", sure="yes")
    assert answer.status_code == 400
    assert "已经有 2 个人报上了，不能少于 2。没有改动。" in answer.text
    assert guanxin.store.read_now(lambda tx: stations.station_of(tx, 1, NOW))[1].seats == 2


def wait(tx: Transaction, person: int) -> None:
    mine = update(signup_rows).where(signup_rows.c.person_id == person)
    tx.execute(mine.values(status="waiting"))


@pytest.mark.parametrize("typed", ["", "x", "-1", "1.5", "99999"])
async def test_a_number_of_seats_that_is_none(member: Browser, typed: str) -> None:
    answer = await member.send("/console/shifts/1/change", what="seats", seats=typed)
    assert answer.status_code == 400
    assert words.SEATS in answer.text


async def test_staff_see_who_answered_what_and_ask_for_a_number(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    for user in ("a", "b"):
        await sign_up(say, user)
    await member.do("/console/shifts/1/change", **MOVE, sure="yes")
    await say("notice:1:ok", user="a", kind="choice")
    page = await member.open("/console/shifts/1")
    answered = member.said().split("有过的变动")[1]
    assert "王秀英 知道了 2026年11月23日（周一）" in answered
    assert "还没有回 — 等着发 139****1234" in answered
    assert "13900001234" not in page
    before = acts(guanxin)
    await member.do("/console/answers/1/phone")
    assert member.said().split("有过的变动")[1].count("13900001234") == 1
    assert acts(guanxin) == [*before, ("phone shown", "answer 1")]
    for none in ("99", "x", "0"):
        assert (await member.send(f"/console/answers/{none}/phone")).status_code == 404


async def test_a_reply_is_no_answer_whose_number_is_shown(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    row = guanxin.store.write_now(
        lambda tx: deliveries.queue(tx, deliveries.Letter("other:1", 1, 1, {}), NOW)
    )
    assert (await member.send(f"/console/answers/{row}/phone")).status_code == 404


async def test_what_was_done_is_said_once(member: Browser, say: Say) -> None:
    await sign_up(say)
    await member.do("/console/shifts/1/change", **MOVE, sure="yes")
    assert "改好了。消息会发给 1 个人。" in member.said()
    await member.open("/console/shifts/1")
    assert "改好了" not in member.said()


@pytest.mark.parametrize("planted", ["nonsense.1", "changed", "<b>x</b>.1", "changed.1234567"])
async def test_a_planted_cookie_says_nothing(member: Browser, planted: str) -> None:
    member.client.cookies.set("guanxin_done", planted, path="/console")
    page = await member.open("/console/shifts/1")
    assert member.page.status_code == 200
    assert 'id="done"' not in page
    assert "<b>x" not in page


async def test_calls_that_were_made_are_listed_the_last_first(
    guanxin: Guanxin, member: Browser, say: Say, clock: Clock
) -> None:
    await sign_up(say)
    await member.open("/console/calls/done")
    assert "还没有打过电话" in member.said()
    first, second, third = (ask_for(guanxin, cause=f"change:{n}") for n in (1, 2, 3))
    await member.open("/console/calls")
    await member.do(f"/console/calls/{second}/close", outcome="reached", note="她说能来")
    assert "记好了，这个电话从单子上拿掉了。" in member.said()
    clock.wait(minutes=5)
    guanxin.store.write_now(lambda tx: calls.spare(tx, "change:1", 1, "answered: ok", clock()))
    await member.open("/console/calls/done")
    said = member.said()
    assert said.index("自己回了：知道了") < said.index("打通了：她说能来")
    assert "139****1234" in said
    assert "13900001234" not in member.page.text
    assert "2026年11月23日（周一）" in said
    assert f"call-{third}" in await member.open("/console/calls")
    assert f"call-{first}" not in member.page.text


async def test_whom_nothing_reaches_is_not_counted_among_those_it_is_sent_to(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    guanxin.store.write_now(lambda tx: tx.execute(update(addresses).values(off="blocked")))
    await member.do("/console/shifts/1/change", **MOVE)
    assert "会告诉 1 个人：要打电话 1 人" in member.said()
    assert "改到：每周四 14:00—15:30，从11月26日起" in member.said()
    await member.do("/console/shifts/1/change", **MOVE, sure="yes")
    assert "改好了。 示例" in member.said()
