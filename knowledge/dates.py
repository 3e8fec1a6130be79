"""The items of a plan that have a time: what is when, by the plan's own words.

The base year is always the plan's, never today's; every day is that of China. A past plan's items
are templates: nothing here is ever pushed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from knowledge import dates_kinds as kinds
from knowledge import dates_reading as reading
from knowledge import dates_spans as spans
from knowledge import outline
from knowledge.dates_spans import Span
from knowledge.plan import Fact, Plan

_FORMAL: Final = re.compile("文号|落款日期|落款|印发通知")
Periods = Mapping[str, Span | None]
"""The time that a heading is, for each heading of a plan."""

_BREAK: Final = re.compile("[，。；！？]")
_CLAUSE: Final = re.compile("[^，。；！？]+")
_SHORT: Final = 4
"""A clause with fewer characters besides its time says nothing: the next one does."""


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
    found: dict[tuple[object, ...], Item] = {}
    for fact in facts:
        for item in _of_fact(fact, base, periods):
            found.setdefault((item.quote, item.start, item.end, item.recurrence), item)
    return list(found.values())


def _of_fact(fact: Fact, base: spans.Plan, periods: Periods) -> Iterator[Item]:
    if _FORMAL.match(fact.section):
        yield from (item for item in _dated(fact, base, fact.text) if item.kind == "deadline")
        return
    period, is_together = _period(fact, periods)
    if is_together or _is_signature(fact.text):
        return
    base = spans.Plan(base.year, base.issued, period)
    found = list(_dated(fact, base, fact.text))
    yield from found
    if period and not found:
        yield _item(fact, base, _Told(fact.text, 0, len(fact.text)), period)
    elif not period:
        yield from _undated(fact, base, found)


def _is_signature(text: str) -> bool:
    """Tell whether a text is nothing but a date, with or without who signs in front of it."""
    found = outline.signed(text)
    return bool(found and not kinds.is_event(found["by"] or ""))


def _period(fact: Fact, periods: Periods) -> tuple[Span | None, bool]:
    """Return the time of the innermost heading that is one, and whether the fact holds its list.

    The lines of a period are facts of their own; all together they are one more, which is passed.
    """
    for heading in reversed(fact.headings):
        if span := periods[heading]:
            step = fact.section.rpartition("/")[2]
            return span, step == heading or fact.text.startswith(heading)
    return None, False


@dataclass(frozen=True, slots=True)
class _Told:
    """A clause of a text, from ``at`` to ``to``, and the time in it."""

    text: str
    at: int
    to: int
    span: Span | None = None

    @property
    def clause(self) -> str:
        return self.text[self.at : self.to]

    @property
    def action(self) -> str:
        """What is done: the clause without its time; where that says nothing, the one beside it."""
        if self.span is None:
            return self.clause
        before, after = self.text[self.at : self.span.at], self.text[self.span.to : self.to]
        if self.says:
            return kinds.without_time(before, self.text[self.span.at : self.span.to], after)
        previous = _BREAK.split(self.text[: max(0, self.at - 1)])[-1]
        following = _BREAK.split(self.text[self.to + 1 :])[0]
        if self.text[self.at - 1 : self.at] == "：" and "时间" in previous:
            return previous.replace("时间", "")
        return following or previous or before + after

    @property
    def says(self) -> bool:
        """Whether the clause says what is done, besides when."""
        if self.span is None:
            return True
        besides = self.text[self.at : self.span.at] + self.text[self.span.to : self.to]
        return len(re.sub(r"\W", "", besides)) >= _SHORT or bool(self.span.observance)

    @property
    def quoted(self) -> int:
        """Where a quote ends: with the clause, or with the next where this one says nothing."""
        if self.says:
            return self.to
        return self.to + 1 + len(_BREAK.split(self.text[self.to + 1 :])[0])


def _dated(fact: Fact, base: spans.Plan, text: str) -> Iterator[Item]:
    found = reading.find(text, base)
    dated = {reading.sentence(text, span.at, span.to) for span in found if not span.tbd}
    still_open = {reading.sentence(text, span.at, span.to) for span in found if span.tbd}
    for span in found:
        sentence = reading.sentence(text, span.at, span.to)
        if not (span.tbd and sentence in dated):
            told = _Told(text, *reading.clause(text, span), span)
            yield _item(fact, base, told, span, tbd=sentence in still_open)


def _item(
    fact: Fact, base: spans.Plan, told: _Told, span: Span | None, *, tbd: bool = False
) -> Item:
    start, end = (span.start, span.end) if span else spans.whole_year(base.year)
    action = told.action
    whole = told.clause if len(told.clause) > len(action) else f"{told.clause}{action}"
    return Item(
        title=kinds.title_of(told.span, action),
        kind=kinds.kind_of(span, action) if span else kinds.kind_of(_YEAR, action),
        start=start,
        end=end,
        precision=span.precision if span else spans.YEAR,
        place=kinds.place_in(whole) or kinds.place_in(_sentence(told)),
        audience=tuple(kinds.audience_in(whole) or kinds.audience_in(_sentence(told))),
        tentative=kinds.is_tentative(whole),
        tbd=tbd,
        past=bool(end and base.issued and end < base.issued),
        corrupted=bool(span and span.corrupted),
        recurrence=span.recurrence if span else None,
        section=fact.section,
        quote=kinds.quote_of(told.text, told.at, told.quoted, told.span),
    )


_YEAR: Final = Span(0, 0, None, None, None)


def _sentence(told: _Told) -> str:
    begins, ends = reading.sentence(told.text, told.at, told.to)
    return told.text[begins:ends]


def _undated(fact: Fact, base: spans.Plan, found: Sequence[Item]) -> Iterator[Item]:
    """Return what is held at some time of the plan's year: its clauses name no time."""
    if not kinds.is_holding(fact.text):
        return
    for part in _CLAUSE.finditer(reading.unquoted(fact.text)):
        clause = _Told(fact.text, *part.span())
        told = any(item.quote in clause.clause or clause.clause in item.quote for item in found)
        if not told and kinds.is_holding(clause.clause):
            yield _item(fact, base, clause, None)
