from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import wording as say
from handlers.dialog import Revise, Unclear
from handlers.hearing.consent import is_right, yes_or_no


@pytest.mark.parametrize(
    "words",
    [
        *(
            "1",
            "\uff11",
            "一",
            "①",
            "1.",
            "好",
            "好的好的",
            "好滴",
            "行",
            "行吧",
            "可以吧",
            "同意",
            "同意！",
        ),
        *(
            "我同意",
            "同意 谢谢老师",
            "看过了，同意",
            "中",
            "要得噻",
            "没意见",
            "冇问题",
            "莫得意见",
            "對頭",
        ),
        *("嗯嗯", "OK", "[OK]", "👌", "是的", "没有不同意", "不反对", "当然可以", "愿意的"),
    ],
)
def test_a_plain_yes(words: str) -> None:
    assert yes_or_no(words) is True


@pytest.mark.parametrize(
    "words",
    [
        *("2", "\uff12", "二", "不", "不行", "不得行", "我不同意", "不愿意", "不太想", "要不得"),
        *("不，谢谢", "算了", "不参加了", "拒绝", "NO", "弗要"),
    ],
)
def test_a_plain_no(words: str) -> None:
    assert yes_or_no(words) is False


@pytest.mark.parametrize(
    "words",
    [
        *(
            "随便",
            "都行",
            "都可以",
            "无所谓",
            "应该可以",
            "可能行",
            "我不懂",
            "不知道",
            "知道了",
            "哦",
        ),
        *("同意吗", "同意？", "好不好", "是不是", "可以不可以", "你们要这个做啥", "不会卖掉吧"),
        *("同意，但别给别人", "我女儿说行才行", "1 2", "12", "1 不同意", "3", "一点", "得了吧"),
        *("不是不愿意", "👍", "[图片]", "", "好" * 100_000),
    ],
)
def test_what_is_not_plain_is_explained_once_more(words: str) -> None:
    with pytest.raises(Unclear) as raised:
        yes_or_no(words)
    assert str(raised.value) == say.CONSENT_HINT


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        *((words, "yes") for words in ("1", "对", "对的，提交", "没错", "莫得错", "全都对的 交吧")),
        *(
            (words, "yes")
            for words in ("都对着呢", "应该对", "不用改了", "没什么要改的", "就这样吧", "没啥不对")
        ),
        *((words, "change") for words in ("2", "要改", "要改一下时间", "不对", "有个地方不对")),
        *(
            (words, "change")
            for words in ("站点错了", "时间不对 我周三不来", "错了", "不是", "应该是红梅")
        ),
        *((words, "no") for words in ("3", "不报了", "不去了不去了", "算了吧", "我不想参加了")),
    ],
)
def test_the_summary_is_right_or_not(words: str, meant: str) -> None:
    assert is_right(words) == meant


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("手机号换成13900007001", {"phone": "13900007001"}),
        ("电话错了，是幺三九零零零零七零零二", {"phone": "13900007002"}),
        ("不是13900007001 是13900007002", {"phone": "13900007002"}),
        ("电话少写一位，不对", {"phone": None}),
        ("都对，就是电话错了", {"phone": None}),
        ("名字写错了 是周美娣", {"name": "周美娣"}),
        ("名字是李桂芳不是李贵芳", {"name": "李桂芳"}),
        ("我姓陳，叫陳建國", {"name": "陳建國"}),
        ("名字里有个字错了", {"name": None}),
        ("手机13900007001，名字叫李桂芳", {"phone": "13900007001", "name": "李桂芳"}),
        ("时间要改，电话改成13900007001", {"phone": "13900007001"}),
    ],
)
def test_a_named_correction_revises_just_that(words: str, changes: dict[str, object]) -> None:
    with pytest.raises(Revise) as raised:
        is_right(words)
    assert raised.value.changes == {**changes, "confirm": None}


@pytest.mark.parametrize(
    "words",
    ["", "你说啥", "对不对？", "随便", "电话13900007001对吗", "我看不清", "[视频]", "对" * 100_000],
)
def test_no_answer_to_the_summary_is_asked_again(words: str) -> None:
    with pytest.raises(Unclear) as raised:
        is_right(words)
    assert str(raised.value) == say.CONSENT_RIGHT


_TALK = st.text(alphabet="好不同意是对错改12名字电话叫李桂芳139 ，吗\ud800\x00", max_size=25)


@given(st.one_of(st.text(), _TALK))
def test_any_text_is_a_decision_or_a_hint(words: str) -> None:
    decided, hint = None, ""
    try:
        decided = yes_or_no(words)
    except Unclear as unclear:
        hint = str(unclear)
    assert isinstance(decided, bool) or hint == say.CONSENT_HINT


@given(st.one_of(st.text(), _TALK))
def test_any_text_about_the_summary_is_a_decision_a_correction_or_a_hint(words: str) -> None:
    meant, hint, changes = "", "", {}
    try:
        meant = is_right(words)
    except Unclear as unclear:
        hint = str(unclear)
    except Revise as revise:
        changes = revise.changes
    assert meant in ("yes", "change", "no") or hint == say.CONSENT_RIGHT or len(changes) > 1
    assert set(changes) <= {"phone", "name", "confirm"}
