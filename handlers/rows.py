"""Telling a row of a table in words: when, what, and every other cell with its column's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from handlers import wording as say
from knowledge.documents.tables import COUNTS, TIMES, names_columns
from knowledge.plan import Fact

_WHAT: Final = re.compile("内容|活动|任务|事项|项目|工作|会议|主题|做什么")


def in_words(text: str, facts: Sequence[Fact]) -> str:
    """Return a text in which the rows that some of the facts are are told in words."""
    for fact in sorted(facts, key=lambda fact: -len(fact.text)):
        text = text.replace(fact.text, _told(fact))
    return text


def _told(fact: Fact) -> str:
    """Return a row in words, with what it shares with the row above it."""
    shared = filter(_is_shared, fact.headings)
    return "，".join((_own(fact), *shared))


def _own(fact: Fact) -> str:
    """Return the cells of a row in words; itself where they cannot be told from one another."""
    cells = fact.text.split()
    names = next(filter(names_columns, map(str.split, reversed(fact.headings))), [])
    if len(names) != len(cells) or len(cells) == 1:
        return fact.text
    row = [(n, cell) for n, cell in zip(names, cells, strict=True) if not COUNTS.search(n)]
    when = next((pair for pair in row if TIMES.search(pair[0])), ("", ""))
    what = next((pair for pair in row if pair != when and _WHAT.search(pair[0])), ("", ""))
    others = [say.CELL.format(name=n, cell=c) for n, c in row if (n, c) not in (when, what)]
    told = "，".join(filter(None, (what[1], *others)))
    return say.ON_DAY.format(when=when[1], text=told) if when[1] else told


def _is_shared(heading: str) -> bool:
    """Tell a cell that a row shares with the one above, with its column's name: 地点：书院."""
    name, colon, _ = heading.partition("：")
    return bool(colon) and names_columns([name])
