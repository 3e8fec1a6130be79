"""Plain text and Markdown, in UTF-8 or GB 18030."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from knowledge.documents import typed
from knowledge.documents.document import (
    MOST_LINES,
    TOO_MANY_LINES,
    Document,
    Paragraph,
    UnreadableDocument,
)
from knowledge.documents.tables import table_row

_NO_TEXT: Final = "the file is not text in UTF-8 or GB 18030"
_USUAL_GB: Final = range(0xB0, 0xD8)
"""First bytes of the 3755 usual characters in GB 2312; UTF-8 read as GB hardly has them."""

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)[\s#]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})\s*")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}|\s*[`~]{3,}.*")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-*:?\s*)*\|?\s*")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_INLINE: Final = (
    (re.compile(r"^\s*(?:>\s?)+"), ""),
    (re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)"), ""),
    (re.compile(r"\[([^\[\]\n]+)\]\([^()\n]*\)"), r"\1"),
    (re.compile(r"(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|>-])"), r"\1"),
    (re.compile(r"<br\s*/?>", re.I), "\n"),
)
_ABOUT: Final = {
    "title": ("title", "标题"),
    "issuer": ("issuer", "author", "单位", "发文机关", "发文单位", "发布机构"),
    "number": ("number", "文号", "发文字号"),
    "issued": ("issued", "date", "日期", "成文日期", "印发日期"),
}


def read(data: bytes) -> Document:
    """Read plain text: a paragraph for each line; a line that begins with # makes it Markdown.

    Raises UnreadableDocument.
    """
    text, doubts = decoded(data)
    lines = _lines(text)
    if any(map(_HEADING.fullmatch, lines)):
        return read_markdown(data)
    return Document(tuple(typed.paragraphs(lines)), doubts=doubts)


def _lines(text: str) -> list[str]:
    """Return the lines of a text. Raises UnreadableDocument."""
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise UnreadableDocument(TOO_MANY_LINES)
    return lines


def read_markdown(data: bytes) -> Document:
    """Read Markdown: headings, tables and the header between --- lines. Raises likewise."""
    text, doubts = decoded(data)
    header, body = _front_matter(text)
    lines = _lines(_COMMENT.sub("", body))
    return Document(tuple(_markdown(lines)), _about(header), doubts)


def decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file and the doubts about it. Raises UnreadableDocument."""
    text, doubts = _decoded(data)
    strange = sum(count for c, count in Counter(text).items() if _is_strange(c))
    if "\0" in text or strange * 20 > len(text):
        raise UnreadableDocument(_NO_TEXT)
    return text, doubts


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            if encoding == "utf-8-sig" and _is_mostly_utf8(data):
                return _mixed(data)
        else:
            return text, ()
    return _mixed(data)


def _is_mostly_utf8(data: bytes) -> bool:
    """Tell damaged or mixed UTF-8, which would pass for rare characters, from GB 18030."""
    text = data.decode("utf-8", "replace")
    return len(re.findall(r"[\u4e00-\u9fff]", text)) > text.count("\ufffd")


def _mixed(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Decode each line by itself, for files that were put together from two encodings."""
    lines: list[str] = []
    foreign: list[str] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(_in_gb(line))
            foreign.append(str(number))
    where = ", ".join(foreign[:5]) + (" …" if len(foreign) > 5 else "")
    return "\n".join(lines), (f"the encodings are mixed: line {where} is in GB 18030, not UTF-8",)


def _in_gb(line: bytes) -> str:
    """Decode a line of usual characters in GB 18030. Raises UnreadableDocument for any other."""
    try:
        text = line.decode("gb18030")
    except UnicodeDecodeError:
        raise UnreadableDocument(_NO_TEXT) from None
    han = [c.encode("gb18030")[0] for c in text if "\u4e00" <= c <= "\u9fff"]
    if sum(first in _USUAL_GB for first in han) * 10 < len(han) * 7 or not han:
        raise UnreadableDocument(_NO_TEXT)
    return text


def _is_strange(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cn", "Co") and not character.isspace()


def _front_matter(text: str) -> tuple[str, str]:
    found = re.match(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", text, re.S)
    return (found[1], text[found.end() :]) if found else ("", text)


def _about(header: str) -> dict[str, str]:
    """Return what a header of simple ``name: value`` lines says of the plan."""
    lines = re.findall(r"^([^\s:：]+)\s*[:：]\s*(.+?)\s*$", header, re.M)
    values = {name.lower(): value.strip("\"'") for name, value in lines}
    found = {
        key: next((values[name] for name in names if values.get(name)), "")
        for key, names in _ABOUT.items()
    }
    return {key: value for key, value in found.items() if value}


def _markdown(lines: Sequence[str]) -> Iterator[Paragraph]:
    """Return a paragraph for each line; what only draws is a heading without a word."""
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if _is_row(line):
            if not _TABLE_RULE.fullmatch(line):
                yield table_row(_cells(line), is_label=bool(_TABLE_RULE.fullmatch(below)))
        elif found := _HEADING.fullmatch(line):
            yield Paragraph(_plain(found[2]), level=len(found[1]))
        elif line.strip() and (under := _UNDERLINE.fullmatch(below)) and len(line) <= 60:
            yield Paragraph(_plain(line.strip()), level=1 if under[1][0] == "=" else 2)
        elif not (_RULE.fullmatch(line) or _UNDERLINE.fullmatch(line)):
            yield from map(Paragraph, _plain(line).splitlines() or [""])
        else:
            yield Paragraph("", level=1)


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|") and line.count("|") > 1


def _cells(line: str) -> list[str]:
    inside = line.strip().removeprefix("|").removesuffix("|")
    return [_plain(cell).strip() for cell in re.split(r"(?<!\\)\|", inside)]


def _plain(text: str) -> str:
    """Return a line of Markdown without the marks that are not its words."""
    for mark, instead in _INLINE:
        text = mark.sub(instead, text)
    return text
