"""Reading the times in a text: every rule in turn, then what stands around each time.

One stretch of text is read once. In a clause, the more exact of several ways of telling one time
counts; what is over when the plan is issued is told from what it plans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Final

from knowledge.dates import observed, points, recurring, series, years
from knowledge.dates.points import Rule
from knowledge.dates.spans import DAY, SEASON, TO, YEAR, Plan, Rank, Span, as_deadline, damaged
from knowledge.dates.traps import BAD, BLANK, blanked, corrupted, without_traps
from knowledge.documents import marks

_CLAUSE = re.compile("[，。；！？：]")
_SENTENCE = re.compile("[。；！？]")
_CLOSING: Final = '”"’」』'
_BEFORE = re.compile(
    rf"[{_CLOSING}]?\s?(?:以前|之前|前夕|前)(?![后往来提期景沿进辈去述言三两几十\d])"
)
_BY: Final = re.compile(
    r"(?:截[至止]|截止(?:到|至|于|日期|时间)?[为是]?|(?:即日|现在)起至|截止(?:日期|时间)[为是]?[:：]?|不迟于|不晚于|最迟于?|[赶抢]在)\s?$"
)
_UNTIL = re.compile(r"\s?(?:截止|止(?![于步]))")
_UP_TO = re.compile(r"[到至]\s?$")
_OVER = re.compile(r"\s?(?:以来|至今|以后出生)")
_REPORTED = re.compile("已|了|圆满|顺利|曾")
_QUOTED = re.compile("“[^“”。]{0,60}”|《[^《》]{0,80}》")
_RANGE = re.compile(TO)
_WORD = re.compile(r"\w")
_TITLE = re.compile("《[^《》]*》")
_NAMED_TURN = re.compile("“每[年月周季天日][^”]{1,6}”")
_BRACKETED = re.compile(r"[（(]([^（）()]{2,24})[）)]")
_LONGEST_PERIOD: Final = 16
"""A heading of more characters than this says more than a time."""

_BETWEEN: Final = 2
"""Times with at most so many characters between them can tell one time: 3月5日“雷锋日”."""


@cache
def _rules() -> tuple[Rule, ...]:
    """Return every rule, in the order in which they are tried."""
    return (
        *points.RULES,
        *recurring.RULES,
        *observed.rules(),
        *years.rules(),
    )


@cache
def _by_character() -> Mapping[str, Mapping[str, frozenset[int]]]:
    """Return, for each character that is the last of a word, which rules need the word."""
    called: dict[str, dict[str, frozenset[int]]] = {}
    for at, rule in enumerate(_rules()):
        for word in rule.needs:
            words = called.setdefault(word[-1], {})
            words[word] = words.get(word, frozenset()) | {at}
    return called


def _called(text: str) -> list[Rule]:
    """Return the rules whose words stand in a text, in their order."""
    by_character, rules = _by_character(), _rules()
    found: set[int] = set()
    for character in by_character.keys() & set(text):
        for word, needing in by_character[character].items():
            if word in text:
                found |= needing
    return [rules[at] for at in sorted(found)]


def find(text: str, plan: Plan) -> list[Span]:
    """Return the times that stand in a text, in their order; the damaged ones without a date."""
    called, found = _called(text), list(corrupted(text))
    if not (called or found):
        return []
    found += _in_titles(text, plan)
    left = without_traps(text)
    for span in found:
        left = blanked(left, span.at, span.to)
    for rule in called:
        left = _applied(rule, left, plan, found)
    whole = sorted(_whole(found, text), key=lambda one: (one.at, one.to))
    joined = list(series.begun(list(_joined(whole, text)), text))
    told = [_as_told(span, text, plan) for span in joined]
    planned = [span for span in series.before_all(joined, told, text, plan) if span]
    return list(_clauses(series.until_end(planned, text), text))


def is_only(text: str, plan: Plan) -> Span | None:
    """Return the time that is all that a heading says (三季度, 5月份工作安排)."""
    bare = re.sub(r"[（(].*?[）)]|[:：\s]", "", text)
    if not marks.several_months(bare):
        bare = re.sub(r"^[\d一二三四五六七八九十]+[、.．]", "", bare)
    if len(bare) > _LONGEST_PERIOD:
        return None
    bare = re.sub("(?:主要|重点)?(?:工作|活动|会议)?(?:安排|计划|任务)?$", "", bare)
    spans = find(bare, plan)
    if [(one.at, one.to, one.tbd, one.corrupted) for one in spans] != [
        (0, len(bare), False, False)
    ]:
        return None
    return _as_bracketed(spans[0], text, plan)


def _as_bracketed(span: Span, heading: str, plan: Plan) -> Span:
    """Return the time of a heading with the days that it gives in brackets: 寒假（1月17日起…）."""
    inside = _BRACKETED.search(heading)
    told = find(inside[1], plan) if inside else []
    if inside and [(one.at, one.to) for one in told] == [(0, len(inside[1]))] and told[0].start:
        return replace(span, start=told[0].start, end=told[0].end)
    return span


def is_label(text: str, span: Span) -> bool:
    """Tell whether a time stands before what it is the time of: 5月：, 三季度 at the beginning."""
    is_first = not _WORD.search(text, clause(text, span)[0], span.at)
    return is_first and span.end is not None and text[span.to : span.to + 1] in ("：", ":", " ")


def clause(text: str, span: Span) -> tuple[int, int]:
    """Return where the clause of a time begins and ends."""
    marked = unquoted(text)
    begins = max((found.end() for found in _CLAUSE.finditer(marked, 0, span.at)), default=0)
    ends = _CLAUSE.search(marked, span.to)
    return begins, ends.start() if ends else len(text)


def sentence(text: str, at: int, to: int) -> tuple[int, int]:
    """Return where the sentence of a stretch of text begins and ends."""
    begins = max((found.end() for found in _SENTENCE.finditer(text, 0, at)), default=0)
    ends = _SENTENCE.search(text, to)
    return begins, ends.start() if ends else len(text)


@lru_cache(maxsize=64)
def unquoted(text: str) -> str:
    """Return a text of the same length whose names (“学雷锋，做传人”) end no clause."""
    return _QUOTED.sub(lambda found: _CLAUSE.sub(BLANK, found[0]), text)


def _applied(rule: Rule, left: str, plan: Plan, found: list[Span]) -> str:
    for match in list(rule.pattern.finditer(left)):
        if read := list(rule.read(match, plan, found)):
            found += read
            left = blanked(left, *match.span())
    return left


def _in_titles(text: str, plan: Plan) -> Iterator[Span]:
    """Return the programmes of a few years and the named turns (“每月一读”) in titles of works."""
    for title in _TITLE.finditer(text):
        if years.is_programme(title[0]):
            rule = years.PROGRAMME
            for match in rule.pattern.finditer(text, *title.span()):
                yield from rule.read(match, plan, ())
        for turn in _NAMED_TURN.finditer(text, *title.span()):
            yield from _first_turn(text, turn, plan)


def _first_turn(text: str, turn: re.Match[str], plan: Plan) -> Iterator[Span]:
    for rule in recurring.RULES:
        if match := rule.pattern.search(text, *turn.span()):
            yield from rule.read(match, plan, ())
            return


def _whole(found: Sequence[Span], text: str) -> Iterator[Span]:
    """Return the times of which nothing else is damaged, nor the other end of a range."""
    broken = [span for span in found if span.corrupted]
    for span in found:
        if span.corrupted or not any(_touch(span, other, text) for other in broken):
            yield span


def _touch(one: Span, other: Span, text: str) -> bool:
    first, second = sorted((one, other), key=lambda span: span.at)
    return first.to > second.at or bool(_RANGE.fullmatch(text, first.to, second.at))


def _as_told(span: Span, text: str, plan: Plan) -> Span | None:
    """Return a time with what stands around it; None where that says that it is over."""
    if span.corrupted:
        return span
    around = text[max(0, span.at - 1) : span.at] + text[span.to : span.to + 1]
    if any(character in BAD for character in around):
        return damaged(span.at, span.to)
    if _OVER.match(text, span.to) or not _is_planned(span, text, plan):
        return None
    return _until(span, text, plan)


def _until(span: Span, text: str, plan: Plan) -> Span:
    """Return a time as a deadline where the words before or after it make it one."""
    if end := _UNTIL.match(text, span.to):
        named = text[span.at : span.to]
        is_range = span.start != span.end and (span.precision == DAY or _RANGE.search(named))
        until = span if is_range else as_deadline(replace(span, closed=True), plan)
        return replace(until, to=end.end())
    if before := _BEFORE.match(text, span.to):
        until = span if span.repeated else as_deadline(span, plan)
        return replace(until, at=span.at - (before[0][0] in _CLOSING), to=before.end())
    by = _BY.search(text, 0, span.at)
    if not by and text[span.to - 1] in "底末":
        by = _UP_TO.search(text, 0, span.at)
    if by:
        return replace(as_deadline(replace(span, closed=True), plan), at=by.start())
    return span


def _is_planned(span: Span, text: str, plan: Plan) -> bool:
    """Tell what the plan plans, or reports of its own time, from what is history."""
    if span.end is None or span.end.year >= plan.year:
        return True
    if plan.issued and span.end >= plan.issued:
        return True
    after = text[span.to : clause(text, span)[1]]
    return bool(_REPORTED.search(after)) and "的" not in after


def _joined(spans: Sequence[Span], text: str) -> Iterator[Span]:
    """Put together what tells one time twice: 3月5日“学雷锋日”, 每年9月, 12月（宪法宣传周）."""
    return series.put_together(spans, text, _together)


def _together(one: Span, other: Span, text: str) -> Span | None:
    between = text[one.to : other.at]
    if len(between) > _BETWEEN or re.search("[、，和及与起。；]", between) or one.corrupted:
        return None
    if other.corrupted or one.start is None or other.start is None:
        return None
    at, to = one.at, other.to
    if other.recurrence and not one.repeated:
        return None
    if one.recurrence and one.precision == YEAR and not other.repeated:
        return replace(other, at=at, recurrence=one.recurrence, repeated=True)
    for wide, narrow in ((one, other), (other, one)):
        if _holds(wide, narrow) and narrow.precision != SEASON:
            observance = one.observance or other.observance
            return replace(narrow, at=at, to=to, observance=observance)
    return None


def _holds(wide: Span, narrow: Span) -> bool:
    if None in (wide.start, wide.end, narrow.start, narrow.end) or wide.tbd or narrow.tbd:
        return False
    return bool(wide.start <= narrow.start and narrow.end <= wide.end)  # type: ignore[operator]


def _clauses(spans: Iterator[Span], text: str) -> Iterator[Span]:
    """Return what counts in each clause, and no time twice."""
    groups: dict[tuple[int, int], list[Span]] = {}
    for span in spans:
        groups.setdefault(clause(text, span), []).append(span)
    for group in groups.values():
        yield from _counting(group)


def _counting(group: Sequence[Span]) -> Iterator[Span]:
    best = min(span.rank for span in group)
    seen = set()
    for span in group:
        is_season = span.rank is Rank.NAMED and not span.observance
        if span.rank > best and (is_season or span.rank is Rank.VAGUE) and not span.tbd:
            continue
        told = (span.start, span.end, span.recurrence, span.corrupted)
        if told not in seen or span.corrupted:
            seen.add(told)
            yield span
