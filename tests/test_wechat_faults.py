"""What must go wrong without harm, as a follower at WeChat sees it: the door, the inbox, SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import app
from bot.app import Guanxin
from handlers import wording as say
from handlers.message import Incoming, Reply
from handlers.respond import respond
from storage import signups, staff, tickets
from storage.tables import addresses, dialogs, messages, people
from storage.tables import signups as signup_rows
from tests.conftest import Clock
from tests.doubles import wechat as double
from tests.doubles.wechat import WechatPlatform
from tests.doubles.wechat_line import on_a_socket, on_the_line, packed, says

LI, WANG = "oExample_Follower-0000000003", "oExample_Follower-0000000004"
TO_CONFIRM = ("报名", "1", "李桂芳", "13900001234", "书法", "3", "1", "1")


@pytest.fixture
async def platform(guanxin: Guanxin) -> AsyncIterator[WechatPlatform]:
    """An account in safe mode, behind it the whole assistant."""
    async with on_the_line(guanxin) as account:
        yield account
        assert account.odd == []


def rows(guanxin: Guanxin, table: Any) -> int:
    query = select(func.count()).select_from(table)
    return int(guanxin.store.read_now(lambda tx: tx.execute(query).scalar_one()))


def held(guanxin: Guanxin) -> dict[str, int]:
    return guanxin.store.read_now(signups.counts)


def column(guanxin: Guanxin, wanted: Any) -> list[Any]:
    return list(guanxin.store.read_now(lambda tx: tx.execute(select(wanted)).scalars()))


# --- what comes again, and what never arrived ---


async def test_an_answer_that_was_lost_is_given_again_and_changes_nothing(
    guanxin: Guanxin, platform: WechatPlatform
) -> None:
    """The line was cut after we answered; by the time of the next copy she has gone on."""
    await says(platform, LI, *TO_CONFIRM)
    push = platform.text(LI, "1")
    first = await platform.deliver(*platform.packed(push))
    confirmed = platform.read(push, first) or ""
    assert confirmed.startswith("报名成功")
    await says(platform, LI, "我的", "1", "2")
    assert held(guanxin) == {"cancelled": 1}
    assert await platform.push(push) == confirmed
    assert held(guanxin) == {"cancelled": 1}


async def test_a_line_cut_at_any_moment_costs_no_step(guanxin: Guanxin) -> None:
    """Each push is cut off once while we are at work; its copies have the effect, once."""
    async with on_a_socket(guanxin) as platform:
        for place, words in enumerate((*TO_CONFIRM, "1")):
            push = platform.text(LI, words)
            await cut_off(platform, push, after=place * 0.002)
            seen = await platform.push(push) or ""
            assert await platform.push(push) == seen
    assert seen.startswith("报名成功")
    assert platform.odd == []
    assert held(guanxin) == {"confirmed": 1}
    assert rows(guanxin, messages) == len(TO_CONFIRM) + 1


async def cut_off(platform: WechatPlatform, push: str, after: float) -> None:
    query, body = platform.packed(push)
    request = platform.client.build_request("POST", "/wechat", params=query, content=body)
    head = f"POST {request.url.raw_path.decode()} HTTP/1.1\r\nHost: test\r\n"
    head += f"Content-Length: {len(request.content)}\r\n\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", request.url.port)
    writer.write(head.encode() + request.content)
    await writer.drain()
    await asyncio.sleep(after)
    writer.transport.abort()


async def test_a_poison_message_is_parked_and_the_account_goes_on(
    guanxin: Guanxin, platform: WechatPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def poisoned(desk: Any, heard: Incoming) -> Reply:
        if heard.text == "毒":
            tries.append(heard.id)
            raise ValueError("poison")
        return respond(desk, heard)

    monkeypatch.setattr("bot.dispatch.respond", poisoned)
    push = platform.text(LI, "毒")
    assert await platform.push(push) == say.APOLOGY
    assert len(tries) == 3
    assert await platform.push(push) == say.APOLOGY
    assert len(tries) == 3
    assert guanxin.store.read_now(tickets.waiting) == {"parked": 1}
    assert say.MENU in await says(platform, LI, "菜单")
    assert say.MENU in await says(platform, WANG, "菜单")


# --- bodies that nobody should send ---


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"MsgType": "text", "Content": "hello"}',
        b"<xml></xml>",
        b"<xml><FromUserName>o1</FromUserName><MsgId>1</MsgId></xml>",
        b"<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>",
        "<xml><Content>你好</Content></xml>".encode("gbk"),
        b"<xml><Content>\xff\xfe</Content></xml>",
        b"<xml><Content>&#0;&#xd800;</Content></xml>",
    ],
)
async def test_what_is_no_message_is_refused_and_leaves_nothing(
    guanxin: Guanxin, platform: WechatPlatform, body: bytes
) -> None:
    for push in ((platform.signed(), body), packed(platform, body or b" ")):
        response = await platform.deliver(*push)
        assert response.status_code in (400, 403)
        assert response.content == b""
    assert rows(guanxin, messages) == rows(guanxin, people) == 0


async def test_a_flood_and_a_trickle_leave_room_for_others(guanxin: Guanxin) -> None:
    async with on_a_socket(guanxin, seconds=0.3) as platform:
        where = platform.client.base_url.port
        reader, writer = await asyncio.open_connection("127.0.0.1", where)
        writer.write(b"POST /wechat HTTP/1.1\r\nHost: test\r\nContent-Length: 500\r\n\r\n<xml>")
        flood = platform.deliver(platform.signed(), b"<xml>" + b" " * (20 << 20))
        refused, seen = await asyncio.gather(flood, platform.say(LI, "菜单"))
        assert refused.status_code == 413
        assert say.MENU in (seen or "")
        assert b" 408 " in await reader.readline()
        writer.close()
    assert platform.odd == []


# --- buttons that are old, foreign or made up ---


async def test_what_was_offered_a_month_ago_has_no_effect(
    guanxin: Guanxin, platform: WechatPlatform, business_clock: Clock
) -> None:
    await says(platform, LI, *TO_CONFIRM)
    business_clock.wait(days=31)
    await app.tidy(guanxin.store, business_clock())
    assert (await says(platform, LI, "1")).startswith(say.NOT_UNDERSTOOD)
    for key in ("form:1:confirm:yes", "activities"):
        assert say.STALE in (await platform.do(LI, "CLICK", key) or "")
    assert held(guanxin) == {}


async def test_somebody_elses_buttons_have_no_effect(
    guanxin: Guanxin, platform: WechatPlatform
) -> None:
    """Not even where the other stands at the same question of a form of their own."""
    for who in (LI, WANG):
        await says(platform, who, *TO_CONFIRM)
    assert say.STALE in (await platform.do(WANG, "CLICK", "form:1:confirm:yes") or "")
    assert held(guanxin) == {}
    assert (await says(platform, LI, "1")).startswith("报名成功")
    for key in ("cancel:1", "cancel:1:yes"):
        assert say.NOT_YOURS in (await platform.do(WANG, "CLICK", key) or "")
    assert held(guanxin) == {"confirmed": 1}


# --- coming back ---


async def test_who_unfollows_and_comes_back_starts_anew(
    guanxin: Guanxin, platform: WechatPlatform
) -> None:
    await platform.do(LI, "subscribe", at=1_794_000_000)
    await says(platform, LI, *TO_CONFIRM)
    last = platform.text(LI, "1")
    assert (await platform.push(last) or "").startswith("报名成功")
    await says(platform, LI, "结对帮教", "1")
    for _ in range(double.DELIVERIES):
        assert await platform.do(LI, "unsubscribe", at=1_795_000_000) is None
    left = (people, signup_rows, dialogs)
    assert [rows(guanxin, table) for table in left] == [0, 0, 0]
    assert set(column(guanxin, messages.c.text)) <= {None, ""}
    assert column(guanxin, addresses.c.person_id) == [None]
    acts = [act for act in guanxin.store.read_now(staff.recorded) if act[1] == "delete"]
    assert acts == [("unfollow", "delete", "person 1")]

    assert (await platform.do(LI, "subscribe") or "").startswith(say.WELCOME)
    assert (await says(platform, LI, "我的")).startswith(say.MINE_NONE)
    assert await platform.push(last) == say.FORGOTTEN, "a late copy of what was deleted"
    assert await says(platform, LI, "继续") == say.EXPIRED
    assert say.ASK_NAME in await says(platform, LI, "报名", "1")
    assert held(guanxin) == {}
    assert (await says(platform, LI, *TO_CONFIRM[2:], "1")).startswith("报名成功")


async def test_who_unfollows_but_has_another_door_keeps_the_sign_up(
    guanxin: Guanxin, platform: WechatPlatform
) -> None:
    def on_the_web(words: str) -> Any:
        message = Incoming("web", "browser", words, words, guanxin.clock())
        return guanxin.dispatcher.receive(message)

    await says(platform, LI, *TO_CONFIRM, "1")
    code = (await says(platform, LI, "绑定")).split()[1][:6]
    assert (await on_the_web(f"绑定{code}")).text == say.LINKED
    await platform.do(LI, "unsubscribe")
    assert held(guanxin) == {"confirmed": 1}
    assert "已报上" in (await on_the_web("我的")).text
    await platform.do(LI, "subscribe")
    assert (await says(platform, LI, "我的")).startswith(say.MINE_NONE)
