"""The pages of the console: what staff see, enter and close, and what is written down of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.app import Guanxin
from handlers import wording
from handlers import wording_staff as words
from handlers.timewords import SHANGHAI
from storage import calls, rosters, staff, stations, tables, tickets
from storage.engine import Transaction
from tests.conftest import NOW, Clock, Say
from tests.console import Browser, browser, enter
from tests.test_respond import sign_up
from web import wording_console as sentences
from web.console import shown

EVIL = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>{{ 1234*5678 }}' OR 1=1 --"
STATION = {"name": "和平社区校外教育辅导站", "region": "常州市"}
SHIFT = {"repeats": "weekly", "weekday": "2", "day": "", "starts": "16:00", "ends": "17:30"}
SHIFT |= {"seats": "5"}


@pytest.fixture
async def member(guanxin: Guanxin) -> AsyncIterator[Browser]:
    """An administrator who is logged in, at the first page."""
    enter(guanxin)
    async with browser(guanxin) as opened:
        await opened.log_in()
        await opened.open("/console/")
        yield opened


@pytest.fixture
async def helper(guanxin: Guanxin) -> AsyncIterator[Browser]:
    """A member of staff who is no administrator."""
    enter(guanxin, "李老师", "staff")
    async with browser(guanxin) as opened:
        await opened.log_in("李老师")
        await opened.open("/console/")
        yield opened


def recorded(guanxin: Guanxin) -> list[tuple[str, str, str]]:
    return guanxin.store.read_now(staff.recorded)


def station_named(guanxin: Guanxin, name: str) -> stations.Station:
    every = guanxin.store.read_now(lambda tx: stations.open_stations(tx, guanxin.clock()))
    (found,) = [one for one in every if one.name == name]
    return found


async def test_the_first_page_counts_what_waits(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)

    def waits(tx: Transaction) -> None:
        tickets.open_ticket(tx, "danger", NOW, person_id=1, words="有人要打我")
        tickets.open_ticket(tx, "unanswered", NOW, words="红烧肉怎么烧")
        calls.ask_for(tx, "change:1", 1, "unreachable", "改到周五", NOW)

    guanxin.store.write_now(waits)
    await member.open("/console/")
    for tile in ("1 危险，请马上看", "1 没答上的问题", "0 意见", "1 要打的电话", "1 今天新报名"):
        assert tile in member.said()
    assert "打我" not in member.page.text


async def test_only_the_sign_ups_of_today_are_new(
    guanxin: Guanxin, member: Browser, say: Say, business_clock: Clock
) -> None:
    await sign_up(say)
    business_clock.now = datetime(2026, 11, 23, 23, 59, tzinfo=SHANGHAI)
    await member.open("/console/")
    assert "1 今天新报名" in member.said()
    business_clock.wait(minutes=1)
    await member.open("/console/")
    assert "0 今天新报名" in member.said()


async def test_a_station_is_entered_and_found_in_the_chat(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await member.open("/console/stations/new")
    typed = {"location": "和平路12号", "phone": "0519 8000 0002", "subjects": "书法，数学 阅读"}
    await member.do("/console/stations/new", **STATION, **typed)
    assert "书法、数学、阅读" in member.said()
    new = station_named(guanxin, STATION["name"])
    assert (new.region, new.location, new.phone) == ("常州市", "和平路12号", "0519-80000002")
    assert ("staff 1", "station add", f"station {new.id}") in recorded(guanxin)
    assert "和平路12号" in (await say("和平社区的辅导站在哪里")).text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", sentences.STATION_NAME),
        ("region", " ", sentences.STATION_REGION),
        ("name", "站" * 61, sentences.TOO_LONG.format(most=60)),
        ("location", "路" * 121, sentences.TOO_LONG.format(most=120)),
        ("phone", "12345", sentences.STATION_PHONE),
        ("name", "示例·河海社区校外教育辅导站", sentences.STATION_TAKEN),
    ],
)
async def test_what_is_wrong_with_a_station_is_said_and_the_rest_stays(
    guanxin: Guanxin, member: Browser, field: str, typed: str, sentence: str
) -> None:
    await member.open("/console/stations/new")
    fields = {**STATION, "location": "和平路12号", field: typed}
    answer = await member.send("/console/stations/new", **fields)
    assert answer.status_code == 400
    assert f"请改：{sentence}" in member.said()
    kept = re.findall(r'<input id="(\w+)" .*?value="([^"]*)"', answer.text)
    assert dict(kept) == {**fields, "phone": fields.get("phone", ""), "subjects": ""} | {
        field: typed.strip()
    }
    assert recorded(guanxin)[-1][1] != "station add"


async def test_a_station_is_changed_and_keeps_its_place_on_the_map(
    guanxin: Guanxin, member: Browser
) -> None:
    before = station_named(guanxin, "示例·河海社区校外教育辅导站")
    path = f"/console/stations/{before.id}/edit"
    await member.open(path)
    assert 'value="示例路1号"' in member.page.text
    await member.do(path, name="河海站", region="常州市", location="", phone="", subjects="")
    after = station_named(guanxin, "河海站")
    assert (after.location, after.phone, after.subjects) == (None, None, None)
    assert (after.latitude, after.longitude) == (before.latitude, before.longitude)
    assert len(after.shifts) == len(before.shifts)
    assert ("staff 1", "station change", f"station {before.id}") in recorded(guanxin)


async def test_a_station_cannot_take_the_name_of_another(guanxin: Guanxin, member: Browser) -> None:
    await member.open("/console/stations/1/edit")
    other = "示例·郑陆镇校外教育辅导站"
    answer = await member.send("/console/stations/1/edit", name=other, region="常州市")
    assert (answer.status_code, sentences.STATION_TAKEN in answer.text) == (400, True)
    station_named(guanxin, other)


async def test_a_weekly_shift_is_entered_once_and_can_be_signed_up_for(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await member.open("/console/stations/new")
    await member.do("/console/stations/new", **STATION)
    place = station_named(guanxin, STATION["name"])
    path = f"/console/stations/{place.id}/shifts/new"
    await member.open(path)
    shown = await member.do(path, **SHIFT)
    assert "每周三 16:00—17:30" in shown
    (shift,) = station_named(guanxin, STATION["name"]).shifts
    assert shift.starts == datetime(2026, 11, 25, 16, 0, tzinfo=SHANGHAI)
    assert shift.ends == datetime(2026, 11, 25, 17, 30, tzinfo=SHANGHAI)
    assert (shift.weekly, shift.seats, shift.free) == (True, 5, 5)
    await member.open(path)
    again = await member.send(path, **SHIFT)
    assert (again.status_code, wording_of(again.text)) == (400, [sentences.SHIFT_TAKEN])
    assert [act for _, act, _ in recorded(guanxin)].count("shift add") == 1
    for line in ("报名辅导站", "我叫王秀英 电话13900001234", "书法", "和平", "1", "1", "1"):
        confirmed = await say(line)
    assert "报名成功" in confirmed.text


def wording_of(page: str) -> list[str]:
    return re.findall(r'class="problem"[^>]*>请改：([^<]+)<', page)


async def test_a_shift_on_one_day(guanxin: Guanxin, member: Browser) -> None:
    await member.open("/console/stations/1/shifts/new")
    once = {**SHIFT, "repeats": "once", "day": "2027-04-07"}
    shown = await member.do("/console/stations/1/shifts/new", **once)
    assert "4月7日（周三）16:00—17:30" in shown


async def test_todays_weekday_is_today_while_the_hour_is_to_come(
    guanxin: Guanxin, member: Browser
) -> None:
    for starts, day in (("16:00", 23), ("08:00", 30)):
        await member.open("/console/stations/1/shifts/new")
        today = {**SHIFT, "weekday": "0", "starts": starts, "ends": "23:00", "seats": "9"}
        await member.do("/console/stations/1/shifts/new", **today)
        found = station_named(guanxin, "示例·河海社区校外教育辅导站").shifts
        (new,) = [one for one in found if one.seats == 9 and one.starts.day == day]
        assert new.starts == datetime(2026, 11, day, int(starts[:2]), 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"weekday": ""}, sentences.SHIFT_WEEKDAY),
        ({"weekday": "7"}, sentences.SHIFT_WEEKDAY),
        ({"repeats": "once", "day": "2027-02-30"}, sentences.SHIFT_DAY),
        ({"repeats": "once", "day": "2026-11-22"}, sentences.SHIFT_PAST),
        ({"repeats": "once", "day": "2026-11-23", "starts": "08:59"}, sentences.SHIFT_PAST),
        ({"repeats": "once", "day": "2030-01-01"}, sentences.SHIFT_FAR),
        ({"starts": "下午四点"}, sentences.SHIFT_TIME),
        ({"starts": "17:30"}, sentences.SHIFT_ORDER),
        ({"ends": ""}, sentences.SHIFT_TIME),
        ({"seats": "0"}, sentences.SHIFT_SEATS.format(most=500)),
        ({"seats": "501"}, sentences.SHIFT_SEATS.format(most=500)),
        ({"seats": "000001999"}, sentences.SHIFT_SEATS.format(most=500)),
        ({"seats": "³"}, sentences.SHIFT_SEATS.format(most=500)),
        ({"seats": "9" * 9000}, sentences.SHIFT_SEATS.format(most=500)),
    ],
)
async def test_what_is_wrong_with_a_shift_is_said_and_the_rest_stays(
    guanxin: Guanxin, member: Browser, typed: dict[str, str], sentence: str
) -> None:
    await member.open("/console/stations/1/shifts/new")
    answer = await member.send("/console/stations/1/shifts/new", **{**SHIFT, **typed})
    assert answer.status_code == 400
    assert wording_of(answer.text) == [sentence]
    if "ends" not in typed:
        assert 'value="17:30"' in answer.text
    assert not [act for _, act, _ in recorded(guanxin) if act == "shift add"]


async def test_who_comes_is_shown_with_hidden_numbers_until_one_is_asked_for(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    (shift_id,) = guanxin.store.read_now(rosters.taken)
    await member.open(f"/console/shifts/{shift_id}")
    assert "139****1234" in member.said()
    assert "13900001234" not in member.page.text
    assert "100001" in member.said()
    shown = await member.send("/console/signups/1/phone")
    assert "13900001234" in shown.text
    assert recorded(guanxin)[-1] == ("staff 1", "phone shown", "signup 1")
    await member.open("/console/signups")
    assert "13900001234" not in member.page.text


async def test_who_does_not_come_once_is_shown_with_the_day(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    await say("来不了")
    assert "这一次您不来" in (await say("1")).text
    (shift_id,) = guanxin.store.read_now(rosters.taken)
    await member.open(f"/console/shifts/{shift_id}")
    assert re.search(r"已报上\s*2026年11月24日（周二）不来", member.said())
    await say("能来")
    await member.open(f"/console/shifts/{shift_id}")
    assert "不来" not in member.said()


async def test_a_waiting_list_is_in_order(guanxin: Guanxin, member: Browser, say: Say) -> None:
    one_seat = tables.shifts.update().values(seats=1)
    guanxin.store.write_now(lambda tx: tx.execute(one_seat))
    for user in ("a", "b", "c"):
        await sign_up(say, user)
    (shift_id,) = guanxin.store.read_now(rosters.taken)
    await member.open(f"/console/shifts/{shift_id}")
    in_order = ["已报上", "候补第 1 位", "候补第 2 位"]
    assert re.findall(r"已报上|候补第 \d 位", member.said()) == in_order
    assert guanxin.store.read_now(rosters.taken)[shift_id] == rosters.Taken(1, 2)
    await say("我的", user="a")
    await say("cancel:1:yes", user="a", kind="choice")
    assert guanxin.store.read_now(rosters.taken)[shift_id] == rosters.Taken(1, 1)


async def test_mentors_are_listed_too(guanxin: Guanxin, member: Browser, say: Say) -> None:
    for line in ("报名结对", "我叫王秀英 电话13900001234", "书法", "1", "2", "1", "1"):
        await say(line)
    await member.open("/console/signups")
    assert dict(wording.KINDS)["study"] in member.said()
    assert "139****1234" in member.said()
    assert "13900001234" in (await member.send("/console/signups/1/phone")).text


@pytest.mark.parametrize(
    ("phone", "hidden"),
    [
        ("13800000000", "138****0000"),
        ("0519-80000002", "0519-****0002"),
        ("025-80000002", "025-****0002"),
        ("1234567", "*******"),
        ("", ""),
    ],
)
def test_a_number_is_hidden_in_its_middle(phone: str, hidden: str) -> None:
    assert shown.masked(phone) == hidden


async def test_dangers_come_first_and_their_words_are_read_when_opened(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await say("红烧肉怎么烧才烂", user="a")
    await say("我不想活了", user="b")
    await member.open("/console/tickets")
    assert "不想活" not in member.page.text
    rows = re.findall(r"<tr>(.*?)</tr>", member.page.text, re.S)[1:]
    assert [("危险" in row, "红烧肉" in row) for row in rows] == [(True, False), (False, True)]
    await member.open("/console/tickets/2")
    assert "我不想活了" in member.said()
    assert recorded(guanxin)[-1] == ("staff 1", "danger opened", "ticket 2")
    await member.open("/console/tickets/1")
    assert recorded(guanxin)[-1] == ("staff 1", "danger opened", "ticket 2")


async def test_a_ticket_is_closed_with_a_note_that_only_the_key_reads(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await say("红烧肉怎么烧才烂")
    await member.open("/console/tickets/1")
    refused = await member.send("/console/tickets/1/close", note=" ")
    assert (refused.status_code, words_of(refused.text)) == (400, [sentences.NOTE_NONE])
    refused = await member.send("/console/tickets/1/close", note="长" * 501)
    assert (refused.status_code, "长" * 501 in refused.text) == (400, True)
    assert "现在没有等着的事" in await member.do("/console/tickets/1/close", note="已经打电话回复")
    query = select(tables.tickets.c.outcome)
    assert guanxin.store.read_now(lambda tx: tx.execute(query).scalar()) == "已经打电话回复"
    raw = guanxin.store.read_now(
        lambda tx: tx.exec_driver_sql("SELECT outcome FROM tickets").scalar()
    )
    assert "已经打电话回复".encode() not in bytes(raw)
    assert recorded(guanxin)[-1] == ("staff 1", "ticket close", "ticket 1")
    await member.open("/console/")
    assert (await member.send("/console/tickets/1/close", note="再来")).status_code == 404


def words_of(page: str) -> list[str]:
    return re.findall(r'class="alarm"[^>]*>([^<]+)<', page)


async def test_who_asked_is_shown_with_a_hidden_number(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    await say("人工")
    await member.open("/console/tickets/1")
    assert "139****1234" in member.said()
    assert "13900001234" not in member.page.text
    assert "13900001234" in (await member.send("/console/tickets/1/phone")).text
    assert recorded(guanxin)[-1] == ("staff 1", "phone shown", "ticket 1")


async def test_what_people_write_is_shown_as_they_wrote_it(
    guanxin: Guanxin, member: Browser
) -> None:
    def written(tx: Transaction) -> None:
        tickets.open_ticket(tx, "feedback", NOW, words=EVIL, region=EVIL[:40])
        tickets.open_ticket(tx, "danger", NOW, words=EVIL)
        place = stations.add(tx, stations.Station(0, EVIL[:60], EVIL[:40], EVIL, None, EVIL))
        assert place is not None
        stations.add_shift(tx, place, NOW, NOW + timedelta(hours=1), weekly=True, seats=1)
        staff.add(tx, EVIL[:40], "hash", NOW)
        tx.execute(tables.people.insert().values(created_at=NOW, name=EVIL, phone="13900001234"))
        details = {"name": EVIL, "phone": "13900001234", "subjects": [EVIL]}
        held = {"person_id": 1, "programme": "station", "shift_id": 1, "details": details}
        held |= {"status": "confirmed", "told": True, "created_at": NOW}
        tx.execute(tables.signups.insert().values(held))
        tickets.open_ticket(tx, "human", NOW, person_id=1)

    guanxin.store.write_now(written)
    (place,) = [
        one.id
        for one in guanxin.store.read_now(lambda tx: stations.open_stations(tx, NOW))
        if one.name == EVIL[:60]
    ]
    for path in (
        "tickets", "tickets/1", "tickets/2", "tickets/3", "stations", f"stations/{place}",
        f"stations/{place}/edit", f"stations/{place}/shifts/new", "signups", "shifts/1", "staff",
    ):  # fmt: skip
        await member.open(f"/console/{path}")
        assert member.page.status_code == 200, path
        text = member.page.text
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert "&lt;script&gt;" in text or path in ("tickets/3",), path


async def test_what_is_typed_badly_comes_back_inert(member: Browser) -> None:
    await member.open("/console/stations/new")
    answer = await member.send("/console/stations/new", name=EVIL * 2, region=EVIL, phone=EVIL)
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "stations/999", "stations/999/edit", "stations/999/shifts/new", "shifts/999",
        "tickets/999", "stations/0", "stations/-1", "stations/²", "stations/abc",
        f"stations/{2**31}", f"tickets/{2**31}", f"shifts/{10**30}", f"shifts/{'9' * 5000}",
        "nothing",
    ],
)  # fmt: skip
async def test_an_id_that_is_not_there_is_404(member: Browser, path: str) -> None:
    await member.open(f"/console/{path}")
    assert member.page.status_code == 404
    assert sentences.NO_PAGE in member.page.text
    assert "回到后台首页" in member.page.text


@pytest.mark.parametrize(
    "path",
    [
        "signups/999/phone", "tickets/999/close", "tickets/999/phone", "staff/999/disable",
        "staff/999/enable", "staff/999/password", "stations/999/edit", "stations/999/shifts/new",
    ],
)  # fmt: skip
async def test_a_form_for_an_id_that_is_not_there_is_404(
    guanxin: Guanxin, member: Browser, path: str
) -> None:
    before = recorded(guanxin)
    answer = await member.send(f"/console/{path}", note="x", **SHIFT | STATION)
    assert answer.status_code == 404
    assert recorded(guanxin) == before


async def test_a_cancelled_sign_up_shows_no_number(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    await say("cancel:1:yes", kind="choice")
    assert (await member.send("/console/signups/1/phone")).status_code == 404


async def test_a_closed_station_is_not_there(guanxin: Guanxin, member: Browser) -> None:
    guanxin.store.write_now(lambda tx: stations.close(tx, 1, NOW))
    await member.open("/console/stations/1")
    assert member.page.status_code == 404


async def test_a_wrong_method_is_405(member: Browser) -> None:
    await member.open("/console/tickets/1/close")
    assert member.page.status_code == 405
    assert sentences.WRONG_METHOD in member.page.text


async def test_an_administrator_enters_staff_with_a_password_shown_once(
    guanxin: Guanxin, member: Browser
) -> None:
    await member.open("/console/staff")
    answer = await member.send("/console/staff", name="李老师", role="staff")
    given = re.search(r'id="password">([^<]+)<', answer.text)
    assert given
    assert given[1] not in await member.open("/console/staff")
    new = recorded(guanxin)[-1]
    assert new == ("staff 1", "staff add", "staff 2")
    async with browser(guanxin) as other:
        await other.log_in("李老师", given[1])
        await other.open("/console/")
        assert other.page.url.path == "/console/password"


async def test_an_administrator_sees_whose_password_is_being_guessed(
    guanxin: Guanxin, member: Browser, helper: Browser
) -> None:
    async with browser(guanxin, "192.0.2.66") as thief:
        for _ in range(4):
            await thief.log_in("李老师", "wrong")
        assert "有人在猜密码" not in await member.open("/console/staff")
        await thief.log_in("李老师", "wrong")
        for _ in range(5):
            await thief.log_in("赵老师", "wrong")
    assert (await member.open("/console/staff")).count("有人在猜密码") == 1
    closed = [row for row in recorded(guanxin) if row[1] == "login closed"]
    (other,) = [one.id for one in guanxin.store.read_now(staff.everybody) if one.name == "李老师"]
    assert closed == [("console", "login closed", f"staff {other}")]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", sentences.STAFF_NAME.format(most=40)),
        ("长" * 41, sentences.STAFF_NAME.format(most=40)),
        ("王\u202e老师", sentences.STAFF_NAME.format(most=40)),
        ("王老师", sentences.STAFF_TAKEN),
    ],
)
async def test_a_name_that_cannot_be_entered(member: Browser, name: str, sentence: str) -> None:
    await member.open("/console/staff")
    answer = await member.send("/console/staff", name=name, role="admin")
    assert (answer.status_code, wording_of(answer.text)) == (400, [sentence])
    assert f'value="{name}"' in answer.text


async def test_disabling_ends_the_sessions_and_the_chat_at_once(
    guanxin: Guanxin, member: Browser, helper: Browser, say: Say
) -> None:
    await known_in_chat(guanxin, helper, say)
    (other,) = [one.id for one in guanxin.store.read_now(staff.everybody) if one.name == "李老师"]
    await member.open("/console/staff")
    await member.do(f"/console/staff/{other}/disable")
    assert "已停用" in member.said()
    assert "工作人员登录" in await helper.open("/console/")
    assert (await say("我是谁", user="li")).text == words.NOBODY
    await member.do(f"/console/staff/{other}/enable")
    assert (await helper.log_in("李老师")).status_code == 303
    assert (await say("我是谁", user="li")).text == words.NOBODY
    acts = [act for _, act, _ in recorded(guanxin)]
    assert acts[-3:] == ["staff disable", "staff enable", "login"]


async def test_a_new_password_ends_the_sessions_of_the_member(
    guanxin: Guanxin, member: Browser, helper: Browser
) -> None:
    (other,) = [one.id for one in guanxin.store.read_now(staff.everybody) if one.name == "李老师"]
    await member.open("/console/staff")
    answer = await member.send(f"/console/staff/{other}/password")
    given = re.search(r'id="password">([^<]+)<', answer.text)
    assert given
    assert "工作人员登录" in await helper.open("/console/")
    await helper.log_in("李老师", given[1])
    await helper.open("/console/")
    assert helper.page.url.path == "/console/password"


async def test_nobody_disables_themselves(guanxin: Guanxin, member: Browser) -> None:
    await member.open("/console/staff")
    for act in ("disable", "password"):
        answer = await member.send(f"/console/staff/1/{act}")
        assert (answer.status_code, sentences.STAFF_ONESELF in answer.text) == (400, True)
    assert "您好" in await member.open("/console/")


async def test_only_administrators_see_the_staff(guanxin: Guanxin, helper: Browser) -> None:
    assert "/console/staff" not in helper.page.text
    assert "/console/stations" in helper.page.text
    csrf = helper.csrf()
    assert sentences.ADMIN_ONLY in await helper.open("/console/staff")
    for path in ("staff", "staff/1/disable", "staff/1/password", "staff/1/enable"):
        answer = await helper.post(f"/console/{path}", {"csrf": csrf, "name": "赵老师"})
        assert answer.status_code == 403
    assert len(guanxin.store.read_now(staff.everybody)) == 1


async def known_in_chat(guanxin: Guanxin, member: Browser, say: Say, user: str = "li") -> str:
    """Link the chat of a member; return the sentence that was sent."""
    await member.open("/console/account")
    answer = await member.send("/console/account/code")
    given = re.search(r'id="code">([^<]+)<', answer.text)
    assert given
    await say(given[1], user=user, channel="web")
    return given[1]


async def test_a_member_is_known_in_chat_by_a_code_of_the_console(
    guanxin: Guanxin, helper: Browser, say: Say
) -> None:
    assert (await say("我是谁", user="li")).text == words.NOBODY
    assert (await say("待办", user="li")).text == words.NOT_STAFF
    sentence = await known_in_chat(guanxin, helper, say)
    assert re.fullmatch(r"绑定员工 \d{6}", sentence)
    assert "工作人员李老师" in (await say("我是谁", user="li")).text
    assert words.MENU_LINE.format(role="工作人员") in (await say("菜单", user="li")).text
    assert words.MENU_LINE[:4] not in (await say("菜单", user="b")).text
    assert (await say("待办", user="li")).text == words.WAITING_NONE
    await say("红烧肉怎么烧才烂", user="b")
    await say("我不想活了", user="b")
    waiting = (await say("待办", user="li")).text
    assert "没答上的问题：1 件" in waiting
    assert "危险：1 件" in waiting
    assert "红烧肉" not in waiting
    acts = [row[1:] for row in recorded(guanxin)]
    assert acts[-2:] == [("chat code", "staff 1"), ("chat linked", "staff 1")]


async def test_unlinking_works_at_once(guanxin: Guanxin, helper: Browser, say: Say) -> None:
    await known_in_chat(guanxin, helper, say)
    await helper.open("/console/account")
    assert "已经绑定" in helper.said()
    await helper.send("/console/account/unlink")
    assert (await say("我是谁", user="li")).text == words.NOBODY
    assert recorded(guanxin)[-1] == ("staff 1", "chat unlinked", "staff 1")


async def test_a_code_is_used_once_and_ends_after_ten_minutes(
    guanxin: Guanxin, helper: Browser, say: Say, business_clock: Clock
) -> None:
    sentence = await known_in_chat(guanxin, helper, say)
    assert (await say(sentence, user="b")).text == words.LINK_WRONG
    await helper.open("/console/account")
    late = re.search(r'id="code">([^<]+)<', (await helper.send("/console/account/code")).text)
    assert late
    business_clock.wait(minutes=10)
    assert (await say(late[1], user="c")).text == words.LINK_WRONG
    assert "李老师" in (await say("我是谁", user="li")).text


async def test_a_newer_code_ends_the_older_one(guanxin: Guanxin, helper: Browser, say: Say) -> None:
    await helper.open("/console/account")
    codes = [
        re.findall(r'id="code">([^<]+)<', (await helper.send("/console/account/code")).text)[0]
        for _ in range(2)
    ]
    if codes[0] != codes[1]:
        assert (await say(codes[0], user="li")).text == words.LINK_WRONG
    assert "李老师" in (await say(codes[1], user="li")).text


async def test_five_wrong_codes_of_both_kinds_lock_the_chat(
    guanxin: Guanxin, helper: Browser, say: Say, business_clock: Clock
) -> None:
    await helper.open("/console/account")
    answer = await helper.send("/console/account/code")
    (right,) = re.findall(r"绑定员工 (\d{6})", answer.text)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for line in ("绑定员工", "绑定", "绑定员工", "绑定"):
        await say(f"{line} {wrong}", user="thief")
    assert (await say(f"绑定员工{wrong}", user="thief")).text == words.LINK_LOCKED
    assert (await say(f"绑定员工{right}", user="thief")).text == words.LINK_LOCKED
    assert (await say("我是谁", user="thief")).text == words.NOBODY
    business_clock.wait(minutes=9)
    assert "李老师" in (await say(f"绑定员工{right}", user="li")).text


async def test_a_code_for_people_is_no_code_for_staff(
    guanxin: Guanxin, helper: Browser, say: Say
) -> None:
    await helper.open("/console/account")
    answer = await helper.send("/console/account/code")
    (code,) = re.findall(r"绑定员工 (\d{6})", answer.text)
    assert (await say(f"绑定 {code}", user="b")).text == wording.LINK_WRONG
    given = re.search(r"\d{6}", (await say("绑定", user="a")).text)
    assert given
    assert (await say(f"绑定员工 {given[0]}", user="b")).text == words.LINK_WRONG
    assert (await say("绑定员工", user="b")).text == words.LINK_HOW


async def test_a_code_in_the_middle_of_a_form_keeps_the_form(
    guanxin: Guanxin, helper: Browser, say: Say
) -> None:
    await say("报名辅导站", user="li")
    await helper.open("/console/account")
    answer = await helper.send("/console/account/code")
    (code,) = re.findall(r"绑定员工 (\d{6})", answer.text)
    assert wording.ASK_NAME in (await say(f"绑定员工{code}", user="li")).text


async def test_only_the_blind_index_of_a_code_is_kept(guanxin: Guanxin, helper: Browser) -> None:
    await helper.open("/console/account")
    answer = await helper.send("/console/account/code")
    (code,) = re.findall(r"绑定员工 (\d{6})", answer.text)
    query = select(tables.staff_codes.c.code_index)
    kept = guanxin.store.read_now(lambda tx: tx.execute(query).scalar())
    assert kept
    assert code not in kept


async def test_two_members_at_one_chat_are_one_after_the_other(
    guanxin: Guanxin, member: Browser, helper: Browser, say: Say
) -> None:
    await known_in_chat(guanxin, member, say)
    assert "王老师" in (await say("我是谁", user="li")).text
    await known_in_chat(guanxin, helper, say)
    assert "李老师" in (await say("我是谁", user="li")).text


async def test_a_member_who_joins_two_doors_is_known_at_both(
    guanxin: Guanxin, helper: Browser, say: Say
) -> None:
    await known_in_chat(guanxin, helper, say)
    given = re.search(r"\d{6}", (await say("绑定", user="phone", channel="wechat")).text)
    assert given
    await say(f"绑定 {given[0]}", user="li")
    assert "李老师" in (await say("我是谁", user="phone", channel="wechat")).text
    assert "李老师" in (await say("我是谁", user="li")).text


async def test_a_member_who_deletes_their_data_is_nobody_in_chat(
    guanxin: Guanxin, helper: Browser, say: Say
) -> None:
    await known_in_chat(guanxin, helper, say)
    await say("删除我的信息", user="li")
    await say("1", user="li")
    await say("erase:yes", user="li", kind="choice")
    assert (await say("我是谁", user="li")).text == words.NOBODY
    assert "您好" in await helper.open("/console/")


async def test_the_record_of_staff_holds_no_personal_datum(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await sign_up(say)
    await say("人工")
    await member.open("/console/tickets/1")
    await member.send("/console/tickets/1/phone")
    await member.do("/console/tickets/1/close", note="王秀英 13900001234")
    await member.open("/console/staff")
    await member.send("/console/staff", name="李老师")
    told = "\n".join(" ".join(row) for row in recorded(guanxin))
    assert "王秀英" not in told
    assert "1390000" not in told
    assert "李老师" not in told


def test_a_weekly_shift_is_the_same_weeks_later(guanxin: Guanxin) -> None:
    starts = datetime(2026, 11, 24, 6, 5, tzinfo=SHANGHAI)
    at = (starts, starts + 3 * stations.WEEK, starts + timedelta(days=1))

    def held(tx: Transaction) -> list[bool]:
        stations.add_shift(tx, 4, starts, starts + timedelta(hours=1), weekly=True, seats=1)
        return [stations.has_shift(tx, 4, one, weekly=True) for one in at]

    assert guanxin.store.write_now(held) == [True, True, False]


async def test_what_was_dealt_with_is_listed_and_words_of_danger_are_not(
    guanxin: Guanxin, member: Browser
) -> None:
    def asked(tx: Transaction) -> None:
        tickets.open_ticket(tx, "danger", NOW, words="有人要打我")
        tickets.open_ticket(tx, "unanswered", NOW, words="红烧肉怎么烧")
        tickets.open_ticket(tx, "feedback", NOW, words="还没有人看")
        tickets.close(tx, 1, "已经上门看过", NOW)

    guanxin.store.write_now(asked)
    await member.open("/console/tickets/2")
    await member.do("/console/tickets/2/close", note="已经打电话回复")
    assert "记好了，这件事从单子上拿掉了。" in member.said()
    await member.open("/console/tickets/done")
    said = member.said()
    assert said.index("已经打电话回复") < said.index("已经上门看过")
    assert "红烧肉怎么烧" in said
    for hidden in ("有人要打我", "还没有人看"):
        assert hidden not in member.page.text
