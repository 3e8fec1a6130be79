from __future__ import annotations

import json
import random
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import danger, danger_evidence
from knowledge.danger import Danger, borders, hear
from knowledge.danger_evidence import SIGNS
from knowledge.text import fold, sound


def lines(name: str) -> list[dict[str, Any]]:
    read = Path(__file__).with_name(f"{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in read.splitlines()]


LINES = lines("dangers")
UNSEEN, LATER, HARD = map(lines, ("dangers_unseen", "dangers_later", "dangers_hard"))
CHATTER = [line["text"] for line in LINES if line["level"] == 0 and not line["text"].isascii()]
BORDERS = (" ", "，", "。", "\n", "……", "！")


def texts(level: int, which: str = "built") -> list[str]:
    return [line["text"] for line in LINES if (line["level"], line["set"]) == (level, which)]


def heard(messages: list[str], least: int) -> list[str]:
    """Return what is heard as urgent as ``least`` or more so."""
    return [text for text in messages if (danger := hear(text)) and danger.level <= least]


def test_every_known_message_to_act_on_now_is_level_1() -> None:
    assert set(texts(1)) - set(heard(texts(1), 1)) == set()


def test_every_known_message_in_trouble_is_heard() -> None:
    assert set(texts(2)) - set(heard(texts(2), 2)) == set()


def test_nothing_harmless_raises_a_level_1_alarm() -> None:
    assert heard(texts(0), 1) == []


def test_hardly_anything_harmless_is_heard_at_all() -> None:
    assert len(heard(texts(0), 2)) <= 0.03 * len(texts(0))


def test_most_messages_it_was_not_built_with_are_heard() -> None:
    for level in (1, 2):
        unseen = texts(level, "held")
        assert len(heard(unseen, 2)) >= 0.75 * len(unseen)


def test_it_rarely_cries_wolf_over_messages_it_was_not_built_with() -> None:
    harmless = texts(0, "held")
    assert len(heard(harmless, 1)) <= 0.05 * len(harmless)


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("我不想活了", Danger(1, "suicide")),
        ("爸爸正在打妈妈", Danger(1, "violence")),
        ("网友叫我出来见面", Danger(1, "sexual")),
        ("我把宝宝锁车里了", Danger(1, "small_child")),
        ("孩子离家出走了", Danger(1, "runaway")),
        ("我要杀了他", Danger(1, "threat")),
        ("孩子溺水了", Danger(1, "accident")),
        ("活着没意思", Danger(2, "wish")),
        ("我拿刀划自己", Danger(2, "self_harm")),
        ("我快崩溃了", Danger(2, "distress")),
        ("他们天天欺负我", Danger(2, "bullying")),
        ("爸爸打我", Danger(2, "violence")),
        ("爸爸妈妈不要我了", Danger(2, "neglect")),
        ("好想离家出走", Danger(2, "runaway")),
        ("儿子死活不去学校", Danger(2, "warning")),
    ],
)
def test_the_kind_is_told(text: str, danger: Danger) -> None:
    assert hear(text) == danger


@pytest.mark.parametrize(
    "text",
    [
        *("我不想活了！", "我 不 想 活 了", "我。不。想。活。了", "我不想貨了", "我不想活惹"),
        *("wo bu xiang huo le", "WO BU XIANG HUO LE", "我bu xiang huo了", "我\u200b不想\u200b活了"),
    ],
)
def test_spelling_does_not_hide_it(text: str) -> None:
    assert hear(text) == Danger(1, "suicide")


@pytest.mark.parametrize(
    "text",
    ["如果有学生想自杀怎么办", "听说外地有学生跳楼了", "三年前我也想过自杀"],
)
def test_what_is_far_away_is_not_urgent_but_heard(text: str) -> None:
    danger = hear(text)
    assert danger is not None
    assert danger.level == 2


@pytest.mark.parametrize(
    "text",
    [
        "学校出了学生溺水死亡的事，对学校评先有啥影响",
        "全市农村爸妈不在身边的娃儿有好多",
        "热天娃儿们爱下河洗澡，我们老家伙去河边守，穿哪样衣服好让人认得出",
        "老人守河守塘防小孩淹水的，各有多少人在做",
    ],
)
def test_what_is_asked_of_a_plan_is_not_urgent(text: str) -> None:
    danger = hear(text)
    assert danger is None or danger.level == 2


@pytest.mark.parametrize("text", ["我自sha要怎么做", "zi杀要怎么做", "自鲨要怎么做才一次成功"])
def test_a_word_that_is_spelled_around_is_heard(text: str) -> None:
    danger = hear(text)
    assert danger is not None
    assert danger.level == 1


@pytest.mark.parametrize(
    "text", ["img src", "<img src=x onerror=alert(1)>", "kill -9", "is it free"]
)
def test_code_and_english_are_no_danger(text: str) -> None:
    assert hear(text) is None


@pytest.mark.parametrize("text", ["我出海打渔，晚上娃没人管，课堂哪几天开", "我的橡皮又离家出走了"])
def test_a_phrase_without_haste_is_not_urgent(text: str) -> None:
    danger = hear(text)
    assert danger is None or danger.level == 2


def test_a_harmless_phrase_does_not_excuse_the_rest() -> None:
    assert hear("今天热死了") is None
    assert hear("今天热死了，我不想活了") == Danger(1, "suicide")
    assert hear("心理健康讲座几点开始") is None
    assert hear("心理健康讲座几点开始，我准备好遗书了") == Danger(1, "suicide")


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert hear(text) is None or isinstance(hear(text), Danger)


def test_rare_characters_and_long_texts_do_not_raise() -> None:
    assert hear("嗧烪龦" + "好" * 5000) is None
    assert hear("") is None


def test_long_pinyin_with_another_word_in_it_is_read() -> None:
    for times in (1, 10, 30):
        said = "ni hao bao ming " * times + "wo bu xiang huo le ok"
        assert hear(said) == Danger(1, "suicide")
    assert hear("hai zi xue xiao " * 100 + "ok") is None


def at_level(told: list[dict[str, Any]], level: int) -> list[str]:
    return [line["text"] for line in told if line["level"] == level]


def unseen(level: int) -> list[str]:
    return at_level(UNSEEN, level)


def test_ordinary_messages_raise_no_alarm_of_level_1_and_hardly_any_other() -> None:
    assert heard(unseen(0), 1) == []
    assert len(heard(unseen(0), 2)) <= 0.05 * len(unseen(0))


def test_messages_in_danger_that_came_later_are_heard() -> None:
    assert len(heard(unseen(1), 1)) >= 0.95 * len(unseen(1))
    assert len(heard(unseen(2), 2)) >= 0.95 * len(unseen(2))


def test_what_was_fitted_to_later_is_heard() -> None:
    assert len(heard(at_level(LATER, 1), 1)) >= 0.99 * len(at_level(LATER, 1))
    assert len(heard(at_level(LATER, 2), 2)) >= 0.99 * len(at_level(LATER, 2))
    assert len(heard(at_level(LATER, 0), 1)) <= 0.01 * len(at_level(LATER, 0))


def test_what_sounds_most_alike_is_mostly_told_apart() -> None:
    """Messages that no weight was fitted to, though the odds were chosen on them."""
    assert len(heard(at_level(HARD, 1), 2)) == len(at_level(HARD, 1))
    assert len(heard(at_level(HARD, 2), 2)) >= 0.97 * len(at_level(HARD, 2))
    assert len(heard(at_level(HARD, 0), 1)) <= 0.045 * len(at_level(HARD, 0))
    assert len(heard(at_level(HARD, 0), 2)) <= 0.19 * len(at_level(HARD, 0))


def test_the_weights_were_fitted_to_the_signs_that_there_are() -> None:
    weighed = {sign for trait in danger_evidence._weights().of for sign in trait.split("&")}
    signs = {sign for sign in weighed if sign.startswith("=")}
    assert signs == {"=" + sign for sign in tomllib.loads(SIGNS.read_text("utf-8"))}


def test_evidence_is_heard_where_no_phrase_is() -> None:
    unwritten = [text for text in texts(1) + texts(2) if not danger._phrased(borders(text))]
    assert len(unwritten) >= 200
    assert len(heard(unwritten, 2)) >= 0.97 * len(unwritten)


def test_evidence_doubts_a_phrase_among_harmless_things() -> None:
    told = [danger._phrased(borders(text)) for text in texts(0)]
    assert sum(phrase is not None and phrase.level == 1 for phrase in told) >= 10
    assert heard(texts(0), 1) == []


def in_pinyin(messages: list[str]) -> list[str]:
    return [" ".join(sound(fold(text))) for text in messages]


def test_typed_pinyin_is_heard_but_hardly_ever_when_it_is_harmless() -> None:
    assert len(heard(in_pinyin(unseen(0)), 1)) <= 0.05 * len(unseen(0))
    assert len(heard(in_pinyin(unseen(0)), 2)) <= 0.15 * len(unseen(0))
    assert len(heard(in_pinyin(texts(1)), 2)) >= 0.9 * len(texts(1))


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        *(("hai zi shang xue", None), ("你们家报名了吗", None), ("楼上不管 我该找谁", None)),
        *(("孩子参加吗", None), ("wo xiang dang zhi yuan zhe", None)),
        *(("hai zi zi can", Danger(2, "self_harm")), ("爸妈不要我了", Danger(2, "neglect"))),
    ],
)
def test_a_sound_inside_words_or_across_clauses_is_no_danger(
    text: str, danger: Danger | None
) -> None:
    assert hear(text) == danger


def buried(level: int) -> list[str]:
    """Return messages that a phrase tells to be danger, each between two remarks."""
    chance = random.Random(20261126)
    told = [text for text in texts(level) if danger._phrased(borders(text))]
    parts = (CHATTER, BORDERS, told, BORDERS, CHATTER)
    return ["".join(map(chance.choice, parts)) for _ in range(1000)]


def test_chatter_around_it_hardly_ever_hides_it() -> None:
    urgent, troubled = buried(1), buried(2)
    assert len(heard(urgent, 2)) >= 0.998 * len(urgent)
    assert len(heard(urgent, 1)) >= 0.95 * len(urgent)
    assert len(heard(troubled, 2)) >= 0.995 * len(troubled)


@pytest.mark.parametrize(
    "words",
    ["我家老人走丢了，怎么办", "老伴出门没回来", "爷爷不见了", "我妈走失了", "奶奶找不到了"],
)
def test_an_old_person_who_is_missing_is_a_danger(words: str) -> None:
    heard = danger.hear(words)
    assert heard is not None
    assert heard.level == 1


@pytest.mark.parametrize("words", ["爷爷奶奶一堂课", "防止老人走失的讲座", "老人丢了的钥匙找到了"])
def test_what_only_names_old_people_is_none(words: str) -> None:
    assert danger.hear(words) is None


def test_what_is_repeated_is_searched_once() -> None:
    said = borders("1" * 2000 + "爷爷不见了" + "啊" * 500)
    assert len(said) < 60
    assert danger.hear("1" * 1500 + "，爷爷不见了") is not None


def test_no_message_waits_for_phrases_to_be_compiled() -> None:
    danger.prepare()
    kept = (danger._written, danger._homophones, danger._typed, danger._words_by_sound)
    misses = [phrases.cache_info().misses for phrases in kept]
    assert hear("wo xiang si le，我想死")
    assert [phrases.cache_info().misses for phrases in kept] == misses
