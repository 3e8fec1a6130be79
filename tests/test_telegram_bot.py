from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot import connect_telegram
from bot.channels.base import (
    Halted,
    Moved,
    TryLater,
    Uncertain,
    Undelivered,
    Unreachable,
    Unsendable,
)
from bot.channels.telegram import Question
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_pace import Rates
from bot.channels.wording import SHARE_PHONE
from bot.connect_telegram import Wanted
from handlers.message import Choice, Reply
from tests.doubles.telegram import BotApi
from tests.doubles.telegram_people import Person
from tests.doubles.telegram_wire import TOKEN

QUICK = Rates(each_second=2000, each_second_in_a_chat=500, each_minute_in_a_group=10_000)
HELLO = Reply("您好", (Choice("报名", "signup"), Choice("我的", "mine")))


@asynccontextmanager
async def bot_of(
    server: BotApi, rates: Rates = QUICK, token: str = TOKEN
) -> AsyncIterator[TelegramBot]:
    bot = TelegramBot(token, server.url, rates)
    try:
        yield bot
    finally:
        await bot.close()


async def test_a_reply_arrives_with_its_buttons() -> None:
    async with BotApi() as server, bot_of(server) as bot:
        guifang = Person(server, 800000017)
        await bot.send("800000017", HELLO)
        read = await guifang.reads()
        assert read.text == "您好"
        assert [(b["text"], b["callback_data"]) for b in read.buttons] == [
            ("1. 报名", "signup"),
            ("2. 我的", "mine"),
        ]
        assert "parse_mode" not in server.log[0][1]


async def test_the_button_for_the_telephone_goes_with_the_next_message_without_buttons() -> None:
    async with BotApi() as server, bot_of(server) as bot:
        guifang = Person(server, 800000017)
        await bot.send("800000017", Reply("电话？", wants="phone"))
        button = {"text": SHARE_PHONE, "request_contact": True}
        assert guifang.keyboard == SHARE_PHONE
        assert guifang.received[-1].markup == {
            "keyboard": [[button]],
            "one_time_keyboard": True,
            "resize_keyboard": True,
        }
        await bot.send("800000017", HELLO)
        assert guifang.keyboard == SHARE_PHONE
        await bot.send("800000017", Reply("好的"))
        assert guifang.received[-1].markup == {"remove_keyboard": True}
        assert guifang.keyboard == ""


async def test_the_button_for_the_telephone_hangs_under_the_last_part() -> None:
    async with BotApi(burst_in_a_chat=9) as server, bot_of(server) as bot:
        guifang = Person(server, 1)
        await bot.send("1", Reply("一" * 4096 + "\n电话？", wants="phone"))
        assert [sent.shares_phone for sent in guifang.received] == ["", SHARE_PHONE]


async def test_marks_of_other_formats_arrive_as_they_are() -> None:
    odd = "<b>李</b> *桂芳* [x](tg://user?id=1) & _a_ `b` 🇨🇳"
    async with BotApi() as server, bot_of(server) as bot:
        guifang = Person(server, 800000017)
        await bot.send("800000017", Reply(odd))
        assert (await guifang.reads()).text == odd


async def test_parts_arrive_in_order_and_the_buttons_under_the_last() -> None:
    lines = [f"{number} {'字' * 90}" for number in range(100)]
    async with BotApi(burst_in_a_chat=9) as server, bot_of(server) as bot:
        guifang = Person(server, 800000017)
        await asyncio.gather(
            bot.send("800000017", Reply("\n".join(lines), HELLO.choices)),
            bot.send("800000017", Reply("后来的话")),
        )
        texts = [sent.text for sent in guifang.received]
        assert "\n".join(texts[:3]).split("\n") == lines
        assert texts[3:] == ["后来的话"]
        assert [len(sent.buttons) for sent in guifang.received] == [0, 0, 2, 0]


@pytest.mark.parametrize("state", ["blocked", "deactivated", "kicked"])
async def test_who_cannot_be_reached_any_more(state: str) -> None:
    async with BotApi(chats={1: state}) as server, bot_of(server) as bot:  # type: ignore[dict-item]
        with pytest.raises(Unreachable):
            await bot.send("1", HELLO)


@pytest.mark.parametrize("address", ["99", "@sample", ""])
async def test_who_never_opened_the_bot(address: str) -> None:
    async with BotApi() as server, bot_of(server) as bot:
        with pytest.raises(Unreachable):
            await bot.send(address, HELLO)


async def test_a_chat_that_moved_tells_where_to() -> None:
    async with BotApi(moved={-5: -1000000000042}) as server, bot_of(server) as bot:
        with pytest.raises(Moved) as moved:
            await bot.send("-5", HELLO)
        assert moved.value.address == "-1000000000042"


async def test_what_can_be_sent_to_nobody() -> None:
    async with BotApi() as server, bot_of(server) as bot:
        Person(server, 1)
        with pytest.raises(Unsendable):
            await bot.send("1", Reply(" \n"))
        assert server.calls["sendmessage"] == 0
        server.fault("sendMessage", "400")
        with pytest.raises(Unsendable):
            await bot.send("1", HELLO)


@pytest.mark.parametrize(
    ("kind", "arrived"), [("taken", 1), ("lost", 0), ("500", 0), ("502", 0), ("html", 0)]
)
async def test_a_line_that_breaks_leaves_it_uncertain_and_nothing_is_sent_again(
    kind: str, arrived: int
) -> None:
    async with BotApi() as server, bot_of(server) as bot:
        guifang = Person(server, 1)
        server.fault("sendMessage", kind)
        with pytest.raises(Uncertain):
            await bot.send("1", HELLO)
        assert len(guifang.received) == arrived
        await bot.send("1", HELLO)
        assert len(guifang.received) == arrived + 1


async def test_an_answer_that_stays_away_is_uncertain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram_bot.READ_S", 0.05)
    async with BotApi() as server, bot_of(server) as bot:
        guifang = Person(server, 1)
        server.fault("sendMessage", "slow", seconds=0.3)
        with pytest.raises(Uncertain):
            await bot.send("1", HELLO)
        assert len(guifang.received) == 1


async def test_what_was_never_asked_may_be_asked_again() -> None:
    async with BotApi() as server:
        gone = server.url
    bot = TelegramBot(TOKEN, gone, QUICK)
    with pytest.raises(TryLater) as later:
        await bot.send("1", HELLO)
    assert later.value.whole_channel
    await bot.close()


@pytest.mark.parametrize("token", ["700000001:AAwrong", "nonsense"])
async def test_a_wrong_token_halts_with_a_sentence(token: str) -> None:
    async with BotApi() as server, bot_of(server, token=token) as bot:
        with pytest.raises(Halted, match="GUANXIN_TELEGRAM_TOKEN") as halted:
            await bot.send("1", HELLO)
        assert token not in str(halted.value)


async def test_after_a_429_nobody_is_asked_until_it_is_over() -> None:
    async with BotApi(second=0.1) as server, bot_of(server) as bot:
        Person(server, 1), Person(server, 2)
        server.fault("sendMessage", "429", seconds=3)
        with pytest.raises(TryLater) as later:
            await bot.send("1", HELLO)
        assert later.value.whole_channel
        assert 0.3 <= later.value.after <= 0.6
        for _ in range(5):
            with pytest.raises(TryLater):
                await bot.send("2", HELLO)
        assert server.calls["sendmessage"] == 1
        await asyncio.sleep(later.value.after)
        await bot.send("2", HELLO)
        assert server.calls["sendmessage"] == 2


async def test_who_is_refused_while_silent_does_not_queue_for_it() -> None:
    async with BotApi() as server, bot_of(server, Rates(each_second_in_a_chat=0.1)) as bot:
        Person(server, 1)
        server.fault("sendMessage", "429", seconds=5)
        async with asyncio.timeout(2):
            for _ in range(3):
                with pytest.raises(TryLater):
                    await bot.send("1", HELLO)


async def test_a_429_between_two_parts_repeats_neither() -> None:
    async with BotApi(second=0.1) as server, bot_of(server) as bot:
        guifang = Person(server, 1)
        task = asyncio.create_task(bot.send("1", Reply("一" * 4096 + "\n" + "二" * 9)))
        await guifang.reads()
        server.fault("sendMessage", "429", seconds=2)
        await task
        assert [sent.text[0] for sent in guifang.received] == ["一", "二"]


async def test_a_rest_that_cannot_be_sent_in_time_is_uncertain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.channels.telegram_bot.PATIENCE_S", 0.1)
    async with BotApi() as server, bot_of(server) as bot:
        guifang = Person(server, 1)
        task = asyncio.create_task(bot.send("1", Reply("一" * 4096 + "\n" + "二" * 9)))
        await guifang.reads()
        server.fault("sendMessage", "429", seconds=30)
        with pytest.raises(Uncertain):
            await task


async def test_a_chat_gets_one_message_a_second_and_others_do_not_wait_for_it() -> None:
    rates = Rates(each_second=1000, each_second_in_a_chat=5)
    async with BotApi() as server, bot_of(server, rates) as bot:
        people = [Person(server, number) for number in (1, 2)]
        await asyncio.gather(*(bot.send("1", HELLO) for _ in range(3)), bot.send("2", HELLO))
        first, second, third = (sent.at for sent in people[0].received)
        assert second - first > 0.1
        assert third - second > 0.1
        assert people[1].received[0].at < second


async def test_whoever_waited_for_the_turn_sends_at_once_and_the_next_waits_again() -> None:
    async with BotApi() as server, bot_of(server, Rates(each_second_in_a_chat=4)) as bot:
        guifang = Person(server, 1)
        await bot.send("1", HELLO)
        await bot.turn("1")
        waited = time.monotonic()
        await bot.send("1", HELLO)
        await bot.send("1", HELLO)
        first, second, third = (sent.at for sent in guifang.received)
        assert waited - first > 0.2
        assert second - waited < 0.1
        assert third - second > 0.2


@pytest.mark.parametrize("address", ["1", "-5", "@sample"])
async def test_nobody_waits_for_a_turn_that_cannot_be_used(address: str) -> None:
    async with BotApi() as server, bot_of(server, Rates(each_second_in_a_chat=0.1)) as bot:
        Person(server, 1)
        server.fault("sendMessage", "429", seconds=5)
        with pytest.raises(TryLater):
            await bot.send("1", HELLO)
        async with asyncio.timeout(1):
            await bot.turn(address)


async def test_all_chats_together_never_pass_the_rate() -> None:
    async with BotApi() as server, bot_of(server, Rates()) as bot:
        people = [Person(server, number) for number in range(1, 41)]
        await asyncio.gather(*(bot.send(str(person.number), HELLO) for person in people))
        times = sorted(sent.at for sent in server.sent)
        within = [sum(start <= at < start + 1 for at in times) for start in times]
        assert max(within) <= 30
        assert max(within) >= 15
        assert server.calls["sendmessage"] == 40


async def persist(bot: TelegramBot, address: str, texts: list[str]) -> None:
    """Do what the postman does: one after another, each until it is taken."""
    for text in texts:
        while True:
            try:
                await bot.send(address, Reply(text))
                break
            except TryLater as later:
                await asyncio.sleep(later.after)


async def asked(server: BotApi, bot: TelegramBot) -> Question:
    await bot.send("1", HELLO)
    return Question(1, server.sent[-1].number, "您好", "1. 报名")


async def test_a_question_shows_what_was_chosen_and_cannot_be_tapped_again() -> None:
    async with BotApi() as server, bot_of(server, Rates(each_second_in_a_chat=0.1)) as bot:
        guifang = Person(server, 1)
        question = await asked(server, bot)
        async with asyncio.timeout(1):
            await bot.settle(question, chosen=True)
            with pytest.raises(Unsendable, match="not modified"):
                await bot.settle(question, chosen=True)
        assert guifang.received[0].text == "您好\n\n✓ 您选了：1. 报名"
        assert guifang.received[0].buttons == []


async def test_a_question_that_is_not_there_or_has_no_buttons_stays() -> None:
    async with BotApi() as server, bot_of(server) as bot:
        Person(server, 1)
        await bot.send("1", Reply("电话？", wants="phone"))
        for number in (server.sent[0].number, 99):
            with pytest.raises(Unsendable, match="edit"):
                await bot.settle(Question(1, number, "电话？", "好"), chosen=True)


async def test_an_edit_that_comes_too_often_silences_no_reply() -> None:
    async with BotApi(second=0.01) as server, bot_of(server) as bot:
        Person(server, 1)
        question = await asked(server, bot)
        await bot.turn("1")
        server.fault("editMessageText", "500")
        with pytest.raises(Uncertain):
            await bot.settle(question, chosen=True)
        server.fault("editMessageText", "429", seconds=1)
        with pytest.raises(TryLater):
            await bot.settle(question, chosen=True)
        await asyncio.sleep(0.02)
        await bot.send("1", HELLO)
        server.fault("sendMessage", "429", seconds=500)
        with pytest.raises(TryLater):
            await bot.send("1", HELLO)
        edits = server.calls["editmessagetext"]
        with pytest.raises(TryLater):
            await bot.settle(question, chosen=True)
        assert server.calls["editmessagetext"] == edits


async def test_a_storm_of_429s_loses_nothing_and_keeps_the_order() -> None:
    began = time.monotonic()
    async with BotApi(second=0.1, each_second=20, burst_in_a_chat=2) as server:
        people = [Person(server, number) for number in range(1, 31)]
        async with bot_of(server, Rates(each_second=250, each_second_in_a_chat=20)) as bot:
            texts = [f"第{number}条" for number in range(4)]
            await asyncio.gather(*(persist(bot, str(p.number), texts) for p in people))
        assert [[sent.text for sent in person.received] for person in people] == [texts] * 30
        refused = server.calls["sendmessage"] - len(server.sent)
        assert 0 < refused < 120
    assert time.monotonic() - began < 5


async def test_no_token_in_logs_and_errors(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    errors = []
    async with BotApi() as server, bot_of(server) as bot:
        Person(server, 1)
        for kind in ("taken", "500", "html", "429"):
            server.fault("*", kind, seconds=0.01)
            for ask in (lambda: bot.send("1", HELLO), lambda: bot.updates(0, 0)):
                try:
                    await ask()
                except Undelivered as problem:
                    errors.append("".join(traceback.format_exception(problem)))
    assert errors
    heard = caplog.text + "".join(errors)
    assert TOKEN not in heard
    assert TOKEN.partition(":")[2] not in heard


def wanted(server: BotApi, **changed: str) -> Wanted:
    values = {
        "token": TOKEN,
        "api_url": server.url,
        "mode": "webhook",
        "public_url": "https://guanxin.example.org",
        "secret": "sample-secret_1",
    }
    return Wanted(**{**values, **changed})  # type: ignore[arg-type]


async def test_connect_publishes_commands_and_the_webhook() -> None:
    async with BotApi(is_local=False) as server:
        findings = await connect_telegram.connect(wanted(server))
        assert all(finding.well for finding in findings)
        assert server.webhook is not None
        assert server.webhook.url == "https://guanxin.example.org/telegram"
        assert server.webhook.secret == "sample-secret_1"
        assert server.allowed == ["message", "callback_query", "my_chat_member"]
        assert [(c["command"], c["description"]) for c in server.commands] == [
            ("start", "菜单"),
            ("baoming", "报名"),
            ("wode", "我的"),
            ("wen", "问一问"),
            ("help", "帮助"),
        ]
        assert "sample-secret" not in "".join(finding.seen for finding in findings)


async def test_connect_removes_the_webhook_for_polling() -> None:
    async with BotApi() as server:
        await connect_telegram.connect(wanted(server))
        await server.push(message={"text": "在吗"})
        findings = await connect_telegram.connect(wanted(server, mode="polling"))
        assert all(finding.well for finding in findings)
        assert server.webhook is None
        assert len(server.waiting) == 1


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"token": ""}, "GUANXIN_TELEGRAM_TOKEN"),
        ({"token": "700000001:AAwrong"}, "GUANXIN_TELEGRAM_TOKEN"),
        ({"public_url": ""}, "GUANXIN_PUBLIC_URL"),
        ({"public_url": "http://guanxin.example.org"}, "GUANXIN_PUBLIC_URL"),
        ({"public_url": "https://guanxin.example.org:8000"}, "8443"),
        ({"secret": ""}, "GUANXIN_TELEGRAM_WEBHOOK_SECRET"),
        ({"secret": "with space"}, "GUANXIN_TELEGRAM_WEBHOOK_SECRET"),
    ],
)
async def test_connect_says_what_to_do_instead(changed: dict[str, str], named: str) -> None:
    async with BotApi(is_local=False) as server:
        findings = await connect_telegram.connect(wanted(server, **changed))
        assert [finding.well for finding in findings].count(False) == 1
        assert not findings[-1].well
        assert named in findings[-1].seen
        assert server.webhook is None
