"""What must go wrong without harm, as somebody at Telegram sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import Guanxin
from bot.channels import telegram_intake
from bot.channels.telegram import Heard, Question, parse
from bot.channels.telegram_intake import Intake
from handlers import wording as say
from handlers.message import Incoming, Reply
from storage import deliveries, signups, tickets
from storage.tables import addresses
from storage.tables import messages as inbox
from tests.doubles.telegram import BotApi
from tests.doubles.telegram_line import on_the_line
from tests.doubles.telegram_people import Person
from tests.doubles.telegram_wire import State
from tests.test_telegram import tap_on
from tests.test_telegram_polling import Ear, until

TO_CONFIRM = ("报名", "1", "李桂芳", "13900001234", "书法", "1", "1", "1")


@pytest.fixture
async def server() -> AsyncIterator[BotApi]:
    async with BotApi(second=0.02, burst_in_a_chat=1000, each_second=1000) as opened:
        yield opened


async def says(person: Person, *lines: str) -> str:
    """Say something line by line; return the last reply."""
    for words in lines:
        await person.says(words)
        read = await person.reads()
    return read.text


def kept(guanxin: Guanxin) -> list[str]:
    rows = select(inbox.c.external_id)
    return list(guanxin.store.read_now(lambda tx: tx.execute(rows).scalars().all()))


def states(guanxin: Guanxin) -> dict[str, int]:
    return guanxin.store.read_now(deliveries.counts)


def signed_up(guanxin: Guanxin) -> dict[str, int]:
    return guanxin.store.read_now(signups.counts)


def off(guanxin: Guanxin) -> dict[str, str | None]:
    rows = select(addresses.c.address, addresses.c.off)
    found = guanxin.store.read_now(lambda tx: tx.execute(rows).all())
    return {row.address: row.off for row in found}


# --- taps ---


async def test_a_step_of_a_form_shows_what_was_chosen(guanxin: Guanxin, server: BotApi) -> None:
    li = Person(server, 1)
    async with on_the_line(guanxin, server):
        await says(li, *TO_CONFIRM[:4])
        await li.taps("书法")
        await li.reads()
        asked = next(sent for sent in li.received if sent.text.startswith(say.ASK_SUBJECTS))
        await until(lambda: not asked.buttons)
        assert asked.text == f"{say.ASK_SUBJECTS}\n\n✓ 您选了：2. 书法"
        assert li.received[-1].buttons


async def test_a_menu_and_a_list_keep_their_buttons(guanxin: Guanxin, server: BotApi) -> None:
    li = Person(server, 1)
    async with on_the_line(guanxin, server):
        await says(li, "菜单")
        for label in ("报名", "我的", "问一问"):
            await li.taps(label)
            await li.reads()
        await says(li, *TO_CONFIRM, "1", "我的")
        await li.taps(next(button["text"][3:] for button in li.received[-1].buttons))
        await li.reads()
        assert server.calls["editmessagetext"] == 0
        await li.taps(say.CANCEL_NO)
        await li.reads()
        assert "✓ 您选了：1. 不取消" in await settled_question(li, say.CANCEL_SURE)
        assert server.calls["editmessagetext"] == 1


async def settled_question(person: Person, template: str) -> str:
    begins = template.partition("{")[0]
    asked = next(sent for sent in person.received if sent.text.startswith(begins))
    await until(lambda: not asked.buttons)
    return asked.text


@pytest.mark.parametrize("kind", ["400", "429", "500", "html", "lost", "taken", "slow"])
async def test_an_edit_that_fails_harms_nothing(
    guanxin: Guanxin, server: BotApi, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_intake, "SETTLE_S", 0.2)
    li = Person(server, 1)
    async with on_the_line(guanxin, server):
        server.fault("editMessageText", kind, times=9, seconds=1)
        (fault,) = server.faults
        await says(li, *TO_CONFIRM[:4])
        for label in ("书法", "示例·河海社区校外教育辅导站"):
            await li.taps(label)
            await li.reads()
        assert "什么时间" in li.received[-1].text
        await until(lambda: not server.waiting)
    assert fault.times < 9


@dataclass
class Slow:
    """Answers that take their time."""

    seconds: float = 0
    settled: list[tuple[str, bool]] = field(default_factory=list)

    async def answer(self, callback_id: str) -> None: ...

    async def settle(self, question: Question, *, chosen: bool) -> None:
        self.settled.append((question.label, chosen))
        await asyncio.sleep(self.seconds)


def a_tap() -> Heard:
    heard = parse(tap_on("您好", **{"erase:yes": "1. 确定删除"}))
    assert heard is not None
    return heard


async def test_edits_that_hang_hold_up_no_tap_and_do_not_pile_up() -> None:
    answers = Slow(seconds=60)
    intake = Intake(Ear().receive, answers, lambda: None)
    async with asyncio.timeout(1):
        for _ in range(100):
            assert await intake.take(a_tap())
        await asyncio.sleep(0)
    assert len(answers.settled) == telegram_intake.MOST_SETTLING


@pytest.mark.parametrize(
    ("said", "shown"), [("好", [True]), (say.STALE, [False]), (say.APOLOGY, []), (say.BUSY, [])]
)
async def test_a_tap_that_was_not_handled_leaves_the_buttons(said: str, shown: list[bool]) -> None:
    async def receive(_message: Incoming) -> Reply:
        return Reply(said)

    answers = Slow()
    assert await Intake(receive, answers, lambda: None).take(a_tap()) == (said != say.BUSY)
    await asyncio.sleep(0.01)
    assert answers.settled == [("1. 确定删除", chosen) for chosen in shown]


async def test_an_old_button_loses_its_buttons_and_changes_nothing(
    guanxin: Guanxin, server: BotApi
) -> None:
    li = Person(server, 1)
    async with on_the_line(guanxin, server):
        await says(li, *TO_CONFIRM[:4], "取消")
        await li.taps("书法")
        assert (await li.reads()).text == f"{say.STALE}\n\n{say.MENU}"
        assert await settled_question(li, say.ASK_SUBJECTS) == say.ASK_SUBJECTS
        assert signed_up(guanxin) == {}


async def test_somebody_elses_buttons_have_no_effect(guanxin: Guanxin, server: BotApi) -> None:
    li, wang = Person(server, 1, "桂芳"), Person(server, 2, "建国")
    async with on_the_line(guanxin, server):
        await says(li, *TO_CONFIRM)
        asked = li.received[-1]
        for button in asked.buttons:
            await wang.taps_data(button["callback_data"], asked)
            assert (await wang.reads()).text.startswith(say.STALE)
        assert asked.buttons, "the owner's question keeps its buttons"
        assert signed_up(guanxin) == {}
        await says(li, "1", "我的")
        (mine,) = li.received[-1].buttons
        for data in (mine["callback_data"], mine["callback_data"] + ":yes"):
            await wang.taps_data(data, li.received[-1])
            assert (await wang.reads()).text == say.NOT_YOURS
        assert signed_up(guanxin) == {"confirmed": 1}


# --- what comes again ---


async def test_an_update_that_comes_again_has_one_effect_and_one_reply(
    guanxin: Guanxin, server: BotApi
) -> None:
    li = Person(server, 1)
    async with on_the_line(guanxin, server):
        await says(li, *TO_CONFIRM)
        update = {"update_id": 900, "message": li.message(text="1")}
        for _ in range(4):
            await server.push_raw(update)
            await until(lambda: not server.waiting)
        await until(lambda: states(guanxin) == {"sent": len(TO_CONFIRM) + 1})
    assert kept(guanxin).count("900") == 1
    assert signed_up(guanxin) == {"confirmed": 1}
    assert [sent.text.startswith("报名成功") for sent in li.received].count(True) == 1


# --- who cannot be reached ---


@pytest.mark.parametrize("state", ["blocked", "deactivated", "kicked"])
async def test_who_cannot_be_reached_keeps_the_sign_up_and_may_come_back(
    guanxin: Guanxin, server: BotApi, state: State
) -> None:
    li, wang = Person(server, 1, "桂芳"), Person(server, 2, "建国")
    async with on_the_line(guanxin, server):
        await says(li, *TO_CONFIRM, "1")
        server.chats[1] = state
        await li.says("我的")
        await until(lambda: states(guanxin).get("failed") == 1)
        assert say.MINE_NONE in await says(wang, "我的")
        assert "Forbidden" in str(off(guanxin)["1"])
        assert signed_up(guanxin) == {"confirmed": 1}
        server.chats[1] = "open"
        assert "已报上" in await says(li, "我的")
        assert off(guanxin)["1"] is None


async def test_who_blocks_the_bot_keeps_the_sign_up(guanxin: Guanxin, server: BotApi) -> None:
    """Telegram tells that the bot was blocked; nothing is sent, and the sign-up stays."""
    li = Person(server, 1)
    async with on_the_line(guanxin, server):
        await says(li, *TO_CONFIRM, "1")
        server.chats[1] = "blocked"
        calls = server.calls["sendmessage"]
        await server.push(my_chat_member=li.membership("kicked"))
        await until(lambda: not server.waiting)
        await asyncio.sleep(0.05)
        assert server.calls["sendmessage"] == calls
    assert off(guanxin) == {"1": "left"}
    assert signed_up(guanxin) == {"confirmed": 1}


async def test_a_chat_that_migrated_gets_its_reply_at_the_new_address(
    guanxin: Guanxin, server: BotApi
) -> None:
    li = Person(server, 1)
    moved = Person(server, 2)
    async with on_the_line(guanxin, server):
        await says(li, *TO_CONFIRM, "1")
        server.moved[1] = 2
        await li.says("我的")
        assert "已报上" in (await moved.reads()).text
        assert "已报上" in await says(moved, "我的")
    assert off(guanxin) == {"2": None}
    assert signed_up(guanxin) == {"confirmed": 1}


# --- storms and poison ---


async def test_a_storm_of_429s_delays_replies_and_loses_none(guanxin: Guanxin) -> None:
    async with BotApi(second=0.1, each_second=20, burst_in_a_chat=2) as server:
        people = [Person(server, number) for number in range(1, 21)]
        async with on_the_line(guanxin, server):
            for words in ("菜单", "报名"):
                for person in people:
                    await person.says(words)
            await asyncio.gather(*(person.reads(20) for person in people for _ in range(2)))
        assert len(server.sent) == 40
        assert server.calls["sendmessage"] - len(server.sent) < 40
    for person in people:
        assert [sent.text.split("\n")[0] for sent in person.received] == [say.MENU, say.PROGRAMMES]


async def test_a_poison_message_is_parked_and_the_chat_goes_on(
    guanxin: Guanxin, server: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.respond import respond

    tries = []

    def poisoned(desk: Any, heard: Any) -> Reply:
        if heard.text == "毒":
            tries.append(heard.id)
            raise ValueError("poison")
        return respond(desk, heard)

    monkeypatch.setattr("bot.dispatch.respond", poisoned)
    li, wang = Person(server, 1, "桂芳"), Person(server, 2, "建国")
    async with on_the_line(guanxin, server):
        for person, words in ((li, "毒"), (li, "菜单"), (wang, "菜单")):
            await person.says(words)
        assert (await li.reads()).text == say.APOLOGY
        assert say.MENU in (await li.reads()).text
        assert say.MENU in (await wang.reads()).text
        await until(lambda: not server.waiting)
    assert len(tries) == 3
    assert guanxin.store.read_now(tickets.waiting) == {"parked": 1}
