"""Tables of documents: a paragraph for each row, with its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from knowledge.documents.document import Paragraph

_LONGEST_LABEL: Final = 12
_LABELS = re.compile(
    r"序号|时间|日期|月份|季度|内容|活动|项目|名称|主题|任务|措施|责任|负责|牵头|单位|部门|地点|对象|要求"
    r"|备注|目标|进度|完成|金额|经费|人数|数量|标准|类别|组长|姓名"
)


def rows(table: Sequence[Sequence[str]]) -> Iterator[Paragraph]:
    """Return a paragraph for each row; a table of one column is only a frame around lines."""
    filled = [row for row in table if any(cell.strip() for cell in row)]
    is_frame = all(len(row) < 2 for row in filled)
    label_at = _label_row(filled)
    for number, row in enumerate(filled):
        told = [cell for cell in row if cell.strip()]
        if is_frame or (len(told) == 1 and len(row) < max(map(len, filled))):
            yield from (Paragraph(line) for cell in told for line in cell.splitlines())
        else:
            yield table_row(row, is_label=number == label_at)


def table_row(cells: Sequence[str], *, is_label: bool = False) -> Paragraph:
    """Return a row of a table as a paragraph."""
    tidy = tuple("\n".join(map(str.strip, cell.strip().splitlines())) for cell in cells)
    return Paragraph(" ".join(" ".join(tidy).split()), cells=tidy, is_label=is_label)


def _label_row(table: Sequence[Sequence[str]]) -> int:
    """Return which row names the columns, -1 where none does."""
    widest = max(map(len, table), default=0)
    for number, row in enumerate(table[:3]):
        if len(row) == widest > 1:
            short = all(len("".join(cell.split())) <= _LONGEST_LABEL for cell in row)
            named = sum(bool(_LABELS.search("".join(cell.split()))) for cell in row)
            return number if short and named * 2 >= widest and number + 1 < len(table) else -1
    return -1
