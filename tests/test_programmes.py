"""Programmes by name: as plans write them, and as people do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import programmes


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("四点钟课堂是什么", "四点钟课堂"),
        ("四点半课堂几点开始", "四点钟课堂"),
        ("四典中课堂是啥", "四点钟课堂"),
        ("四點鐘課堂", "四点钟课堂"),
        ("si dian zhong ke tang shi shen me", "四点钟课堂"),
        ("三号标兵怎么评", "三好标兵"),
        ("sanhaobiaobing", "三好标兵"),
        ("“银发生辉，心耀江海”是做什么的", "银发生辉 心耀江海"),
        ("书乡常洲怎么参加", "书香常州暑期读书活动"),
        ("《中国火炬》订几份", "中国火炬"),
        ("辅导站的评审验收什么时候", "辅导站评审验收"),
        ("网吧意务监督做什么", "网吧义务监督"),
    ],
)
def test_a_name_is_known_however_it_is_written(words: str, name: str) -> None:
    found = programmes.named_in(words)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "words",
    [
        "今天天气真好",
        "我要报名",
        "怎么走",
        "红烧肉怎么烧",
        "我孙子会走路了",
        "双眼皮",
        "",
        "谢谢你",
    ],
)
def test_no_name_is_heard_where_none_is(words: str) -> None:
    assert programmes.named_in(words) is None


def test_what_is_written_right_goes_before_what_sounds_alike() -> None:
    own = programmes.Programme("青兰工程")
    found = programmes.named_in("青兰工程是什么", [own])
    assert found is own
    heard = programmes.named_in("青兰工程是什么")
    assert heard is not None
    assert heard.name == "青蓝工程"


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("三、开展“春苗守护”行动", "春苗守护", "dated"),
        ("（二）实施银杏叶工程", "银杏叶工程", "target"),
        ("举办“少年说家乡”征文", "少年说家乡", "contest"),
        ("组建石榴籽讲师团", "石榴籽讲师团", "recruits"),
        ("《暖阳读本》", "暖阳读本", "material"),
        ("1. 河边夏令营和山里夏令营", "河边夏令营", "recruits"),
        ("打造“桑榆情”品牌", "桑榆情", "target"),
        ("东街校外教育辅导站", "东街校外教育辅导站", "recruits"),
    ],
)
def test_a_plan_brings_its_own_names(text: str, name: str, kind: str) -> None:
    found = {one.name: one.kinds for one in programmes.read_out(text)}
    assert kind in found.get(name, ()), found


@pytest.mark.parametrize("text", ["开展活动", "加强领导，提高认识", "“好”字当头", "工程", ""])
def test_ordinary_words_are_no_names(text: str) -> None:
    assert programmes.read_out(text) == ()


def test_a_name_that_a_plan_brought_is_heard_in_a_question() -> None:
    brought = programmes.read_out("实施“春苗守护”行动")
    found = programmes.named_in("chun miao shou hu shi shen me", brought)
    assert found is not None
    assert found.name == "春苗守护"
    assert programmes.named_in("春苗守护是什么") is None


def test_every_shipped_name_is_known_by_itself_and_by_its_aliases() -> None:
    for programme in programmes.shipped():
        for name in (programme.name, *programme.also):
            assert programmes.named_in(name) == programme, name


def test_only_what_recruits_can_be_helped_with() -> None:
    for programme in programmes.shipped():
        assert programme.kinds
        assert not programme.help or "recruits" in programme.kinds


@given(st.text())
def test_any_text_may_be_looked_at(words: str) -> None:
    programmes.named_in(words)
    programmes.read_out(words)
