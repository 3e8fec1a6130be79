"""Times that stand one after another and tell one thing: from May on every month; before two
holidays; what begins in one clause and ends in the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from knowledge.dates.spans import DAY, MONTH, TEN_DAY, Plan, Span, as_deadline

_ON = re.compile("份?起(?:[，,][^，。；]{0,8}|[^，。；]{0,6})")
_WITHIN = re.compile("(?:期间|里|中|内)?[，,]?")
_CLOSING: Final = '”"’」』'
_AND = re.compile(rf"[{_CLOSING}]?[、和及与]?[“\"‘「『]?")
_BEGINS = re.compile(
    "[^，。；、]{0,4}?(?:开(?:班|营|课|赛|幕|馆|展|题)|开始[^，。；、]{0,4}|启动)[，、；][于至到]?"
)
_ENDS = re.compile("[^，。；、]{0,2}?(?:结[业束营课项]|闭[营幕馆展赛]|撤展|收官|截[止稿]|为?止)")
_EXACT: Final = (DAY, TEN_DAY, MONTH)
"""From the finest to the coarsest: what begins on a day and ends in a month is told by months."""


def begun(spans: Sequence[Span], text: str) -> Iterator[Span]:
    """Put a time together with what recurs from then on, or within it.

    自5月起每月 ends with the year, 从7月1日至8月31日，每天 on the last of August.
    """
    return put_together(spans, text, _recurring)


def put_together(
    spans: Iterable[Span], text: str, together: Callable[[Span, Span, str], Span | None]
) -> Iterator[Span]:
    """Yield spans, each with the next ones that ``together`` makes one of it."""
    last: Span | None = None
    for span in spans:
        both = together(last, span, text) if last else None
        if last and not both:
            yield last
        last = both or span
    if last:
        yield last


def _recurring(first: Span, other: Span, text: str) -> Span | None:
    if first.repeated or not other.recurrence or not (first.start and first.end and other.end):
        return None
    if _ON.fullmatch(text, first.to, other.at) and first.start <= other.end:
        return replace(other, at=first.at, start=first.start)
    if _WITHIN.fullmatch(text, first.to, other.at) and first.start < first.end:
        return replace(other, at=first.at, start=first.start, end=first.end)
    return None


def before_all(
    raw: Sequence[Span], told: Sequence[Span | None], text: str, plan: Plan
) -> list[Span | None]:
    """Let what is before the last of several holidays be before each: 中秋、国庆前."""
    found = list(told)
    for at in reversed(range(len(found) - 1)):
        one, other, following = raw[at], raw[at + 1], found[at + 1]
        are_holidays = one.observance and other.observance and following and following.deadline
        if are_holidays and _AND.fullmatch(text, one.to, other.at):
            is_quoted = text[one.to] in _CLOSING
            until = as_deadline(one, plan)
            found[at] = replace(until, at=one.at - is_quoted, to=one.to + is_quoted)
    return found


def until_end(spans: Sequence[Span], text: str) -> Iterator[Span]:
    """Let what begins in one clause last until it ends in the next: 四月开班，十月结业.

    The end stays a time of its own.
    """
    for span, following in zip(spans, (*spans[1:], None), strict=False):
        if following and _lasts(span, following, text):
            exact = {span.precision, following.precision}
            coarser = max(exact, key=lambda one: _EXACT.index(one or DAY))
            yield replace(span, end=following.end, precision=coarser)
        else:
            yield span


def _lasts(one: Span, other: Span, text: str) -> bool:
    if not (one.start and other.end and one.start <= other.end) or one.deadline or one.repeated:
        return False
    if other.repeated or one.precision not in _EXACT or other.precision not in _EXACT:
        return False
    is_end = _ENDS.match(text, other.to) or text[: other.to].endswith("止")
    return bool(is_end and _BEGINS.fullmatch(text, one.to, other.at))
