"""What must not be read as a time: traps are blanked out, damaged dates are found first.

A blank has the length of what it covers, so that every position in the text stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from knowledge.dates import words
from knowledge.dates.spans import HAN, Span, damaged

BLANK: Final = "\x00"
"""Stands in no text: readers refuse it as no text."""

BAD: Final = "\ufffd□■▇▉◆"
"""What a damaged file or a bad scan leaves in place of a character."""

_TOKEN: Final = rf"[\dOoIlSBxX\u00d7_*〇○零{HAN}{BAD}?？]{{1,6}}"
_RUN = re.compile(rf"(?:{_TOKEN}\s?[年月日号曰]\s?){{1,3}}")
_LOOKALIKE = re.compile(
    r"[xX\u00d7_*]{1,4}\s?年|\d[OoIlSB]|[OoIlSB]\d|(?<=[年月])[OoIl]+[月日]|\d[?？]|[?？]\d|曰"
)
_SUSPICIOUS: Final = frozenset(f"{BAD}OoIlSBxX\u00d7_*曰?？")
_LONG_YEAR = re.compile(r"(?<!\d)(?:\d{3}|\d{5,})\s?年\s?\d{1,2}\s?月")
_TOUCHED = re.compile(
    rf"[{BAD}]+\s?(?:季度|半年|[上中下]?旬|年[底末终初内]|学期|周末|底前)|[上下第每今本][{BAD}]+(?:年|季度|半年|旬|月|周)"
)
_TITLE = re.compile(r"《[^《》]*》")


def corrupted(text: str) -> Iterator[Span]:
    """Return where a date stands that is damaged: nothing there is dated, not even its parts."""
    for found in _LONG_YEAR.finditer(text):
        yield damaged(*found.span())
    if _SUSPICIOUS.isdisjoint(text):
        return
    for found in _TOUCHED.finditer(text):
        yield damaged(*found.span())
    for found in _RUN.finditer(text):
        run = found[0]
        if _LOOKALIKE.search(run) or any(bad in run for bad in BAD):
            yield damaged(*found.span())


def without_traps(text: str) -> str:
    """Return a text with every trap and every title of a work or a document blanked out."""
    for found in _TITLE.finditer(text):
        text = blanked(text, *found.span())
    for pattern in words.traps():
        for found in pattern.finditer(text):
            text = blanked(text, *found.span())
    return text


def blanked(text: str, at: int, to: int) -> str:
    """Return a text with blanks from one position to another."""
    return f"{text[:at]}{BLANK * (to - at)}{text[to:]}"
