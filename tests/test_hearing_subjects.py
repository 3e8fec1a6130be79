from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import wording as say
from handlers.dialog import Unclear
from handlers.hearing.subjects import COMMON, subjects


def test_the_eight_common_subjects_are_chosen_by_number() -> None:
    assert len(COMMON) == 8
    assert [subjects(str(n)) for n in range(1, 9)] == [[words] for _, words in COMMON]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("2 3", ["书法", "绘画"]),
        ("23", ["书法", "绘画"]),
        ("二和五", ["书法", "棋类"]),
        ("2 还有二胡", ["书法", "二胡"]),
        ("没啥本事，字写得还凑合", ["书法"]),
        ("别的不会 只会烧烧饭", ["烹饪"]),
        ("瞎画画", ["绘画"]),
        ("不会唱歌 会下棋", ["棋类"]),
        ("唱歌不行，跳舞还可以", ["舞蹈"]),
        ("退休前教物理的", ["物理"]),
        ("数学能教到初二，語文也行", ["数学", "语文"]),
        ("修水管、修电灯", ["维修"]),
        ("能讲讲部队的事", ["宣讲"]),
        ("给娃娃们讲先烈", ["红色故事"]),
        ("跟小孩摆摆龙门阵", ["心理陪伴"]),
        ("剪剪窗花", ["剪纸"]),
        ("唱锡剧也唱京剧", ["锡剧", "戏曲"]),
        ("打太极、练书法、唱红歌", ["太极拳", "书法", "唱歌"]),
        ("我学过一点木匠", ["木工"]),
        ("非遗 科技 体育 演讲 歌舞 美术", ["非遗传承", "科技", "体育", "演讲", "歌舞", "美术"]),
        ("书发", ["书法"]),
        ("毛比字", ["书法"]),
        ("修钟表", ["修钟表"]),
        ("我会修钢笔", ["修钢笔"]),
        ("集邮，养鸽子", ["集邮", "养鸽子"]),
        ("魔术和口技", ["魔术", "口技"]),
        ("退休在家，会书法", ["书法"]),
    ],
)
def test_what_people_can_do(words: str, found: list[str]) -> None:
    assert subjects(words) == found


@pytest.mark.parametrize(
    "words",
    [
        *("", "9", "0", "19", "随便", "你看着办", "听你们安排", "什么都不会", "没啥特长", "都可以"),
        *(
            "写不了毛笔字了",
            "不会唱歌",
            "你们要教什么",
            "二胡吗",
            "你好",
            "谢谢",
            "哈哈哈",
            "等一下",
        ),
        *(
            "[图片]",
            "😀",
            "hello",
            "我会",
            "身体不好",
            "退休工人",
            "13900001234",
            "一" * 100_000,
            "一点点" * 90 + "x",
        ),
    ],
)
def test_nothing_usable_is_asked_again(words: str) -> None:
    with pytest.raises(Unclear) as raised:
        subjects(words)
    assert str(raised.value) == say.SUBJECT_HINT


_TALK = st.text(alphabet="我会书法二胡唱歌不懂修钟表12 ，和就还\ud800\x00[]a吗", max_size=30)


@given(st.one_of(st.text(), _TALK))
def test_any_text_is_subjects_or_a_hint(words: str) -> None:
    found, hint = [], ""
    try:
        found = subjects(words)
    except Unclear as unclear:
        hint = str(unclear)
    assert found or hint == say.SUBJECT_HINT
    assert len(set(found)) == len(found)
    assert all(2 <= len(subject) <= 8 for subject in found)
