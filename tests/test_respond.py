"""Who listens to a message, and that no message is without a reply that can be sent."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import Guanxin
from handlers import ABILITIES
from handlers import wording as words
from handlers.message import Incoming, Reply
from storage import tickets
from tests.conftest import Say

MOST_DATA_BYTES = 64
SIGN_UP = ("报名辅导站", "我叫王秀英 电话13900001234", "书法", "河海", "1", "1", "1")


def is_sendable(reply: Reply) -> bool:
    fits = all(len(choice.data.encode()) <= MOST_DATA_BYTES for choice in reply.choices)
    labelled = all(choice.label.strip() for choice in reply.choices)
    return bool(reply.text.strip()) and fits and labelled and reply.text != words.APOLOGY


async def sign_up(say: Say, user: str = "a") -> Reply:
    for line in SIGN_UP[:-1]:
        await say(line, user=user)
    return await say(SIGN_UP[-1], user=user)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\x00\x00",
        "\u200b\u200d",
        "👨\u200d👩\u200d👧",
        "\u202e反过来",
        "\ud800",
        "e\u0301" * 500,
        "字" * 100_000,
        "<script>alert(1)</script>",
        "'; DROP TABLE people; --",
        "{{ 7 * 7 }}",
        "0",
        "１２３",
        "?",
        "……",
    ],
    ids=lambda text: repr(text[:12]),
)
async def test_odd_text_gets_a_valid_reply(say: Say, text: str) -> None:
    assert is_sendable(await say(text))
    await say("报名辅导站")
    assert is_sendable(await say(text))


ANY_TEXT = st.text(st.characters(codec=None), max_size=80)
ANY_DATA = st.one_of(
    ANY_TEXT,
    st.builds(
        "{}:{}".format,
        st.sampled_from([ability.name for ability in ABILITIES]),
        st.one_of(ANY_TEXT, st.integers().map(str), st.just("1:station:1"), st.just("1:yes")),
    ),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT, data=ANY_DATA)
def test_no_words_and_no_button_crash_anything(guanxin: Guanxin, text: str, data: str) -> None:
    async def both() -> list[Reply]:
        receive = guanxin.dispatcher.receive
        at, name = guanxin.clock(), f"{hash((text, data))}"
        said = Incoming("web", "any", text, f"t{name}", at)
        pressed = Incoming("web", "any", data, f"c{name}", at, "choice")
        return [await receive(said), await receive(pressed)]

    assert all(map(is_sendable, asyncio.run(both())))


@pytest.mark.parametrize("kind", ["voice", "picture", "location"])
async def test_what_is_no_text_gets_a_kind_sentence_and_the_open_step(say: Say, kind: str) -> None:
    assert "打字" in (await say("", kind=kind)).text
    await say("报名辅导站")
    reply = await say("", kind=kind)
    assert "打字" in reply.text
    assert words.ASK_NAME in reply.text


async def test_a_transcribed_voice_is_text(say: Say) -> None:
    assert (await say("报名辅导站", kind="voice")).text == words.ASK_NAME


async def test_following_is_greeted_with_three_choices(say: Say) -> None:
    reply = await say("", kind="follow")
    assert [choice.label for choice in reply.choices] == ["问一问", "报名", "我的"]


async def test_nobody_cancels_for_somebody_else(say: Say) -> None:
    assert "100001" in (await sign_up(say)).text
    assert (await say("cancel:1:yes", user="b", kind="choice")).text == words.NOT_YOURS
    assert "100001" in (await say("我的")).text


async def test_nobody_answers_in_somebody_elses_form(say: Say) -> None:
    await say("报名辅导站")
    await say("我叫王秀英 电话13900001234")
    step = await say("书法")
    reply = await say(step.choices[0].data, user="b", kind="choice")
    assert words.STALE in reply.text
    assert words.ASK_STATION in (await say("再说一遍")).text


async def test_a_typed_number_never_shows_or_takes_over_anothers_data(say: Say) -> None:
    await sign_up(say, "a")
    reply = await say("我的 13900001234", user="b")
    assert "100001" not in reply.text
    assert "王秀英" not in reply.text
    await say("报名辅导站", user="b")
    step = await say("我叫李桂芳 电话13900001234", user="b")
    assert "王秀英" not in step.text
    assert words.MINE_NONE in (await say("我的", user="b")).text


async def test_confirming_eight_times_signs_up_once(say: Say) -> None:
    for line in SIGN_UP[:-1]:
        await say(line)
    replies = [await say("1") for _ in range(8)]
    assert {reply.text for reply in replies} == {replies[0].text}
    assert "报名编号：100001" in replies[0].text
    mine = await say("我的")
    assert len(mine.choices) == 1


async def test_danger_alerts_staff_and_its_words_stay_out_of_the_logs(
    guanxin: Guanxin, say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = await say("我不想活了")
    assert "12356" in reply.text
    assert guanxin.store.read_now(tickets.waiting) == {"danger": 1}
    assert "不想活" not in capsys.readouterr().err


async def test_what_is_not_in_the_plans_is_kept_for_staff(guanxin: Guanxin, say: Say) -> None:
    await say("红烧肉怎么烧才烂")
    assert guanxin.store.read_now(tickets.waiting) == {"unanswered": 1}


@pytest.mark.parametrize(
    ("call", "kept"),
    [
        ("人工", "低保怎么办"),
        ("找工作人员", "低保怎么办"),
        ("请工作人员给我打电话", "请工作人员给我打电话\n低保怎么办"),
    ],
)
async def test_the_words_after_a_call_for_a_human_are_on_its_ticket(
    guanxin: Guanxin, say: Say, call: str, kept: str
) -> None:
    assert (await say(call)).text == words.HUMAN
    assert (await say("低保怎么办")).text == words.HUMAN_KEPT
    (ticket,) = guanxin.store.read_now(tickets.open_tickets)
    assert (ticket.kind, ticket.words) == ("human", kept)


async def test_words_for_a_ticket_that_staff_closed_are_not_lost(
    guanxin: Guanxin, say: Say
) -> None:
    await say("人工")
    guanxin.store.write_now(lambda tx: tickets.close(tx, 1, "打过电话", guanxin.clock()))
    await say("低保怎么办")
    (ticket,) = guanxin.store.read_now(tickets.open_tickets)
    assert (ticket.kind, ticket.words) == ("human", "低保怎么办")


async def test_a_human_is_called_once(guanxin: Guanxin, say: Say) -> None:
    assert (await say("人工")).text == words.HUMAN
    assert (await say("转人工")).text == words.HUMAN_AGAIN
    assert guanxin.store.read_now(tickets.waiting) == {"human": 1}


async def test_a_digit_chooses_what_was_offered_last(say: Say) -> None:
    await say("菜单")
    assert (await say("2")).text == words.PROGRAMMES
    assert (await say("②")).text == words.ASK_NAME


async def test_the_words_of_a_choice_choose_it(say: Say) -> None:
    told = (await say("三好标兵怎么评")).text
    more = (await say("更多")).text
    assert more.startswith("· ")
    lines = [line.removeprefix("· ") for line in more.split("\n") if line.startswith("· ")]
    assert not any(line in told for line in lines), "what was read a moment ago is not said again"


async def test_where_somebody_lives_is_asked_once(say: Say) -> None:
    asked = await say("青蓝工程是什么")
    places = [choice.label for choice in asked.choices]
    assert {"常州市", "重庆市"} <= set(places)
    told = await say("重庆市")
    assert "渝教师〔2013〕2号" in told.text
    assert "渝教工委办〔2013〕7号" in (await say("青蓝工程是什么")).text


async def test_a_digit_after_a_voice_message_chooses_what_was_offered_before(say: Say) -> None:
    await say("报名")
    for kind in ("voice", "picture"):
        reply = await say("", kind=kind)
        assert [choice.label for choice in reply.choices] == ["去辅导站帮忙", "结对帮教"]
    assert (await say("1")).text == words.ASK_NAME


async def test_who_begins_with_a_voice_message_is_shown_the_menu(say: Say) -> None:
    await say("", kind="voice")
    assert (await say("2")).text == words.PROGRAMMES


@pytest.mark.parametrize("said", ["上一步", "再说一遍"])
async def test_without_a_form_there_is_a_way_on(say: Say, said: str) -> None:
    reply = await say(said)
    assert reply.text == words.NOTHING_TO_GO_ON
    assert words.MENU in (await say("菜单")).text


@pytest.mark.parametrize("text", ["这周有什么活动", "下周末搞什么活动", "元宵节你们有没有安排"])
async def test_who_asks_what_is_on_hears_what_is_registered(say: Say, text: str) -> None:
    assert "登记的活动" in (await say(text)).text


async def test_of_another_time_the_plans_are_asked_first(say: Say) -> None:
    assert "书香常州" in (await say("暑假有什么活动")).text
