"""The lines of a plan, with those joined again that were broken inside of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from knowledge.documents import marks
from knowledge.documents.document import Paragraph
from knowledge.documents.marks import begins, mark, signed

_LONGEST_PARAGRAPH: Final = 5000
_ENDS: Final = "。！？；："
_AFTER_END: Final = "”’」』）》"
_ENCLOSED = re.compile("[（(][^（()）]*[）)]")
_BRACKETS: Final = ("《》", "“”", "（）")


def paragraphs(lines: Iterable[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs of a plan, with the lines joined that were broken inside a sentence."""
    joined: list[Paragraph] = []
    for raw in lines:
        line = " ".join(raw.text.replace("**", "").split())
        if raw.cells:
            joined.append(raw)
        elif joined and line and not raw.level and _continues(joined[-1], line):
            before = joined[-1].text
            between = " " if (before[-1] + line[0]).isascii() else ""
            joined[-1] = Paragraph(before + between + line)
        elif line:
            joined.append(Paragraph(line, level=raw.level))
    return joined


def _continues(above: Paragraph, line: str) -> bool:
    before = above.text
    if len(before) > _LONGEST_PARAGRAPH or before.rstrip(_AFTER_END)[-1:] in _ENDS:
        return False
    if above.level or above.cells or signed(line) or begins(line) or _ENCLOSED.fullmatch(before):
        return False
    if before[-1] in "，、" or re.fullmatch(r"[（(].*(?<!号)[）)]", line):
        return True
    if any(before.count(pair[0]) > before.count(pair[1]) for pair in _BRACKETS):
        return True
    return len(before) >= 20 and _is_prose(before)


def _is_prose(paragraph: str) -> bool:
    """Tell a broken sentence from a heading; neither has an end."""
    found = mark(paragraph)
    of_part = found.level in (marks.CHAPTER, marks.PART, marks.BRACKETED)
    return "。" in found.rest or ("，" in found.rest and not of_part)
