"""Documents for tests, made as people's programs make them: Word and PDF files in bytes."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn


class Word:
    """A Word document that is being written."""

    def __init__(self) -> None:
        self.document = docx.Document()
        self._lists = 100

    def bytes(self) -> bytes:
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def line(self, text: str, style: str | None = None) -> Any:
        return self.document.add_paragraph(text, style)

    def heading(self, text: str, level: int) -> Any:
        return self.document.add_heading(text, level)

    def table(self, rows: Sequence[Sequence[str]], merged: Iterable[tuple[int, int]] = ()) -> None:
        """Write a table; ``merged``: first and last row whose first cells are one."""
        table = self.document.add_table(len(rows), max(map(len, rows)))
        for cells, row in zip(rows, table.rows, strict=True):
            for text, cell in zip(cells, row.cells, strict=False):
                cell.text = text
        for first, last in merged:
            table.cell(first, 0).merge(table.cell(last, 0))

    def new_list(self, *levels: tuple[str, str]) -> str:
        """Define a list that Word numbers itself, a (form, text) for each level; return its id."""
        self._lists += 1
        name = str(self._lists)
        root = self.document.part.numbering_part.element
        abstract = element("w:abstractNum", {"w:abstractNumId": name})
        for number, (form, text) in enumerate(levels):
            level = element("w:lvl", {"w:ilvl": str(number)})
            for tag, value in (("w:start", "1"), ("w:numFmt", form), ("w:lvlText", text)):
                level.append(element(tag, {"w:val": value}))
            abstract.append(level)
        root.insert(0, abstract)
        instance = element("w:num", {"w:numId": name})
        instance.append(element("w:abstractNumId", {"w:val": name}))
        root.append(instance)
        return name

    def item(self, text: str, of: str, level: int = 0, style: str | None = None) -> None:
        """Write a paragraph that Word numbers."""
        properties = self.line(text, style)._p.get_or_add_pPr()
        numbered = element("w:numPr", {})
        numbered.append(element("w:ilvl", {"w:val": str(level)}))
        numbered.append(element("w:numId", {"w:val": of}))
        properties.append(numbered)

    def text_box(self, text: str) -> None:
        """Write a paragraph whose only text stands in a text box."""
        run = self.line("")._p.add_r()
        holder: Any = run
        for tag in ("w:pict", "w:txbxContent", "w:p", "w:r"):
            inner = element(tag, {})
            holder.append(inner)
            holder = inner
        words = element("w:t", {})
        words.text = text
        holder.append(words)


def element(tag: str, attributes: dict[str, str]) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(name), value)
    return made


Row = tuple[str | None, ...]
"""The cells of a ruled table; None is one with the cell above, a cell may have several lines."""


def pdf(pages: Sequence[Sequence[str | Row]], password: str | None = None) -> bytes:
    """Return a PDF with these lines on its pages, each as wide as it is; "" leaves a line out."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UTF16-H"
    font += b" /DescendantFonts [4 0 R] >>"
    below = b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /SimSun /DW 1000"
    below += b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>"
    objects += [font, below]
    numbers = []
    for lines in pages:
        stream = zlib.compress(_drawn(lines))
        length = str(len(stream)).encode()
        head = b"<< /Length " + length + b" /Filter /FlateDecode >>\nstream\n"
        objects.append(head + stream + b"\nendstream")
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R"
        page += " /Resources << /Font << /F 3 0 R >> >> >>"
        objects.append(page.encode())
        numbers.append(len(objects))
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(numbers)} >>".encode()
    data = _file(objects)
    return _locked(data, password) if password is not None else data


def _drawn(lines: Sequence[str | Row]) -> bytes:
    """Return the drawing of a page; a line that is empty is only space."""
    drawn, y = ["0.5 w"], _TOP
    for number, line in enumerate(lines):
        if isinstance(line, str):
            drawn += _words(line, 60, y)
            y -= _LINE
        else:
            is_last = number + 1 == len(lines) or isinstance(lines[number + 1], str)
            height = _LINE * max(len((cell or "").split("\n")) for cell in line)
            drawn += _ruled(line, y + 14, height, is_last=is_last)
            y -= height
    return "\n".join(drawn).encode()


_TOP, _LINE, _COLUMN = 800, 18, 110


def _ruled(row: Row, top: int, height: int, *, is_last: bool) -> list[str]:
    drawn = []
    for column, cell in enumerate(row):
        left, bottom = 60 + column * _COLUMN, top - height
        drawn += [_stroke(x, top, x, bottom) for x in (left, left + _COLUMN)]
        drawn += [] if cell is None else [_stroke(left, top, left + _COLUMN, top)]
        drawn += [_stroke(left, bottom, left + _COLUMN, bottom)] if is_last else []
        for number, words in enumerate((cell or "").split("\n")):
            drawn += _words(words, left + 3, top - 14 - number * _LINE)
    return drawn


def _stroke(*ends: int) -> str:
    return "{} {} m {} {} l S".format(*ends)


def _words(words: str, x: int, y: int) -> list[str]:
    code = words.encode("utf-16-be").hex()
    return [f"BT /F 12 Tf {x} {y} Td <{code}> Tj ET"] if words else []


def _file(objects: Sequence[bytes]) -> bytes:
    out = io.BytesIO(b"%PDF-1.5\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    table = out.tell()
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}".encode())
    out.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n".encode())
    out.write(f"startxref\n{table}\n%%EOF\n".encode())
    return out.getvalue()


def _locked(data: bytes, password: str) -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(password, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def wrapped(text: str, width: int = 30, lines_on_page: int = 20) -> list[list[str]]:
    """Return a text as a printer sets it: lines of this width, so many on a page."""
    lines = []
    for paragraph in text.strip().splitlines():
        indented = paragraph
        lines += [indented[at : at + width] for at in range(0, len(indented), width)] or [""]
    return [lines[at : at + lines_on_page] for at in range(0, len(lines), lines_on_page)]
