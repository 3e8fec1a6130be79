"""Months and days, ranges of them, quarters, half-years, and the edges of a year."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from knowledge import calendar
from knowledge.dates.spans import (
    DAY,
    HALF_YEAR,
    HAN,
    MONTH,
    NUMBER,
    QUARTER,
    TEN_DAY,
    TO,
    Plan,
    Span,
    damaged,
    number,
    ten_days,
    whole_months,
    year_number,
)

Reader = Callable[[re.Match[str], Plan, Sequence[Span]], Iterator[Span]]

_RELATIVE: Final = "今年|本年度|本年|当年|明年|来年|次年|翌年|去年|上年|前年|每年"
_STEPS: Final = {"明年": 1, "来年": 1, "次年": 1, "翌年": 1, "去年": -1, "上年": -1, "前年": -2}
_FARTHEST: Final = 10
"""A year so long after the plan's is no time of its work; with a month it is a slip."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of writing time: one of the words that it ``needs``, what it looks like, its reader."""

    needs: Sequence[str]
    pattern: re.Pattern[str]
    read: Reader


def _year(name: str) -> str:
    written = rf"(?<!\d)\d{{4}}|[一二][〇○零0九][〇○零{HAN[:9]}0-9]{{2}}"
    return rf"(?:(?P<y{name}>{written})\s?年\s?|(?P<r{name}>{_RELATIVE})的?)?"


def _point(name: str) -> str:
    """Return the pattern of a month with a day, a part or an edge of it."""
    day = rf"(?P<d{name}>{NUMBER})\s?(?:[日号]|(?={TO}{NUMBER}\s?[日号]))"
    parts = rf"(?P<t{name}>上中|中下|[上中下])旬|(?P<e{name}>初(?![{HAN}中级])|底|末)"
    until = rf"(?:{TO}(?P<u{name}>{NUMBER})\s?[日号])?"
    return rf"(?P<m{name}>{NUMBER})\s?月份?\s?(?:{day}{until}|{parts})?"


_BEFORE: Final = rf"(?<![\d第前近满{HAN}个])"
_AFTER: Final = rf"(?!龄|嫂|饼|薪|租|票|刊|均|亮|光|球|子|[{HAN}](?![日号]))"
_PAIR = re.compile(
    rf"{_BEFORE}{_year('1')}(?:{_point('1')}|(?P<c1>{NUMBER})){TO}{_year('2')}{_point('2')}{_AFTER}"
)
_EXACT: Final = rf"(?!初(?![{HAN}中级])|底|末|[上中下]{{1,2}}旬|\s?\d{{1,2}}\s?[日号])"
_TWO: Final = "|".join(f"{HAN[at : at + 2]}" for at in range(9))
_LIST = re.compile(
    rf"{_BEFORE}{_year('1')}(?P<list>{NUMBER}月?(?:、{NUMBER}月?)*[、和及与]{NUMBER}|(?P<two>{_TWO}))"
    rf"(?:[两二三四]个?)?月份?{_EXACT}{_AFTER}"
)
_DAYS = re.compile(
    rf"{_BEFORE}{_year('1')}(?P<m1>{NUMBER})\s?月\s?(?P<list>{NUMBER}(?:、{NUMBER})+)\s?[日号]"
)
_NTH = re.compile(
    rf"{_BEFORE}{_year('1')}(?P<m1>{NUMBER})\s?月份?的?"
    r"(?:第?(?P<nth>[一二三四])|首|(?P<last>最后一))个(?:星期|周)(?P<weekday>[一二三四五六日天])"
)
_SINGLE = re.compile(rf"{_BEFORE}{_year('1')}{_point('1')}{_AFTER}")
_DOTTED = re.compile(
    r"(?<![\d.])(?P<y>\d{4})(?P<by>[./-])(?P<m>\d{1,2})(?P=by)(?P<d>\d{1,2})(?![\d.])"
    rf"(?:{TO}(?P<z>\d{{4}})(?P=by)(?P<n>\d{{1,2}})(?P=by)(?P<e>\d{{1,2}})(?![\d.]))?"
)
_LUNAR_DAY: Final = rf"(?:初[{HAN}]|十[{HAN[:9]}]|二十[{HAN[:9]}]?|廿[{HAN[:9]}]?|三十|十)"
_LUNAR = re.compile(
    rf"(?:(?:农历|阴历)(?P<m>正|腊|冬|十[一二]|[{HAN}])月(?P<d>{_LUNAR_DAY})"
    rf"|(?P<n>[正腊冬])月(?P<e>{_LUNAR_DAY})|(?P<o>十[一二]|[{HAN}])月(?P<f>初[{HAN}]))(?![{HAN}日号])"
)
_QUARTER = re.compile(
    rf"{_year('1')}(?P<whole>前)?第?(?P<a>[{HAN}\d])"
    rf"(?:(?:{TO}|(?P<and>[、和]))第?(?P<b>[{HAN}\d]))?个?季度(?!假|(?<=一季度)[一两][次回])(?P<end>末|底)?"
)
_HALF = re.compile(rf"{_year('1')}(?P<half>上[、和]?下|[上下])半年(?P<end>末|底)?")
_YEAR_EDGE = re.compile(
    rf"(?:(?P<y1>(?<!\d)\d{{4}}|二[〇○零][〇○零{HAN[:9]}]{{2}})\s?|(?P<r1>今|本|当|明|来|次|去|每)"
    rf"|(?<![{HAN}少青童老中成壮百幼学周新多近历常几全\d]))"
    r"年{1,2}(?P<edge>[底末终初](?!身|端|气|蕴|心|中|级|审|线|薪|稿|色|座|极|奖)|中(?=召|举|开展|前|组织|，))"
)
_BARE = re.compile(
    rf"(?<![{HAN}\d月每])(?:(?P<t>上中|中下|[上中下])旬|(?P<e>月[底末初])|(?P<d>{NUMBER})\s?日(?![常益])"
    rf"(?:{TO}(?P<last>{NUMBER})\s?日(?![常益]))?)"
)


def _resolved(found: re.Match[str], name: str, base: int) -> int:
    """Return the year that a point names, else the one that it inherits."""
    groups = found.groupdict()
    if groups.get(f"y{name}"):
        return year_number(groups[f"y{name}"])
    return base + _STEPS.get(groups.get(f"r{name}") or "", 0)


def _inherited(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> int:
    """Return the year of the last date of the same sentence that names one, else the plan's.

    今年 and 明年 are reckoned from the plan's year, 次年 from the date before it.
    """
    if found.groupdict().get("r1") not in (None, "次年", "翌年"):
        return plan.year
    text, at = found.string, found.start()
    named = [
        one
        for one in before
        if one.dated and one.to <= at and not re.search("[。；！？]", text[one.to : at])
    ]
    last = max(named, key=lambda one: one.to, default=None)
    return last.end.year if last and last.end else plan.year


def _part(found: re.Match[str], name: str, year: int) -> tuple[date, date, str, bool]:
    """Return first day, last day, precision, and whether it has an end of its own (not a month).

    Raises ValueError where there is no such day.
    """
    groups = found.groupdict()
    month = number(groups[f"m{name}"])
    if day := groups.get(f"d{name}"):
        start = date(year, month, number(day))
        end = date(year, month, number(groups[f"u{name}"])) if groups[f"u{name}"] else start
        if end < start:
            raise ValueError("it ends before it begins")
        return start, end, DAY, True
    if part := groups.get(f"t{name}"):
        return (*ten_days(year, month, part), TEN_DAY, True)
    if edge := groups.get(f"e{name}"):
        return (*ten_days(year, month, "上" if edge == "初" else "下"), TEN_DAY, edge != "初")
    return (*whole_months(year, month, month), MONTH, False)


def _pair(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    groups = found.groupdict()
    year = _resolved(found, "1", _inherited(found, plan, before))
    try:
        if groups["m1"] is None:
            first = number(groups["c1"])
            start, precision = date(year, first, 1), MONTH
        else:
            start, _, precision, _ = _part(found, "1", year)
        last = _resolved(found, "2", year)
        _, end, exact, closed = _part(found, "2", last)
        if end < start and groups["y2"] is None:
            _, end, exact, closed = _part(found, "2", last + 1)
    except ValueError:
        yield damaged(*found.span())
        return
    if end < start:
        yield damaged(*found.span())
        return
    coarser = MONTH if MONTH in (precision, exact) else precision
    yield from _checked(Span(*found.span(), start, end, coarser, closed=closed), found, plan)


def _list(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read several months: those that follow one another (七、八两月, 七八月) are one time."""
    year = _resolved(found, "1", _inherited(found, plan, before))
    named = list(found["two"]) if found["two"] else re.findall(NUMBER, found["list"])
    try:
        runs = [whole_months(year, *run) for run in _runs(map(number, named))]
    except ValueError:
        yield damaged(*found.span())
        return
    for start, end in runs:
        yield from _checked(Span(*found.span(), start, end, MONTH, closed=False), found, plan)


def _days(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read several days of a month: those that follow one another (1、2日) are one time."""
    year, month = _resolved(found, "1", _inherited(found, plan, before)), number(found["m1"])
    named = map(number, re.findall(NUMBER, found["list"]))
    try:
        runs = [tuple(date(year, month, day) for day in run) for run in _runs(named)]
    except ValueError:
        yield damaged(*found.span())
        return
    for start, end in runs:
        yield from _checked(Span(*found.span(), start, end, DAY), found, plan)


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and the last of each run of numbers that follow one another."""
    runs: list[tuple[int, int]] = []
    for one in numbers:
        if runs and one == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], one)
        else:
            runs.append((one, one))
    return runs


def _nth(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read 5月的第二个星期日."""
    year, month = _resolved(found, "1", _inherited(found, plan, before)), number(found["m1"])
    weekday = "一二三四五六日".index(found["weekday"].replace("天", "日")) + 1
    which = -1 if found["last"] else number(found["nth"] or "一")
    try:
        day = calendar.weekday(year, month, weekday, which)
    except ValueError:
        yield damaged(*found.span())
        return
    yield from _checked(Span(*found.span(), day, day, DAY), found, plan)


def _single(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    year = _resolved(found, "1", _inherited(found, plan, before))
    try:
        start, end, precision, closed = _part(found, "1", year)
    except ValueError:
        yield damaged(*found.span())
        return
    span = Span(*found.span(), start, end, precision, closed=closed)
    yield from _checked(span, found, plan)


def _checked(span: Span, found: re.Match[str], plan: Plan) -> Iterator[Span]:
    """Return a span with what its year says: one far ahead is a slip, one every year recurs."""
    groups = found.groupdict()
    if span.end and span.end.year > plan.year + _FARTHEST:
        yield damaged(span.at, span.to)
        return
    named = any(groups.get(name) for name in ("y1", "y2", "r2")) or groups.get("r1") in _STEPS
    every = "FREQ=YEARLY" if groups.get("r1") == "每年" else None
    yield replace(span, dated=bool(named), recurrence=every, repeated=bool(every))


def _dotted(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read 2024.6.1, alone or up to another such day."""
    del plan, before
    try:
        start = date(*(int(found[name]) for name in "ymd"))
        end = date(*(int(found[name]) for name in "zne")) if found["z"] else start
    except ValueError:
        yield damaged(*found.span())
        return
    at, to = found.span()
    yield damaged(at, to) if end < start else Span(at, to, start, end, DAY, dated=True)


def _lunar(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read a date of the lunar calendar; without its name 正月, 腊月 and 初 show that it is one."""
    del before
    name, written = (found["m"] or found["n"] or found["o"], found["d"] or found["e"] or found["f"])
    month = {"正": 1, "冬": 11, "腊": 12}.get(name) or number(name)
    try:
        day = calendar.lunar(plan.year, month, number(written.strip("初").replace("廿", "二十")))
    except ValueError:
        yield damaged(*found.span())
        return
    yield Span(*found.span(), day, day, DAY)


def _quarter(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    year = _resolved(found, "1", _inherited(found, plan, before))
    first, last = number(found["a"]), number(found["b"] or found["a"])
    if found["whole"]:
        first = 1
    if not 1 <= first <= last <= 4:
        yield damaged(*found.span())
        return
    apart = found["and"] and last > first + 1
    for low, high in ((first, first), (last, last)) if apart else ((first, last),):
        start, end = whole_months(year, low * 3 - 2, high * 3)
        if found["end"]:
            start = end.replace(day=1)
        precision = MONTH if found["end"] else QUARTER
        span = Span(*found.span(), start, end, precision, closed=bool(found["end"]))
        yield from _checked(span, found, plan)


def _half(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    year = _resolved(found, "1", _inherited(found, plan, before))
    for half, months in (("上", (1, 6)), ("下", (7, 12))):
        if half in found["half"]:
            span = Span(*found.span(), *whole_months(year, *months), HALF_YEAR)
            yield from _checked(span, found, plan)


def _edge(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read 年底, 年终, 年末 (December), 年初 (January) and 年中 (June and July)."""
    del before
    step = {"明": 1, "来": 1, "次": 1, "去": -1}.get(found["r1"] or "", 0)
    year = year_number(found["y1"]) if found["y1"] else plan.year + step
    low, high = {"初": (1, 1), "中": (6, 7)}.get(found["edge"], (12, 12))
    start, end = whole_months(year, low, high)
    every = f"FREQ=YEARLY;BYMONTH={low}" if found["r1"] == "每" else None
    closed, named = found["edge"] != "初", bool(found["y1"] or step)
    span = Span(*found.span(), start, end, MONTH, closed=closed, dated=named, recurrence=every)
    yield replace(span, repeated=bool(every))


def _bare(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read 中旬, 月底, 15日, 15日至16日 in the month of the heading or of the date before it."""
    earlier = [one for one in before if one.to <= found.start() and one.start]
    known = max(earlier, key=lambda one: one.to, default=plan.period)
    if known is None or known.start is None or known.end is None:
        return
    if (known.start.year, known.start.month) != (known.end.year, known.end.month):
        return
    year, month = known.start.year, known.start.month
    try:
        if found["d"]:
            first, last = (date(year, month, number(found[n] or found["d"])) for n in ("d", "last"))
            is_right = first <= last
            yield Span(*found.span(), first, last, DAY) if is_right else damaged(*found.span())
            return
    except ValueError:
        yield damaged(*found.span())
        return
    part = found["t"] or ("上" if found["e"] == "月初" else "下")
    yield Span(*found.span(), *ten_days(year, month, part), TEN_DAY)


RULES: Final = (
    Rule("月", _LUNAR, _lunar),
    Rule("月", _PAIR, _pair),
    Rule("月", _LIST, _list),
    Rule(tuple(f"、{digit}" for digit in f"123456789{HAN}"), _DAYS, _days),
    Rule(("个星期", "个周"), _NTH, _nth),
    Rule("月", _SINGLE, _single),
    Rule("./-", _DOTTED, _dotted),
    Rule(("季度",), _QUARTER, _quarter),
    Rule(("半年",), _HALF, _half),
    Rule(("年底", "年末", "年终", "年初", "年中"), _YEAR_EDGE, _edge),
    Rule(("旬", "月底", "月初", "月末", "日"), _BARE, _bare),
)
"""In this order: what one has read, also as nothing, none after it reads."""
