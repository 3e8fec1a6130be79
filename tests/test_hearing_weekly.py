from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import wording as say
from handlers.dialog import Unclear
from handlers.hearing.weekly import COMMON, weekly


def test_the_common_times_are_chosen_by_number_and_by_their_words() -> None:
    for n, (value, words) in enumerate(COMMON, 1):
        assert weekly(str(n)) == weekly(words) == value


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("星期二、四上午", "每周二、四上午"),
        ("逢二四六后晌", "每周二、四、六下午"),
        ("周1、3、5上午", "每周一、三、五上午"),
        ("二四六上午", "每周二、四、六上午"),
        ("周一 周三 下午", "每周一、三下午"),
        ("礼拜天早半天", "每周日上午"),
        ("每个星期的星期三下午", "每周三下午"),
        ("周三14点", "每周三下午"),
        ("周三9点到11点", "每周三上午"),
        ("周三下午两点半到四点", "每周三下午"),
        ("周三上午、下午", "每周三上午、下午"),
        ("周三下午 周六上午", "每周三下午，每周六上午"),
        ("周一到周五早上", "工作日上午"),
        ("平时白天", "工作日白天"),
        ("双休日", "周末"),
        ("週六週日", "周末"),
        ("周末下午", "周末下午"),
        ("下午", "每天下午"),
        ("孙子放学以后", "放学后（16点以后）"),
        ("周一到周五四点以后", "工作日放学后"),
        ("天天有空", "都可以"),
        ("什么时候都行", "都可以"),
        ("我退休了 随时都行", "都可以"),
        ("周一周三都可以", "每周一、三"),
        ("周三可以吗", "每周三"),
        ("周三下午 别的时候没空", "每周三下午"),
        ("除了星期天天天都有空", "每周一、二、三、四、五、六"),
        ("除了周三都行", "每周一、二、四、五、六、日"),
        ("礼拜天不行 其他都可以", "每周一、二、三、四、五、六"),
        ("不是周三 是周四", "每周四"),
        ("周一可以，周三不行", "每周一"),
        ("平时没空 周末可以", "周末"),
        ("上午有空 下午要接孙子", "每天上午"),
        ("天天都有空，下午不行", "每天上午"),
    ],
)
def test_regular_times(words: str, time: str) -> None:
    assert weekly(words) == time


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        *((words, say.WEEKLY_ONCE) for words in ("明天下午", "下周三", "3月18号", "后天早上")),
        *((words, say.WEEKLY_ONCE) for words in ("每月头一个礼拜三", "隔周三", "这个礼拜三上午")),
        *((words, say.WEEKLY_HINT) for words in ("", "5", "看情况吧", "有空就来", "一周两次")),
        *((words, say.WEEKLY_HINT) for words in ("周八下午", "周三不行", "周三？", "135下午")),
        *((words, say.WEEKLY_HINT) for words in ("每周", "我问问老伴", "[视频]", "周三" * 50_000)),
    ],
)
def test_what_is_no_regular_time_is_asked_again(words: str, hint: str) -> None:
    with pytest.raises(Unclear) as raised:
        weekly(words)
    assert str(raised.value) == hint


_TALK = st.text(
    alphabet="周星期一三五六日天14点到上下午都行不除了，、 每没空其他\ud800\x00", max_size=25
)


@given(st.one_of(st.text(), _TALK))
def test_any_text_is_a_time_or_a_hint(words: str) -> None:
    time = hint = ""
    try:
        time = weekly(words)
    except Unclear as unclear:
        hint = str(unclear)
    assert time or hint in (say.WEEKLY_HINT, say.WEEKLY_ONCE)
    if time:
        assert time == "都可以" or time.startswith(("每周", "每天", "工作日", "周末", "放学后"))
        assert weekly(time) == time
