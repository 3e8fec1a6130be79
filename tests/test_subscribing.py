"""订阅, 退订, 恢复 in one word and in every state; and what is on today, for those who ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.app import Guanxin
from handlers import wording as say_words
from handlers import wording_reminders as words
from handlers.message import Reply
from handlers.outbox import Outbox, Push
from handlers.ways import Reach
from storage import people, signups
from storage.engine import Transaction
from storage.outgoing import deliveries as table
from storage.outgoing import pauses
from storage.tables import shifts
from tests.conftest import NOW, Clock, Say

OUTBOX = Outbox(Reach(telegram=True), Clock())


def person_id(guanxin: Guanxin, user: str = "a", channel: str = "web") -> int:
    def work(tx: Transaction) -> int:
        return people.locked(tx, people.address_row(tx, channel, user), NOW).id

    return guanxin.store.write_now(work)


def person(guanxin: Guanxin) -> people.Person:
    who = person_id(guanxin)
    return guanxin.store.read_now(lambda tx: people.get(tx, who))


def push(guanxin: Guanxin, kind: Any, cause: str) -> None:
    who = person_id(guanxin)
    what = Push(cause, kind, Reply("大家好"))
    guanxin.store.write_now(lambda tx: OUTBOX.push(tx, who, what, NOW))


def states(guanxin: Guanxin) -> dict[str, str]:
    query = select(table.c.cause, table.c.state)
    found = guanxin.store.read_now(lambda tx: tx.execute(query).all())
    return {row.cause: row.state for row in found}


async def test_one_word_subscribes(guanxin: Guanxin, say: Say) -> None:
    assert (await say("订阅")).text == words.SUBSCRIBED
    assert person(guanxin).subscribed
    assert (await say("订阅")).text == words.SUBSCRIBED_ALREADY


@pytest.mark.parametrize("word", ["退订", "TD", "退訂", "取消提醒", "以后不要再给我发消息了"])
async def test_one_word_ends_it_and_says_what_still_comes(
    guanxin: Guanxin, say: Say, word: str
) -> None:
    reply = await say(word)
    assert person(guanxin).opted_out
    assert "有变动" in reply.text
    assert "“恢复”" in reply.text


async def test_one_word_brings_it_back(guanxin: Guanxin, say: Say) -> None:
    assert (await say("恢复")).text == words.BACK_ALREADY
    await say("退订")
    assert (await say("恢复")).text == words.BACK
    assert not person(guanxin).opted_out
    assert not person(guanxin).subscribed


async def test_to_subscribe_again_ends_an_opt_out(guanxin: Guanxin, say: Say) -> None:
    for word in ("订阅", "退订"):
        await say(word)
    assert (await say("订阅")).text == words.SUBSCRIBED
    assert (person(guanxin).subscribed, person(guanxin).opted_out) == (True, False)


async def test_what_was_not_sent_yet_is_not_sent_but_changes_are(
    guanxin: Guanxin, say: Say
) -> None:
    await say("你好")
    for kind in ("reminder", "campaign", "broadcast", "change"):
        push(guanxin, kind, f"{kind}:1")
    await say("退订")
    assert states(guanxin) == {
        "reminder:1": "opted_out",
        "campaign:1": "opted_out",
        "broadcast:1": "opted_out",
        "change:1": "waiting",
    }
    push(guanxin, "reminder", "reminder:2")
    assert states(guanxin)["reminder:2"] == "opted_out"


@pytest.mark.parametrize("before", [(), ("报名",), ("报名辅导站",), ("报名辅导站", "李桂芳")])
@pytest.mark.parametrize("word", ["订阅", "退订", "恢复", "今天有什么活动"])
async def test_the_words_work_in_every_state_and_a_form_goes_on(
    guanxin: Guanxin, say: Say, before: tuple[str, ...], word: str
) -> None:
    step = ""
    for words_before in before:
        step = (await say(words_before)).text
    reply = await say(word)
    assert any(key in reply.text for key in ("订好了", "退订了", "提醒本来就开着", "今天是"))
    if before and before[0] == "报名辅导站":
        assert reply.text.endswith(step)


async def test_my_page_says_whether_reminders_are_on(say: Say) -> None:
    assert words.REMINDERS_ON in (await say("我的")).text
    await say("退订")
    assert words.REMINDERS_OFF in (await say("我的")).text
    await signed_up(say)
    assert (await say("我的")).text.endswith(words.REMINDERS_OFF)


async def signed_up(say: Say) -> None:
    for line in ("报名辅导站", "李桂芳", "13900001234", "书法", "河海", "1", "1", "1"):
        reply = await say(line)
    assert "报名成功" in reply.text


# --- what is on today ---


async def test_the_next_days_are_shown_where_today_has_nothing(say: Say) -> None:
    text = (await say("今天有什么活动")).text
    assert text.startswith("今天是11月23日（周一），没有登记的活动。")
    assert "接下来：\n· 11月24日（周二）16:00—17:30 示例·" in text


async def test_today_comes_first(say: Say, business_clock: Clock) -> None:
    business_clock.wait(days=1)
    text = (await say("今天有什么活动")).text
    today, later = text.split("\n\n")[:2]
    assert today.startswith("今天是11月24日（周二），登记的活动：\n· 11月24日（周二）16:00—17:30")
    assert "（还有3个名额）" in today
    assert "11月24日" not in later


async def test_only_what_is_near_is_shown_to_whoever_said_where_they_live(say: Say) -> None:
    await say("我是南通的")
    text = (await say("今天有什么活动")).text
    assert "崇川" in text
    assert "河海" not in text


async def test_a_paused_day_is_not_shown(guanxin: Guanxin, say: Say) -> None:
    def pause(tx: Transaction) -> None:
        day = (NOW + timedelta(days=1)).date()
        for row in tx.execute(select(shifts.c.id)).all():
            tx.execute(insert(pauses).values(shift_id=row.id, day=day))

    guanxin.store.write_now(pause)
    assert "11月24日" not in (await say("今天有什么活动")).text


async def test_ones_own_come_last(guanxin: Guanxin, say: Say) -> None:
    await signed_up(say)
    text = (await say("今天有什么活动")).text
    assert text.split("\n\n")[-1].startswith("您自己报的：\n· 11月")
    held = guanxin.store.read_now(lambda tx: signups.of_person(tx, person_id_of(tx)))
    assert len(held) == 1


def person_id_of(tx: Transaction) -> int:
    return people.locked(tx, people.address_row(tx, "web", "a"), NOW).id


async def test_whoever_taps_that_they_know_is_thanked(say: Say) -> None:
    assert (await say("noted", kind="choice")).text == words.SEE_YOU
    assert say_words.STALE not in (await say("noted", kind="choice")).text
