"""What is offered under an answer, and that it opens what it says."""

from __future__ import annotations

import pytest

from handlers import offers
from handlers import wording as words
from handlers.message import Reply
from knowledge.plan import Fact, Plan
from tests.conftest import Say

PLAN = Plan("x", "某地工作要点", "某地", "常州市", 2022, None, None)


def fact(text: str, *headings: str) -> Fact:
    return Fact(PLAN, 0, "一", headings, text)


def labels(reply: Reply) -> list[str]:
    return [choice.label for choice in reply.choices]


@pytest.mark.parametrize(
    ("question", "found", "help_", "dated"),
    [
        ("四点钟课堂是什么", fact("四点钟课堂是照看孩子的。"), "station", True),
        ("青蓝工程怎么做", fact("老教师带青年教师，叫“青蓝工程”。"), "pair", False),
        ("春苗行动是什么", fact("某镇开展春苗行动。"), "", True),
        ("孩子放学谁管", fact("办好向阳志愿服务。", "四、办好向阳志愿服务"), "any", False),
    ],
)
def test_the_programme_of_an_answer_decides(
    question: str, found: Fact, help_: str, dated: bool
) -> None:
    about = offers.subject(question, [found])
    assert about is not None
    assert (about.help, "dated" in about.kinds) == (help_, dated)


def test_a_programme_that_only_stands_in_the_heading_is_not_meant() -> None:
    assert offers.subject("刊物叫什么", [fact("出一本刊物。", "三、开展“春苗”行动")]) is None
    assert offers.subject("刊物叫什么", []) is None


async def test_an_offer_opens_its_form(say: Say) -> None:
    answered = await say("三困生是哪三种学生")
    assert labels(answered) == [words.MORE, words.PAIR_OFFER]
    opened = await say(answered.choices[1].data, kind="choice")
    assert opened.text == words.ASK_NAME
    await say("取消")
    answered = await say("五老队伍分哪三层")
    assert words.HELP_OFFER in labels(answered)
    assert (await say(answered.choices[1].data, kind="choice")).text == words.PROGRAMMES


async def test_a_reminder_is_offered_to_whom_it_may_concern_only(say: Say) -> None:
    assert labels(await say("三好标兵怎么评")) == [words.MORE, words.REMIND_OFFER]
    await say("2")
    assert labels(await say("三好标兵怎么评")) == [words.MORE]
    await say("退订")
    assert labels(await say("三好标兵怎么评")) == [words.MORE, words.REMIND_OFFER]


async def test_what_was_not_answered_gets_no_offer(say: Say) -> None:
    refused = labels(await say("苏州2023年四点钟课堂办几个"))
    assert not {words.STATION_OFFER, words.REMIND_OFFER} & set(refused)
