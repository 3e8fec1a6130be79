"""Rows of a table: each has its month, its columns' names and a place of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from handlers.answer import answer
from knowledge.book import Book
from knowledge.dates import items as dated
from knowledge.documents import reading
from knowledge.documents.document import read as read_document
from knowledge.plan import Fact
from tests.documents import Word

NOW = datetime(2027, 5, 1, tzinfo=UTC)
TITLE = "松岭镇关工委2027年工作计划"
NAMES = ("月份", "活动内容", "地点", "责任单位")
TABLE = (
    NAMES,
    ("4月", "栽种护村林", "后山林场", "林业站"),
    ("", "慰问抗战老兵", "光荣院", "退役军人服务站"),
    ("", "少年法庭开放日", "", "人民法庭"),
    ("9月", "新生入学礼", "中心小学", "学校关工委"),
)


def written(table: Sequence[Sequence[str]]) -> Word:
    """Return a Word document with a table."""
    made = Word()
    made.line(TITLE)
    made.line("一、活动安排")
    made.table(table)
    return made


def word() -> bytes:
    made = written(TABLE)
    first = made.document.tables[0].columns[0].cells
    first[1].merge(first[3])
    return made.bytes()


def markdown() -> bytes:
    head, *below = (f"| {' | '.join(row)} |\n" for row in TABLE)
    return f"# {TITLE}\n\n## 一、活动安排\n\n{head}|---|---|---|---|\n{''.join(below)}".encode()


def page() -> bytes:
    cells = [[f"<td>{cell}</td>" for cell in row] for row in TABLE]
    cells[1][0] = '<td rowspan="3">4月</td>'
    rows = [row[1:] if n in (2, 3) else row for n, row in enumerate(cells)]
    table = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<html><h1>{TITLE}</h1><p>一、活动安排</p><table>{table}</table></html>".encode()


def plain(table: Sequence[Sequence[str]] = TABLE) -> bytes:
    rows = "\n".join("\t".join(row) for row in table)
    return (
        f"{TITLE}\n一、活动安排\n{rows}\n二、保障\n年底前公布账目，专款专用，接受监督。\n".encode()
    )


FORMATS: dict[str, Callable[[], bytes]] = {
    "a.docx": word,
    "a.md": markdown,
    "a.html": page,
    "a.txt": plain,
}


@pytest.fixture(params=FORMATS)
def facts(request: pytest.FixtureRequest) -> Sequence[Fact]:
    return reading.read(request.param, FORMATS[request.param]()).facts


def row_of(facts: Sequence[Fact], words: str) -> Fact:
    return min((fact for fact in facts if words in fact.text), key=lambda fact: len(fact.text))


def test_a_row_below_a_months_row_is_of_that_month(facts: Sequence[Fact]) -> None:
    row = row_of(facts, "抗战老兵")
    assert row.text == "慰问抗战老兵 光荣院 退役军人服务站"
    assert row.section == "一/4月/慰问抗战老兵"
    assert row.headings[:2] == ("一、活动安排", "4月")
    assert row_of(facts, "入学礼").section == "一/9月"


def test_a_row_has_the_names_of_the_columns_that_it_fills(facts: Sequence[Fact]) -> None:
    assert "活动内容 地点 责任单位" in row_of(facts, "抗战老兵").headings
    assert "活动内容 责任单位" in row_of(facts, "少年法庭").headings
    assert " ".join(NAMES) in row_of(facts, "护村林").headings


def test_no_row_speaks_for_another(facts: Sequence[Fact]) -> None:
    told = [fact for fact in facts if fact.section.startswith("一/")]
    assert [(fact.section, sum(row[1] in fact.text for row in TABLE)) for fact in told] == [
        ("一/4月", 1),
        ("一/4月/慰问抗战老兵", 1),
        ("一/4月/少年法庭开放日", 1),
        ("一/9月", 1),
    ]


def test_an_item_of_a_row_cites_that_row(facts: Sequence[Fact]) -> None:
    found = [one for one in dated.items(facts[0].plan, facts) if one.section.startswith("一/")]
    assert [(str(one.start), one.quote[:6], one.section) for one in found] == [
        ("2027-04-01", "4月 栽种护", "一/4月"),
        ("2027-04-01", "慰问抗战老兵", "一/4月/慰问抗战老兵"),
        ("2027-04-01", "少年法庭开放", "一/4月/少年法庭开放日"),
        ("2027-09-01", "9月 新生入", "一/9月"),
    ]


def test_an_item_of_a_row_is_called_by_what_is_done_and_has_its_place(
    facts: Sequence[Fact],
) -> None:
    found = [one for one in dated.items(facts[0].plan, facts) if one.section.startswith("一/")]
    assert [(one.title, one.place) for one in found] == [
        ("栽种护村林", "后山林场"),
        ("慰问抗战老兵", "光荣院"),
        ("少年法庭开放日", None),
        ("新生入学礼", "中心小学"),
    ]


def test_a_name_with_a_space_under_a_heading_with_one_is_no_row() -> None:
    text = f"{TITLE}\n一、“银发生辉 心耀江海”活动\n4月开展“银发生辉 心耀江海”志愿活动。\n"
    facts = reading.read("a.txt", text.encode()).facts
    titles = [one.title for one in dated.items(facts[0].plan, facts)]
    assert titles == ["“银发生辉 心耀江海”志愿活动"]


def test_a_day_in_the_column_of_times_ends_the_month_above() -> None:
    table = (
        NAMES,
        ("4月", "甲", "乙村", "丙"),
        ("5月8日", "丁", "戊村", "己"),
        ("", "庚", "辛村", "壬"),
    )
    facts = reading.read("a.txt", plain(table)).facts
    assert row_of(facts, "庚").section == "一/5月8日/庚"
    found = {one.quote: str(one.start) for one in dated.items(facts[0].plan, facts)}
    assert found["庚 辛村 壬"] == "2027-05-08"


def test_a_row_that_tells_no_time_in_its_column_has_not_that_of_the_row_above() -> None:
    table = (NAMES, ("4月", "甲事", "乙村", "丙"), ("其他工作", "丁事", "戊村", "己"))
    row = row_of(reading.read("a.txt", plain(table)).facts, "丁事")
    assert "4月" not in row.headings


def test_a_deadline_that_is_merged_holds_for_the_rows_that_it_spans() -> None:
    made = Word()
    made.line(TITLE)
    made.line("一、分工")
    made.table(
        (
            ("任务", "责任单位", "完成时限"),
            ("建台账", "办公室", "6月底前"),
            ("配书籍", "文化站", ""),
            ("修门窗", "村委会", ""),
        )
    )
    column = made.document.tables[0].columns[2].cells
    column[1].merge(column[2])
    facts = reading.read("a.docx", made.bytes()).facts
    assert "6月底前" in row_of(facts, "配书籍").headings
    assert "6月底前" not in row_of(facts, "修门窗").headings


def test_a_table_without_times_keeps_its_rows_as_they_are() -> None:
    table = (("序号", "任务", "责任单位"), ("1", "建台账", "办公室"), ("2", "配书籍", "文化站"))
    facts = reading.read("a.txt", plain(table)).facts
    assert [fact.section for fact in facts if fact.section.startswith("一")] == ["一/1", "一/2"]


def test_a_tab_in_front_of_a_line_that_is_no_row_is_only_space() -> None:
    found = read_document("a.txt", "\t第一段话。\n\t第二段话。\n".encode())
    assert not any(one.cells for one in found.paragraphs)


def test_an_answer_from_a_row_says_its_month(facts: Sequence[Fact]) -> None:
    found = answer(Book(facts), "慰问抗战老兵谁负责", "松岭镇", None, NOW)
    assert found.kind == "answer"
    assert found.text == "4月：慰问抗战老兵，地点：光荣院，责任单位：退役军人服务站"
    with_month = answer(Book(facts), "栽种护村林在什么地方", "松岭镇", None, NOW)
    assert with_month.text == "4月，栽种护村林，地点：后山林场，责任单位：林业站"


def test_a_second_row_of_names_names_the_parts_of_a_column() -> None:
    page = (
        f"<h1>{TITLE}</h1><p>一、活动安排</p><table>"
        "<tr><th rowspan=2>月份<th colspan=2>活动安排<th rowspan=2>责任单位</tr>"
        "<tr><th>内容<th>地点</tr>"
        "<tr><td>4月<td>栽种护村林<td>后山林场<td>林业站</tr></table>"
    )
    facts = reading.read("a.html", page.encode()).facts
    row = row_of(facts, "护村林")
    assert (row.text, row.section) == ("4月 栽种护村林 后山林场 林业站", "一/4月")
    assert "月份 内容 地点 责任单位" in row.headings
    assert not any("活动安排" in fact.text for fact in facts)


def spanned() -> bytes:
    made = written((("全年安排表", "", ""), ("月份", "内容", "地点"), ("4月", "祭扫", "陵园")))
    top = made.document.tables[0].rows[0].cells
    top[0].merge(top[2])
    return made.bytes()


def test_a_title_above_the_names_is_no_row() -> None:
    facts = reading.read("a.docx", spanned()).facts
    assert "月份 内容 地点" in row_of(facts, "祭扫").headings
    page = (
        f"<h1>{TITLE}</h1><p>一、安排</p><table><tr><td colspan=3>全年安排表</tr>"
        "<tr><td>月份<td>内容<td>地点</tr><tr><td>4月<td>祭扫<td>陵园</tr></table>"
    )
    assert "月份 内容 地点" in row_of(reading.read("a.html", page.encode()).facts, "祭扫").headings


def test_a_number_in_front_names_the_columns_whatever_the_others_are_called() -> None:
    table = (("序号", "师傅", "徒弟", "工种"), ("1", "老周", "小何", "钳工"))
    row = row_of(reading.read("a.txt", plain(table)).facts, "钳工")
    assert "序号 师傅 徒弟 工种" in row.headings


def test_a_row_tells_the_place_that_it_shares_with_the_row_above() -> None:
    made = written((("时间", "内容", "地点"), ("5月4日", "歌会", "书院"), ("5月9日", "座谈", "")))
    column = made.document.tables[0].columns[2].cells
    column[1].merge(column[2])
    facts = reading.read("a.docx", made.bytes()).facts
    assert "地点：书院" in row_of(facts, "座谈").headings
    assert "地点：书院" not in row_of(facts, "歌会").headings
    told = answer(Book(facts), "座谈在哪里开", "松岭镇", None, NOW)
    assert (told.kind, told.text) == ("answer", "5月9日，座谈，地点：书院")


def test_a_rank_below_a_name_is_not_told_by_itself() -> None:
    made = written((("序号", "导师", "徒弟"), ("1", "老周\n（技师）", "小何")))
    told = [fact.text for fact in reading.read("a.docx", made.bytes()).facts if "老周" in fact.text]
    assert told == ["1 老周 （技师） 小何"]


def test_a_table_of_what_a_paper_is_tells_its_number_and_day() -> None:
    page = (
        "<table><tr><td>索引号<td>GGW-1<td>发文字号<td>松关委〔2027〕6号</tr>"
        "<tr><td>成文日期<td>2027年3月12日<td>有效性<td>有效</tr></table>"
        f"<h1>{TITLE}</h1><p>一、安排</p><p>把每件小事办好，账目公开，接受监督。</p>"
    )
    plan = reading.read("a.html", page.encode()).plan
    assert (plan.number, str(plan.issued)) == ("松关委〔2027〕6号", "2027-03-12")


def test_a_first_row_that_the_format_calls_names_is_that() -> None:
    rows_ = (("片区", "学校", "老师"), ("北片", "一小", "老周"), ("南片", "二小", "老李"))
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows_[1:])
    head = "".join(f"<th>{name}</th>" for name in rows_[0])
    page = f"<h1>{TITLE}</h1><p>一、分工</p><table><tr>{head}</tr>{cells}</table>"
    assert "片区 学校 老师" in row_of(reading.read("a.html", page.encode()).facts, "老周").headings
    lines = "\n".join(" | ".join(row) for row in rows_).replace("\n", "\n-----|-----|-----\n", 1)
    text = f"{TITLE}\n一、分工\n{lines}\n"
    assert "片区 学校 老师" in row_of(reading.read("a.txt", text.encode()).facts, "老李").headings


def test_a_second_row_may_name_times() -> None:
    page = (
        f"<h1>{TITLE}</h1><p>一、活动安排</p><table>"
        "<tr><td rowspan=2>项目<td colspan=2>时间安排<td rowspan=2>负责人</tr>"
        "<tr><td>上半年<td>下半年</tr><tr><td>结对仪式<td>3月25日<td>—<td>老周</tr></table>"
    )
    row = row_of(reading.read("a.html", page.encode()).facts, "结对仪式")
    assert "项目 上半年 下半年 负责人" in row.headings


def test_the_name_of_a_column_tells_what_its_cell_is() -> None:
    table = (
        ("项目", "经费（元）", "负责人"),
        ("扎染班", "12000", "周铁生"),
        ("书屋", "8000", "李梅"),
    )
    book = Book(reading.read("a.txt", plain(table)).facts)
    told = answer(book, "扎染班的负责人是谁", "松岭镇", None, NOW)
    assert (told.kind, told.text) == ("answer", "扎染班，经费：12000元，负责人：周铁生")
    assert answer(book, "扎染班的经费有多少", "松岭镇", None, NOW).kind == "answer"


@pytest.mark.parametrize(
    "table",
    [
        (("项目", "负责人", "备注"), ("读书活动", "老周", ""), ("征文比赛", "老李", "")),
        (("姓名", "电话"), ("老周", ""), ("老李", ""), ("老王", "123")),
        (("项目", "内容", "经费"), ("科普周", "", ""), ("法治行", "讲座", "2万")),
        (("名称", "地址"), ("东风书屋", "东风路3号"), ("红星书屋", "红星街")),
    ],
)
def test_each_row_with_an_empty_cell_is_a_fact_of_its_own(table: Sequence[Sequence[str]]) -> None:
    facts = reading.read("a.docx", written(table).bytes()).facts
    assert [fact.text for fact in facts] == [" ".join(filter(None, row)) for row in table[1:]]
    others = [row[0] for row in table[1:]]
    assert not any(
        name in fact.headings for fact in facts for name in others if name != fact.text.split()[0]
    )


def test_two_columns_are_named_where_both_cells_are_names() -> None:
    text = f"{TITLE}\n一、领导小组\n组长    周铁生\n副组长    李红\n成员    赵强\n"
    told = "".join(fact.text for fact in reading.read("a.txt", text.encode()).facts)
    assert "周铁生" in told


def test_a_heading_with_a_colon_is_no_cell_of_what_stands_below_it() -> None:
    text = f"{TITLE}\n项目一：童心向党\n组织青少年参观革命旧址纪念馆，每期四十人，由五老讲解。\n"
    facts = reading.read("a.txt", text.encode()).facts
    told = answer(Book(facts), "参观革命旧址由谁讲解", "松岭镇", None, NOW)
    assert told.text.endswith("由五老讲解。")


def test_a_letterhead_of_a_table_has_no_words_for_the_cells_that_are_reached_over() -> None:
    made = Word()
    made.table((("松岭镇关工委文件", ""), ("松关委〔2027〕6号", "2027年3月12日")))
    top = made.document.tables[0].rows[0].cells
    top[0].merge(top[1])
    told = [one.text for one in read_document("a.docx", made.bytes()).paragraphs if one.text]
    assert told == ["松岭镇关工委文件", "松关委〔2027〕6号", "2027年3月12日"]
