"""Times that the calendar or the school gives: holidays, memorial days, seasons, terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, partial
from typing import Final

from knowledge import calendar
from knowledge.dates import words
from knowledge.dates.points import Rule
from knowledge.dates.spans import (
    DAY,
    HALF_YEAR,
    HAN,
    MONTH,
    SEASON,
    TEN_DAY,
    Plan,
    Rank,
    Span,
    damaged,
    last_of_month,
    whole_months,
)

_OPEN: Final = '“"‘「『、'
_CLOSE: Final = '”"’」』、'
_OUT_OF_SCHOOL: Final = timedelta(days=10)
"""School is out from so long before the lunar new year until 元宵, where no calendar is entered."""

_FIRST_OF_TERM: Final = (2, 3, 8, 9)
"""The months in which a school term begins."""

_FIRST_MONTHS: Final = {"春": 3, "夏": 6, "秋": 9}
_SEASON = re.compile(
    r"七彩的?夏日|缤纷的?冬日|寒暑假|寒、暑假|暑期|暑假|寒假"
    r"|春[、和]?秋(?:两季|二季|季)"
    r"|(?P<term>[春秋])季?新?学期|(?P<start>[春秋])季开学|(?P<part>[春夏秋冬])季(?!学期|开学)"
)
_THEMED: Final = {"安全生产月": 6, "禁毒宣传月": 6, "国防教育月": 9, "学雷锋活动月": 3}
"""Months that campaigns of the whole country keep every year, by their names."""

_NUMBERED = re.compile(
    rf"(?<=[{_OPEN}])(?P<month>\d{{1,2}})[·.・．•](?P<day>\d{{1,2}})(?=[{_CLOSE}])"
)
_CALLED_A_DAY = re.compile(rf"[{_CLOSE}]\s?[^，。；、{_OPEN}]{{0,8}}[日节]")
_LUNAR_MONTH = re.compile(rf"(正月|腊月)(?:[里间]|期间)?(?![初廿{HAN}\d])")
_SCHOOL = re.compile(
    r"(?P<week>开学(?:的?第一|首)周)|开学(?:之?初|前后|季|之际)|新学期(?:伊始|开学|之初|开始)"
)


def _written(rule: calendar.Rule) -> re.Pattern[str]:
    """Match the name of an observance, or its number where something shows that it is a day."""
    if not rule.short:
        return re.compile(rule.written)
    short = "[.·．]?".join(rule.short)
    trap, follows = words.written("speech", "not_a_day"), words.written("speech", "a_day")
    quoted = rf"(?<=[{_OPEN}]){short}(?=[{_CLOSE}])(?![{_CLOSE}]\s?(?:{trap}))"
    plain = rf"(?<![{HAN}\d双第]){short}(?={follows})"
    return re.compile(f"{quoted}|{plain}|{rule.written}")


def _marks(rule: calendar.Rule) -> tuple[str, ...]:
    """Return what calls for a rule: its marks, and its number with a dot in it (五.四)."""
    return (*rule.marks, *(dot.join(rule.short) for dot in ".·．" if rule.short))


def _observed(
    rule: calendar.Rule, found: re.Match[str], plan: Plan, before: Sequence[Span]
) -> Iterator[Span]:
    """Read the name of an observance: a plan may name one before it was founded by law."""
    del before
    if calendar.FIRST_YEAR <= plan.year <= calendar.LAST_YEAR:
        one, (at, to) = rule.of(plan.year), found.span()
        precision = MONTH if one.kind == "month" else DAY
        span = Span(at, to, one.day, one.end, precision, Rank.NAMED, observance=rule.key)
        yield replace(span, closed=False)


def _by_number(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read “6·26”: a day that the calendar knows, or that is called one (“5·25”心理健康日)."""
    month, day = int(found["month"]), int(found["day"])
    on = f"{month:02}-{day:02}"
    if rule := next((rule for rule in calendar.rules().values() if rule.on == on), None):
        yield from _observed(rule, found, plan, before)
    elif _CALLED_A_DAY.match(found.string, found.end()):
        try:
            named = date(plan.year, month, day)
            yield Span(*found.span(), named, named, DAY, Rank.NAMED, closed=False)
        except ValueError:
            yield damaged(*found.span())


def _winter(plan: Plan) -> tuple[date, date]:
    """Return December until the end of February, after the plan's issue."""
    return date(plan.year, 12, 1), last_of_month(plan.year + 1, 2)


def _winter_holiday(plan: Plan) -> tuple[date, date]:
    """Return the school holiday in winter that begins after the plan's issue."""
    year = plan.year
    if _holiday_of(year)[0] < (plan.issued or date(year, 3, 1)):
        year += 1
    return _holiday_of(year)


@cache
def _holiday_of(year: int) -> tuple[date, date]:
    return calendar.lunar(year, 1, 1) - _OUT_OF_SCHOOL, calendar.lunar(year, 1, 15)


def _season(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    del before
    term, at, to = found["term"] or found["start"], *found.span()
    if term:
        start, end = _term(term, plan.year)
        yield Span(at, to, start, end, HALF_YEAR, Rank.NAMED, closed=False)
        return
    name = found[0]
    if name.startswith("寒"):
        yield Span(at, to, *_winter_holiday(plan), SEASON, Rank.NAMED, closed=False)
    if name.startswith("春") and "秋" in name:
        for part in "春秋":
            yield Span(at, to, *_part_of_year(part, plan), SEASON, Rank.NAMED, closed=False)
    elif "暑" in name or "夏日" in name:
        yield Span(at, to, *whole_months(plan.year, 7, 8), SEASON, Rank.NAMED, closed=False)
    elif part := found["part"] or ("冬" if "冬日" in name else ""):
        yield Span(at, to, *_part_of_year(part, plan), SEASON, Rank.NAMED, closed=False)


def _part_of_year(name: str, plan: Plan) -> tuple[date, date]:
    if name == "冬":
        return _winter(plan)
    return whole_months(plan.year, _FIRST_MONTHS[name], _FIRST_MONTHS[name] + 2)


def _term(name: str, year: int) -> tuple[date, date]:
    """Return half a school year: from September to January, or from February to June."""
    return (date(year, 9, 1), date(year + 1, 1, 31)) if name == "秋" else whole_months(year, 2, 6)


def _school(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read the beginning of school: that of the heading's term, else the first of September."""
    del before
    (at, to), start = found.span(), date(plan.year, 9, 1)
    above = plan.period and plan.period.start
    if above and above.month in _FIRST_OF_TERM:
        start = above
    if found["week"]:
        yield Span(at, to, start, start + timedelta(days=6), TEN_DAY)
    else:
        whole = whole_months(start.year, start.month, start.month)
        yield Span(at, to, *whole, MONTH, Rank.NAMED, closed=False)


def _lunar_month(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read a month of the lunar calendar: the first of the plan's year, the last after its issue.

    The last month of a lunar year begins near the new year of the solar one.
    """
    del before
    new_year = calendar.lunar(plan.year, 1, 1)
    start, end = new_year, calendar.lunar(plan.year, 2, 1)
    if found[1] == "腊月":
        issued = plan.issued or date(plan.year, 3, 1)
        lunar_year = plan.year - (new_year > issued)
        start = calendar.lunar(lunar_year, 12, 1)
        end = calendar.lunar(lunar_year + 1, 1, 1)
    last = end - timedelta(days=1)
    yield Span(*found.span(), start, last, MONTH, Rank.NAMED, closed=False)


def _themed(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    del before
    month = _THEMED[found[0]]
    days = whole_months(plan.year, month, month)
    yield Span(*found.span(), *days, MONTH, Rank.NAMED, closed=False)


def rules() -> tuple[Rule, ...]:
    """Return the rules, in the order in which they are tried."""
    return (
        Rule(("开学", "新学期"), _SCHOOL, _school),
        *(
            Rule(_marks(rule), _written(rule), partial(_observed, rule))
            for rule in calendar.rules().values()
        ),
        Rule("·.・．•", _NUMBERED, _by_number),
        Rule(("正月", "腊月"), _LUNAR_MONTH, _lunar_month),
        Rule(tuple(_THEMED), re.compile("|".join(_THEMED)), _themed),
        Rule(("假", "暑", "夏", "冬", "季", "学期", "春", "秋"), _SEASON, _season),
    )
