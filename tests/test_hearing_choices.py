from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dialog import Options, Unclear, Value
from handlers.hearing.choices import one_of, some_of

STATIONS: Options = (
    ("s7", "示例·河海社区站"),
    ("s3", "示例·红梅街道站"),
    ("s9", "示例·茶山社区站"),
    ("s4", "示例·湖塘镇站"),
)
DAYS: Options = (("a", "周三下午 书法"), ("b", "周五上午 剪纸"), ("c", "周六上午 棋类"))
WORK: Options = ((1, "课后看护"), (2, "红色宣讲"), (3, "结对谈心"), (4, "先不参加"))
DATED: Options = (("x", "11月25日 9:00"), ("y", "12月2日 14:00"), ("z", "12月3日 14:00"))


@pytest.mark.parametrize(
    ("options", "words", "chosen"),
    [
        *((STATIONS, words, "s3") for words in ("2", "\uff12", "二", "②", "❷", "2.", "2、", "2号")),
        *((STATIONS, words, "s3") for words in ("选二", "我选2", "第二个", "2吧", "2 2", "2️⃣")),
        (STATIONS, "倒数第2个", "s9"),
        (STATIONS, "最后头那个", "s4"),
        (STATIONS, "头一个", "s7"),
        (DAYS, "中间那个", "b"),
        (STATIONS, "不要一，要二", "s3"),
        (STATIONS, "2 红梅", "s3"),
        (STATIONS, "示例·茶山社区站", "s9"),
        (STATIONS, "河海", "s7"),
        (STATIONS, "我要去红梅街道", "s3"),
        (STATIONS, "红梅那边可以吗", "s3"),
        (STATIONS, "紅梅", "s3"),
        (STATIONS, "胡塘", "s4"),
        (STATIONS, "我住茶山，就近吧", "s9"),
        (DAYS, "礼拜五", "b"),
        (DAYS, "星期六上午", "c"),
        (DAYS, "学棋类", "c"),
        (DATED, "2号", "y"),
        (DATED, "12月3号", "z"),
        (DATED, "25号的", "x"),
        (WORK, "红色选讲", 2),
        (WORK, "谈心结对", 3),
        (WORK, "陪娃儿写作业那种", 1),
        (WORK, "暂时不参加了", 4),
        (WORK, "不去", 4),
        (tuple((n, f"站{n}") for n in range(1, 21)), "十二", 12),
        (tuple((n, f"站{n}") for n in range(1, 23)), "廿一号", 21),
    ],
)
def test_one_option_is_meant(options: Options, words: str, chosen: object) -> None:
    assert one_of(options)(words) == chosen


@pytest.mark.parametrize(
    ("options", "words"),
    [
        *((STATIONS, words) for words in ("5", "0", "12", "第九个", "倒数第五个", "1.5", "1-2")),
        *(
            (STATIONS, words)
            for words in ("1 3", "一和三", "1或者2", "两个", "三个都行", "2个孩子")
        ),
        *((STATIONS, words) for words in ("都行", "随便", "看着安排", "不知道", "我再想想", "")),
        *((STATIONS, words) for words in ("社区站", "示例", "站", "社区", "东海社区站")),
        *((STATIONS, words) for words in ("哪个近一点", "河海社区站在哪里", "2？", "河海远不远？")),
        *((STATIONS, words) for words in ("不要河海", "河海还是红梅", "1 红梅", "[视频]", "😀")),
        (DAYS, "周二"),
        (DAYS, "周三剪纸"),
        (DAYS, "上午"),
        (DAYS, "周三我家孙子要过生日"),
        (DATED, "3号下午两点左右行不行啊老师"),
        (DATED, "25"),
        (WORK, "参加"),
        (STATIONS, "河海" * 50_000),
        ((), "1"),
    ],
)
def test_nothing_is_chosen_on_weak_evidence(options: Options, words: str) -> None:
    with pytest.raises(Unclear) as raised:
        one_of(options)(words)
    assert "例如" in str(raised.value)


@pytest.mark.parametrize(
    ("options", "words", "chosen"),
    [
        *(
            (WORK, words, [1, 3])
            for words in ("1 3", "1、3", "一和三", "13", "①③", "第一个和第三个")
        ),
        (WORK, "3,1", [3, 1]),
        (WORK, "1到3", [1, 2, 3]),
        (WORK, "全部", [1, 2, 3, 4]),
        (WORK, "2", [2]),
        (WORK, "课后看护 红色宣讲", [1, 2]),
        (WORK, "课后看护和结对谈心都要", [1, 3]),
        (DAYS, "书法、棋类", ["a", "c"]),
        (tuple((n, f"站{n}") for n in range(1, 21)), "13", [13]),
    ],
)
def test_several_options_are_meant(options: Options, words: str, chosen: list[object]) -> None:
    assert some_of(options)(words) == chosen


@pytest.mark.parametrize(
    "words", ["5", "1 7", "15", "3到9", "都行", "不要1", "1 还有那个啥", "", "1" * 290 + "x"]
)
def test_several_needs_every_part_understood(words: str) -> None:
    with pytest.raises(Unclear, match="例如"):
        some_of(WORK)(words)


_TALK = st.text(
    alphabet="123\uff14一二第个倒数最后河海红梅站社区不要周三上午和，. \ud800\x00[]", max_size=25
)


@given(st.one_of(st.text(), _TALK), st.sampled_from([STATIONS, DAYS, WORK, DATED, ()]))
def test_any_text_is_an_option_or_a_hint(words: str, options: Options) -> None:
    ids = [value for value, _ in options]
    for parse in (one_of(options), some_of(options)):
        chosen: list[Value] = []
        hint = ""
        try:
            value = parse(words)
            chosen.extend(value if isinstance(value, list) else [value])
        except Unclear as unclear:
            hint = str(unclear)
        assert chosen or "例如" in hint
        assert set(chosen) <= set(ids)
        assert len(set(chosen)) == len(chosen)
