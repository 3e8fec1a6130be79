"""Rows of a table: which of their words say what is done, and which say where."""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge.plan import Fact

_DONE = re.compile(
    "(?:主要|重点|具体|工作|活动|项目|任务)*(?:内容|活动|项目|主题|任务|事项|名称|工作|做什么|措施)(?:安排|名称|内容)?"
)
_WHERE = re.compile("地点|场所|在哪|地址")


def cells(fact: Fact) -> Mapping[str, str]:
    """Return what a row says by the names of its columns; nothing for what is no row.

    A row stands below the names of the columns that it fills, a word for each; where its cells
    have white space inside they cannot be told apart.
    """
    words = fact.text.split(" ")
    for heading in reversed(fact.headings):
        names = heading.split(" ")
        if len(names) == len(words) > 1 and any(map(_DONE.fullmatch, names)):
            return dict(zip(names, words, strict=True))
    return {}


def done(row: Mapping[str, str], action: str) -> str:
    """Return the words of an action that stand in the column of what is done, else all of it."""
    told = next((cell for name, cell in row.items() if _DONE.fullmatch(name)), "")
    return next((word for word in action.split(" ") if word and word in told), action)


def place(row: Mapping[str, str]) -> str | None:
    """Return where something takes place, as its column says."""
    return next((cell for name, cell in row.items() if _WHERE.search(name)), None)
