"""The lines of a plan, with those joined again that were broken inside of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from knowledge.documents import marks
from knowledge.documents.document import Paragraph
from knowledge.documents.marks import HAN, LONGEST_HEADING, begins, mark, run_in_period, signed

_LONGEST_PARAGRAPH: Final = 5000
_ENDS: Final = "。！？；："
_AFTER_END: Final = "”’」』）》"
_ASIDE: Final = re.compile(r"[（(][^（()）]{1,30}[）)][、，。；：]")
"""A line that begins so goes on; a number in brackets has no such sign after it."""

_FRAMED: Final = re.compile(
    rf"\s*【\s*(?:([{HAN}]{{1,3}})[、.．\s]\s*)?([^【】]{{2,{LONGEST_HEADING}}})】\s*(.*)"
)
_ADDRESSED: Final = re.compile("(?:[主抄分报]?送|发至?)[：:]")
_ORNAMENT: Final = re.compile(r"[\W_]*")
_WITH_ASIDE = re.compile(r"[^，。；：（(]{4,40}[（(][^（()）]*[）)]")
"""A heading and what brackets below it say of it."""

_ENCLOSED = re.compile("[（(][^（()）]*[）)]")
_BRACKETS: Final = ("《》", "“”", "（）")


def paragraphs(lines: Iterable[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs of a plan, with the lines joined that were broken inside a sentence."""
    joined: list[Paragraph] = []
    for raw in chain.from_iterable(map(_without_frame, lines)):
        line = " ".join(raw.text.replace("**", "").split())
        if raw.cells:
            joined.append(raw)
        elif joined and line and not raw.level and _continues(joined[-1], line):
            before = joined[-1].text
            between = " " if (before[-1] + line[0]).isascii() else ""
            joined[-1] = Paragraph(before + between + line)
        elif not _ORNAMENT.fullmatch(line):
            joined.append(Paragraph(line, level=raw.level))
    return joined


def _without_frame(raw: Paragraph) -> Iterator[Paragraph]:
    """Yield a heading in square brackets (【一 做什么】) without them, and apart from its text."""
    found = None if raw.cells or raw.level else _FRAMED.fullmatch(raw.text)
    if found is None:
        yield raw
        return
    number, heading, text = found.groups()
    yield Paragraph(f"{number}、{heading}" if number else heading)
    if text:
        yield Paragraph(text)


def _continues(above: Paragraph, line: str) -> bool:
    before = above.text
    if len(before) > _LONGEST_PARAGRAPH or before.rstrip(_AFTER_END)[-1:] in _ENDS:
        return False
    is_new = signed(line) or begins(line) or run_in_period(line) or _ADDRESSED.match(line)
    is_over = signed(before) or _ENCLOSED.fullmatch(before) or _WITH_ASIDE.fullmatch(before)
    if above.level or above.cells or is_new or is_over:
        return False
    if before[-1] in "，、" or _ASIDE.match(line) or re.fullmatch(r"[（(].*(?<!号)[）)]", line):
        return True
    if any(before.count(pair[0]) > before.count(pair[1]) for pair in _BRACKETS):
        return True
    return len(before) >= 20 and _is_prose(before)


def _is_prose(paragraph: str) -> bool:
    """Tell a broken sentence from a heading; neither has an end."""
    found = mark(paragraph)
    of_part = found.level in (marks.CHAPTER, marks.PART, marks.BRACKETED)
    return bool(re.search("[。；]", found.rest)) or ("，" in found.rest and not of_part)
