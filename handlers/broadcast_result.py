"""What became of a broadcast, as staff read it: totals, a line for each recipient, a workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from handlers import excel
from handlers import wording_broadcast as words
from handlers.excel import Sheet
from handlers.phonewords import masked
from handlers.timewords import local
from storage import broadcasts, outcomes
from storage.broadcasts import Broadcast
from storage.engine import Transaction
from storage.outcomes import Outcome

WIDTHS: Final = (14, 16, 12, 16, 12, 44, 20)


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient in words; ``code`` is the state of the delivery, ``at`` a time in China."""

    name: str
    phone: str
    channel: str
    way: str
    code: str
    state: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Result:
    """A broadcast with its outcomes: ``totals`` by state add up to ``count``."""

    broadcast: Broadcast
    totals: Mapping[str, int]
    lines: Sequence[Line]

    @property
    def count(self) -> int:
        """How many people it was for."""
        return self.broadcast.recipients


def result(tx: Transaction, broadcast_id: int) -> Result:
    """Return what became of a broadcast so far. Raises LookupError where there is none."""
    one = broadcasts.get(tx, broadcast_id)
    totals = outcomes.totals(tx, [one])[one.id]
    lines = [line(outcome) for outcome in outcomes.each(tx, one.id)]
    return Result(one, in_order(totals), lines)


def in_order(totals: Mapping[str, int]) -> dict[str, int]:
    """Return totals without the empty ones, in the order in which staff read them."""
    return {state: totals[state] for state in words.OUTCOMES if totals.get(state)}


def line(outcome: Outcome) -> Line:
    """Return one recipient in words, with a masked telephone number."""
    return Line(
        outcome.name or words.NO_NAME,
        masked(outcome.phone) if outcome.phone else words.NO_PHONE,
        words.CHANNELS.get(outcome.channel or "", words.WAYS["telephone"]),
        words.WAYS[outcome.way],
        outcome.state,
        words.OUTCOMES[outcome.state],
        reason(outcome.why),
        f"{local(outcome.at):%Y-%m-%d %H:%M:%S}" if outcome.at else "",
    )


@lru_cache(maxsize=1024)
def reason(why: str) -> str:
    """Return in Chinese what a platform or we wrote down; what is unknown stays as it was said."""
    if not why:
        return ""
    known = (said for pattern, said in words.REASONS if re.search(pattern, why))
    return next(known, words.OTHER_REASON.format(why=why))


def workbook(found: Result) -> bytes:
    """Return a result as an Excel file: the totals with a chart, and a row for each recipient."""
    one = found.broadcast
    confirmed = f"{local(one.confirmed_at):%Y-%m-%d %H:%M:%S}" if one.confirmed_at else ""
    about = (str(one.id), one.text, one.author, confirmed, words.STATES[one.state])
    above = (*zip(words.ABOUT, about, strict=True), (words.TOTAL, str(found.count)))
    totals = [(words.OUTCOMES[state], number) for state, number in found.totals.items()]
    return excel.workbook(
        [
            Sheet(words.SHEET_TOTALS, words.TOTALS_COLUMNS, totals, (16, 50), words.CHART, above),
            Sheet(words.SHEET_EACH, words.COLUMNS, map(_cells, found.lines), WIDTHS),
        ]
    )


def _cells(one: Line) -> tuple[str, ...]:
    return (one.name, one.phone, one.channel, one.way, one.state, one.reason, one.at)
