"""The marks by which a line of an official plan says what it is: a part, an item, a date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

LONGEST_HEADING: Final = 30
"""A line of at most this many characters can be a heading; so short a sentence needs the next."""

HAN: Final = "一二三四五六七八九十"

CHAPTER: Final = 5
ARTICLE: Final = 8
PART: Final = 10
ARTICLE_IN_PART: Final = 15
BRACKETED: Final = 20
COUNTED: Final = 25
ITEM: Final = 30
DECIMAL: Final = 32
LETTER: Final = 38
BELOW_ITEM: Final = 40

_COUNTED: Final = "年月日个名人次场期级号周岁元点时分万千百届位所家间篇册件项条份天亿多余以至和及或"
"""What follows a number that counts something, and so is none of a part."""

_MARKS: Final = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        (CHAPTER, rf"(第[{HAN}百\d]+(?:章|编|篇|部分))[、：:]?\s*"),
        (7, rf"(第[{HAN}百\d]+节)[、：:]?\s*"),
        (ARTICLE, rf"(第[{HAN}百\d]+条)[、：:]?\s*"),
        (PART, rf"([{HAN}]{{1,3}})\s?[、.．]\s*"),
        (PART, rf"([{HAN}]{{1,3}})\s+(?=[^\s月季年日，。；：][^，。；：]{{1,20}}$)"),
        (BRACKETED, rf"([（(]\s?[{HAN}]{{1,3}}\s?[）)])[、.．]?\s*"),
        (COUNTED, rf"(第[{HAN}]{{1,2}})[，,]\s*"),
        (COUNTED, rf"((?:项目|行动|任务|工程|专题|板块|步骤|措施)[{HAN}]{{1,2}})[：:]\s*"),
        (DECIMAL, r"(\d{1,2}(?:[.．]\d{1,2}){2,3})[.．、]?\s*(?=[^\d.．])"),
        (DECIMAL, r"(\d{1,2}[.．]\d{1,2})[.．、]?\s+(?=[^\d.．月])"),
        (ITEM, r"(\d{1,2})\s?(?:[.．](?!\d(?!\d?\s?月))|、)\s*"),
        (ITEM, rf"(\d{{1,2}})\s+(?=[\u4e00-\u9fff“《])(?![{_COUNTED}])"),
        (LETTER, r"([A-J])(?:\s?[、.．]\s*|\s+)(?=[\u4e00-\u9fff“《])"),
        (BELOW_ITEM, r"([（(]\s?\d{1,2}\s?[）)])[、.．]?\s*"),
        (BELOW_ITEM + 2, r"(\d{1,2}[）)])\s*"),
        (BELOW_ITEM + 5, r"([①-⑳])[、.．]?\s*"),
    )
)
_BULLET = re.compile(r"[-+•·*●◆■◇○▪➢★☆▲△→]\s*(?=[^\s\d-])[|>]?\s*|[|>]\s*|[-+*]\s+")
_STAR = re.compile(r"[●◆■◇▪➢★☆▲△]\s*")
APPENDIX = re.compile(
    rf"(附[件表录]|附(?=[：:]))\s?([{HAN}\d]{{0,2}})(?:[：:.、\s]\s*(.{{0,60}}))?"
)
_MONTH: Final = rf"(?:\d{{1,2}}|[{HAN}]{{1,2}})"
_TIME: Final = (
    rf"第?[{HAN[:4]}1-4]季度|[上下]半年|(?:第?[一二上下]学期)|(?:寒|暑)(?:假|期)(?:期间)?"
    rf"|(?:{_MONTH}月?\s*(?:[-—\u2013~～至、]|到)\s*)*{_MONTH}月份?(?:[上中下]旬|[初中末]|底前?)?"
)
_DAYS: Final = (
    rf"{_MONTH}月\d{{1,2}}日(?:\s*(?:[-—\u2013~～至]|到)\s*(?:{_MONTH}月)?\d{{1,2}}日)?前?"
)
_PERIOD = re.compile(
    rf"(?:[（(])?(?:\d{{4}}年)?({_TIME})(?:[）)])?"
    r"(?:[（(].{1,12}[）)])?(?:主要|重点)?(?:工作|活动|会议)?(?:安排|计划|任务|重点|要点)?"
)
_PERIOD_WITH_TEXT = re.compile(
    rf"((?:\d{{4}}年)?(?:{_DAYS}|{_TIME}))\s*(?:(?:[：:]|——)\s*|\s)(?=[^\s\d])"
)
_RANKS: Final = ((1, "半年|学期"), (2, "季度"), (4, "旬|日|月份?[初中末底]"))
_IN_A_ROW: Final = frozenset(pairwise((*HAN, "十一", "十二")))
_TWO_MONTHS = re.compile(rf"([{HAN}]{{1,2}})、([{HAN}]{{1,2}})月")
_COPY = re.compile(r"抄\s?[送报]\s?[：:]|主题词")
_NOTE = re.compile(r"注\s*[：:]|备注\s*[：:]|抄\s?[送报]|主题词")
DAY: Final = (
    r"(?P<year>(?:[1\uff11][9\uff19]|[2\uff12][0\uff10])\d\d|[〇○零0一二三四五六七八九]{4})"
    rf"\s*(?:年|(?P<stroke>[-./．]))\s*(?P<month>\d{{1,2}}|[{HAN}]{{1,2}})"
    rf"\s*(?(stroke)(?P=stroke)|月)\s*(?P<day>\d{{1,2}}|[{HAN}]{{1,3}})\s*(?(stroke)|日)"
)
"""A day with its year, in digits or in Chinese numerals."""

_SIGNED = re.compile(
    r"(?:抄\s?[送报]\s?[：:].*?。\s*)?(?:(?:成文|印发|发文|签发|落款)(?:日期|时间)[：:]\s*)?"
    rf"(?P<by>[^，。；：]{{0,40}}?)\s*[（(]?{DAY}[）)]?"
    r"\s*(?:(?P<printer>[^，。；：\d]{2,30}?)(?=印))?(?P<printed>印(?:发|制)?)?"
    r"(?:[^，。；：\d]{0,30}?(?:通过|批准|修订))?"
    r"(?:\s*[（(]?共印\s?\d+\s?份[）)]?|\s*公开(?:方式|属性|类别)[：:].*)?"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The number in front of a paragraph: its level (0 without one), itself, what follows it."""

    level: int
    number: str
    rest: str

    @property
    def is_named(self) -> bool:
        """Tell a number that says of what it is one: 项目一."""
        return self.level == COUNTED and not self.number.startswith("第")


def mark(paragraph: str) -> Mark:
    """Return the number in front of a paragraph; what is called 3月, 七、八月 or 1.5 has none."""
    if several_months(paragraph):
        return Mark(0, "", paragraph)
    for level, pattern in _MARKS:
        if found := pattern.match(paragraph):
            depth = len(re.findall(r"[.．]", found[1])) if level == DECIMAL else 0
            number = "".join(found[1].split())
            return Mark(level + depth, number, paragraph[found.end() :])
    return Mark(0, "", paragraph)


def signed(line: str) -> re.Match[str] | None:
    """Match a line that is a date, with or without who signs in front of it.

    ``printed``: it says when the paper was printed, perhaps by whom (``by`` or ``printer``).
    """
    return _SIGNED.fullmatch(line)


def is_line(paragraph: str) -> bool:
    """Tell whether a paragraph is short and no sentence, as headings and signatures are."""
    return len(paragraph) <= LONGEST_HEADING and not re.search(r"[。；！？]|[，、：]$", paragraph)


def begins(line: str) -> bool:
    """Tell whether a line begins something: a part, an item, a period, an appendix, a note."""
    starts = _BULLET.match(line) or _NOTE.match(line) or mark(line).level
    return bool(starts or APPENDIX.fullmatch(line) or period(line))


def is_note(line: str) -> bool:
    """Tell whether a line is a note below a list or a plan."""
    return bool(_NOTE.match(line))


def is_copy(line: str) -> bool:
    """Tell whether a line says to whom copies go, or what the paper is about (主题词)."""
    return bool(_COPY.match(line))


def is_chapter(paragraph: str) -> bool:
    """Tell whether a paragraph opens one of the largest parts."""
    return mark(paragraph).level in (CHAPTER, ARTICLE, PART)


def period(line: str) -> str:
    """Return a heading such as 二季度 without its number; empty for any other line."""
    bare = mark(unstarred(line)).rest.strip("：: ")
    found = _PERIOD.fullmatch(bare)
    return "".join(found[1].split()) if found else ""


def several_months(line: str) -> bool:
    """Tell a heading of two months in a row (七、八月) from a month with a number (一、三月)."""
    found = _TWO_MONTHS.match(line)
    return found is not None and (found[1], found[2]) in _IN_A_ROW


def run_in_period(line: str) -> str:
    """Return the period at the beginning of a line such as 3月：举办读书会; empty for any other."""
    found = _PERIOD_WITH_TEXT.match(mark(line).rest)
    return "".join(found[1].split()) if found else ""


def rank(when: str) -> int:
    """Return how short a period is: 1 half a year, 2 a quarter, 3 a month, 4 less; 0 for none."""
    if not when:
        return 0
    return next((rank for rank, words in _RANKS if re.search(words, when)), 3)


def unbulleted(line: str) -> str:
    """Return a line without the sign that a list puts in front of it."""
    return _BULLET.sub("", line, count=1) if _BULLET.match(line) else line


def unstarred(line: str) -> str:
    """Return a line without a sign that stands in front of a heading rather than of an item."""
    return _STAR.sub("", line, count=1)
