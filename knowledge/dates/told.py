"""A clause of a plan and the time in it: what it says is done, and what to quote of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from knowledge.dates import kinds
from knowledge.dates.spans import Span

_BREAK: Final = re.compile("[，。；！？]")
_SHORT: Final = 4
"""A clause with fewer characters besides its time says nothing: the next one does."""

_JOINS: Final = "、，和及与 "


@dataclass(frozen=True, slots=True)
class Told:
    """A clause of a text, from ``at`` to ``to``, the time in it, and the text's ``other`` times."""

    text: str
    at: int
    to: int
    span: Span | None = None
    others: tuple[Span, ...] = ()

    @property
    def clause(self) -> str:
        """The words of the clause, with its time."""
        return self.text[self.at : self.to]

    @property
    def action(self) -> str:
        """What is done: the clause without its time; where that says little, the one beside it.

        Not where that one has a time of its own, or names nothing (逾期不候).
        """
        if self._needs_beside:
            return self.text[slice(*self._beside())].replace("时间", "")
        if self.says or not kinds.is_fragment(self._own):
            return self._own
        before = self._without_times(*self._previous())
        return before if len(before) >= _SHORT else self._own

    @property
    def _own(self) -> str:
        if self.span is None:
            return self.clause
        time = self.text[self.span.at : self.span.to]
        return kinds.without_time(self._before(self.span), time, self._after(self.span))

    @property
    def _needs_beside(self) -> bool:
        if self.says:
            return False
        at, to = self._beside()
        if at == to or any(self._times(at, to)) or kinds.is_fragment(self.text[at:to]):
            return False
        return at < self.at or kinds.is_fragment(self._own)

    def _times(self, at: int, to: int) -> Iterator[Span]:
        return (other for other in self.others if at <= other.at < to)

    def _without_times(self, at: int, to: int) -> str:
        left = ""
        for other in self._times(at, to):
            left += self.text[at : other.at]
            at = other.to
        return left + self.text[at:to]

    def _before(self, span: Span) -> str:
        """Return what stands before the time, up to another one in the same clause."""
        before = self.text[self.at : span.at]
        first = next(self._times(self.at, span.at), None)
        if first is None or _is_open(before):
            return before
        return self.text[self.at : first.at].rstrip("“‘")

    def _after(self, span: Span) -> str:
        """Return what stands after the time: of several that stand together, after the last."""
        begins, after = span.to, self.text[span.to : self.to]
        if _is_open(self.text[self.at : span.at]):
            return after
        for other in self._times(begins, self.to):
            between = self.text[begins : other.at].strip(_JOINS).lstrip("”’").rstrip("“‘")
            if len(between.strip(_JOINS)) > 1:
                return between
            begins = other.to
        return self.text[begins : self.to].lstrip("”’") if begins > span.to else after

    def _previous(self) -> tuple[int, int]:
        """Return the clause before this one in the same sentence; nothing for the first one."""
        end = max(0, self.at - 1)
        if self.text[end : self.at] not in tuple("，："):
            return self.at, self.at
        return end - len(_BREAK.split(self.text[:end])[-1]), end

    def _beside(self) -> tuple[int, int]:
        """Return the clause that says what is done: the next, or the one before (征集时间：)."""
        before = _BREAK.split(self.text[: max(0, self.at - 1)])[-1]
        previous = self.at - 1 - len(before), max(0, self.at - 1)
        is_next = self.text[self.to : self.to + 1] in ("，", "：", ",", ":")
        is_named = self.text[self.at - 1 : self.at] == "：" and "时间" in before
        if is_named or not is_next:
            return previous if self.at else (self.at, self.at)
        return self.to + 1, self.to + 1 + len(_BREAK.split(self.text[self.to + 1 :])[0])

    @property
    def says(self) -> bool:
        """Whether the clause says what is done, besides when."""
        if self.span is None:
            return True
        besides = self.text[self.at : self.span.at] + self.text[self.span.to : self.to]
        return len(re.sub(r"\W", "", besides)) >= _SHORT or bool(self.span.observance)

    @property
    def quoted(self) -> tuple[int, int]:
        """Where a quote stands: the clause, and the one beside it where this one says nothing.

        A row of a table that begins with its time is quoted as a whole.
        """
        if self.span and self.span.at == 0 and " " in self.text[: self.span.to + 1]:
            return 0, len(self.text)
        at, to = self._beside() if self._needs_beside else (self.at, self.to)
        return min(at, self.at), max(to, self.to)


def _is_open(text: str) -> bool:
    """Tell whether a name in quotation marks begins in a text that does not end there."""
    return text.count("“") > text.count("”")
