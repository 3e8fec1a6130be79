"""What people answer to a change: by digit, word or button; late, twice, or in another's name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import Guanxin, tidy
from bot.channels.page import Page
from bot.clock import system
from bot.history import History
from bot.postman import Postman
from handlers import changes, notice
from handlers import wording as say_words
from handlers import wording_changes as words
from handlers.message import Reply
from handlers.outbox import Outbox
from handlers.telling import Act, Told
from handlers.timewords import SHANGHAI
from handlers.ways import Reach
from storage import calls, signups
from storage.outgoing import deliveries as rows
from tests.conftest import Clock, Say
from tests.test_linking import code_of
from tests.test_postman import Pigeon
from tests.test_respond import SIGN_UP, sign_up

OUTBOX = Outbox(Reach(telegram=True), system)
THURSDAY = datetime(2026, 11, 26, 14, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)

Staff = Callable[..., Awaitable[Told]]


@pytest.fixture
def staff(guanxin: Guanxin, business_clock: Clock) -> Staff:
    """Let staff do something, and everything be sent."""

    async def does(do: Callable[..., Told], *details: Any, because: str = "") -> Told:
        def work(tx: Any) -> Told:
            return do(Act(tx, OUTBOX, "staff 1", business_clock(), because), *details)

        told = await guanxin.store.write(work)
        for channel in (Page(), Pigeon()):
            wall_clock = Clock(system() + HOUR)
            postman = Postman(guanxin.store, channel, wall_clock, business_clock)
            while await postman.round():
                pass
        return told

    return does


async def look(guanxin: Guanxin, user: str = "a") -> list[Reply]:
    """Look at the page; return what it shows that was pushed."""
    return [one.reply for one in await History(guanxin.store).news(user, ())]


def answers(guanxin: Guanxin) -> list[str | None]:
    query = select(rows.c.answer).where(rows.c.kind == "change").order_by(rows.c.id)
    return list(guanxin.store.read_now(lambda tx: tx.execute(query).scalars().all()))


async def test_a_digit_chooses_from_what_the_page_showed_last(
    guanxin: Guanxin, say: Say, staff: Staff
) -> None:
    await sign_up(say, "a")
    menu = await say("菜单")
    await staff(changes.move, 1, THURSDAY, THURSDAY + HOUR)
    assert (await say("1")).text == (await say(menu.choices[0].data, kind="choice")).text
    assert answers(guanxin) == [None]
    (push,) = await look(guanxin)
    assert [choice.label for choice in push.choices] == ["知道了", "不能来", "打电话"]
    assert (await say("１")).text == words.NOTED
    assert answers(guanxin) == ["ok"]
    await say("菜单")
    assert (await say("1")).text == say_words.ASK_AWAY


async def test_what_nobody_looked_at_is_not_chosen_from(
    guanxin: Guanxin, say: Say, staff: Staff
) -> None:
    await sign_up(say, "a")
    await staff(changes.move, 1, THURSDAY, THURSDAY + HOUR)
    await say("2")
    assert answers(guanxin) == [None]
    assert guanxin.store.read_now(signups.counts) == {"confirmed": 1}


@pytest.mark.parametrize("said", ["知道了", "好的", "收到", "嗯", "1", "一", "①"])
async def test_many_words_say_that_it_was_seen(
    guanxin: Guanxin, say: Say, staff: Staff, said: str
) -> None:
    for line in SIGN_UP:
        await say(line, channel="telegram")
    await staff(changes.move, 1, THURSDAY, THURSDAY + HOUR)
    assert (await say(said, channel="telegram")).text == words.NOTED
    assert answers(guanxin) == ["ok"]


async def test_whoever_cannot_come_frees_the_seat_once(
    guanxin: Guanxin, say: Say, staff: Staff
) -> None:
    await sign_up(say, "a")
    await staff(changes.move, 1, THURSDAY, THURSDAY + HOUR)
    (push,) = await look(guanxin)
    button = push.choices[1].data
    assert len(button.encode()) <= 64
    replies = [(await say(button, kind="choice")).text for _ in range(3)]
    assert replies == [words.GIVEN_BACK.format(number=100001)] * 3
    assert guanxin.store.read_now(signups.counts) == {"cancelled": 1}
    assert (await say(push.choices[0].data, kind="choice")).text == words.SAID_CANNOT
    assert answers(guanxin) == ["cannot"]


async def test_whoever_signed_up_again_is_not_thrown_out_by_an_old_button(
    guanxin: Guanxin, say: Say, staff: Staff
) -> None:
    await sign_up(say, "a")
    await staff(changes.move, 1, THURSDAY, THURSDAY + HOUR)
    (push,) = await look(guanxin)
    await say("不能来")
    await say("报名辅导站")
    reply = await say("河海")
    times = [choice.label for choice in reply.choices]
    await say(str(1 + next(i for i, label in enumerate(times) if "周四 14:00" in label)))
    assert "报名成功" in (await say("1")).text
    assert (await say(push.choices[1].data, kind="choice")).text == words.OVER
    assert guanxin.store.read_now(signups.counts) == {"cancelled": 1, "confirmed": 1}


async def test_a_day_that_is_off_costs_nobody_the_place(
    guanxin: Guanxin, say: Say, staff: Staff
) -> None:
    await sign_up(say, "a")
    await staff(changes.cancel_day, 1, date(2026, 11, 24))
    await look(guanxin)
    asked = await say("2")
    assert asked.text.startswith("好的，停的只是那一次，您不用来。\n以后每周二")
    assert guanxin.store.read_now(signups.counts) == {"confirmed": 1}
    assert answers(guanxin) == ["cannot"]
    assert "100001 已报上" in (await say("1")).text
    await say(asked.choices[1].data, kind="choice")
    assert guanxin.store.read_now(signups.counts) == {"cancelled": 1}


async def test_after_the_end_there_is_nothing_to_give_back(
    guanxin: Guanxin, say: Say, staff: Staff
) -> None:
    await sign_up(say, "a")
    await staff(changes.close_shift, 1)
    await look(guanxin)
    assert (await say("2")).text == words.ALREADY_ENDED
    assert answers(guanxin) == ["cannot"]


async def test_a_call_is_promised_and_listed(guanxin: Guanxin, say: Say, staff: Staff) -> None:
    await sign_up(say, "a")
    told = await staff(changes.close_shift, 1)
    await look(guanxin)
    replies = [(await say("notice:1:call", kind="choice")).text for _ in range(2)]
    assert replies == [words.WILL_CALL] * 2
    (call,) = guanxin.store.read_now(calls.open_calls)
    assert (call.why, call.words) == ("asked", told.text)
    assert answers(guanxin) == ["call"]


async def test_whoever_answers_late_is_struck_off_the_list(
    guanxin: Guanxin, say: Say, staff: Staff, business_clock: Clock
) -> None:
    await sign_up(say, "a")
    await staff(changes.move, 1, THURSDAY, THURSDAY + HOUR)
    await look(guanxin)
    business_clock.wait(hours=3)
    guanxin.store.write_now(lambda tx: notice.chase(tx, OUTBOX, business_clock()))
    assert len(guanxin.store.read_now(calls.open_calls)) == 1
    await say("1")
    assert guanxin.store.read_now(calls.open_calls) == []


@pytest.mark.parametrize("given", ["ok", "cannot", "call", "", "nonsense"])
async def test_another_ones_button_does_nothing(
    guanxin: Guanxin, say: Say, staff: Staff, given: str
) -> None:
    await sign_up(say, "a")
    await sign_up(say, "thief")
    await say("我的", user="thief")
    await staff(changes.close_shift, 2)
    await staff(changes.move, 1, THURSDAY, THURSDAY + HOUR)
    assert (await say(f"notice:1:{given}", user="nobody", kind="choice")).text == words.NOT_YOURS
    assert (await say(f"notice:9:{given}", user="a", kind="choice")).text == words.NOT_YOURS
    assert set(answers(guanxin)) == {None}
    assert guanxin.store.read_now(calls.open_calls) == []


@pytest.mark.parametrize("data", ["notice:", "notice:x:ok", "notice:٣:ok", f"notice:{2**40}:ok"])
async def test_a_forged_button_is_answered(say: Say, data: str) -> None:
    assert (await say(data, kind="choice")).text == words.NOT_YOURS


async def test_an_old_button_explains_itself(
    guanxin: Guanxin, say: Say, staff: Staff, business_clock: Clock
) -> None:
    await sign_up(say, "a")
    await staff(changes.move, 1, THURSDAY, THURSDAY + HOUR)
    business_clock.wait(days=31)
    assert (await say("notice:1:cannot", kind="choice")).text == words.OVER
    assert guanxin.store.read_now(signups.counts) == {"confirmed": 1}


async def test_in_the_middle_of_a_form_the_step_comes_again(
    guanxin: Guanxin, say: Say, staff: Staff
) -> None:
    await sign_up(say, "a")
    await say("结对帮教")
    await staff(changes.move, 1, THURSDAY, THURSDAY + HOUR)
    await look(guanxin)
    reply = await say("1")
    assert reply.text.startswith(f"{words.NOTED}\n\n接着刚才的：")
    assert reply.choices[0].label != "知道了"


async def test_the_page_shows_pushes_in_order_for_fourteen_days(
    guanxin: Guanxin, say: Say, staff: Staff, business_clock: Clock
) -> None:
    history = History(guanxin.store)
    await sign_up(say, "a")
    told = await staff(changes.move, 1, THURSDAY, THURSDAY + HOUR, because="<b>换教室</b>")
    first = await history.of("a")
    assert first[-1].reply
    assert first[-1].reply.text.startswith(told.text)
    assert "原因：<b>换教室</b>" in told.text
    await say("1")
    await staff(changes.move, 1, THURSDAY + HOUR, THURSDAY + 2 * HOUR)
    shown = [one.push for one in await history.of("a")][-3:]
    assert shown == [first[-1].push, 0, first[-1].push + 1]
    assert [one.push for one in await history.news("a", {shown[0]})] == [shown[2]]
    assert await history.news("stranger", ()) == []
    business_clock.wait(days=14)
    await tidy(guanxin.store, business_clock())
    assert len(await history.news("a", ())) == 2
    business_clock.wait(seconds=1)
    await tidy(guanxin.store, business_clock())
    assert await history.news("a", ()) == []


async def test_a_second_browser_of_the_person_shows_it_too(
    guanxin: Guanxin, say: Say, staff: Staff
) -> None:
    await sign_up(say, "a")
    code = await code_of(say, "a")
    await say(f"绑定 {code}", user="second")
    await staff(changes.close_shift, 1)
    assert len(await look(guanxin, "second")) == 1
    assert (await say("1", user="second")).text == words.NOTED
