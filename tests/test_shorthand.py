"""A list has a name for short: how many things, and the character that they share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.shorthand import names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("帮扶“失足、失管、失业、失学、失亲”青少年", "五失"),
        ("讲好党史、新中国史、改革开放史", "三史"),
        ("让宣讲进校园、进社区、进农村、进企业。", "四进"),
        ("精确定位，精心设计，精细管理，再说别的。", "三精"),
    ],
)
def test_what_a_list_shares_names_it(text: str, name: str) -> None:
    assert name in names(text)


@pytest.mark.parametrize(
    "text", ["老干部、老教师", "读书、唱歌、画画", "他们来，他们去", "……，，、、。"]
)
def test_what_shares_nothing_has_no_name(text: str) -> None:
    assert names(text) == set()


@given(st.text(alphabet="进老、，。五 a"))
def test_any_text_may_have_lists(text: str) -> None:
    assert all(len(name) == 2 for name in names(text))
