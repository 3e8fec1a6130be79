"""The items of a plan that have a time: what is when, by the plan's own words.

The base year is always the plan's, never today's; every day is that of China. A past plan's items
are templates: nothing here is ever pushed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from knowledge.dates import kinds, reading, rows, spans
from knowledge.dates.spans import Span
from knowledge.dates.told import Told
from knowledge.documents import marks
from knowledge.plan import Fact, Plan

_FORMAL: Final = re.compile("文号|落款日期|落款|印发通知")
Periods = Mapping[str, Span | None]
"""The time that a heading is, for each heading of a plan."""

_SENTENCE: Final = re.compile("[^。；！？]+")
_CLAUSE: Final = re.compile("[^，。；！？]+")


@dataclass(frozen=True, slots=True)
class Item:
    """A time-bound item. Its days are those of China; None where the words are damaged.

    ``kind`` is holiday, deadline, meeting, campaign, recurring or competition; ``precision`` day,
    ten-day, month, quarter, half-year, season or year; ``recurrence`` a rule of RFC 5545, without
    a start. ``tentative``: 拟; ``tbd``: to be announced; ``past``: over when the plan was issued.
    """

    title: str
    kind: str
    start: date | None
    end: date | None
    precision: str | None
    place: str | None
    audience: tuple[str, ...]
    tentative: bool
    tbd: bool
    past: bool
    corrupted: bool
    recurrence: str | None
    section: str
    quote: str

    def row(self) -> dict[str, Any]:
        """Return it as the commands print it: dates as ISO writes them, absent ones null."""
        row = {name: getattr(self, name) for name in self.__slots__}
        days = {name: row[name] and row[name].isoformat() for name in ("start", "end")}
        return row | days | {"audience": list(self.audience)}


def items(plan: Plan, facts: Sequence[Fact]) -> Sequence[Item]:
    """Return the time-bound items of a plan's facts, in their order, each once."""
    base = spans.Plan(plan.year, date.fromisoformat(plan.issued) if plan.issued else None)
    headings = {heading for fact in facts for heading in fact.headings}
    periods = {heading: reading.is_only(heading, base) for heading in headings}
    lines: dict[str, list[str]] = {}
    for fact in facts:
        lines.setdefault(fact.section.rpartition("/")[0], []).append(fact.text)
    found: dict[tuple[object, ...], Item] = {}
    for fact in facts:
        below = lines.get(fact.section, ()) if fact.section else ()
        if not any(line in fact.text for line in below):
            for item in _of_fact(fact, base, _period(fact, periods)):
                found.setdefault((item.quote, item.start, item.end, item.recurrence), item)
    return list(found.values())


def _of_fact(fact: Fact, base: spans.Plan, period: Span | None) -> Iterator[Item]:
    """Return the items of one fact. The lines of a list are facts; all together they are not."""
    base = replace(base, period=period)
    found = reading.find(fact.text, base)
    dated = list(_dated(fact, base, found))
    if _FORMAL.match(fact.section) or _is_signature(fact.text):
        yield from (item for item in dated if item.kind == "deadline" and not item.corrupted)
        return
    yield from dated
    yield from _others(fact, base, found)


def _is_signature(text: str) -> bool:
    """Tell whether a text is nothing but a date, with or without who signs in front of it."""
    found = marks.signed(text)
    return bool(found and not kinds.is_event(found["by"] or ""))


def _period(fact: Fact, periods: Periods) -> Span | None:
    """Return the time of the innermost heading that is one."""
    return next(filter(None, map(periods.get, reversed(fact.headings))), None)


def _dated(fact: Fact, base: spans.Plan, found: Sequence[Span]) -> Iterator[Item]:
    text = fact.text
    dated = {reading.sentence(text, span.at, span.to) for span in found if not span.tbd}
    still_open = {reading.sentence(text, span.at, span.to) for span in found if span.tbd}
    for span in found:
        sentence = reading.sentence(text, span.at, span.to)
        if not (span.tbd and sentence in dated):
            others = tuple(other for other in found if (other.at, other.to) != (span.at, span.to))
            told = Told(text, *reading.clause(text, span), span, others)
            yield _item(fact, base, told, span, tbd=sentence in still_open)


def _item(
    fact: Fact, base: spans.Plan, told: Told, span: Span | None, *, tbd: bool = False
) -> Item:
    start, end = (span.start, span.end) if span else spans.whole_year(base.year)
    row = rows.cells(fact)
    action = rows.done(row, told.action)
    whole = told.clause if len(told.clause) > len(action) else f"{told.clause}{action}"
    return Item(
        title=kinds.title_of(told.span, action) or _heading(fact),
        kind=kinds.kind_of(span, action) if span else kinds.kind_of(_YEAR, action),
        start=start,
        end=end,
        precision=span.precision if span else spans.YEAR,
        place=rows.place(row) or kinds.place_in(whole) or kinds.place_in(_sentence(told)),
        audience=tuple(kinds.audience_in(whole) or kinds.audience_in(_sentence(told))),
        tentative=kinds.is_tentative(whole),
        tbd=tbd,
        past=bool(end and base.issued and end < base.issued),
        corrupted=bool(span and span.corrupted),
        recurrence=span.recurrence if span else None,
        section=fact.section,
        quote=kinds.quote_of(told.text, *told.quoted, told.span),
    )


_YEAR: Final = Span(0, 0, None, None, None)


def _sentence(told: Told) -> str:
    begins, ends = reading.sentence(told.text, told.at, told.to)
    return told.text[begins:ends]


def _heading(fact: Fact) -> str:
    """Return what stands above a fact, without its number, for an item that names nothing."""
    names = (marks.mark(heading).rest for heading in reversed(fact.headings))
    return next((name for name in names if not marks.period(name)), fact.plan.title)


def _others(fact: Fact, base: spans.Plan, found: Sequence[Span]) -> Iterator[Item]:
    """Return what stands in sentences without a time of their own.

    They have that of the heading or of the label before them (5月：), else the plan's year.
    """
    label = base.period
    for part in _SENTENCE.finditer(reading.unquoted(fact.text)):
        at, to = part.span()
        here = [span for span in found if at <= span.at < to]
        label = next((span for span in here if reading.is_label(fact.text, span)), label)
        if label and not here and (at == 0 or kinds.is_event(fact.text[at:to])):
            yield _item(fact, base, Told(fact.text, at, to), label)
        elif not label:
            yield from _undated(fact, base, (at, to), here)


def _undated(
    fact: Fact, base: spans.Plan, sentence: tuple[int, int], here: Sequence[Span]
) -> Iterator[Item]:
    """Return what is held at some time of the plan's year: its clauses name no time."""
    if not kinds.is_holding(fact.text[slice(*sentence)]):
        return
    taken = [Told(fact.text, *reading.clause(fact.text, span), span).quoted for span in here]
    for part in _CLAUSE.finditer(reading.unquoted(fact.text), *sentence):
        at, to = part.span()
        if kinds.is_holding(fact.text[at:to]) and not any(a < to and at < b for a, b in taken):
            yield _item(fact, base, Told(fact.text, at, to), None)
