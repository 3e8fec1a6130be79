"""Tables that are typed into plain text: tabs, drawn lines or blanks part their cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from knowledge.documents.document import Paragraph
from knowledge.documents.marks import mark
from knowledge.documents.tables import TIMES, is_time, names_columns, rows

FEWEST: Final = 3
"""So many lines in a row have blanks inside where these part the cells of a table."""

FEWEST_NAMED: Final = 3
"""So many names of columns stand in one line where a single blank parts them."""

_UPRIGHT: Final = "[|│┃\uff5c]"
_DRAWN: Final = re.compile(_UPRIGHT)
_OUTER: Final = re.compile(rf"^\s*{_UPRIGHT}|{_UPRIGHT}\s*$")
_ACROSS: Final = frozenset("─━═-")
_RULE: Final = _ACROSS | frozenset(" \t\u3000|│┃\uff5c+:┌┬┐├┼┤└┴┘")
_LABEL: Final = re.compile(
    r"\s*((?:活动)?(?:时间|日期|内容|主题|地点|对象|形式|名称)|活动|项目|任务|场所|参加(?:人员|对象)|人数|要求|备注"
    r"|(?:责任|负责|牵头|承办|主办|协办|配合)(?:单位|部门|人)?|主讲人?|联系人|报名)[：:]"
)
_BLANKS: Final = re.compile(" {2,}| *\u3000[ \u3000]*")

Table = list[list[str]]


def paragraphs(lines: Sequence[str]) -> Iterator[Paragraph]:
    """Return a paragraph for each line, or for each row of a table."""
    table: Table = []
    for line in lines:
        cells = _tabbed(line, len(table[0]) if table else 0)
        if table and len(cells) != len(table[0]):
            yield from _told(table)
            table = []
        table.append(cells)
    yield from _told(table)


def _tabbed(line: str, width: int) -> list[str]:
    """Return the cells of a line with tabs inside; in a table of this width some may be empty."""
    cells = line.split("\t")
    return cells if len(cells) == width and line.strip() else line.strip().split("\t")


def _told(table: Table) -> Iterator[Paragraph]:
    """Tell lines with as many tabs; those without any may be another table."""
    if table and len(table[0]) == 1:
        yield from _untabbed([line for (line,) in table])
    elif len(table) > 1:
        yield from rows(table)
    else:
        yield from (Paragraph("\t".join(row)) for row in table)


def _untabbed(lines: Sequence[str]) -> Iterator[Paragraph]:
    at = 0
    while at < len(lines):
        table, length, is_named = _drawn(lines, at)
        if entry := _labelled(lines, at):
            table, length = [entry], len(entry)
        elif not length:
            table = _apart(lines, at) or _named(lines, at)
            length = len(table)
        length = length or 1
        plain = map(Paragraph, lines[at : at + length])
        yield from rows(table, is_named=is_named) if table else plain
        at += length


def _labelled(lines: Sequence[str], at: int) -> list[str]:
    """Return the lines of one entry that tell its time, what it is, its place, each by its name."""
    names: list[str] = []
    for number in range(at, len(lines)):
        found = _LABEL.match(lines[number])
        if found is None or found[1] in names:
            break
        names.append(found[1])
    is_entry = any(TIMES.search(name) for name in names) and len(names) > 1
    return [line.strip() for line in lines[at : at + len(names)]] if is_entry else []


def _drawn(lines: Sequence[str], at: int) -> tuple[Table, int, bool]:
    """Return the table with drawn lines that begins at a line, how many lines are drawn (though it
    be none), and whether a rule sets its first row apart.

    Where rules part all rows, a row may be of several lines.
    """
    groups: list[Table] = [[]]
    first = at
    while at < len(lines) and (_is_rule(lines[at]) or len(_DRAWN.findall(lines[at])) > 1):
        if not _is_rule(lines[at]):
            cells = _DRAWN.split(_OUTER.sub("", lines[at]))
            groups[-1].append([cell.strip() for cell in cells])
        elif groups[-1]:
            groups.append([])
        at += 1
    groups = [group for group in groups if group]
    are_rows = len(groups) >= FEWEST and all(map(_goes_on, groups))
    table = [row for group in groups for row in (_as_one(group) if are_rows else group)]
    is_named = len(groups) > 1 and len(groups[0]) == 1
    return (table if len(table) > 1 else []), at - first, is_named


def _is_rule(line: str) -> bool:
    """Tell whether a line only draws."""
    return not _ACROSS.isdisjoint(line) and _RULE.issuperset(line)


def _goes_on(group: Table) -> bool:
    """Tell whether the lines between two rules are one row: none but the first begins one."""
    return not any(row[0].isdecimal() or is_time(row[0]) for row in group[1:])


def _as_one(group: Table) -> Table:
    """Return the lines between two rules as the one row that they are."""
    if len({len(row) for row in group}) > 1:
        return group
    return [["".join(cells) for cells in zip(*group, strict=True)]]


def _apart(lines: Sequence[str], at: int) -> Table:
    """Return the table with wide blanks that begins at a line: named columns, or times in front.

    Below names of columns a row may have an empty cell or two.
    """
    table: Table = []
    for number in range(at, len(lines)):
        cells = _BLANKS.split(lines[number].strip())
        is_named = bool(table) and names_columns(table[0])
        fits = len(cells) <= len(table[0]) if is_named else _begins(cells, is_first=not table)
        if len(cells) == 1 or not fits:
            break
        table.append(cells)
    return table if len(table) >= FEWEST else []


def _begins(cells: Sequence[str], *, is_first: bool) -> bool:
    is_named = is_first and names_columns(cells) and not mark(cells[0]).level
    return is_named or is_time(cells[0])


def _named(lines: Sequence[str], at: int) -> Table:
    """Return the table with single blanks that begins at a line: its rows have a number or a time
    in front, and its last column may have blanks itself.
    """
    names = lines[at].split()
    if len(names) < FEWEST_NAMED or not names_columns(names):
        return []
    table = [names]
    for number in range(at + 1, len(lines)):
        cells = lines[number].split(maxsplit=len(names) - 1)
        if len(cells) < 2 or not (cells[0].isdecimal() or is_time(cells[0])):
            break
        table.append(cells)
    return table if len(table) >= FEWEST else []
