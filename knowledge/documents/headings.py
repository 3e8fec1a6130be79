"""Which lines of an official plan are headings, and what title a numbered paragraph has."""

from __future__ import annotations

import re
from typing import Final

from knowledge.documents import marks
from knowledge.documents.marks import LONGEST_HEADING, Mark, begins, is_line, mark

_LONGEST_TITLE: Final = 60
_FIRST_SENTENCE = re.compile(rf"([^。；：！？]{{2,{LONGEST_HEADING}}})。(?=.)")
_LABEL = re.compile(r"([^，。；：！？]{2,12})：(?=.)")
_SPACED = re.compile(r"([\u4e00-\u9fff、]{4,16})\s(?=[\u4e00-\u9fff][^。\s]{8,}[，。；：])")
"""A title that only white space sets apart from its text."""

_FIRST: Final = ("一", "1", "①")
_ONLY_WORDS = re.compile(r"[\u4e00-\u9fff]{2,12}")


def is_heading(paragraph: str, follows: str) -> bool:
    """Tell whether a short line stands above a text or above the first item of a list."""
    if not follows or not is_line(paragraph) or begins(paragraph):
        return False
    if marks.period(follows):
        return is_title(paragraph)
    return not is_line(follows) or mark(follows).number.strip("（()）") in _FIRST


def is_title(line: str) -> bool:
    """Tell whether a line has nothing but characters, as the names of parts have."""
    return bool(_ONLY_WORDS.fullmatch(line))


def titled(found: Mark, follows: str, *, is_marked: bool) -> tuple[str, str]:
    """Return the title of a numbered paragraph and the text that it has besides."""
    rest = found.rest
    below = mark(follows).level
    is_counted = below == marks.COUNTED != found.level
    is_deeper = below > found.level or is_counted or marks.unbulleted(follows) != follows
    is_above = bool(follows) and (is_deeper or not (is_line(follows) or begins(follows)))
    label = None if is_line(rest) and is_above else _LABEL.match(rest)
    if first := _SPACED.match(rest) or _FIRST_SENTENCE.match(rest) or label:
        return first[1], rest
    of_part = found.level < marks.ITEM and found.level != marks.ARTICLE
    is_whole = len(rest) <= _LONGEST_TITLE if of_part or is_marked else is_line(rest) and is_above
    bare = rest.rstrip("。：")
    if is_whole and not re.search("[。；！？]", bare):
        return bare, ""
    return "", rest
