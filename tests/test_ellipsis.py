"""Short questions: what they replace of the one before, and which words are none."""

from __future__ import annotations

import pytest

from handlers.ellipsis import Short, another, asks_for_more, is_a_name, is_of_one, short, whole

YEAR = 2026
VILLAGES = ("云和村",)
BEFORE = "常州的三好标兵怎么评"


@pytest.mark.parametrize(
    ("words", "place", "year", "asks"),
    [
        ("南通的呢", "南通市", None, ""),
        ("那重庆呢？", "重庆市", None, ""),
        ("换成云和村呢", "云和村", None, ""),
        ("青口镇的呢", "青口镇", None, ""),
        ("那去年呢", None, 2025, ""),
        ("前年的呢", None, 2024, ""),
        ("2022年的呢", None, 2022, ""),
        ("南通去年呢", "南通市", 2025, ""),
        ("请问收费不", None, None, "收费不"),
        ("那电话呢", None, None, "电话"),
        ("南通什么时候", "南通市", None, "什么时候"),
        ("地点呢", None, None, "什么地方"),
        ("由谁负责", None, None, "由谁负责"),
        ("星期天有吗", None, None, "星期天有吗"),
    ],
)
def test_a_short_question_replaces(
    words: str, place: str | None, year: int | None, asks: str
) -> None:
    assert short(words, VILLAGES, YEAR) == Short(place, year, asks)


@pytest.mark.parametrize("words", ["怎么评", "为什么", "是什么意思", "明天几点"])
def test_what_says_too_little_is_loose(words: str) -> None:
    said = short(words, VILLAGES, YEAR)
    assert said is not None
    assert said.is_loose


@pytest.mark.parametrize(
    "words",
    [
        "南通",
        "我是南通的",
        "三好标兵怎么评",
        "夕阳红书屋几点开门",
        "你们电话是多少",
        "我几点去",
        "你几岁",
        "现在几点",
        "辅导站收费不",
        "电话打不通",
        "地址不对",
        "不去了",
        "取消",
        "好的",
        "谢谢",
        "怎么报名",
        "今年和去年有什么不一样",
        "最近有什么安排",
        "",
    ],
)
def test_what_says_itself_what_it_is_about_is_no_short_question(words: str) -> None:
    assert short(words, VILLAGES, YEAR) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Short(place="南通市"), "南通市三好标兵怎么评"),
        (Short(year=2025), "2025年常州的三好标兵怎么评"),
        (Short(asks="几月份"), "常州三好标兵评几月份"),
        (Short("南通市", 2025, "谁负责"), "南通市2025年三好标兵评谁负责"),
    ],
)
def test_the_whole_question(said: Short, expected: str) -> None:
    assert whole(BEFORE, said, VILLAGES).replace("的", "") == expected.replace("的", "")


def test_the_name_of_a_programme_stays_whole() -> None:
    assert whole("亲情电话是什么", Short(asks="收费不"), ()) == "亲情电话收费不"


@pytest.mark.parametrize("words", ["夕阳红书屋", "四点钟课堂", "河海辅导站"])
def test_a_name(words: str) -> None:
    assert is_a_name(words)


@pytest.mark.parametrize("words", ["收费不", "我不知道", "好", "三好标兵怎么评", "在哪里"])
def test_no_name(words: str) -> None:
    assert not is_a_name(words)


def test_something_else_that_is_meant_now() -> None:
    assert another("那青苗读书会呢") == "青苗读书会"
    assert another("那什么时候呢") is None


def test_going_on() -> None:
    assert asks_for_more("还有吗")
    assert asks_for_more("具体说说")
    assert not asks_for_more("还有名额吗")


def test_a_detail_of_one_station() -> None:
    assert is_of_one("辅导站收费不")
    assert not is_of_one("哪个辅导站收费便宜")
    assert not is_of_one("附近有辅导站吗")
