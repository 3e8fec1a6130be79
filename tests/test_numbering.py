"""A list in a text is never taken for what can be chosen."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.app import Guanxin
from bot.clock import system
from handlers import wording as say_words
from handlers.message import Choice, Reply
from handlers.numbering import is_numbered, told_apart
from handlers.outbox import Outbox, Push
from handlers.ways import Reach
from storage import claims, shown
from storage.engine import Transaction
from storage.outgoing import deliveries as rows
from tests.casting import drafted, member
from tests.conftest import NOW, Say
from tests.test_respond import sign_up

CHOICES = (Choice("知道了", "x:1"), Choice("不能来", "x:2"))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1. 成立小组\n5. 写总结", "第1点：成立小组\n第5点：写总结"),
        ("计划写的是：1．成立小组\n  2、写总结", "计划写的是：第1点：成立小组\n第2点：写总结"),
        ("（1）成立小组\n(2) 写总结", "第1点：成立小组\n第2点：写总结"),
        ("①成立小组\n② 写总结", "第1点：成立小组\n第2点：写总结"),
        ("１．成立小组\n十二、写总结", "第1点：成立小组\n第十二点：写总结"),
    ],
)
def test_lines_of_a_list_do_not_look_like_choices(text: str, read: str) -> None:
    assert is_numbered(text)
    assert told_apart(Reply(text, CHOICES)) == Reply(read, CHOICES)
    assert told_apart(Reply(text)) == Reply(text)


@pytest.mark.parametrize(
    "text",
    [
        "1.5万人参加\n2022年的计划", "12355 青少年服务台", "第1. 不在行首", "4月7日（周三）09:00",
        "一个也没有\n三十人", "10:30 开始", "时间：09:00",
    ],
)  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert not is_numbered(text)
    assert told_apart(Reply(text, CHOICES)).text == text


def arrives(guanxin: Guanxin, person: int, push: Push) -> None:
    """Let a push be sent by a call, and be forgotten as the postman does."""

    def work(tx: Transaction) -> None:
        OUTBOX.push(tx, person, push, NOW)
        mine = rows.c.cause == push.cause
        tx.execute(update(rows).where(mine).values(state="sending", owner="p", way="telegram"))
        row = tx.execute(select(rows.c.id).where(mine)).scalar_one()
        claims.done(tx, row, "p", "sent", "", NOW)
        shown.sent(tx, row, NOW)

    guanxin.store.write_now(work)


def broadcasted(guanxin: Guanxin, text: str) -> Push:
    one = drafted(guanxin.store, member(guanxin.store), text)
    return Push(one.cause, "broadcast", Reply(text), broadcast_id=one.id)


CHANGE = Push("change:1", "change", Reply("改到周五\n1. 带伞", (Choice("菜单", "menu"),)))
LIST = "请准备：\n1. 身份证\n2. 户口本"
OUTBOX = Outbox(Reach(telegram=True), system)


async def test_a_push_with_choices_has_one_list(guanxin: Guanxin, say: Say) -> None:
    await sign_up(say)
    arrives(guanxin, 1, CHANGE)
    (push,) = guanxin.store.read_now(lambda tx: shown.since(tx, 1, 0))
    assert push.reply["text"] == "改到周五\n第1点：带伞"


async def test_a_number_below_a_list_that_is_none_of_choices_is_asked_back(
    guanxin: Guanxin, say: Say
) -> None:
    await sign_up(say)
    arrives(guanxin, 1, CHANGE)
    arrives(guanxin, 1, broadcasted(guanxin, LIST))
    asked = await say("1")
    assert (asked.text, asked.choices) == (say_words.WHICH_NUMBER, CHANGE.reply.choices)
    assert (await say("1")).text == say_words.MENU


async def test_a_number_below_choices_that_came_after_a_list_chooses(
    guanxin: Guanxin, say: Say
) -> None:
    await sign_up(say)
    arrives(guanxin, 1, broadcasted(guanxin, LIST))
    arrives(guanxin, 1, CHANGE)
    assert (await say("1")).text == say_words.MENU


async def test_a_number_below_other_words_chooses_as_before(guanxin: Guanxin, say: Say) -> None:
    await sign_up(say)
    arrives(guanxin, 1, CHANGE)
    arrives(guanxin, 1, broadcasted(guanxin, "明天开会"))
    assert (await say("1")).text == say_words.MENU


async def test_a_number_of_a_list_alone_chooses_nothing(guanxin: Guanxin, say: Say) -> None:
    await sign_up(say)
    arrives(guanxin, 1, broadcasted(guanxin, LIST))
    assert (await say("2")).text != say_words.WHICH_NUMBER
