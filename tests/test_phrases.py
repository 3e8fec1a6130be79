"""Which example a message is most like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.phrases import LONGEST, Phrases

PHRASES = Phrases(
    {
        "tea": ["我要喝茶", "泡一杯龙井", "来壶热茶"],
        "chess": ["下一盘象棋", "想找人下棋", "围棋有人会吗"],
        "stop": ["不要再说了", "安静一点"],
    }
)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("我要喝茶", "tea"),
        ("我想喝茶", "tea"),
        ("蓬一杯龙景", "tea"),
        ("wo yao he cha", "tea"),
        ("想找人下圍棋", "chess"),
        ("外面下雨了，不要再说了", "stop"),
        ("下棋想找个人", "chess"),
    ],
)
def test_the_most_alike_is_found(message: str, name: str) -> None:
    match = PHRASES.best(message)
    assert match is not None
    assert match.name == name
    assert match.likeness > 0.4


def test_an_example_is_most_like_itself() -> None:
    exact, near, other = (PHRASES.best(words) for words in ("我要喝茶", "我要喝点茶", "我想不通"))
    assert exact is not None
    assert near is not None
    assert other is not None
    assert exact.likeness > 0.99
    assert exact.likeness > near.likeness > other.likeness
    assert other.likeness < 0.3


def test_one_clause_is_enough() -> None:
    match = PHRASES.best("外面下着大雨我还没收衣裳呢，不要再说了")
    assert match is not None
    assert match.name == "stop"
    assert match.likeness > 0.9


def test_letters_are_less_sure_than_characters() -> None:
    typed, written = PHRASES.best("wo yao he cha"), PHRASES.best("我要喝茶")
    assert typed is not None
    assert written is not None
    assert typed.likeness < written.likeness


@pytest.mark.parametrize("message", ["", "？！"])
def test_nothing_is_like_nothing(message: str) -> None:
    assert PHRASES.best(message) is None


def test_a_story_without_commas_tells_what_is_wanted() -> None:
    story = "昨天下了一整天的雨路上到处都是水我的鞋子全湿了回到家里冷得发抖就想喝一壶热茶暖暖身子啊"
    match = PHRASES.best(story)
    assert match is not None
    assert len(story) > LONGEST
    assert match.name == "tea"
    assert match.rank > 0


def test_a_wish_goes_before_what_is_only_said_along_with_it() -> None:
    examples = {"rain": ["今天下雨了", "雨下得真大"], "tea": ["我要喝茶", "泡一杯龙井"]}
    message = "今天下雨了雨下得真大，我要喝茶"
    plain = Phrases(examples).ranked(message)
    beside = Phrases(examples, beside={"rain"}).ranked(message)
    assert {match.name: match.rank for match in beside}["rain"] < plain[0].rank
    assert max(beside, key=lambda match: match.rank).name == "tea"


@given(st.text())
def test_any_text_may_be_compared(message: str) -> None:
    match = PHRASES.best(message)
    assert match is None or 0 <= match.likeness < 1.001
