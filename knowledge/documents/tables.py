"""Tables of documents: a paragraph for each row, with its cells, and what its columns say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from knowledge.documents import marks
from knowledge.documents.document import Paragraph

_LONGEST_LABEL: Final = 12
_LONGEST_STEP: Final = 12
_LONGEST_LETTERHEAD: Final = 3
_LABELS = re.compile(
    r"序号|时间|日期|月份|季度|阶段|时限|时段|内容|活动|项目|事项|工作|安排|会议|名称|主题|任务|措施|责任|负责|牵头|单位|部门|地点|场所|对象"
    r"|要求|备注|目标|进度|完成|金额|经费|人数|数量|标准|类别|组长|姓名|主办|承办|协办|主讲|形式|方式|范围|频次|联系"
    r"|电话|地址|职务|年龄|做什么|在哪|谁|何时|时候|怎么"
)
TIMES: Final = re.compile("时间|日期|月份|季度|时限|时段|期限|何时|时候")
COUNTS: Final = re.compile("序号|编号|次序")
BESIDE: Final = "\0"
"""What stands in a cell into which the one to its left reaches."""

_TIME = re.compile("[年月日季旬期周节假天]|[上下]半年")
_DAY: Final = r"(?:1[0-2]|[1-9])月份?(?:[上中下]旬|[初中底末]|[0-3]?\d[日号]?)?"
_WHOLE_TIME = re.compile(
    rf"(?:\d{{4}}年)?{_DAY}前?(?:[-—\u2013~～至到](?:{_DAY}|[上中下]旬|[初中底末]|[0-3]?\d[日号]?))?"
)
_OF_PAPER = re.compile(
    r"(?:索引号?|文号|发文字号|文件编号|(?:成文|发文|印发|发布|公开|生成)(?:日期|时间)"
    r"|(?:发文|发布|制定|公开)(?:单位|机构|机关|部门)|有效性|信息分类|主题分类|主题词|标题|名称)[：:]?"
)
PAIR: Final = 2
"""Both of two cells have to be names: 组长 beside somebody's name is none."""

_FIGURE: Final = re.compile(r"\d")
_FIRST_COLUMNS: Final = 2
"""A time that stands in front of what it dates holds for the rows below that tell none."""


def rows(table: Sequence[Sequence[str | None]], *, is_named: bool = False) -> Iterator[Paragraph]:
    """Return a paragraph for each row; a table of one column is only a frame around lines.

    A cell that is None is merged into the one above, one that is BESIDE into that to its left; one
    that reaches over all columns is a title among the rows, or a note. ``is_named``: the format
    says that the first row names the columns.
    """
    filled = [row for row in table if _told(row)]
    is_frame = all(len(row) < 2 for row in filled)
    is_named = is_named and len(filled) > 1 and len(_told(filled[0])) > 1
    label_at = 0 if is_named else _label_row(filled)
    names, below = _names(filled, label_at) if label_at >= 0 else ([], 0)
    for number, row in enumerate(filled):
        told = _told(row)
        is_alone = len(told) == 1 and (len(row) == 1 or set(row[1:]) == {BESIDE})
        follows = _told(filled[number + 1]) if number + 1 < len(filled) else []
        if is_alone and 0 <= label_at < number and len(follows) > 1 and _is_title(told[0]):
            yield table_row(told)
        elif is_frame or is_alone:
            yield from (Paragraph(line) for cell in told for line in cell.splitlines())
        elif fields := _fields(told):
            yield from map(Paragraph, fields)
        elif number == label_at:
            yield table_row(names, is_label=True)
        elif not label_at < number < below:
            yield table_row(row)


def _told(row: Sequence[str | None]) -> list[str]:
    """Return the cells in which a row says something."""
    return [cell for cell in row if cell and cell != BESIDE and cell.strip()]


def _is_title(cell: str) -> bool:
    """Tell what stands above some rows of a table from a note and from a period."""
    return marks.is_line(cell) and not marks.period(cell)


def _fields(cells: Sequence[str]) -> list[str]:
    """Return what cells in pairs say of a paper, each with its name in front; empty for others."""
    names, values = cells[::2], cells[1::2]
    if (
        len(names) != len(values)
        or not any(map(_FIGURE.search, values))
        or not all(_OF_PAPER.fullmatch("".join(n.split())) for n in names)
    ):
        return []
    return [
        f"{''.join(n.split()).rstrip('：:')}：{v.strip()}"
        for n, v in zip(names, values, strict=True)
    ]


def _names(table: Sequence[Sequence[str | None]], at: int) -> tuple[Sequence[str | None], int]:
    """Return the names of the columns from the row ``at``, and where the rows below them begin.

    A second row may name the parts of a column: its names count where it has some, if it has one
    wherever the first has none.
    """
    names = _tidy(table[at])
    second = _tidy(table[at + 1]) if at + 1 < len(table) else []
    parts = list(filter(None, second))
    is_label = bool(parts) and (names_columns(parts) or all(map(is_time, parts)))
    are_parts = is_label and len(parts) < len(second) == len(names) and not all(names)
    if not are_parts or not all(name or part for name, part in zip(names, second, strict=True)):
        return names, at + 1
    wholes = _reaching(names)
    several = len({whole for whole, part in zip(wholes, second, strict=True) if part}) > 1
    told = zip(wholes, second, strict=True)
    return [f"{w}{p}" if p and several else p or w for w, p in told], at + 2


def _tidy(row: Sequence[str | None]) -> list[str]:
    """Return the texts of all cells of a row, empty for one that belongs to another."""
    texts = ("" if cell is None or cell == BESIDE else cell.strip() for cell in row)
    return ["\n".join(map(str.strip, text.splitlines())) for text in texts]


def _reaching(names: Sequence[str]) -> list[str]:
    """Return the name of each column, of one without that of the column to its left."""
    found: list[str] = []
    for name in names:
        found.append(name or (found[-1] if found else ""))
    return found


def is_letterhead(table: Sequence[Sequence[str | None]]) -> bool:
    """Tell whether a table above all text holds no more than who writes, the number, the day."""
    return len(table) <= _LONGEST_LETTERHEAD and _label_row(table) < 0


def letterhead(table: Sequence[Sequence[str | None]]) -> Iterator[Paragraph]:
    """Return the lines of a table that only sets who writes, the number and the day in place."""
    for row in table:
        told = (line.strip() for cell in _told(row) for line in cell.splitlines())
        lines = list(filter(None, told))
        whole = ["".join(lines)] if lines[1:] and lines[-1] == "文件" else lines
        yield from map(Paragraph, whole)


def table_row(cells: Sequence[str | None], *, is_label: bool = False) -> Paragraph:
    """Return a row of a table as a paragraph."""
    tidy = tuple(_tidy(cells))
    merged = frozenset(column for column, cell in enumerate(cells) if cell is None)
    return Paragraph(" ".join(" ".join(tidy).split()), cells=tidy, merged=merged, is_label=is_label)


def _label_row(table: Sequence[Sequence[str | None]]) -> int:
    """Return which row names the columns, -1 where none does."""
    widest = max(map(len, table), default=0)
    for number, row in enumerate(table[:3]):
        if len(row) == widest > 1 and len(_told(row)) > 1:
            return number if names_columns(row) and number + 1 < len(table) else -1
    return -1


def names_columns(row: Sequence[str | None]) -> bool:
    """Tell whether a row names the columns below it: all cells are short, most say of what."""
    names = ["".join(cell.split()) for cell in _tidy(row)]
    is_short = all(len(name) <= _LONGEST_LABEL and not is_time(name) for name in names)
    named = sum(bool(_LABELS.search(name)) for name in names)
    are_most = named == len(row) if len(row) == PAIR else named * 2 >= len(row)
    return is_short and (are_most or COUNTS.fullmatch(names[0]) is not None)


def is_time(cell: str) -> bool:
    """Tell whether a cell holds a time and no more: 三季度, 9月底, 7月25日至8月3日."""
    return bool(marks.period(cell) or _WHOLE_TIME.fullmatch(cell))


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says. ``when``: the time that it has in front, or from a row above it; empty for
    none. ``is_dated``: the time stands in the row itself. ``step`` names any other row. ``titles``
    stand above it: that of the rows among which it is, what it shares with the row above, and the
    names of its columns. A row that is such a title itself has no ``texts``.
    """

    when: str
    is_dated: bool
    step: str
    titles: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(slots=True)
class Columns:
    """The columns of a table on the way down its rows: their names and the time that holds."""

    names: tuple[str, ...] = ()
    label: str = ""
    _times: int = -1
    _held: str = ""
    _below: int = 0
    _above: tuple[str, ...] = ()
    _title: tuple[str, ...] = ()

    def read(self, row: Paragraph) -> Told:
        """Return what a row says. Rows are read in their order."""
        if len(row.cells) == 1:
            self._title = (row.text,)
            return Told("", False, "", (), ())
        column = self._column_of_times(row.cells)
        own = "".join("".join(row.cells[column : column + 1]).split()) if column >= 0 else ""
        is_front = 0 <= column < _FIRST_COLUMNS
        self._held = own or (self._held if is_front or column in row.merged else "")
        when = _when(self._held) if is_front else ""
        is_dated = bool(own and when)
        texts = [" ".join(cell.split()) for cell in row.cells if cell.strip()]
        merged: tuple[str, ...] = (self._held,) if self._held and not (own or is_front) else ()
        merged += tuple(self._merged(row, column))
        self._below = 0 if is_dated or not when else self._below + 1
        step = "" if is_dated else _step(texts) or (str(self._below) if when else "")
        name = () if not step or step.isdecimal() else (step,)
        titles = (*self._title, *merged, *self._named(row.cells), *name)
        return Told(when, is_dated, step, titles, tuple(texts))

    def _merged(self, row: Paragraph, times: int) -> Iterator[str]:
        """Yield what a row has from above in the columns that tell no time, with their names."""
        cells = [*row.cells]
        for column in sorted(row.merged):
            if column < len(self._above) and self._above[column]:
                cells[column] = self._above[column]
                if column != times and len(self.names) == len(cells):
                    yield f"{self.names[column]}：{' '.join(cells[column].split())}"
        self._above = tuple(cells)

    def _column_of_times(self, cells: Sequence[str]) -> int:
        """Return the column that is named so, else the one in front that has told a period."""
        if self._times < 0:
            named = [number for number, name in enumerate(self.names) if TIMES.search(name)]
            front = [n for n, cell in enumerate(cells[:_FIRST_COLUMNS]) if marks.period(cell)]
            self._times = next(iter(named or front), -1)
        return self._times

    def _named(self, cells: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the columns in which a row says something."""
        if len(cells) != len(self.names):
            return (self.label,) if self.label else ()
        told = zip(self.names, cells, strict=True)
        return tuple(filter(None, [" ".join(name for name, cell in told if cell.strip())]))


def columns(label: Paragraph) -> Columns:
    """Return the columns that a row names."""
    return Columns(tuple("".join(cell.split()) for cell in label.cells), label.text)


def _when(told: str) -> str:
    """Return the period or the other short time that a cell tells; empty for anything else."""
    is_time = len(told) <= _LONGEST_STEP and _TIME.search(told)
    return marks.period(told) or (told if is_time else "")


def _step(cells: Sequence[str]) -> str:
    """Return how a row of a table is called: its number, else its first cell."""
    first = cells[0] if cells else ""
    number = marks.mark(f"{first}、").number or (first if first.isdecimal() else "")
    return number or (first if len(first) <= _LONGEST_STEP else "")
