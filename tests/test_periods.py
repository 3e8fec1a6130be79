"""What is planned for a month or a quarter comes whole."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from knowledge import periods
from knowledge.book import Book
from knowledge.documents.reading import read_folder
from knowledge.plan import Fact, shipped


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("三季度有哪几项安排", "3季度"),
        ("11月有啥安排", "11月"),
        ("四月份有活动吗", "4月"),
        ("十二月你们搞什么", "12月"),
        ("下半年干什么", "下半年"),
        ("三季度区关工委都安排了哪些活儿", "3季度"),
        ("今年第二季度的重点工作是哪些", "2季度"),
        ("5月份学校关工委安排了哪些活动", "5月"),
        ("安排表上七月份排了哪两件事", "7月"),
        ("4月的清明活动", ""),
        ("12月的总结会在哪开", ""),
        ("11月上旬有什么", ""),
        ("3月底前要交什么材料", ""),
        ("十月一日放假吗", ""),
    ],
)
def test_which_period_is_asked_for(question: str, period: str) -> None:
    assert periods.asked(question) == period


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Sequence[Fact]]:
    def written(text: str) -> Sequence[Fact]:
        (tmp_path / "plan.txt").write_text(text, encoding="utf-8")
        return read_folder(tmp_path).facts

    return written


@pytest.fixture
def book(read: Callable[[str], Sequence[Fact]]) -> Book:
    return Book(
        read(
            "柳湾镇关工委2025年工作计划\n一、重点\n十一月上旬组织少先队员在河滩补种柳树，各校安排老师带队。\n"
            "附 全年工作月历\n10月：重阳节慰问。\n11月：补种柳树；书稿定稿。\n12月：总结。\n"
        )
    )


def test_the_row_of_a_month_comes_before_what_else_names_it(book: Book) -> None:
    found = book.ask("11月有什么安排", "柳湾镇")
    assert found.kind == "answer"
    assert found.hits[0].fact.text == "11月：补种柳树；书稿定稿。"


def test_a_month_of_which_nothing_is_planned_is_asked_for_as_ever(book: Book) -> None:
    assert book.ask("5月有什么安排", "柳湾镇").kind != "answer"


def test_the_month_of_the_letterhead_is_not_what_is_planned() -> None:
    found = Book(shipped()).ask("4月有什么活动", "南通市")
    assert found.kind != "answer"


def test_every_line_of_a_month_is_told(read: Callable[[str], Sequence[Fact]]) -> None:
    facts = read(
        "# 柳湾镇关工委2025年工作计划\n\n## 一、安排\n\n"
        "| 月份 | 内容 | 单位 |\n|---|---|---|\n"
        "| 3月 | 学雷锋集市 | 团委 |\n|  | 春季开班 | 老年大学 |\n| 4月 | 祭扫 | 各校 |\n"
    )
    found = Book(facts).ask("三月份有哪些活动", "柳湾镇")
    told = found.hits[0].fact.text + "".join(found.parts)
    assert "学雷锋集市" in told
    assert "春季开班" in told
    assert "祭扫" not in told


def test_a_quarter_of_a_digest_is_one_line() -> None:
    found = Book(shipped()).ask("三季度有什么安排", "重庆市")
    assert found.kind == "answer"
    assert found.parts == ()
    assert all(place in found.hits[0].fact.text for place in ("云阳", "涪陵"))
