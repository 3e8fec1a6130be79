"""Tables of a PDF: the cells that ruled lines enclose, in place of the lines of their words."""

from __future__ import annotations

import io
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pdfplumber
from pdfplumber.page import Page

from knowledge.documents.radicals import without_radicals
from knowledge.documents.tables import BESIDE, names_columns

MOST_PAGES: Final = 100
"""Pages on which tables are looked for; each takes some hundredths of a second."""

MOST_EDGES: Final = 2_000
"""A page with more ruled lines than this is a drawing."""

Table = list[list[str | None]]
"""The text of each cell, row by row; None for one that is merged into the cell above, BESIDE for
one that is merged into that to its left."""

logging.getLogger("pdfminer").setLevel(logging.ERROR)


def tables(data: bytes) -> list[Table]:
    """Return the tables of a PDF in their order. A damaged file raises what pdfminer raises."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return [table for page in document.pages[:MOST_PAGES] for table in _of_page(page)]


def _of_page(page: Page) -> Iterator[Table]:
    if 0 < len(page.edges) <= MOST_EDGES:
        for table in page.find_tables():
            if len(table.rows[0].cells) > 1:
                yield _texts(table)
    page.close()


def _texts(table: Any) -> Table:
    """Return the texts of a table that pdfplumber has found; it tells no merged cells apart."""
    boxes = [row.cells for row in table.rows]
    lefts = [
        min((box[0] for box in column if box), default=0.0) for column in zip(*boxes, strict=True)
    ]
    found: Table = []
    for texts, cells in zip(table.extract(), boxes, strict=True):
        row: list[str | None] = []
        end = 0.0
        for text, box, left in zip(texts, cells, lefts, strict=True):
            end = box[2] if box else end
            row.append(_in_a_line(text or "") if box else BESIDE if end > left + 1 else None)
        found.append(row)
    return found


def _in_a_line(cell: str) -> str:
    """Return a cell's words without the breaks where its lines were full."""
    told = ""
    for line in without_radicals(cell).split("\n"):
        is_latin = bool(told and line) and (told[-1] + line[0]).isascii()
        told += " " + line if is_latin else line
    return told


def parted(lines: Sequence[str], found: Sequence[Table]) -> Iterator[tuple[Sequence[str], Table]]:
    """Yield lines with the table below them, the last ones with none.

    A table is known by its words, whose lines it takes the place of; one that goes on at the top
    of the next page is one, without the names of its columns once more.
    """
    above: Sequence[str] = []
    open_one: Table = []
    done = 0
    for table in found:
        first, end = _place(lines, done, table)
        again = bool(open_one) and table[0] == open_one[0]
        if again and not end:  # the names of its columns passed for the header of a page
            first, end = _place(lines, done, table[1:])
        goes_on = again or (bool(open_one) and not names_columns(table[0]))
        if end and goes_on and first == done and len(table[0]) == len(open_one[0]):
            open_one.extend(table[again:])
        elif end:
            if open_one:
                yield above, open_one
            above, open_one = lines[done:first], list(table)
        done = end or done
    if open_one:
        yield above, open_one
    yield lines[done:], []


def _place(lines: Sequence[str], start: int, table: Table) -> tuple[int, int]:
    """Return the first of the lines that hold just the words of a table, and where they end.

    Both are 0 where there are none: cells may be read in another order, but no word may be lost.
    """
    told = (cell for row in table for cell in row if cell and cell != BESIDE)
    words = Counter("".join("".join(told).split()))
    for first in range(start, len(lines)):
        left, end = words.total(), first
        while left > 0 and end < len(lines):
            left -= len("".join(lines[end].split()))
            end += 1
        if not left and Counter("".join("".join(lines[first:end]).split())) == words:
            return first, end
    return 0, 0
