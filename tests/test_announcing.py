"""Staff send a message to many from their own chat: preview, the number typed back, undo, stop."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.app import Guanxin
from handlers import wording as other
from handlers import wording_broadcast as words
from handlers.message import Reply
from storage import broadcasts
from storage.broadcasts import Broadcast
from storage.staff import Member
from tests.casting import TEXT, claim, crowd, expand, link, member, send, someone
from tests.conftest import Clock, Say

HELPERS = 12


@dataclass
class Boss:
    """A member of staff in chat."""

    guanxin: Guanxin
    say: Say
    known: Member

    async def says(self, text: str) -> Reply:
        return await self.say(text, user="boss")

    async def taps(self, reply: Reply, label: str) -> Reply:
        (data,) = [choice.data for choice in reply.choices if choice.label == label]
        return await self.say(data, user="boss", kind="choice")

    @property
    def broadcasts(self) -> list[Broadcast]:
        return list(self.guanxin.store.read_now(lambda tx: broadcasts.newest(tx, 9)))

    @property
    def states(self) -> list[str]:
        return [one.state for one in self.broadcasts]


@pytest.fixture
def boss(guanxin: Guanxin, say: Say) -> Boss:
    known = member(guanxin.store)
    link(guanxin.store, known, someone(guanxin.store, "boss", channel="web"))
    crowd(guanxin.store, HELPERS - 1)
    return Boss(guanxin, say, known)


async def send_to_all(boss: Boss, text: str = TEXT) -> Reply:
    """Send to the twelve that are known: eleven, and the member of staff."""
    await boss.says(f"群发 {text}")
    await boss.says("3")
    return await boss.says(str(HELPERS))


@pytest.mark.parametrize(
    "words_said", ["群发", "给大家发个通知", f"群发 {TEXT}", f"/broadcast {TEXT}"]
)
async def test_nobody_else_sends_to_many(boss: Boss, say: Say, words_said: str) -> None:
    assert (await say(words_said, user="a")).text == words.NOT_STAFF
    assert boss.broadcasts == []


@pytest.mark.parametrize("forged", ["announce:again:1", "announce:undo:1", "announce:stop:1"])
async def test_a_forged_button_does_nothing(boss: Boss, say: Say, forged: str) -> None:
    await send_to_all(boss)
    assert (await say(forged, user="a", kind="choice")).text == words.NOT_STAFF
    assert boss.states == ["confirmed"]


async def test_what_others_say_keeps_its_meaning(boss: Boss, say: Say) -> None:
    for text in ("停止", "撤回"):
        assert "群发" not in (await say(text, user="a")).text
        assert "群发" not in (await boss.says(text)).text


@pytest.mark.parametrize(
    "start", [("群发", TEXT), (f"群发：{TEXT}",), (f"群发通知 {TEXT}",), ("给大家发个通知", TEXT)]
)
async def test_from_a_word_to_a_confirmation(boss: Boss, start: tuple[str, ...]) -> None:
    for said in start:
        asked = await boss.says(said)
    assert [choice.label for choice in asked.choices] == [
        "志愿者（0人）", "订阅了通知的人（0人）", f"全部认识的人（{HELPERS}人）"
    ]  # fmt: skip
    shown = await boss.says("3")
    assert TEXT in shown.text
    assert "王老师" in shown.text
    assert "退订" in shown.text
    assert f"一共{HELPERS}人" in shown.text
    assert boss.broadcasts == []
    assert (await boss.says("十二")).text == words.CONFIRMED.format(count=HELPERS, number=1)
    assert [(one.text, one.state, one.audience.role) for one in boss.broadcasts] == [
        (TEXT, "confirmed", "all")
    ]


@pytest.mark.parametrize("wrong", ["11", "1", "好", "确定", "120", "１３", "发吧"])
async def test_a_wrong_number_sends_nothing_and_is_asked_again(boss: Boss, wrong: str) -> None:
    await boss.says(f"群发 {TEXT}")
    shown = await boss.says("3")
    again = await boss.says(wrong)
    assert again.text == f"{words.WRONG_COUNT}\n\n{shown.text}"
    assert boss.broadcasts == []
    assert "60秒后" in (await boss.says("１２人")).text


async def test_somebody_who_came_in_between_changes_the_number(boss: Boss) -> None:
    await boss.says(f"群发 {TEXT}")
    await boss.says("3")
    crowd(boss.guanxin.store, 1, first=500)
    assert f"一共{HELPERS + 1}人" in (await boss.says(str(HELPERS))).text
    assert boss.broadcasts == []
    assert "60秒后" in (await boss.says(str(HELPERS + 1))).text


async def test_a_role_without_anybody_is_asked_again(boss: Boss) -> None:
    await boss.says(f"群发 {TEXT}")
    asked = await boss.says("1")
    assert asked.text.startswith(words.NOBODY_THERE.format(role="志愿者"))
    assert len(asked.choices) == 3


async def test_leaving_sends_nothing(boss: Boss) -> None:
    await boss.says(f"群发 {TEXT}")
    await boss.says("3")
    assert (await boss.says("取消")).text == words.LEFT
    await boss.says(str(HELPERS))
    assert boss.broadcasts == []


async def test_a_question_as_the_text_is_no_question(boss: Boss) -> None:
    await boss.says("群发")
    asked = await boss.says("明天谁有空来帮忙，几点能到？")
    assert asked.text == words.ASK_ROLE


@pytest.mark.parametrize("start", [(), ("群发",)])
async def test_a_text_that_is_too_long(boss: Boss, start: tuple[str, ...]) -> None:
    for said in start:
        await boss.says(said)
    asked = await boss.says(("" if start else "群发 ") + "好" * 700)
    assert "内容有700个字" in asked.text
    assert boss.broadcasts == []


@pytest.mark.parametrize("by_button", [False, True])
async def test_undo_within_a_minute(boss: Boss, business_clock: Clock, by_button: bool) -> None:
    told = await send_to_all(boss)
    business_clock.wait(seconds=59)
    undone = await boss.taps(told, "撤回") if by_button else await boss.says("撤回！")
    assert undone.text == words.UNDONE.format(number=1)
    assert boss.states == ["undone"]


async def test_undo_too_late_then_stop(boss: Boss, business_clock: Clock) -> None:
    await send_to_all(boss)
    expand(boss.guanxin.store)
    business_clock.wait(seconds=61)
    assert (await boss.says("撤回")).text == words.REFUSED["late"]
    first, *_ = claim(boss.guanxin.store, minutes=2)
    assert send(boss.guanxin.store, first)
    stopped = await boss.says("停止")
    assert stopped.text == words.STOPPED.format(number=1, sent=1, left=HELPERS - 1)
    assert boss.states == ["stopped"]


async def test_the_same_text_takes_a_button_more(boss: Boss) -> None:
    await send_to_all(boss)
    refused = await send_to_all(boss)
    assert "同样的内容在09:00已经发过了" in refused.text
    assert boss.states == ["draft", "confirmed"]
    assert "60秒后" in (await boss.taps(refused, words.AGAIN)).text
    assert boss.states == ["confirmed", "confirmed"]


async def test_a_sign_up_does_not_offer_it(boss: Boss) -> None:
    asked = await boss.says("报名")
    assert [choice.label for choice in asked.choices] == [
        other.STATION_PROGRAMME, other.MENTORING_PROGRAMME
    ]  # fmt: skip
    assert (await boss.say("signup:announcement", user="boss", kind="choice")) == asked
