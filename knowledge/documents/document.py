"""Documents as people send them: bytes in, paragraphs out, with what the format says of each.

One small module for each format, imported on first use. What a file is, its first bytes say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

LARGEST: Final = 20 * 1024 * 1024
"""Files of more bytes than this are refused."""

SUFFIXES: Final[Mapping[str, str]] = {
    ".txt": "text",
    ".md": "Markdown",
    ".html": "HTML",
    ".htm": "HTML",
    ".docx": "a Word document (.docx)",
    ".pdf": "PDF",
}
"""The files that can be read, by how their names end, and what they are."""

REFUSED: Final = (".doc", ".wps", ".rtf", ".odt")
"""Files that can hold a plan and are refused with a way out."""

_SAVE: Final = "open it and save it as .docx"
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "a zip file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or WPS document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
)
_ZIPPED: Final = (
    (b"word/document.xml", "a Word document (.docx)"),
    (b"xl/workbook.xml", "an Excel workbook"),
    (b"ppt/presentation.xml", "a presentation"),
    (b"opendocument.text", "an OpenDocument text"),
)
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_PAGE = re.compile(rb"\s*(?:<!doctype\s+html|<html|<\?xml[^>]*>\s*<(?:!doctype\s+)?html)", re.I)


MOST_LINES: Final = 20_000
"""Lines or paragraphs of a document: plans have some hundred."""

TOO_MANY_LINES: Final = "it has more lines than any plan: over 20,000"


class UnreadableDocument(ValueError):
    """A document that cannot be read; the message says why, without the file's name."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line or a paragraph, and what its format says of it.

    ``level``: 1 to 9 for a heading, 0 where the format does not say that it is one.
    ``cells``: a row of a table, a text for each column; a cell keeps its lines. ``text`` is the
    whole row then.
    ``merged``: the columns whose cell is one with the cell above.
    ``is_label``: the row only names the columns below it.
    """

    text: str
    level: int = 0
    cells: tuple[str, ...] = ()
    merged: frozenset[int] = frozenset()
    is_label: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds. ``about`` is what its format says of the whole: title, issuer, number,
    issued. ``doubts`` are sentences on what may have gone wrong."""

    paragraphs: tuple[Paragraph, ...]
    about: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


Reader = Callable[[bytes], Document]


def read(name: str, data: bytes) -> Document:
    """Read the bytes of a file of this name. Raises UnreadableDocument."""
    if len(data) > LARGEST:
        raise UnreadableDocument("the file is larger than 20 MB")
    if not data.strip():
        raise UnreadableDocument("the file is empty")
    wanted = SUFFIXES.get(PurePath(name).suffix.lower())
    found = _kind(data)
    if found in ("an old Word or WPS document", "an RTF document", "an OpenDocument text"):
        raise UnreadableDocument(f"it is {found}, which cannot be read; {_SAVE}")
    if wanted is None:
        readable = ", ".join(SUFFIXES)
        raise UnreadableDocument(f"such a file cannot be read; only {readable} can")
    if found != wanted and (found or wanted in ("PDF", SUFFIXES[".docx"])):
        raise UnreadableDocument(f"it is {found or 'something else'} and not {wanted}")
    document = _reader(wanted)(data)
    if len(document.paragraphs) > MOST_LINES:
        raise UnreadableDocument(TOO_MANY_LINES)
    return document


def _kind(data: bytes) -> str:
    """Return what the first bytes of a file say it is; empty where it may be any text."""
    if _PAGE.match(data.removeprefix(b"\xef\xbb\xbf")[:1024]):
        return "HTML"
    kind = next((kind for start, kind in _MAGIC if data.startswith(start)), "")
    if kind == "a zip file":
        return next((kind for part, kind in _ZIPPED if part in data), kind)
    if kind == "an old Word or WPS document" and _LOCKED in data:
        raise UnreadableDocument("it is protected with a password")
    return kind


def _reader(kind: str) -> Reader:
    """Return what reads a kind of file; its libraries are imported now and not before."""
    if kind == "PDF":
        from knowledge.documents import pdf

        return pdf.read
    if kind == "HTML":
        from knowledge.documents import html

        return html.read
    if kind == SUFFIXES[".docx"]:
        from knowledge.documents import docx

        return docx.read
    from knowledge.documents import plain

    return plain.read_markdown if kind == "Markdown" else plain.read
