"""PDF: lines broken at the margin are joined, and what stands on every page is dropped."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import pypdf

from knowledge.documents import pdf_tables, typed
from knowledge.documents.document import Document, Paragraph, UnreadableDocument
from knowledge.documents.marks import begins, signed
from knowledge.documents.pdf_tables import Table
from knowledge.documents.radicals import without_radicals
from knowledge.documents.tables import rows

MOST_PAGES: Final = 500
"""Pages that are read; no plan has as many, and each takes time."""

_NO_TABLES: Final = "its tables could not be looked for; they are read as lines"
_LEAST_HAN: Final = 10
_EDGE: Final = 2
"""So many lines at the top and at the bottom of a page can be its header and its footer."""

_NARROW: Final = 15
"""Text that is not at least so many characters wide has no margin at which lines were broken."""

_SLACK: Final = 4
"""A line that is at most so many characters shorter than the widest reaches the margin: a mark
may not begin a line, nor may an opening bracket end one, and the first line is set in by two."""

_PAGE_NUMBER = re.compile(
    r"[\s—\u2013―\uff0d-]*(?:第?\s*\d{1,3}\s*页?|第\s*[一二三四五六七八九十]{1,3}\s*页)"
    r"(?:\s*[/／，,]?\s*(?:共\s*)?\d{0,3}\s*页?)?[\s—\u2013―\uff0d-]*"
)

_PRINTED = re.compile(
    r"(?:https?|file)://\S+(?:\s+\d+/\d+)?"
    r"|\d{1,4}/\d{1,2}/\d{1,4},?\s+(?:[上下]午)?\s*\d{1,2}:\d\d.*"
)
"""What a browser prints above and below a page."""

_TITLE_ENDS = re.compile(r"(?:要点|计划|意见|方案|安排|规划|打算|通知|文件)(?:[（(].*[）)])?$")
_SPACED = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")

logging.getLogger("pypdf").setLevel(logging.ERROR)


def read(data: bytes) -> Document:
    """Read a PDF that has text. Raises UnreadableDocument."""
    try:
        pages = _pages(data)
    except UnreadableDocument:
        raise
    except RecursionError as problem:
        raise UnreadableDocument("the PDF is nested too deeply") from problem
    except Exception as problem:  # pypdf fails in many ways where a file is damaged
        raise UnreadableDocument("the PDF is damaged") from problem
    text = "".join(line for page in pages for line in page)
    if len(re.findall(r"[\u4e00-\u9fff]", text)) < _LEAST_HAN:
        raise UnreadableDocument("the PDF has no text; if it is a scan, have its text recognised")
    lines = list(_told(pages))
    try:
        found = pdf_tables.tables(data)
    except Exception:  # pdfminer fails in many ways, too
        return Document(tuple(_paragraphs(lines, [])), doubts=(_NO_TABLES,))
    return Document(tuple(_paragraphs(lines, found)))


def _paragraphs(lines: Sequence[str], found: Sequence[Table]) -> Iterator[Paragraph]:
    margins = _margins(lines)
    for above, table in pdf_tables.parted(lines, found):
        yield from typed.paragraphs(list(_joined(above, *margins)))
        yield from rows(table)


def _pages(data: bytes) -> list[list[str]]:
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableDocument("it is protected with a password")
    if len(reader.pages) > MOST_PAGES:
        raise UnreadableDocument(f"the PDF has more than {MOST_PAGES} pages")
    return [_lines(page.extract_text()) for page in reader.pages]


def _lines(text: str) -> list[str]:
    """Return the lines of a page."""
    raws = without_radicals(text).splitlines()
    return [_closed_up(line) for raw in raws if (line := raw.strip())]


def _closed_up(line: str) -> str:
    """Return a line without the space between its letters, where it was set with space."""
    spaced = len(_SPACED.findall(line))
    return _SPACED.sub("", line) if spaced * 5 > len(line) * 2 else line


def _told(pages: Sequence[Sequence[str]]) -> Iterator[str]:
    """Return the lines of all pages without page numbers, headers and footers."""
    on_pages = Counter(place for page in pages for place in {*_edges(page).values()})
    often = {place for place, count in on_pages.items() if count > 1 and count * 2 > len(pages)}
    for page in pages:
        edges = _edges(page)
        for number, line in enumerate(page):
            place = edges.get(number)
            if place is None or not (_is_framing(line) or place in often):
                yield line


def _is_framing(line: str) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line) or _PRINTED.fullmatch(line))


def _edges(page: Sequence[str]) -> dict[int, tuple[bool, str]]:
    """Return the lines that can be a header or a footer: whether they stand above, and what."""
    last = len(page) - _EDGE
    return {
        number: (number < _EDGE, _alike(line))
        for number, line in enumerate(page)
        if number < _EDGE or number >= last
    }


def _alike(line: str) -> str:
    """Return a line as it is on every page: the number of the page in it does not count."""
    return re.sub(r"\d+", "0", "".join(line.split()))


def _margins(lines: Sequence[str]) -> tuple[float, float]:
    """Return how wide, and how many characters long, a line is that reaches the margin."""
    return _margin(list(map(_width, lines))), _margin(list(map(len, lines)))


def _joined(lines: Sequence[str], margin: float, most: float) -> Iterator[str]:
    """Join the lines that were broken at the margin."""
    paragraph = ""
    for above, line in pairwise(["", *lines]):
        is_full = _width(above) >= margin or len(above) >= most
        if paragraph and margin >= _NARROW and is_full and _goes_on(paragraph, line):
            between = " " if (paragraph[-1] + line[0]).isascii() else ""
            paragraph += between + line
        else:
            yield paragraph
            paragraph = line
    yield paragraph


def _margin(widths: Sequence[float]) -> float:
    """Return the width from which a line reaches the margin: at least three lines do, where text
    was broken; a single widest line only is one."""
    widest = sorted(widths, reverse=True)[2:3]
    return widest[0] - _SLACK if widest else 0.0


def _goes_on(paragraph: str, line: str) -> bool:
    """Tell whether a line goes on with the paragraph whose last line reaches the margin."""
    if begins(line) or signed(line) or re.fullmatch(r".*[。！？][”』」）]?", paragraph):
        return False
    is_prose = begins(paragraph) or re.search("[，。；：、]", paragraph)
    return bool(is_prose or (re.search("[，。]", line) and not _TITLE_ENDS.search(paragraph)))


def _width(line: str) -> float:
    """Return how wide a line is: a letter or a digit is mostly half a character of Chinese."""
    return sum(0.5 if c.isascii() else 1 for c in line)
