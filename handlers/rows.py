"""Telling a row of a table in words: when, what, and every other cell with its column's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from handlers import wording as say
from knowledge import rows
from knowledge.documents.tables import COUNTS, TIMES
from knowledge.plan import Fact
from knowledge.rows import Cell

_WHAT: Final = re.compile("内容|活动|任务|事项|项目|工作|会议|主题|做什么")
_NO_CELL: Final = Cell("", "")


def in_words(text: str, facts: Sequence[Fact]) -> str:
    """Return a text in which the rows that some of the facts are are told in words."""
    told = {fact.text: _told(fact) for fact in reversed(facts) if fact.text}
    longest = sorted(told, key=len, reverse=True)
    quoted = re.compile("|".join(map(re.escape, longest))) if told else None
    return quoted.sub(lambda found: told[found[0]], text) if quoted else text


def _told(fact: Fact) -> str:
    """Return a row in words, with what it shares with the row above it; itself for what is none."""
    row = [cell for cell in rows.own(fact) if not COUNTS.fullmatch(cell.name)]
    shared = [say.CELL.format(name=name, cell=text) for name, text in rows.shared(fact)]
    if not row:
        return "，".join((fact.text, *shared))
    when = next((cell for cell in row if TIMES.search(cell.name)), _NO_CELL)
    what = next((c for c in row if c is not when and _WHAT.search(c.name)), _NO_CELL)
    others = [say.CELL.format(name=c.name, cell=c.text) for c in row if c not in (when, what)]
    told = "，".join(filter(None, (what.text, *others, *shared)))
    return say.ON_DAY.format(when=when.text, text=told) if when.text else told
