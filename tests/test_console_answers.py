"""Answering in the console: a question for everybody who asked, and one person in their chat."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.app import Guanxin
from handlers import wording, wording_answers
from storage import answers, staff, tickets
from tests.conftest import Clock, Say
from tests.console import Browser, browser, enter
from tests.test_console_pages import EVIL
from tests.test_talks import newest_push, tell

QUESTION = "老花镜可以领吗"
ALIKE = "请问能不能领老花镜"
ANSWER = "可以，带身份证到办公室登记。"
DRAFT = {"text": ANSWER, "wordings": f"{QUESTION}\n{ALIKE}", "region": "", "until": ""}


@pytest.fixture
async def member(guanxin: Guanxin) -> AsyncIterator[Browser]:
    """A member of staff who is logged in, at the first page."""
    enter(guanxin)
    async with browser(guanxin) as opened:
        await opened.log_in()
        await opened.open("/console/")
        yield opened


def recorded(guanxin: Guanxin) -> tuple[str, str, str]:
    return guanxin.store.read_now(staff.recorded)[-1]


async def asked(say: Say) -> None:
    for user, words in (("a", QUESTION), ("b", ALIKE), ("c", QUESTION)):
        assert wording.KEPT in (await say(words, user=user)).text


async def test_from_three_who_asked_to_the_fourth_who_hears_it(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await asked(say)
    await member.open("/console/tickets")
    assert "3 人问过" in member.said()
    await member.open("/console/tickets/1")
    assert QUESTION in member.said()
    assert ALIKE in member.said()
    await member.open("/console/tickets/1/answer")
    assert "3 人问过" in member.said()
    shown = await member.send("/console/tickets/1/answer", do="look", **DRAFT)
    assert shown.status_code == 200
    assert "网页 3 人" in member.said()
    assert (
        f"您问过：{QUESTION} 同事回答：{ANSWER} 工作人员王老师回答，2026年11月23日" in member.said()
    )
    assert guanxin.store.read_now(answers.listed) == []
    back = await member.send("/console/tickets/1/answer", do="back", **DRAFT)
    assert ANSWER in back.text
    await member.do("/console/tickets/1/answer", do="give", **DRAFT)
    assert ANSWER in member.said()
    assert recorded(guanxin) == ("staff 1", "answer", "answer 1")
    tell(guanxin)
    for user, words in (("a", QUESTION), ("b", ALIKE), ("c", QUESTION)):
        push = await newest_push(guanxin, user)
        assert push.text.startswith(f"您问过：{words}\n同事回答：{ANSWER}\n")
    heard = await say(f"{ALIKE}啊", user="d")
    assert heard.text == f"{ANSWER}\n\n工作人员王老师回答，2026年11月23日"
    assert guanxin.store.read_now(tickets.open_tickets) == []


@pytest.mark.parametrize(
    ("field", "typed", "why"),
    [
        ("text", "", "empty"),
        ("text", "长" * 501, "long"),
        ("wordings", " \n ", "wording"),
        ("wordings", "\n".join(f"问法{n}" for n in range(13)), "wordings"),
        ("region", "亚特兰蒂斯", "region"),
        ("until", "2026-11-22", "until"),
        ("until", "明天", "until"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    guanxin: Guanxin, member: Browser, say: Say, field: str, typed: str, why: str
) -> None:
    await asked(say)
    for do in ("look", "give"):
        refused = await member.send("/console/tickets/1/answer", do=do, **{**DRAFT, field: typed})
        sentence = wording_answers.REFUSED[why].format(most=500 if field == "text" else 12)
        assert (refused.status_code, f"请改：{sentence}" in refused.text) == (400, True)
        assert f'id="{field}-problem"' in refused.text
    assert guanxin.store.read_now(answers.listed) == []


async def test_an_answer_is_changed_and_taken_back(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await asked(say)
    await member.open("/console/tickets/1/answer")
    await member.do("/console/tickets/1/answer", do="give", **DRAFT)
    await member.open("/console/answers/1")
    assert ANSWER in member.page.text
    refused = await member.send("/console/answers/1", **{**DRAFT, "text": ""})
    assert refused.status_code == 400
    changed = {**DRAFT, "text": "已经领完了。", "region": "常州市", "until": "2026-12-31"}
    await member.do("/console/answers/1", **changed)
    assert "常州市，到 2026-12-31" in member.said()
    assert recorded(guanxin) == ("staff 1", "answer change", "answer 1")
    assert "已经领完了" in (await say(f"常州的{QUESTION}", user="d")).text
    assert "已经领完了" not in (await say(f"南通的{QUESTION}", user="e")).text
    await member.do("/console/answers/1/withdraw")
    assert "还没有回答过" in member.said()
    assert recorded(guanxin) == ("staff 1", "answer withdraw", "answer 1")
    assert "已经领完了" not in (await say(f"常州的{QUESTION}", user="f")).text
    for path in ("answers/1", "answers/2", "tickets/1/answer", "answers/0"):
        assert (await member.client.get(f"/console/{path}")).status_code == 404


async def test_an_answer_is_over_after_its_last_day(
    guanxin: Guanxin, member: Browser, say: Say, business_clock: Clock
) -> None:
    await asked(say)
    await member.open("/console/")
    await member.do("/console/tickets/1/answer", do="give", **{**DRAFT, "until": "2026-11-24"})
    business_clock.wait(days=1)
    assert "（到11月24日为止）" in (await say(QUESTION, user="d")).text
    business_clock.wait(days=1)
    assert wording.KEPT in (await say(QUESTION, user="d")).text


async def test_a_group_is_closed_with_a_note_as_a_whole(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await asked(say)
    await member.open("/console/tickets/1")
    await member.do("/console/tickets/1/close", note="不是我们的事")
    assert "现在没有等着的事" in member.said()
    assert guanxin.store.read_now(tickets.waiting) == {}
    answer = await member.send("/console/tickets/1/answer", do="give", **DRAFT)
    assert answer.status_code == 404


async def test_a_reply_reaches_the_chat_and_the_next_words_come_back(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await say("人工")
    await say("我孙子的事想当面说一说")
    await member.open("/console/tickets/1")
    assert "我孙子的事想当面说一说" in member.said()
    shown = await member.send("/console/tickets/1/reply", do="look", text="明天九点请来。")
    assert "王老师回复：明天九点请来。" in shown.text
    assert guanxin.store.read_now(tickets.waiting) == {"human": 1}
    for empty in ("", "长" * 501):
        for do in ("look", "give"):
            refused = await member.send("/console/tickets/1/reply", do=do, text=empty)
            assert (refused.status_code, 'role="alert"' in refused.text) == (400, True)
    await member.do("/console/tickets/1/reply", do="give", text="明天九点请来。")
    assert recorded(guanxin) == ("staff 1", "reply", "ticket 1")
    assert "王老师回复：明天九点请来。" in (await newest_push(guanxin, "a")).text
    assert (await say("那我带他妈妈一块来")).text == wording.HUMAN_KEPT
    (follows,) = guanxin.store.read_now(tickets.open_tickets)
    assert (follows.kind, follows.words) == ("human", "那我带他妈妈一块来")
    assert (await member.send("/console/tickets/1/reply", text="又来")).status_code == 404


async def test_what_people_and_staff_write_is_shown_as_they_wrote_it(
    guanxin: Guanxin, member: Browser, say: Say
) -> None:
    await say(EVIL)
    await member.open("/console/tickets/1/answer")
    pages = [member.page.text]
    fields = {"text": EVIL, "wordings": EVIL, "region": "", "until": ""}
    pages.append((await member.send("/console/tickets/1/answer", do="look", **fields)).text)
    await member.do("/console/tickets/1/answer", do="give", **fields)
    pages += [member.page.text, await member.open("/console/answers/1")]
    for page in pages:
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page
        assert f"{1234 * 5678}" not in page


@pytest.mark.parametrize("path", ["answers", "answers/1", "tickets/1/answer"])
async def test_nobody_else_sees_it(guanxin: Guanxin, path: str) -> None:
    async with browser(guanxin) as stranger:
        assert (await stranger.client.get(f"/console/{path}")).status_code == 303
        sent = await stranger.post(f"/console/{path}", {"do": "give", **DRAFT})
        assert sent.status_code in (303, 401, 405)
