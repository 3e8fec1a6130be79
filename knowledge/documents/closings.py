"""What signs and dates a plan, below its text and its appendices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from knowledge.documents import marks
from knowledge.documents.document import Paragraph
from knowledge.documents.marks import APPENDIX, begins, is_line, mark
from knowledge.documents.sentences import grouped

_CLOSING: Final = 8
"""Among so many last paragraphs are the signature, its date and who printed the plan."""


def lines(body: Sequence[Paragraph]) -> list[str]:
    """Return the lines that sign and date a plan, below its text and its appendices."""
    return [line for _, closing in segments(body) for line in closing]


def segments(body: Sequence[Paragraph]) -> Iterator[tuple[Sequence[Paragraph], Sequence[str]]]:
    """Return the text and each appendix, apart from what signs and dates them."""
    starts = [number for number, one in enumerate(body) if APPENDIX.fullmatch(one.text)]
    for first, end in pairwise([0, *starts, len(body)]):
        segment = body[first:end]
        closing = _closing(segment)
        yield segment[:closing], [one.text for one in segment[closing:]]


def _closing(segment: Sequence[Paragraph]) -> int:
    """Return where the signature, the date and who printed the plan begin."""
    first = max(0, len(segment) - _CLOSING)
    below = pairwise([*segment[first:], Paragraph("")])
    for number, (one, follows) in enumerate(below, first):
        line = one.text
        is_unsigned = is_line(line) and not begins(line) and marks.signed(follows.text)
        begins_here = is_unsigned or marks.signed(line) or marks.is_copy(line)
        if begins_here and not any(map(_is_told, segment[number:])):
            return number
    return len(segment)


def _is_told(paragraph: Paragraph) -> bool:
    if marks.is_note(paragraph.text) or marks.signed(paragraph.text):
        return False
    return bool("。" in paragraph.text or mark(paragraph.text).level or paragraph.cells)


def signatures(closing: Iterable[str]) -> Iterator[str]:
    """Return each signature with its date; what follows the last date comes last."""
    group: list[str] = []
    for line in closing:
        group.append(line)
        if marks.signed(line):
            yield from grouped(group, " ")
            group = []
    yield from grouped(group, " ")
