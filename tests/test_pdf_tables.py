"""Tables of a PDF are read by their ruled lines, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from knowledge.documents import pdf_tables, reading
from knowledge.documents.document import Paragraph, read
from tests.documents import Row, pdf

TITLE = "松岭镇关工委2027年工作计划"
ABOVE = [TITLE, "一、活动安排", "把每件小事办好，账目公开，接受群众的监督。"]
NAMES: Row = ("月份", "活动内容", "地点")
TABLE: list[Row] = [
    NAMES,
    ("4月", "栽种护村林，组织\n学生代表参加", "后山林场"),
    (None, "慰问抗战老兵", "光荣院"),
    ("9月", "新生入学礼", "中心小学\n操场"),
]
ROWS = [
    ("月份", "活动内容", "地点"),
    ("4月", "栽种护村林，组织学生代表参加", "后山林场"),
    ("", "慰问抗战老兵", "光荣院"),
    ("9月", "新生入学礼", "中心小学操场"),
]


def told(*pages: Sequence[str | Row]) -> list[Paragraph]:
    return list(read("a.pdf", pdf(pages)).paragraphs)


def cells(*pages: Sequence[str | Row]) -> list[tuple[str, ...]]:
    return [one.cells for one in told(*pages) if one.cells]


def test_the_words_of_a_cell_are_one_text_and_lines_around_the_table_stay() -> None:
    found = told([*ABOVE, *TABLE, "二、保障"])
    assert [one.cells for one in found if one.cells] == ROWS
    assert [one.text for one in found if not one.cells and one.text] == [*ABOVE, "二、保障"]


def test_a_row_of_a_pdf_is_of_the_month_above_it() -> None:
    facts = reading.read("a.pdf", pdf([[*ABOVE, *TABLE]])).facts
    rows = [(fact.section, fact.text) for fact in facts if "月" in fact.section]
    assert rows == [
        ("一/4月", "4月 栽种护村林，组织学生代表参加 后山林场"),
        ("一/4月/慰问抗战老兵", "慰问抗战老兵 光荣院"),
        ("一/9月", "9月 新生入学礼 中心小学操场"),
    ]


def test_a_table_goes_on_over_the_page_without_its_names_again() -> None:
    pages = ([*ABOVE, *TABLE[:3], "- 1 -"], [NAMES, TABLE[3], "二、保障", "- 2 -"])
    assert cells(*pages) == ROWS


def test_two_tables_with_a_line_between_are_two() -> None:
    other: list[Row] = [
        ("姓名", "任务", "地点"),
        ("老周", "巡查", "河边"),
        ("老李", "记账", "村部"),
    ]
    found = told([*ABOVE, *TABLE, "二、分工", *other])
    assert [one.cells for one in found if one.is_label] == [NAMES, other[0]]


def test_a_frame_around_text_is_no_table() -> None:
    framed: list[Row] = [("把每件事办好\n一、账目公开",), ("二、接受监督",)]
    found = [one for one in told([*ABOVE, *framed]) if one.text]
    assert [one.text for one in found[3:]] == ["把每件事办好", "一、账目公开", "二、接受监督"]
    assert not any(one.cells for one in found)


def test_words_in_letters_stay_apart_where_a_cell_is_broken() -> None:
    table: list[Row] = [("项目", "内容"), ("培训", "学习Excel\nand Word\n两门课")]
    assert cells([*ABOVE, *table])[1] == ("培训", "学习Excel and Word两门课")


def test_no_word_is_lost_where_a_table_is_found_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_tables, "tables", lambda _data: [[["月份", "内容"], ["4月", "丢失"]]])
    words = "".join(one.text for one in told([*ABOVE, *TABLE]))
    assert all(line in words for line in ("栽种护村林，组织", "慰问抗战老兵", "中心小学"))


def test_lines_are_read_where_the_tables_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_tables, "tables", lambda _data: 1 / 0)
    found = read("a.pdf", pdf([[*ABOVE, *TABLE]]))
    assert "慰问抗战老兵" in "".join(one.text for one in found.paragraphs)
    assert found.doubts == ("its tables could not be looked for; they are read as lines",)


def test_a_drawing_is_not_searched_for_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_tables, "MOST_EDGES", 5)
    assert cells([*ABOVE, *TABLE]) == []


def test_names_that_are_repeated_on_every_page_are_no_header_of_it() -> None:
    things = iter(
        [
            "读书会",
            "歌咏会",
            "书画展",
            "演讲赛",
            "棋艺赛",
            "运动会",
            "故事会",
            "朗诵会",
            "义诊",
            "灯会",
            "庙会",
            "集市",
        ]
    )
    rows = [[(f"{n}月", next(things), "书院") for n in range(3, 7)] for _ in range(3)]
    pages = [[NAMES, *some, f"- {number} -"] for number, some in enumerate(rows, 2)]
    whole = [*ROWS[:2], *(row for some in rows for row in some)]
    assert cells([*ABOVE, *TABLE[:2], "- 1 -"], *pages) == whole


def test_another_table_at_the_top_of_a_page_keeps_its_names() -> None:
    other: list[str | Row] = [("姓名", "任务", "电话"), ("老周", "巡查", "无")]
    found = told([*ABOVE, *TABLE], [*other])
    assert [one.cells for one in found if one.is_label] == [NAMES, other[0]]
