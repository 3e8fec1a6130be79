"""Word documents: what stands in the text, with its headings, its numbers and its tables.

Numbers that Word makes itself are in no text; they are counted here as Word counts them. Headers,
footers, notes, deleted and hidden text are no part of the plan. Neither are text boxes, but for
those above all text, which hold a letterhead: a doubt tells of the others.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, Final

import docx
from docx.oxml.ns import qn

from knowledge.documents.document import (
    MOST_LINES,
    TOO_MANY_LINES,
    Document,
    Paragraph,
    UnreadableDocument,
)
from knowledge.documents.numbers import Numbering
from knowledge.documents.tables import BESIDE, is_letterhead, letterhead, rows

MOST_XML: Final = 20 * 1024 * 1024
"""Bytes of one part with text: plans have some hundred thousand."""

MOST_UNPACKED: Final = 200 * 1024 * 1024
"""Bytes that a document may have when it is unpacked; more is a bomb or a film."""

_MOST_PARTS: Final = 5000
_MOST_COLUMNS: Final = 100
_TEXT: Final = "word/document.xml"
_PARAGRAPH = re.compile(rb"<w:p[ />]")
_CHOICE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_DRAWN: Final = ("w:drawing", "w:pict", "w:object", "w:rPr", "w:pPr")
_GONE: Final = frozenset(map(qn, ("w:del", "w:moveFrom")))
_NO_TEXT: Final = frozenset((_CHOICE, *_GONE, *map(qn, _DRAWN)))
_SHOWN: Final = 30
"""Characters of a text box that a doubt shows."""

_SIGNS: Final = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.I)
_CONTENTS = re.compile(r"(?:toc|目录)\s*(?:\d|heading|标题)?", re.I)


def read(data: bytes) -> Document:
    """Read a Word document. Raises UnreadableDocument."""
    try:
        _refuse_bomb(data)
        body = _Body(docx.Document(io.BytesIO(data)))
        paragraphs = tuple(body.paragraphs(body.root))
        return Document(paragraphs, doubts=tuple(body.doubts))
    except UnreadableDocument:
        raise
    except Exception as problem:
        raise UnreadableDocument("the Word document is damaged") from problem


def _refuse_bomb(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        _refuse_large(parts)
        begun = len(_PARAGRAPH.findall(archive.read(_TEXT))) if _TEXT in archive.namelist() else 0
    if begun > MOST_LINES:
        raise UnreadableDocument(TOO_MANY_LINES)


def _refuse_large(parts: Sequence[zipfile.ZipInfo]) -> None:
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableDocument("unpacked, the document is larger than 200 MB")
    if any(part.filename.endswith(".xml") and part.file_size > MOST_XML for part in parts):
        raise UnreadableDocument("the Word document has more text than any plan: over 20 MB")


class _Body:
    """The text of a document, walked through once: the numbers count on."""

    def __init__(self, document: Any) -> None:
        self.root = document.element.body
        self._styles = {style.style_id: style.element for style in document.styles}
        self._numbering = Numbering(_numbering_root(document))
        self._has_begun = False
        self.doubts: list[str] = []

    def paragraphs(self, parent: Any) -> Iterator[Paragraph]:
        """Return the paragraphs and the rows of tables below an element."""
        for child in parent.iterchildren():
            if child.tag == qn("w:p"):
                yield from self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                yield from self._table(child)
            elif child.tag == qn("w:sdt") and not _is_contents(child):
                for content in child.iterchildren(qn("w:sdtContent")):
                    yield from self.paragraphs(content)
            elif child.tag in (qn("w:ins"), qn("w:moveTo"), qn("w:customXml")):
                yield from self.paragraphs(child)

    def _table(self, table: Any) -> Iterator[Paragraph]:
        has_begun = self._has_begun
        told = list(map(self._row, table.iterchildren(qn("w:tr"))))
        is_head = not has_begun and is_letterhead(told)
        is_named = _is_header(table.find(qn("w:tr")))
        yield from letterhead(told) if is_head else rows(told, is_named=is_named)

    def _paragraph(self, paragraph: Any) -> Iterator[Paragraph]:
        properties = self._properties(paragraph)
        names = [_value(style, "w:name") for style in properties if style.tag == qn("w:style")]
        if names and _CONTENTS.fullmatch(names[0]):
            return
        yield from self._boxes(paragraph)
        text = "".join(_texts(paragraph))
        number = self._number(properties) if text.strip() else ""
        level = _level(properties, names)
        self._has_begun = self._has_begun or bool(text.strip())
        for line in f"{number}{text.strip()}".splitlines():
            yield Paragraph(line, level=level)

    def _boxes(self, paragraph: Any) -> Iterator[Paragraph]:
        """Return what the text boxes of a paragraph say above all text; else doubt them."""
        has_begun = self._has_begun
        for box in _text_boxes(paragraph):
            told = [one for one in self.paragraphs(box) if one.text.strip()]
            self._has_begun = has_begun
            if has_begun and told:
                self.doubts.append(f"a text box is not read: {told[0].text[:_SHOWN]}")
            else:
                yield from told

    def _properties(self, paragraph: Any) -> list[Any]:
        """Return a paragraph, its style, and what that is based on: the first that says counts."""
        found = [paragraph]
        properties = paragraph.find(qn("w:pPr"))
        name = _value(properties, "w:pStyle") if properties is not None else ""
        while name in self._styles and self._styles[name] not in found:
            found.append(self._styles[name])
            name = _value(self._styles[name], "w:basedOn")
        return found

    def _number(self, properties: list[Any]) -> str:
        level = number = ""
        for one in properties:
            found = one.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if found is not None:
                level = level or _value(found, "w:ilvl")
                number = number or _value(found, "w:numId")
        return self._numbering.next(number, int(level or 0)) if number else ""

    def _row(self, row: Any) -> list[str | None]:
        """Return a text for each column.

        It is None in a cell that is merged into the one above, BESIDE where the one to the left
        reaches.
        """
        cells: list[str | None] = []
        for cell in row.iterchildren(qn("w:tc")):
            properties = cell.find(qn("w:tcPr"))
            merged = properties.find(qn("w:vMerge")) if properties is not None else None
            below = merged is not None and merged.get(qn("w:val")) != "restart"
            lines = [paragraph.text for paragraph in self.paragraphs(cell)]
            cells.append(None if below else "\n".join(line for line in lines if line.strip()))
            span = _value(properties, "w:gridSpan") if properties is not None else ""
            reached = min(int(span), _MOST_COLUMNS) - 1 if span.isdecimal() else 0
            cells.extend([None if below else BESIDE] * reached)
        return cells


def _numbering_root(document: Any) -> Any:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering"
    related = document.part.rels.values()
    return next((one.target_part.element for one in related if one.reltype == kind), None)


def _texts(element: Any) -> Iterator[str]:
    """Return the pieces of text in a paragraph, also those in links and insertions."""
    for child in element.iterchildren():
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag not in _NO_TEXT and not _is_hidden(child):
            yield from _texts(child)


def _text_boxes(element: Any) -> Iterator[Any]:
    """Return the text boxes in a paragraph; one drawn in two ways, for old programs too, once."""
    for child in element.iterchildren():
        if child.tag == qn("w:txbxContent"):
            yield child
        elif child.tag == _CHOICE:
            yield from next(filter(None, (list(_text_boxes(way)) for way in child)), ())
        elif child.tag not in _GONE:
            yield from _text_boxes(child)


def _is_hidden(run: Any) -> bool:
    vanish = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}") if run.tag == qn("w:r") else None
    return vanish is not None and vanish.get(qn("w:val")) not in ("0", "false")


def _is_header(row: Any) -> bool:
    """Tell whether Word says of a row that it is repeated on each page, as names of columns are."""
    header = row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") if row is not None else None
    return header is not None and header.get(qn("w:val")) not in ("0", "false", "off")


def _is_contents(control: Any) -> bool:
    """Tell whether a control holds a table of contents."""
    gallery = control.find(f".//{qn('w:docPartGallery')}")
    return gallery is not None and "Contents" in gallery.get(qn("w:val"), "")


def _value(parent: Any, name: str) -> str:
    found = parent.find(qn(name))
    return "" if found is None else str(found.get(qn("w:val"), ""))


def _level(properties: list[Any], names: list[str]) -> int:
    """Return the level of a heading: an outline level, else the name of its style says it."""
    for one in properties:
        found = one.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if found is not None:
            return (int(found.get(qn("w:val"), "9")) + 1) % 10
    named = (_HEADING.fullmatch(name) for name in names)
    if "Title" in names:
        return 1
    return next((int(found[1]) for found in named if found), 0)
