"""What people tell of themselves before a form asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.hearing.introductions import find_subjects, told

NAME, PHONE = "王建国", "13900001234"


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        (
            "我叫王建国，退休教师，想教书法，电话13900001234",
            {"name": NAME, "phone": PHONE, "subjects": ["书法"]},
        ),
        ("姓名：王建国 手机：139 0000 1234", {"name": NAME, "phone": PHONE}),
        ("王建国 13900001234", {"name": NAME, "phone": PHONE}),
        ("我会剪纸，想来帮忙", {"subjects": ["剪纸"]}),
        ("我以前是数学老师", {"subjects": ["数学"]}),
        ("我要报名", {}),
        ("你们的电话13900001234打不通", {}),
        ("我是退休教师，想来帮忙", {}),
        ("四点钟课堂教什么", {}),
    ],
)
def test_what_is_plainly_told_is_found(words: str, facts: dict[str, object]) -> None:
    assert told(words) == facts


@pytest.mark.parametrize("words", ["晚上可以打", "能发短信", "开会去了", "不会打字", "教室在哪"])
def test_what_only_sounds_like_a_skill_is_none(words: str) -> None:
    assert find_subjects(words) is None


@given(st.text())
def test_any_text_may_be_heard(words: str) -> None:
    assert told(words).keys() <= {"name", "phone", "subjects"}
