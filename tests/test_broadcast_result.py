"""What became of each, in words and in Excel."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from handlers import broadcast_result, excel
from handlers import wording_broadcast as words
from handlers.broadcast_result import Result, line, reason
from handlers.excel import Sheet
from storage import deliveries
from storage.outcomes import Outcome
from storage.store import Store
from tests.casting import confirmed, crowd, expand, member, someone
from tests.conftest import NOW

NASTY = [
    "=HYPERLINK(\"http://x\")", "+1", "-2", "@SUM(A1)", "\ttab", "'quoted", "http://example.org",
    "007", "1e5", "李桂芳", "_x0041_", "a\x01b", "两\n行", "{=1+1}", "<b>&amp;</b>",
]  # fmt: skip


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_every_text_is_read_back_as_it_was_and_is_no_formula() -> None:
    rows = [(text, number) for number, text in enumerate(NASTY)]
    page = opened(excel.workbook([Sheet("表", ("名", "数"), rows, (9, 9))]))["表"]
    read = [(unescape(name.value), number.value) for name, number in page.iter_rows(min_row=2)]
    assert read == rows
    assert {name.data_type for name, _ in page.iter_rows(min_row=2)} == {"s"}
    assert {number.data_type for _, number in page.iter_rows(min_row=2)} == {"n"}
    assert not page._hyperlinks


def test_what_no_cell_can_hold_is_cut_or_replaced() -> None:
    rows = [("\ud800",), ("长" * 40_000,)]
    page = opened(excel.workbook([Sheet("表", ("名",), rows, (9,))]))["表"]
    assert [name.value for (name,) in page.iter_rows(min_row=2)] == ["?", "长" * 32_767]


def test_the_header_stands_still_and_the_chart_covers_the_table() -> None:
    rows = [("已发出", 7), ("没发成", 2)]
    above = (("编号", "=3"),)
    content = excel.workbook([Sheet("汇总", ("结果", "人数"), rows, (9, 9), "图", above)])
    page = opened(content)["汇总"]
    assert page.freeze_panes == "A4"
    assert [cell.value for cell in page[1]][:2] == ["编号", "=3"]
    assert [cell.value for cell in page[3]][:2] == ["结果", "人数"]
    chart = zipfile.ZipFile(io.BytesIO(content)).read("xl/charts/chart1.xml").decode()
    assert "$A$4:$A$5" in chart
    assert "$B$4:$B$5" in chart


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("", ""),
        ("Forbidden: bot was blocked by the user", "对方屏蔽了我们"),
        ("WeChat 48002: the person refuses messages", "对方屏蔽了我们"),
        ("WeChat 45015: the person has not written in time", "对方超过48小时没来过，公众号不让发"),
        ("WeChat 43101: the person has not agreed to this message", "对方没有同意收这种消息"),
        ("WeChat 45009: the calls of the day are used up", "平台说发得太多，等一等再发"),
        ("nothing reaches them", "没有能用的聊天账号"),
        ("stopped", "被停止，没有发"),
        ("something new", "平台说：something new"),
    ],
)
def test_a_reason_is_told_in_chinese(why: str, said: str) -> None:
    assert reason(why) == said


def test_every_state_has_its_words() -> None:
    states = set(deliveries.State.__args__)
    assert states | {"erased"} == set(words.OUTCOMES)
    for state in states:
        told = line(Outcome(1, None, None, None, "telephone", state, "", NOW))
        assert told.code == state
        assert (told.name, told.phone, told.at) == (
            words.NO_NAME, words.NO_PHONE, "2026-11-23 09:00:00"
        )  # fmt: skip


def test_a_result_and_its_workbook_add_up(store: Store) -> None:
    by = member(store)
    crowd(store, 2)
    named = {"name": "=李桂芳", "phone": "13900001234"}
    someone(store, "a", channel="web", **named)
    someone(store, "out", opted_out_at=NOW)
    one = confirmed(store, by)
    expand(store)
    found: Result = store.read_now(lambda tx: broadcast_result.result(tx, one.id))
    assert dict(found.totals) == {"waiting": 3, "opted_out": 1}
    assert found.count == sum(found.totals.values()) == len(found.lines) == 4
    book = opened(broadcast_result.workbook(found))
    assert book.sheetnames == [words.SHEET_TOTALS, words.SHEET_EACH]
    each = list(book[words.SHEET_EACH].iter_rows(values_only=True))
    assert each[0] == words.COLUMNS
    assert each[3][:5] == ("=李桂芳", "139****1234", "网页", "网页消息", "等着发")
    totals = list(book[words.SHEET_TOTALS].iter_rows(values_only=True, max_col=2))
    assert totals[-2:] == [("等着发", 3), ("已退订", 1)]
    assert (words.TOTAL, "4") in totals
