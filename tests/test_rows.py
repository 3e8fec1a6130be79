"""A row of a table is told in words that somebody understands who does not see the table."""

from __future__ import annotations

import pytest

from handlers.rows import in_words
from knowledge.plan import Fact, Plan

PLAN = Plan("x-2027", "松岭镇2027年工作计划", "松岭镇关工委", "松岭镇", 2027, None, None)


def row(names: str, text: str, *below: str) -> Fact:
    return Fact(PLAN, 0, "附件", ("附件 全年安排表", "5月8日", names, *below), text)


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (row("序号 时间 内容 地点", "3 5月8日 座谈会 文化站"), "5月8日，座谈会，地点：文化站"),
        (row("时间 地点 内容", "5月8日 文化站 座谈会"), "5月8日，座谈会，地点：文化站"),
        (row("内容 责任单位", "座谈会 妇联", "座谈会"), "座谈会，责任单位：妇联"),
        (row("姓名 职务", "老周 组长"), "姓名：老周，职务：组长"),
        (row("时间 活动", "5月 五月歌会"), "5月，五月歌会"),
        (row("时间 内容 主办", "5月 妇联 妇联"), "5月，妇联，主办：妇联"),
    ],
)
def test_a_row_says_when_what_and_the_rest_with_its_name(fact: Fact, told: str) -> None:
    assert in_words(f"计划写的是：{fact.text}。", [fact]) == f"计划写的是：{told}。"


@pytest.mark.parametrize(
    "fact",
    [
        row("时间 内容 地点", "5月8日 银发生辉 心耀江海 文化站"),
        row("时间 内容 地点", "5月8日 座谈会"),
        row("一、活动安排", "座谈会 妇联"),
        Fact(PLAN, 0, "一", (), "座谈会 妇联"),
    ],
)
def test_what_its_cells_are_is_not_guessed(fact: Fact) -> None:
    assert in_words(fact.text, [fact]) == fact.text


def test_a_longer_row_is_not_told_by_a_shorter_one_in_it() -> None:
    short, long = row("内容 地点", "座谈会 文化站"), row("时间 内容 地点", "5月 座谈会 文化站")
    assert in_words(f"{long.text}；{short.text}", [short, long]) == (
        "5月，座谈会，地点：文化站；座谈会，地点：文化站"
    )


def test_a_row_is_told_once_whatever_else_is_in_its_words() -> None:
    long, short = row("时间 内容 地点", "5月 座谈 座谈厅"), row("内容 地点", "座谈 座谈厅")
    assert in_words(long.text, [long, short]) == "5月，座谈，地点：座谈厅"


def test_a_column_with_a_number_of_something_else_is_told() -> None:
    fact = row("课程编号 内容 主讲人", "K01 剪纸 老周")
    assert in_words(fact.text, [fact]) == "剪纸，课程编号：K01，主讲人：老周"
