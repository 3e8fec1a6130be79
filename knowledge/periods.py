"""Questions for all that a plan does in a month, a quarter or half a year, and where it says so."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from knowledge.documents import marks
from knowledge.documents.tables import is_time
from knowledge.plan import Fact
from knowledge.text import fold

_HAN: Final = "一二三四五六七八九十"
_PERIOD: Final = re.compile(
    rf"(?<!\d)(?:(1[0-2]|[1-9])月份?|(十[一二]?|[{_HAN[:9]}])月份?|第?([{_HAN[:4]}1-4])季度|([上下])半年)"
    r"(?![\d一二三四五六七八九十上中下初底末前后至到])"
)
_MONTH: Final = re.compile(r"(?:\d{4}年)?(1[0-2]|[1-9])(?=月)")
_ABOUT: Final = re.compile(
    r"关心下一代|关工委|安排|活动|计划|工作|任务|内容|重点|主要|打算|事情?|大事|什么|啥子?|哪些|哪[几两三四五六]?[项样个件]|[几两三四五六][项样个件]|安排表|表|排|份"
    r"|都|各|活儿?|项目|学校|县区|街道|社区|和|哪|[省市区县镇校]|请问|想问|问|说说|讲讲|列一?下|告诉|看看|今年|本年|一共|都|有没有|有|要|做|搞|干|办|开展|开|些|咱们?|我们|你们|市里|县里|区里|镇里|里"
    r"|的|是|会|在|个|项|那|这|呢|吗|呀|啊|嘛|一下|下|我|你|给|请|了|里头|里面|上"
)
_ASKS: Final = re.compile("安排|活动|计划|任务|什么|啥|哪|事|重点|干|做|搞|办")


def asked(topic: str) -> str:
    """Return the period of which a question wants to know all that is planned; empty for another.

    ``topic`` is the question without its year and place.
    """
    folded = fold(topic)
    found = _PERIOD.search(folded)
    if found is None or not _ASKS.search(folded):
        return ""
    rest = folded[: found.start()] + folded[found.end() :]
    return "" if _ABOUT.sub("", rest) else _name(found)


def named(text: str) -> set[str]:
    """Return the periods that a text names."""
    return {_name(found) for found in _PERIOD.finditer(fold(text))}


def told(fact: Fact) -> str:
    """Return the period under whose heading a fact stands; empty where there is none.

    A day or a part of a month that a row of a table has in front is of that month.
    """
    headings = (heading.rpartition("：")[2] for heading in reversed(fact.headings))
    named = map(_of_heading, headings)
    return next(filter(None, named), "")


@lru_cache(maxsize=1024)
def _of_heading(heading: str) -> str:
    when = marks.period(heading)
    found = _PERIOD.fullmatch(when) if when else None
    if found:
        return _name(found)
    day = _MONTH.match(heading) if is_time(heading) else None
    return f"{day[1]}月" if day else ""


def _name(found: re.Match[str]) -> str:
    """Name a period alike, however it is written: 3月, 2季度, 上半年."""
    month, in_han, quarter, half = found.groups()
    if half:
        return f"{half}半年"
    if quarter:
        return f"{_number(quarter)}季度"
    return f"{_number(month or in_han)}月"


def _number(numeral: str) -> int:
    if numeral.isdecimal():
        return int(numeral)
    ones = numeral.removeprefix("十")
    return (10 if ones != numeral else 0) + (_HAN.index(ones) + 1 if ones else 0)
