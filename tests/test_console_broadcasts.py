"""The console's pages of broadcasts: preview, confirm once, undo, stop, and the result."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import openpyxl
import pytest

from bot.app import Guanxin
from handlers import broadcast
from handlers import wording_broadcast as words
from storage import broadcasts, staff
from tests.casting import TEXT, crowd, expand, link, someone
from tests.conftest import NOW, Clock
from tests.console import Browser, browser, enter
from web import wording_console as say

EVIL = "<script>alert(1)</script>{{ 7*7 }}"
NEW = {"role": "all", "region": "", "station": ""}
FIRST = "/console/broadcasts/1"


@pytest.fixture
async def boss(guanxin: Guanxin) -> AsyncIterator[Browser]:
    """An administrator, and three people who can be reached on the page."""
    enter(guanxin)
    for number in range(3):
        someone(guanxin.store, f"page-{number}", channel="web", name=f"李桂芳{number}")
    async with browser(guanxin) as opened:
        await opened.log_in()
        await opened.open("/console/broadcasts")
        yield opened


async def write(boss: Browser, text: str = TEXT, **fields: str) -> str:
    await boss.open("/console/broadcasts/new")
    return await boss.do("/console/broadcasts/new", text=text, **NEW | fields)


async def confirm(boss: Browser, count: int = 3, **fields: str) -> str:
    return await boss.do(f"{FIRST}/confirm", count=str(count), **fields)


def states(guanxin: Guanxin) -> list[str]:
    return [one.state for one in guanxin.store.read_now(lambda tx: broadcasts.newest(tx, 9))]


async def test_nobody_comes_here_without_a_login(guanxin: Guanxin) -> None:
    async with browser(guanxin) as stranger:
        for path in ("", "/new", "/1", "/1/progress", "/1/excel"):
            answer = await stranger.client.get(f"/console/broadcasts{path}")
            assert answer.headers["location"].startswith("/console/login"), path
        for path in ("/new", "/1/confirm", "/1/stop", "/1/undo", "/1/test"):
            answer = await stranger.post(f"/console/broadcasts{path}", {"text": TEXT})
            assert answer.status_code == 401, path
    assert states(guanxin) == []


async def test_what_is_not_there(boss: Browser) -> None:
    for path in ("/1", "/1/edit", "/1/progress", "/1/excel", "/x", "/99999999999"):
        await boss.open(f"/console/broadcasts{path}")
        assert boss.page.status_code == 404, path
    await boss.open("/console/broadcasts")
    assert (await boss.send(f"{FIRST}/confirm", count="1")).status_code == 404
    assert (await boss.send(f"{FIRST}/shout")).status_code in (404, 405)


async def test_a_preview_shows_the_number_the_ways_and_the_words(
    guanxin: Guanxin, boss: Browser
) -> None:
    someone(guanxin.store, "gone", channel="web", opted_out_at=NOW)
    crowd(guanxin.store, 1)
    await write(boss, f"{TEXT}{EVIL}")
    said = boss.said()
    for part in ("发给 5 人", "网页消息 3 人", "联系不上 1 人", "已退订 1 人", "确认发给 5 人"):
        assert part in said
    assert EVIL not in boss.page.text
    assert EVIL in said
    assert "—— 关工委 王老师" in said
    assert "退订" in said
    assert states(guanxin) == ["draft"]


async def test_what_is_filled_in_wrongly_stays_filled_in(guanxin: Guanxin, boss: Browser) -> None:
    for text, problem in (("", words.REFUSED["empty"]), ("好" * 601, "太长了")):
        shown = await write(boss, text, role="subscribers")
        assert problem in shown
        assert 'value="subscribers" checked' in shown
    assert states(guanxin) == []


@pytest.mark.parametrize(
    ("field", "value", "count"),
    [
        ("role", "everybody", 0),
        ("role", "' OR 1=1 --", 0),
        ("region", "' OR 1=1 --", 0),
        ("station", "99999999", 0),
    ],
)
async def test_a_forged_audience_is_never_larger(
    boss: Browser, field: str, value: str, count: int
) -> None:
    await write(boss, **{field: value})
    assert f"发给 {count} 人" in boss.said()


async def test_confirming_twice_sends_once(guanxin: Guanxin, boss: Browser) -> None:
    await write(boss)
    assert words.STATES["confirmed"] in await confirm(boss)
    assert "秒可以撤回" in boss.said()
    await confirm(boss)
    assert states(guanxin) == ["confirmed"]
    acts = [act for _, act, _ in guanxin.store.read_now(staff.recorded) if "broadcast" in act]
    assert acts == ["broadcast confirm"]


async def test_who_came_in_between_is_seen_first(guanxin: Guanxin, boss: Browser) -> None:
    await write(boss)
    crowd(guanxin.store, 1)
    assert words.OTHER_COUNT in await confirm(boss)
    assert states(guanxin) == ["draft"]
    await confirm(boss, count=4)
    assert states(guanxin) == ["confirmed"]


async def test_the_same_text_takes_one_more_button(guanxin: Guanxin, boss: Browser) -> None:
    await write(boss)
    await confirm(boss)
    await write(boss)
    refused = await boss.do("/console/broadcasts/2/confirm", count="3")
    assert "同样的内容在09:00已经发过了" in refused
    assert 'name="again" value="yes"' in refused
    assert states(guanxin) == ["draft", "confirmed"]
    await boss.open("/console/broadcasts/2")
    await boss.do("/console/broadcasts/2/confirm", count="3", again="yes")
    assert states(guanxin) == ["confirmed", "confirmed"]


async def test_undo_within_a_minute_and_not_after(
    guanxin: Guanxin, boss: Browser, business_clock: Clock
) -> None:
    await write(boss)
    await confirm(boss)
    business_clock.wait(seconds=18)
    await boss.open(FIRST)
    assert "还有 42 秒可以撤回" in boss.said()
    business_clock.wait(seconds=42)
    assert words.REFUSED["late"] in await boss.do(f"{FIRST}/undo")
    await boss.open(FIRST)
    assert "可以撤回" not in boss.said()
    for path in (FIRST, "/console/broadcasts"):
        await boss.open(path)
        assert words.STATES["running"] in boss.said()
        assert words.STATES["confirmed"] not in boss.said()
    await boss.do(f"{FIRST}/stop")
    await write(boss, "另一条")
    await boss.do("/console/broadcasts/2/confirm", count="3")
    await boss.do("/console/broadcasts/2/undo")
    assert states(guanxin) == ["undone", "stopped"]


async def test_pause_resume_and_stop_by_their_buttons(guanxin: Guanxin, boss: Browser) -> None:
    await write(boss)
    await confirm(boss)
    assert "接着发" in await boss.do(f"{FIRST}/pause")
    assert "先停一停" in await boss.do(f"{FIRST}/resume")
    stopped = await boss.do(f"{FIRST}/stop")
    assert words.STATES["stopped"] in stopped
    assert "先停一停" not in stopped
    assert words.STATES["stopped"] in await boss.do(f"{FIRST}/pause")


async def test_progress_is_what_the_script_asks_for(
    guanxin: Guanxin, boss: Browser, business_clock: Clock
) -> None:
    await write(boss)
    await confirm(boss)
    expand(guanxin.store)
    business_clock.wait(seconds=59)

    async def progress() -> dict[str, object]:
        return dict((await boss.client.get(f"{FIRST}/progress")).json())

    assert await progress() == {
        "state": "confirmed", "said": words.STATES["confirmed"], "open": True, "undo": 1,
        "count": 3, "settled": 0, "totals": {"waiting": 3},
    }  # fmt: skip
    await boss.do(f"{FIRST}/stop")
    over = await progress()
    assert (over["open"], over["undo"], over["settled"]) == (False, 0, 3)


async def test_the_result_of_each_and_the_workbook(guanxin: Guanxin, boss: Browser) -> None:
    crowd(guanxin.store, 1)
    someone(guanxin.store, "evil", channel="web", name="=cmd|'/c calc'!A1", phone="13900001234")
    await write(boss)
    await confirm(boss, count=5)
    expand(guanxin.store)
    await boss.open(FIRST)
    said = boss.said()
    assert "5 等着发" in said
    assert "=cmd|'/c calc'!A1 139****1234 网页" in said
    await boss.open(f"{FIRST}?state=opted_out")
    assert "李桂芳" not in boss.said()
    answer = await boss.client.get(f"{FIRST}/excel")
    assert answer.headers["content-disposition"] == 'attachment; filename="broadcast-1.xlsx"'
    page = openpyxl.load_workbook(io.BytesIO(answer.content))[words.SHEET_EACH]
    names = [cell.value for cell in page["A"]]
    assert names[-1] == "=cmd|'/c calc'!A1"
    assert page.cell(len(names), 1).data_type == "s"


async def test_a_test_goes_to_the_own_chat(guanxin: Guanxin, boss: Browser) -> None:
    await write(boss)
    assert words.REFUSED["unlinked"] in await boss.do(f"{FIRST}/test")
    by = guanxin.store.read_now(staff.members)[0]
    link(guanxin.store, by, someone(guanxin.store, "own", channel="web"))
    await boss.open(FIRST)
    assert words.TRIED["waiting"] in await boss.do(f"{FIRST}/test")
    assert states(guanxin) == ["draft"]


async def test_only_an_admin_is_offered_what_is_urgent(guanxin: Guanxin, boss: Browser) -> None:
    assert 'name="urgent"' in await boss.open("/console/broadcasts/new")
    assert "紧急：晚上也发" in await write(boss, urgent="yes")
    enter(guanxin, "李老师", "staff")
    async with browser(guanxin) as helper:
        await helper.log_in("李老师")
        assert 'name="urgent"' not in await helper.open("/console/broadcasts/new")
        refused = await helper.send("/console/broadcasts/new", text=TEXT, **NEW, urgent="yes")
        assert refused.status_code == 400
        await helper.open(FIRST)
        assert words.REFUSED["urgent"] in await helper.do(f"{FIRST}/confirm", count="3")
    assert states(guanxin) == ["draft"]


async def test_a_new_one_like_an_old_one(guanxin: Guanxin, boss: Browser) -> None:
    await write(boss, region="")
    shown = await boss.open(f"{FIRST}/edit")
    assert TEXT in shown
    assert 'value="all" checked' in shown
    await boss.open("/console/broadcasts")
    assert TEXT in boss.said()


async def test_the_name_below_a_text_is_set_once(guanxin: Guanxin, boss: Browser) -> None:
    crowd(guanxin.store, 1)
    form = await boss.open("/console/broadcasts/new")
    assert 'name="sender" type="text" value="关工委 王老师"' in form
    await write(boss, sender=" 和平社区  关工委 ")
    assert "—— 和平社区 关工委" in boss.said()
    form = await boss.open("/console/broadcasts/new")
    assert 'value="和平社区 关工委"' in form
    await write(boss, "另一条")
    assert "—— 和平社区 关工委" in boss.said()
    await write(boss, "另一条", sender="郑陆镇关工委")
    assert "—— 郑陆镇关工委" in boss.said()
    form = await boss.open(f"{FIRST}/edit")
    assert 'value="和平社区 关工委"' in form
    assert states(guanxin) == ["draft"] * 3


async def test_a_name_that_is_too_long_stays_filled_in(guanxin: Guanxin, boss: Browser) -> None:
    long = "关" * 41
    shown = await write(boss, sender=long)
    assert words.REFUSED["sender"].format(most=40) in shown
    assert f'value="{long}"' in shown
    assert states(guanxin) == []


async def test_what_was_done_with_a_broadcast_is_said(guanxin: Guanxin, boss: Browser) -> None:
    crowd(guanxin.store, 1)
    await write(boss)
    await boss.do(f"{FIRST}/confirm", count="4")
    assert say.DONE["confirm"] in boss.said()
    for done in ("pause", "resume", "stop"):
        await boss.do(f"{FIRST}/{done}")
        assert say.DONE[done] in boss.said()


async def test_an_account_that_is_named_for_its_role_signs_nothing(guanxin: Guanxin) -> None:
    enter(guanxin, "管理员")
    async with browser(guanxin) as opened:
        await opened.log_in("管理员")
        await write(opened)
        assert "—— 关工委 不想再收到通知" in opened.said()
    other = enter(guanxin, "李老师")
    text = guanxin.store.read_now(
        lambda tx: broadcast.usual_sender(tx, staff.members(tx)[other - 1].name)
    )
    assert text == "关工委 李老师"
