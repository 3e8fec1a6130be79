"""What people see as one character, so that a cut never falls inside of it.

A short form of the rules of Unicode (UAX 29): where it differs, it keeps more together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

_JOINER: Final = "\u200d"
_EXTENDS: Final = frozenset("\u200c\uff9e\uff9f\u0e33\u0eb3")
"""Joins what stands before it without being a combining mark."""

_PREPENDS: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
_VIRAMA: Final = 9


def graphemes(text: str) -> Iterator[str]:
    """Yield the characters of ``text`` as people see them; together they are ``text``."""
    start, flags = 0, 0
    for place in range(1, len(text)):
        before, after = text[place - 1], text[place]
        flags = flags + 1 if _is_flag(before) else 0
        if not _holds(before, after) and not (flags % 2 and _is_flag(after)):
            yield text[start:place]
            start = place
    if text:
        yield text[start:]


def _holds(before: str, after: str) -> bool:
    """Tell whether two neighbours belong together whatever stands around them."""
    if after.isascii():
        return (before == "\r" and after == "\n") or before in _PREPENDS
    return (
        _extends(after)
        or before == _JOINER
        or before in _PREPENDS
        or (unicodedata.combining(before) == _VIRAMA and after.isalpha())
        or (_is_hangul_start(before) and _is_hangul(after))
    )


def _extends(character: str) -> bool:
    return (
        unicodedata.category(character).startswith("M")
        or character == _JOINER
        or character in _EXTENDS
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # the colours of skin
        or "\U000e0020" <= character <= "\U000e007f"  # the letters inside a region's flag
        or "\u1160" <= character <= "\u11ff"  # Korean vowels and finals
        or "\ud7b0" <= character <= "\ud7fb"
    )


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_hangul_start(character: str) -> bool:
    return "\u1100" <= character <= "\u115f" or "\ua960" <= character <= "\ua97c"


def _is_hangul(character: str) -> bool:
    return _is_hangul_start(character) or "\uac00" <= character <= "\ud7a3"
