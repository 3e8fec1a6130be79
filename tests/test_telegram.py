from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram import COMMANDS, MOST_TEXT, Question, parse, render, settled
from bot.channels.wording import SHARE_PHONE
from handlers import meaning
from handlers.message import Choice, Reply

WIRE = Path(__file__).parent / "wire" / "telegram"

HEARD = {
    "text": ("text", "四点钟课堂几点开始"),
    "text_emoji": ("text", "👨‍👩‍👧 我想来帮忙 🇨🇳"),
    "reply_to": ("text", "2"),
    "forwarded": ("text", "转给您看看"),
    "start": ("follow", ""),
    "start_payload": ("follow", "station_3"),
    "command_baoming": ("text", "报名"),
    "command_named": ("text", "我的"),
    "command_wen": ("text", "三好标兵怎么评"),
    "command_unknown": ("text", "/settings"),
    "voice": ("voice", ""),
    "audio": ("voice", ""),
    "video_note": ("voice", ""),
    "photo": ("picture", ""),
    "photo_caption": ("picture", "这个时间我能来吗"),
    "document": ("picture", ""),
    "sticker": ("picture", ""),
    "video": ("picture", ""),
    "animation": ("picture", ""),
    "dice": ("picture", ""),
    "poll": ("picture", ""),
    "location": ("location", "31.772752,119.974061"),
    "venue": ("location", "31.81,120.0"),
    "contact_own": ("text", "13900001234"),
    "contact_own_abroad": ("text", "+85200000123"),
    "contact_other": ("picture", ""),
    "contact_unknown": ("picture", ""),
    "tap": ("choice", "signup:station"),
    "tap_inaccessible": ("choice", "cancel:17"),
    "blocked": ("leave", ""),
    "group_kicked": ("leave", ""),
    "group_left": ("leave", ""),
}
UNHEARD = {
    "pinned", "edited", "tap_in_group", "tap_inline", "tap_game", "unblocked", "group_added",
    "group_text", "channel_post", "reaction", "inline_query",
}  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def wire(name: str) -> dict[str, Any]:
    update: dict[str, Any] = json.loads((WIRE / f"{name}.json").read_text("utf-8"))
    return update


def test_every_kind_of_update_has_an_expectation() -> None:
    assert {path.stem for path in WIRE.glob("*.json")} == HEARD.keys() | UNHEARD


@pytest.mark.parametrize("name", HEARD)
def test_what_is_heard(name: str) -> None:
    update = wire(name)
    heard = parse(update)
    assert heard is not None
    said = heard.incoming
    assert (said.kind, said.text) == HEARD[name]
    assert said.channel == "telegram"
    assert said.id == str(update["update_id"])
    assert said.address == ("-1000000000042" if name.startswith("group") else "800000017")
    assert said.at.tzinfo is not None


@pytest.mark.parametrize("name", sorted(UNHEARD))
def test_what_is_not_heard(name: str) -> None:
    assert parse(wire(name)) is None


def test_times_and_numbers_of_a_message_and_of_a_tap() -> None:
    update = wire("text")
    heard, tapped = parse(update), parse(wire("tap"))
    assert heard is not None
    assert heard.incoming.at == datetime.fromtimestamp(update["message"]["date"], UTC)
    assert (heard.message_id, heard.callback_id) == (update["message"]["message_id"], None)
    assert tapped is not None
    assert (tapped.message_id, tapped.callback_id) == (410, "3436000000000000017")


def test_a_tap_counts_for_the_one_who_taps() -> None:
    update = wire("tap")
    update["callback_query"]["from"]["id"] = 800000066
    heard = parse(update)
    assert heard is not None
    assert heard.incoming.address == "800000066"


QUESTIONS = {
    "form:3:subjects:书法": True,
    "cancel:17:yes": True,
    "erase:yes": True,
    "cancel:17": False,
    "signup:station": False,
    "more:3": False,
    "fact:form:1": False,
}


def tap_on(text: str, **labels: str) -> dict[str, Any]:
    """A tap on the first of the buttons, whose data are given with their labels."""
    update = wire("tap")
    query = update["callback_query"]
    keyboard = [[{"text": label, "callback_data": data}] for data, label in labels.items()]
    query["message"] |= {"text": text, "reply_markup": {"inline_keyboard": keyboard}}
    query["data"] = next(iter(labels))
    return update


@pytest.mark.parametrize("data", QUESTIONS)
def test_a_question_is_answered_once_and_a_menu_again_and_again(data: str) -> None:
    heard = parse(tap_on("您好", **{"menu": "1. 不", data: "2. 好"}))
    assert heard is not None
    expected = Question(800000017, 410, "您好", "1. 不") if QUESTIONS[data] else None
    assert heard.question == expected


def test_a_question_of_another_chat_or_out_of_sight_is_left_alone() -> None:
    for name, changed in (("from", {"id": 5}), ("message", {"text": None})):
        update = tap_on("您好", **{"erase:yes": "1. 好"})
        update["callback_query"][name] |= changed
        heard = parse(update)
        assert heard is not None
        assert heard.question is None


def test_an_answered_question_shows_what_was_chosen() -> None:
    question = Question(1, 2, "教什么？", "1. 书法")
    assert settled(question, chosen=True) == "教什么？\n\n✓ 您选了：1. 书法"
    assert settled(question, chosen=False) == "教什么？"
    assert settled(Question(1, 2, "教什么？", ""), chosen=True) == "教什么？"
    long = Question(1, 2, "字" * MOST_TEXT, "1. 书法")
    assert settled(long, chosen=True) == long.text


@given(st.text(), JSON)
def test_no_keyboard_is_an_error(data: str, keyboard: Any) -> None:
    update = tap_on("您好", **{data: "好"})
    update["callback_query"]["message"]["reply_markup"]["inline_keyboard"] = keyboard
    assert parse(update) is not None


def test_commands_are_words_that_are_understood() -> None:
    assert all(meaning.exactly(words) for words in COMMANDS.values())
    update = wire("command_baoming")
    for command, words in COMMANDS.items():
        update["message"]["text"] = f"/{command}"
        heard = parse(update)
        assert heard is not None
        assert heard.incoming.text == ("" if command == "start" else words)


def test_times_and_places_that_cannot_be() -> None:
    update = wire("location")
    update["message"]["date"] = 10**30
    heard = parse(update)
    assert heard is not None
    assert heard.incoming.at == datetime.fromtimestamp(0, UTC)
    update["message"]["location"]["latitude"] = 91
    assert parse(update) is None


NAMES = sorted({*HEARD, *UNHEARD})


@given(st.sampled_from(NAMES), st.integers(0), JSON)
def test_no_damage_to_an_update_is_an_error(name: str, where: int, damage: Any) -> None:
    update = wire(name)
    holders = [update]
    for holder in holders:
        holders += [value for value in holder.values() if isinstance(value, dict)]
    places = [(holder, key) for holder in holders for key in holder]
    holder, key = places[where % len(places)]
    holder[key] = damage
    heard = parse(update)
    assert heard is None or (heard.incoming.channel, type(heard.incoming.text)) == ("telegram", str)


@given(st.dictionaries(st.sampled_from(["update_id", "message", "callback_query"]), JSON))
def test_no_json_is_an_error(update: dict[str, Any]) -> None:
    parse(update)


def test_choices_are_numbered_buttons() -> None:
    rendered = render(
        Reply("您想做什么？", (Choice("问一问", "questions"), Choice("报名", "signup")))
    )
    assert rendered.texts == ("您想做什么？",)
    assert rendered.buttons == (Choice("1. 问一问", "questions"), Choice("2. 报名", "signup"))


def test_a_choice_that_no_button_holds_stays_reachable_by_its_number() -> None:
    long, fits = "say:" + "长" * 21, "say:" + "长" * 20
    reply = Reply("请选：", (Choice("甲", long), Choice("乙", fits), Choice("丙", "")))
    rendered = render(reply)
    assert rendered.texts == ("请选：\n1. 甲\n3. 丙",)
    assert rendered.buttons == (Choice("2. 乙", fits),)


def test_the_telephone_can_be_handed_over_where_nothing_else_is_to_tap() -> None:
    assert render(Reply("电话？", wants="phone")).share == SHARE_PHONE
    assert render(Reply("电话？", (Choice("好", "ok"),), "phone")).share == ""
    assert render(Reply("姓名？")).share == ""


def test_a_hundred_buttons_and_no_more() -> None:
    rendered = render(Reply("请选：", tuple(Choice(f"第{n}", f"a:{n}") for n in range(1, 103))))
    assert len(rendered.buttons) == 100
    assert rendered.texts == ("请选：\n101. 第101\n102. 第102",)


def test_a_long_text_is_cut_between_lines() -> None:
    lines = [f"{number} {'字' * 90}" for number in range(100)]
    rendered = render(Reply("\n".join(lines), (Choice("好", "ok"),)))
    assert len(rendered.texts) == 3
    assert "\n".join(rendered.texts).split("\n") == lines
    assert rendered.buttons == (Choice("1. 好", "ok"),)


@pytest.mark.parametrize("person", ["👨‍👩‍👧‍👦", "🇨🇳", "é", "👍🏽", "字"])
def test_a_long_line_is_cut_between_characters(person: str) -> None:
    for before in range(4):
        texts = render(Reply("好" * before + person * 4096)).texts
        assert "".join(texts) == "好" * before + person * 4096
        assert all(
            text.removeprefix("好" * before) == person * text.count(person) for text in texts
        )
        assert all(len(text.encode("utf-16-le")) <= 2 * MOST_TEXT for text in texts)


@given(
    st.text(st.characters() | st.sampled_from("\n\u200d\u0301👍🇨"), max_size=60),
    st.integers(0, 400),
)
def test_nothing_of_a_text_is_lost(piece: str, times: int) -> None:
    whole = piece * times
    texts = render(Reply(whole)).texts
    kept = "".join(texts).encode().decode()
    assert all(text.strip() and len(text.encode("utf-16-le")) <= 2 * MOST_TEXT for text in texts)
    expected = whole.encode("utf-8", "replace").decode()
    assert "".join(kept.split()) == "".join(expected.split())


def test_one_endless_character_is_cut_all_the_same() -> None:
    texts = render(Reply("e" + "\u0301" * 9000)).texts
    assert sum(map(len, texts)) == 9001


def test_random_data_stays_what_it_is() -> None:
    dice = random.Random(5)
    for _ in range(100):
        data = "".join(chr(dice.randrange(32, 0x2FFF)) for _ in range(dice.randrange(1, 64)))
        update = wire("tap")
        update["callback_query"]["data"] = data
        heard = parse(update)
        assert heard is not None
        assert heard.incoming.text == data
