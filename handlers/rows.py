"""Telling a row of a table in words: when, what, and every other cell with its column's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from handlers import wording as say
from knowledge.documents.tables import TIMES, names_columns
from knowledge.plan import Fact

_COUNTS: Final = re.compile("序号|编号|次序")
_WHAT: Final = re.compile("内容|活动|任务|事项|项目|工作|会议|主题|做什么")


def in_words(text: str, facts: Sequence[Fact]) -> str:
    """Return a text in which the rows that some of the facts are are told in words."""
    for fact in sorted(facts, key=lambda fact: -len(fact.text)):
        if fact.text in text and (told := _told(fact)):
            text = text.replace(fact.text, told)
    return text


def _told(fact: Fact) -> str:
    """Return a row in words; empty for what is no row, or where a blank inside hides its cells."""
    cells = fact.text.split()
    names = next(filter(names_columns, map(str.split, reversed(fact.headings))), [])
    if len(names) != len(cells) or len(cells) == 1:
        return ""
    row = [(n, cell) for n, cell in zip(names, cells, strict=True) if not _COUNTS.search(n)]
    when = next((pair for pair in row if TIMES.search(pair[0])), ("", ""))
    what = next((pair for pair in row if pair != when and _WHAT.search(pair[0])), ("", ""))
    others = [say.CELL.format(name=n, cell=c) for n, c in row if (n, c) not in (when, what)]
    told = "，".join(filter(None, (what[1], *others)))
    return say.ON_DAY.format(when=when[1], text=told) if when[1] else told
