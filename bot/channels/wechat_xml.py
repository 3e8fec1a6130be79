"""WeChat's XML: a flat list of fields in, the same out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]

_BEGINS = re.compile(r"\ufeff?\s*(?:<\?xml[^>]{0,200}\?>)?\s*<xml[\s>]")
"""Nothing may stand before the root, above all no document type."""

_MOST_DEPTH: Final = 8
_MOST_ELEMENTS: Final = 256
_CHUNK: Final = 1 << 14

_UNSPEAKABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Control characters, which XML does not allow or nobody can see."""


_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML does not allow, though somebody may have pasted it into a message."""


class Unreadable(Exception):
    """A push that is no message of WeChat's."""


def read(body: bytes) -> dict[str, str]:
    """Return the fields directly below the root. Raises Unreadable.

    What is not a plain, flat list is refused before it can take time or memory: a document type,
    entities, depth, crowds of elements, the same field twice. Characters that XML forbids are left
    out first: a message is not lost because somebody pasted one.
    """
    target = _Fields()
    try:
        _feed(target, _UNREADABLE.sub("", body.decode("utf-8", "surrogatepass")))
    except (ParseError, DefusedXmlException, UnicodeDecodeError) as problem:
        raise Unreadable(type(problem).__name__) from None
    return target.fields


def _feed(target: _Fields, text: str) -> None:
    """Parse piece by piece, so that nothing behind the first objection is looked at."""
    if not _BEGINS.match(text):
        raise Unreadable("does not begin with <xml>")
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    for start in range(0, len(text), _CHUNK):
        before = target.events
        parser.feed(text[start : start + _CHUNK])
        if target.events == before:
            raise Unreadable("a tag without end")
    parser.close()


class _Fields:
    """Collects what the parser sees."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.events = 0
        self._depth = 0
        self._elements = 0
        self._pieces: list[str] = []

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        self.events += 1
        if self._depth > _MOST_DEPTH or self._elements > _MOST_ELEMENTS:
            raise Unreadable("too deep or too many")
        if self._depth == 2:
            if name in self.fields:
                raise Unreadable(f"{name} twice")
            self._pieces = []

    def data(self, piece: str) -> None:
        self.events += 1
        if self._depth == 2:
            self._pieces.append(piece)

    def end(self, name: str) -> None:
        self.events += 1
        if self._depth == 2:
            self.fields[name] = "".join(self._pieces)
        self._depth -= 1

    def close(self) -> None:
        """Nothing is left to do at the end."""


def write(fields: Mapping[str, str | int]) -> str:
    """Return a message with these fields."""
    return f"<xml>{''.join(_elements(fields))}</xml>"


def _elements(fields: Mapping[str, str | int]) -> Iterator[str]:
    for name, value in fields.items():
        yield f"<{name}>{value if isinstance(value, int) else _cdata(value)}</{name}>"


def _cdata(text: str) -> str:
    return f"<![CDATA[{speakable(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def speakable(text: str) -> str:
    """Return ``text`` without the characters that XML cannot carry."""
    return _UNSPEAKABLE.sub("", text)
