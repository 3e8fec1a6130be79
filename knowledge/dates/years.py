"""Whole years: what bears the plan's own year, programmes of a few years, 年内 and 今年."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from knowledge.dates import words
from knowledge.dates.points import Rule
from knowledge.dates.spans import HAN, TO, YEAR, Plan, Rank, Span, whole_year, year_number
from knowledge.dates.traps import BLANK

_Y: Final = rf"(?P<y>(?<!\d)\d{{4}}|二[〇○零0][〇○零{HAN[:9]}]{{2}})\s?"
_LONG_PLANS = re.compile("纲要|规划|远景")
_LONGEST_PROGRAMME: Final = 5
"""A programme of more years than this is a strategy, which no plan of a year dates."""

_RANGE = re.compile(
    rf"{_Y}年?{TO}(?P<last>(?<!\d)\d{{4}})\s?(?P<school>学)?年(?!代|[^，。；]{{0,4}}(?:规划|纲要))"
)
_UNTIL = re.compile(rf"[到至]{_Y}年(?!度|[{HAN}\d底初末])")
_WITHIN = re.compile(
    r"(?:(?<!\d)\d{4}\s?|[今本当])?年度?内(?!容|涵|部|蒙|外|刊|在|地|心|生)|本年度"
)


def _word(name: str) -> str:
    return f"(?:{words.written('words', name)})"


def _theme_pattern() -> re.Pattern[str]:
    """Match a year of a theme: 2024年是…提升年, “…深化年”活动; no 之年, no 周年, no 青少年."""
    theme = f"{_word('theme')}年"
    return re.compile(
        rf"{_Y}年是[^，。；]{{2,40}}?{theme}(?=[，。；]|$)"
        rf"|(?<=[“\"])[^”“\"，。；]{{0,18}}{theme}(?=[”\"])"
        rf"|(?<=[展施进织化])[^，。；“”展施进织化]{{0,16}}{theme}(?=活动|行动|建设)"
    )


def _event_pattern() -> re.Pattern[str]:
    """Match the year before an event: 2024年“…”评选活动; not before a paper, nor 会议精神."""
    within = rf"(?:“[^”]{{1,24}}”|[^，。；：、的是{BLANK}“]){{0,24}}?"
    return re.compile(rf"{_Y}年度?(?!工作[要计意总])(?={within}{_word('event')}(?!精神|上))")


def _reached_pattern() -> re.Pattern[str]:
    """Match the year in which a figure is to be reached: 2024年流失率控制在2%以内."""
    reached = "控制在|稳定在|保持在|提[高升]到|降[到至]|达到?|不低于|不少于|超过"
    return re.compile(rf"{_Y}年度?(?=[^，。；\d]{{0,16}}?(?:{reached})\s?\d)")


def _intended_pattern() -> re.Pattern[str]:
    """Match the year for which something is intended: 拟于2024年命名."""
    intended = "(?:(?<=[拟将])|(?<=[拟划将计取保]于)|(?<=计划)|(?<=争取))"
    return re.compile(rf"{intended}{_Y}年(?![度底末初\d])")


def _this_year_pattern() -> re.Pattern[str]:
    """Match 今年 where something is going to be done; not 今年是, nor 今年的."""
    no = "(?![是的以来年底初中末上下])"
    return re.compile(
        rf"(?<=[取争划保拟将要于在])今年{no}|今年{no}(?=[^。；]{{0,30}}?{_word('will')})"
    )


def _programme(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read 2023—2025年: a programme of a few years that is under way; or a school year."""
    del before
    first, last, (at, to) = year_number(found["y"]), int(found["last"]), found.span()
    if found["school"]:
        start, end = date(first, 9, 1), date(last, 8, 31)
        yield Span(at, to, start, end, YEAR, Rank.NAMED, dated=True)
    elif first <= plan.year <= last <= first + _LONGEST_PROGRAMME:
        start, end = date(first, 1, 1), date(last, 12, 31)
        yield Span(at, to, start, end, YEAR, Rank.NAMED, dated=True)


def _own(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read what bears the plan's own year, and no other."""
    del before
    year = found.groupdict().get("y")
    if year is None or year_number(year) == plan.year:
        yield Span(*found.span(), *whole_year(plan.year), YEAR, Rank.VAGUE)


def _intended(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read what is intended for the plan's year or one soon after it."""
    del before
    year = year_number(found["y"])
    if plan.year <= year <= plan.year + _LONGEST_PROGRAMME:
        yield Span(*found.span(), *whole_year(year), YEAR, Rank.VAGUE, dated=True)


def _awarded(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read 表彰2022年度…: that is the year of the merits; they are honoured in the plan's."""
    del before
    text, (at, to) = found.string, found.span()
    clause = re.split("[，。；]", text[:at])[-1] + re.split("[，。；]", text[to:])[0]
    is_late = year_number(found["y"]) in (plan.year, plan.year - 1)
    if is_late and words.pattern("words", "awarded").search(clause):
        yield Span(at, to, *whole_year(plan.year), YEAR, Rank.VAGUE)


def _until(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    del before
    year, start = year_number(found["y"]), plan.issued or date(plan.year, 1, 1)
    if plan.year <= year <= plan.year + _LONGEST_PROGRAMME:
        end = date(year, 12, 31)
        yield Span(*found.span(), start, end, YEAR, Rank.NAMED, deadline=True, dated=True)


def _all(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read 全年 before a number to be reached: it recurs, and nobody says how often."""
    del before
    yield Span(*found.span(), *whole_year(plan.year), YEAR, Rank.VAGUE, repeated=True)


def is_programme(title: str) -> bool:
    """Tell whether the title of a paper names a programme that is under way, not a strategy."""
    return not _LONG_PLANS.search(title)


_WRITTEN_YEAR: Final = tuple(
    f"{digit}{space}年" for digit in f"0123456789〇○零{HAN[:9]}" for space in ("", " ")
)
PROGRAMME: Final = Rule((*_WRITTEN_YEAR, "学年"), _RANGE, _programme)


def rules() -> tuple[Rule, ...]:
    """Return the rules, in the order in which they are tried."""
    return (
        PROGRAMME,
        Rule(_WRITTEN_YEAR, _UNTIL, _until),
        Rule(("年是", "年”", '年"', "年活动", "年行动", "年建设"), _theme_pattern(), _own),
        Rule(("年度",), re.compile(rf"{_Y}年度"), _awarded),
        Rule(_WRITTEN_YEAR, _event_pattern(), _own),
        Rule(_WRITTEN_YEAR, _reached_pattern(), _own),
        Rule(_WRITTEN_YEAR, _intended_pattern(), _intended),
        Rule(("年内", "年度内", "本年度"), _WITHIN, _own),
        Rule(("今年",), _this_year_pattern(), _own),
        Rule(("全年",), re.compile(rf"全年(?=[^。；]{{0,40}}?{_word('target')})"), _all),
    )
