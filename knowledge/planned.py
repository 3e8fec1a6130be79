"""What a plan has in a month, a quarter or half a year: by its headings, or by days in its text."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from knowledge.dates import spans
from knowledge.dates.items import Item
from knowledge.plan import Fact, is_of_paper
from knowledge.search import Hit
from knowledge.text import fold
from knowledge.verdict import Finding

BESIDE: Final = 0.3
"""What is planned for the same month as the first thing is worth beside it."""

SHORT: Final = 60
"""A sentence of so many characters is told whole, of a longer one the clause with the day."""

_END: Final = re.compile(r"[。；！？\n]")
_LENGTHS: Final = {"月": 1, "季度": 3, "半年": 6}
_EXACT: Final = (spans.DAY, spans.TEN_DAY, spans.MONTH, spans.SEASON)
_PRECISE: Final = {
    1: _EXACT,
    3: (*_EXACT, spans.QUARTER),
    6: (*_EXACT, spans.QUARTER, spans.HALF_YEAR),
}
"""How exact a time has to be to lie in a period of so many months."""


class Doing(NamedTuple):
    """Something that is planned: the fact that says it, and the clause of it that names its day."""

    fact: Fact
    words: str


def within(period: str, year: int, items: Sequence[Item], facts: Sequence[Fact]) -> list[Doing]:
    """Return what lies in a period of a plan's year, by its day, each clause once.

    ``period`` is named as ``periods.asked`` does: 3月, 2季度, 上半年; the days are those of China.
    The day on which the paper was signed is nothing that is planned.
    """
    first, last, length = _days(period, year)
    found = [item for item in items if _lies(item, first, last, length)]
    found.sort(key=lambda item: (max(_begins(item), first), item.end))
    clauses = {item.quote: item.section for item in found}
    body = [fact for fact in facts if fact.headings and not is_of_paper(fact)]
    told = (_said(words, section, body) for words, section in clauses.items())
    return list({doing.words: doing for doing in told if doing}.values())


def _lies(item: Item, first: date, last: date, length: int) -> bool:
    """Tell whether an item is in a period."""
    if item.end is None or item.past or item.recurrence:
        return False
    if item.precision not in _PRECISE[length]:
        return False
    return _begins(item) <= last and item.end >= first


def _begins(item: Item) -> date:
    """Return the first day of an item that has one; what is due counts on its last day."""
    begins = item.end if item.kind == "deadline" else item.start or item.end
    return begins or date.min


def _days(period: str, year: int) -> tuple[date, date, int]:
    """Return the first and the last day of a period, and how many months it has."""
    kind = next(kind for kind in _LENGTHS if period.endswith(kind))
    length, count = _LENGTHS[kind], period.removesuffix(kind)
    number = {"上": 1, "下": 2}.get(count) or int(count)
    month = number * length
    last = date(year, month, months.monthrange(year, month)[1])
    return date(year, month - length + 1, 1), last, length


def _said(words: str, section: str, facts: Sequence[Fact]) -> Doing | None:
    """Return the fact of a section that says something in these words, as clearly as fits.

    A clause by itself may not say what it is about: 于6月底前调整到位.
    """
    of_section = (fact for fact in facts if fact.section == section and words in fact.text)
    fact = next(of_section, None)
    if fact is None:
        return None
    before, _, after = fact.text.partition(words)
    return Doing(fact, _clear(_END.split(before)[-1], words, _END.split(after)[0]))


def _clear(before: str, words: str, after: str) -> str:
    """Return the sentence around a clause, of a long one the clause with as much as fits before."""
    whole = f"{before}{words}{after}".strip()
    if len(whole) <= SHORT:
        return whole
    if len(words) >= SHORT // 2:
        return words
    clauses = before.split("，")
    while len("，".join(clauses)) + len(words) > SHORT:
        clauses.pop(0)
    return "，".join(clauses) + words


def around(period: str) -> str:
    """Return the quarter in which a month is, empty for what is no month."""
    month = period.removesuffix("月")
    return f"{(int(month) + 2) // 3}季度" if month.isdecimal() else ""


def by_heading(facts: Sequence[Fact], *, is_known: bool) -> Finding:
    """Return what stands below the heading of a period; ``is_known``: the asker's place is."""
    latest = max(fact.plan.year for fact in facts)
    first, *others = (fact for fact in facts if fact.plan.year == latest)
    hits = [Hit(first, 1.0), *(Hit(fact, BESIDE) for fact in others)]
    by_plan = tuple({hit.fact.plan.key: hit for hit in reversed(hits)}.values())
    if len(by_plan) > 1:
        return Finding("answer" if is_known else "ask_back", by_plan[::-1], by_plan=True)
    return Finding("answer", tuple(hits), parts=_beyond(hits))


def _beyond(hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return what the others say beside the first hit, unless that puts together what they say.

    So does the first line of a digest for a quarter.
    """
    first, others = hits[0].fact, [hit.fact.text.rstrip("。；") for hit in hits[1:]]
    beyond = [text for text in others if fold(text) not in fold(first.text)]
    return () if first.plan.digest or 2 * len(beyond) < len(others) else tuple(beyond)
