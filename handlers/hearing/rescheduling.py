"""Wanting another time or another station than one has: 能不能换到星期天."""

from __future__ import annotations

import re
from typing import Final

from knowledge.text import fold

_DAY: Final = "(?:星期|礼拜|周)[一二三四五六日天末1-7]|周末"
_TIME: Final = (
    f"(?:{_DAY}|[上下]午|早上|中午|晚上|[\\d一二三四五六七八九十]+[点号]"
    "|时间|日子|班次|[个一]天|早一?点|晚一?点|站)"
)
_MOVE: Final = "(?:换|改|挪|调|转)"
_WANTS: Final = re.compile(
    f"{_MOVE}(?!期了|名|姓|电话|号码)(?:一?下|一?个|成|到|为|去|在|别的|其他|另外的?)*.{{0,6}}{_TIME}"
    f"|{_TIME}.{{0,4}}{_MOVE}"
)
_NOT_MINE: Final = re.compile("通知|群发|告诉|转告|转发|[换改]个?老师|大家|开门|关门|活动改|课改")
_NUMBERS: Final = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}


def wants_another_time(words: str) -> bool:
    """Tell whether somebody wants to come at another time, or to another station."""
    said = fold(words)
    return bool(_WANTS.search(said)) and not _NOT_MINE.search(said)


def weekdays(words: str) -> frozenset[int]:
    """Return the days of the week that words name, Monday 0; both of a weekend."""
    said = fold(words)
    named = {_NUMBERS[day] for day in re.findall("(?:星期|礼拜|周)([一二三四五六日天])", said)}
    return frozenset(named | ({5, 6} if "周末" in said else set()))
