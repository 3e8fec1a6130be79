"""Tables that people type: the cells stand apart by drawn lines or by blanks."""

from __future__ import annotations

import pytest

from knowledge.book import Book
from knowledge.documents import reading
from knowledge.documents.typed import paragraphs
from knowledge.plan import Fact

TITLE = "松岭镇关工委2027年工作计划"
NAMES = ("时间", "内容", "地点")
ROWS = (("3月5日", "便民服务", "老街"), ("4月上旬", "祭扫", "后山陵园"), ("9月底", "结业", "剧院"))
TABLE = [NAMES, *ROWS]


def drawn(left: str, between: str, right: str, rule: str) -> list[str]:
    rows = [left + between.join(row) + right for row in TABLE]
    return [rows[0], rule, *rows[1:]]


TYPED = {
    "wide blanks": ["  ".join(row) for row in TABLE],
    "wide characters": ["\u3000".join(row) for row in TABLE],
    "one blank": [" ".join(row) for row in TABLE],
    "Markdown": drawn("| ", " | ", " |", "|---|---|---|"),
    "lines inside": drawn("", " | ", "", "-----|-----|-----"),
    "drawn": ["┌──┬──┬──┐", *drawn("│", "│", "│", "├──┼──┼──┤"), "└──┴──┴──┘"],
}


def facts_of(lines: list[str]) -> list[Fact]:
    text = "\n".join(
        [TITLE, "一、要求", "把每件小事办好，账目公开。", "附件", "全年安排表", *lines]
    )
    return list(reading.read("a.txt", text.encode()).facts)


@pytest.mark.parametrize("lines", TYPED.values(), ids=TYPED)
def test_rows_are_read_with_the_names_of_their_columns(lines: list[str]) -> None:
    told = list(paragraphs(["上面一行", *lines, "", "下面一行"]))
    assert [one.cells for one in told if one.cells] == TABLE
    assert [one.is_label for one in told if one.cells] == [True, False, False, False]
    assert [one.text for one in told if not one.cells] == ["上面一行", "", "下面一行"]


@pytest.mark.parametrize("lines", TYPED.values(), ids=TYPED)
def test_each_row_stands_below_its_own_time(lines: list[str]) -> None:
    rows = [(fact.section, fact.text) for fact in facts_of(lines) if "附件/" in fact.section]
    assert rows == [(f"附件/{row[0]}", " ".join(row)) for row in ROWS]


def test_times_in_front_need_no_names_above_them() -> None:
    lines = ["\u3000".join(row[:2]) for row in ROWS]
    assert [one.cells for one in paragraphs(lines)] == [row[:2] for row in ROWS]


def test_a_row_with_an_empty_cell_is_one_of_the_table() -> None:
    lines = [*TYPED["wide blanks"], "10月  座谈"]
    assert list(paragraphs(lines))[-1].cells == ("10月", "座谈")


@pytest.mark.parametrize(
    "lines",
    [
        ["第一部分  目标", "第二部分  任务", "第三部分  保障"],
        ["1  办好课堂", "2  走访老兵", "3  总结"],
        ["联系人：甲  电话：乙", "松岭镇关工委  2027年2月1日印"],
        ["  第一段开头空两格。", "  第二段也空。", "  第三段。"],
        ["银发生辉 心耀江海", "老少携手 共育新人", "同心同行 再启新程"],
        ["时间 内容 地点", "由各校自定，及时报送。"],
        ["主题活动 银龄书香", "1 办好课堂", "2 走访老兵"],
        ["------", "------"],
    ],
)
def test_lines_with_blanks_that_are_no_table_stay_as_they_are(lines: list[str]) -> None:
    assert [one.text.strip() for one in paragraphs(lines)] == [line.strip() for line in lines]
    assert not any(one.cells for one in paragraphs(lines))


def test_a_month_is_told_with_the_days_in_it() -> None:
    lines = [*TYPED["wide blanks"], "4月20日  读书会  书院"]
    found = Book(facts_of(lines)).ask("四月份安排了哪几件事", "松岭镇")
    told = found.hits[0].fact.text + "".join(found.parts)
    assert "祭扫" in told
    assert "读书会" in told
    assert "便民服务" not in told
    assert "结业" not in told


def test_a_line_with_its_day_ends_the_part_of_a_month_above_it() -> None:
    lines = ["3月5日：便民服务", "4月上旬：祭扫", "4月20日：读书会", "5月底前——结业"]
    rows = [(fact.section, fact.text) for fact in facts_of(lines) if "附件/" in fact.section]
    assert rows == [
        ("附件/3月5日", "3月5日：便民服务"),
        ("附件/4月上旬", "4月上旬：祭扫"),
        ("附件/4月20日", "4月20日：读书会"),
        ("附件/5月底前", "5月底前——结业"),
    ]


def test_days_below_the_line_of_their_month_are_of_it() -> None:
    facts = facts_of(["4月", "4月5日：祭扫", "4月20日：读书会", "5月", "5月4日：座谈"])
    assert {fact.section.split("/")[1] for fact in facts if "附件/" in fact.section} == {
        "4月",
        "5月",
    }


def test_a_row_between_two_rules_may_have_several_lines() -> None:
    rule = "+----+------+"
    lines = [rule, "| 时间 | 内容 |", rule, "| 5月4 | 歌会，", rule]
    lines[3:4] = ["| 5月4 | 青年歌 |", "| 日 | 会 |"]
    assert [one.cells for one in paragraphs([*lines, "| 6月 | 读书 |", rule])] == [
        ("时间", "内容"),
        ("5月4日", "青年歌会"),
        ("6月", "读书"),
    ]


ENTRIES = [
    "▲三月",
    "时间：3月15日下午2:30",
    "内容：“开笔礼”培训",
    "地点：实验小学",
    "时间：3月27日",
    "内容：法庭旁听",
    "地点：市法院",
]


def test_what_is_told_by_name_line_by_line_is_one_entry() -> None:
    told = [(fact.section, fact.text) for fact in facts_of(ENTRIES) if "附件/" in fact.section]
    assert told == [
        ("附件/三月", "时间：3月15日下午2:30 内容：“开笔礼”培训 地点：实验小学"),
        ("附件/三月/时间：3月27日", "时间：3月27日 内容：法庭旁听 地点：市法院"),
    ]


def test_names_without_a_time_among_them_are_no_entry() -> None:
    lines = ["内容：法庭旁听。", "要求：按时到场。"]
    assert not any(one.cells for one in paragraphs(lines))


def test_a_day_in_digits_below_its_month_is_no_number_of_a_part() -> None:
    facts = facts_of(["7月", "7.11 战鼓班开班", "7.20 结业", "1.1 另一件"])
    told = [fact.text for fact in facts if fact.section.startswith("附件/7月/")]
    assert told == ["7.11 战鼓班开班", "7.20 结业", "另一件"]


def test_rows_below_one_rule_stay_apart_though_another_rule_follows() -> None:
    rule = "----+----"
    lines = [
        "时间 | 内容 | 地点",
        rule,
        "3月 | 便民 | 老街",
        "4月 | 祭扫 | 陵园",
        rule,
        "合计 | 2 | ",
    ]
    assert [one.cells[0] for one in paragraphs(lines)] == ["时间", "3月", "4月", "合计"]
