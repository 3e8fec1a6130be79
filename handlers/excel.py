"""A workbook from rows: every text stays text, whatever it begins with. Knows nothing of ours."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

Cell = str | int
Row = Sequence[Cell]

MOST_TEXT: Final = 32_767
"""Characters of a cell (Excel specifications and limits)."""

OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""A name that begins with = is a name: it opens as one and is read back as one."""

WIDEST: Final = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table under one header. ``widths`` are in characters, one a column.

    ``chart``: the title of a bar chart of the second column by the first; empty for none.
    ``above`` are lines of a name and a value, before the table.
    """

    title: str
    header: Sequence[str]
    rows: Iterable[Row]
    widths: Sequence[int]
    chart: str = ""
    above: Sequence[tuple[str, str]] = ()


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return an .xlsx file; the headers stand still when somebody scrolls."""
    import xlsxwriter  # type: ignore[import-untyped]  # 60 ms, on first use

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, OPTIONS) as book:
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _write(book, sheet, bold, wrapped)
    return made.getvalue()


def _write(book: Any, sheet: Sheet, bold: Any, wrapped: Any) -> None:
    page = book.add_worksheet(sheet.title)
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, min(width, WIDEST))
    for number, (name, value) in enumerate(sheet.above):
        page.write_string(number, 0, _held(name), bold)
        page.write_string(number, 1, _held(value), wrapped)
    top = len(sheet.above) + 1 if sheet.above else 0
    for column, name in enumerate(sheet.header):
        page.write_string(top, column, _held(name), bold)
    page.freeze_panes(top + 1, 0)
    last = top
    for last, row in enumerate(sheet.rows, top + 1):
        _write_row(page, last, row)
    if sheet.chart:
        page.insert_chart(top, len(sheet.header) + 1, _chart(book, sheet, top + 1, last))


def _write_row(page: Any, number: int, row: Row) -> None:
    for column, value in enumerate(row):
        if isinstance(value, str):
            page.write_string(number, column, _held(value))
        else:
            page.write_number(number, column, value)


def _held(text: str) -> str:
    """Return what a cell can hold: a lone surrogate is none of XML's characters."""
    return text[:MOST_TEXT].encode("utf-8", "replace").decode()


def _chart(book: Any, sheet: Sheet, first: int, last: int) -> Any:
    chart = book.add_chart({"type": "bar"})
    names, numbers = ([sheet.title, first, column, last, column] for column in (0, 1))
    chart.add_series({"categories": names, "values": numbers, "data_labels": {"value": True}})
    chart.set_title({"name": sheet.chart})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    return chart
