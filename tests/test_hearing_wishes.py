"""Which station somebody wants to help at."""

from __future__ import annotations

import pytest

from handlers.hearing.wishes import station_named


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("我想报兰陵街道辅导站", "兰陵街道"),
        ("报名郑陆辅导站", "郑陆"),
        ("报名参加郑陆镇校外教育辅导站", "郑陆镇"),
        ("我要去兰陵那个站当老师", "兰陵"),
        ("您好，我想报名去崇川辅导站教书法！", "崇川"),
        ("我能报云阳的辅导站吗", "云阳"),
        ("麻烦给我报一下河海社区辅导站", "河海社区"),
        ("到郑陆站帮忙", "郑陆"),
        ("郑陆辅导站我想报名", "郑陆"),
        ("河海那个站我要去教孩子画画", "河海"),
        ("我想去云阳辅导站", "云阳"),
        ("请问云阳辅导站能报名吗", "云阳"),
        ("我们想一起报云阳站当志愿者", "云阳"),
    ],
)
def test_a_station_is_named(words: str, name: str) -> None:
    assert station_named(words) == name


@pytest.mark.parametrize(
    "words",
    ["我想报辅导站", "我想去附近的辅导站当志愿者", "报名镇上那个辅导站", "给我报第一个辅导站"],
)
def test_any_will_do(words: str) -> None:
    assert station_named(words) == ""


@pytest.mark.parametrize(
    "words",
    [
        "郑陆辅导站在哪里",
        "郑陆辅导站怎么报名",
        "报名哪个辅导站好",
        "我想给孙子报郑陆辅导站",
        "郑陆辅导站我想给孩子报名",
        "我报了郑陆辅导站",
        "我报名了郑陆辅导站",
        "取消报名郑陆辅导站",
        "不想报郑陆辅导站了",
        "帮我取消郑陆辅导站的报名",
        "我要投诉郑陆辅导站",
        "我想举报郑陆辅导站",
        "郑陆辅导站老师态度不好",
        "我想上网站帮忙",
        "我要去火车站",
        "我已经到郑陆辅导站了",
        "我要去郑陆辅导站",
        "郑陆辅导站",
        "李桂芳",
        "",
        "报" * 300,
    ],
)
def test_nobody_wishes_for_a_station(words: str) -> None:
    assert station_named(words) is None
