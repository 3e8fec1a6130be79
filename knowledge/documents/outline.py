"""The outline of an official plan: its parts, and a passage for each sentence.

Chinese plans number their parts 一、（一）1. and （1）; others stand under a line of their own or
under a short first sentence. Every passage is consecutive text of the plan, up to white space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from knowledge.documents import closings, marks
from knowledge.documents.document import Paragraph
from knowledge.documents.headings import is_heading, is_title, titled
from knowledge.documents.marks import (
    APPENDIX,
    HAN,
    LONGEST_HEADING,
    Mark,
    begins,
    is_line,
    mark,
)
from knowledge.documents.sentences import grouped, sentences
from knowledge.documents.tables import Columns, Told, columns

_ABOVE: Final = "总体要求"
"""What the text above the first heading is called."""

_COUNTED = rf"[{HAN}]是要?([^，。；！？]{{2,{LONGEST_HEADING}}})。(?=.)"
_BEFORE_COUNTED = re.compile(rf"(?<=[。：])(?={_COUNTED.replace('(', '(?:', 1)})")
_COUNTED_STEP = re.compile(rf"[^{HAN}]+[{HAN}]{{1,2}}")
_BARE_TITLE = re.compile(rf"(?!.{{0,30}}?是)([^，。；：！？]{{2,{LONGEST_HEADING}}})。(?=.)")
_SHORT_TITLES = re.compile(r"(?:(?<=。)|^)(?=[\u4e00-\u9fff]{2,6}。.)")
"""Where short titles stand in one paragraph, each above a text: 台账。…经费。…纪律。…"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a plan, or a short group of sentences or lines, and where it stands."""

    section: str
    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a plan: its path, such as 一/（一）/1, and its title (empty: only a number)."""

    path: str
    title: str

    @property
    def is_assumed(self) -> bool:
        """Tell the part above the first heading, which a plan has only where it says something."""
        return self.path == _ABOVE


@dataclass(frozen=True, slots=True)
class Contents:
    """What the body of a plan holds, both in its order."""

    passages: tuple[Passage, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading: ``step`` is its part of the path; the title is empty where only a number is.

    ``hint`` is the level that the document's format gives it, 0 where it gives none; ``rank`` is
    that of a period.
    """

    level: int
    step: str
    title: str
    numbered: bool = True
    hint: int = 0
    rank: int = 0

    @property
    def is_plain(self) -> bool:
        """Tell a heading that only its place shows: neither numbered, marked nor a period."""
        return not (self.numbered or self.hint or self.rank)


def read(body: Sequence[Paragraph]) -> Contents:
    """Return every passage and every section of a plan's body, in their order."""
    outline = _Outline()
    if above := _level_above(body):
        outline.push(_Heading(above, _ABOVE, _ABOVE, numbered=False))
    found = tuple(_passages(outline, body))
    told = {passage.section for passage in found}
    sections = (one for one in outline.sections.values() if one.path in told or not one.is_assumed)
    return Contents(found, tuple(sections))


def _level_above(body: Sequence[Paragraph]) -> int:
    """Return the level of the text above the first part, which that part closes; 0: no parts."""
    if any(one.level or marks.is_chapter(one.text) for one in body):
        return marks.PART
    return marks.BRACKETED if any(mark(o.text).level == marks.BRACKETED for o in body) else 0


def _passages(outline: _Outline, body: Sequence[Paragraph]) -> Iterator[Passage]:
    for told, closing in closings.segments(body):
        for paragraph, follows in pairwise([*told, Paragraph("")]):
            yield from outline.read(paragraph, follows.text)
        outline.leave_table()
        yield from (*outline.close(), *outline.finish())
        for text in closings.signatures(closing):
            yield Passage("落款", ("落款和印发日期",), text)


@dataclass(slots=True)
class _Outline:
    """Walks through a body and remembers the headings that are open and the lines of a period.

    ``run_in``: the heading in the text of a paragraph above that is about those below it too.
    """

    open: list[_Heading] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    columns: Columns = field(default_factory=Columns)
    sections: dict[str, Section] = field(default_factory=dict)
    untold: Passage | None = None
    run_in: str = ""

    def read(self, paragraph: Paragraph, follows: str) -> Iterator[Passage]:
        """Return the passages that a paragraph completes."""
        if paragraph.cells:
            yield from self.close(goes_on=len(self.lines) == 1)
            yield from self._row(paragraph)
            return
        text = paragraph.text
        self.leave_table()
        self.columns = self.columns if marks.period(text) else Columns()
        if self.lines and not self._ends_period(paragraph, follows):
            self.lines.append(text)
            return
        found = marks.period(text)
        yield from self.close(goes_on=bool(self.lines) and marks.rank(found) > self.open[-1].rank)
        if found:
            is_plain = self._is_plain(follows)
            yield from self._opened(self._unnumbered(found) if is_plain else self._period(found))
            self.lines = [] if is_plain else [text]
            return
        heading, told = self._parted(paragraph, follows)
        if heading:
            yield from self._opened(heading)
            if heading.level and not told and not heading.rank:
                self.untold = self._here(mark(text).rest or text)
        yield from self._told(told)

    def _opened(self, heading: _Heading) -> Iterator[Passage]:
        """Open a heading; one that had nothing below it was the whole of what its part says."""
        above = self._path()
        self.push(heading)
        if self._path().startswith(f"{above}/"):
            self.untold = None
        yield from self.finish()

    def finish(self) -> Iterator[Passage]:
        """Return the title of a part below which nothing came."""
        untold, self.untold = self.untold, None
        if untold:
            yield from (replace(untold, text=text) for text in sentences(untold.text))

    def _ends_period(self, paragraph: Paragraph, follows: str) -> bool:
        """A part ends a period where parts are open; in a bare list 一、 only counts its lines.

        So does a heading without a number after lines that have one.
        """
        text = paragraph.text
        level = mark(text).level
        is_part = level in (marks.PART, marks.BRACKETED) and any(
            heading.level == level for heading in self.open
        )
        is_other = paragraph.level or marks.is_note(text) or level == marks.CHAPTER
        run_in = 0 < marks.rank(marks.run_in_period(text)) <= self.open[-1].rank
        if mark(self.lines[-1]).level and is_title(text) and is_heading(text, follows):
            return True
        return bool(marks.period(text) or run_in or is_part or is_other or APPENDIX.fullmatch(text))

    def close(self, *, goes_on: bool = False) -> Iterator[Passage]:
        """Return the lines of the open period, all together and one by one.

        ``goes_on``: a shorter period follows inside of it.
        """
        lines, self.lines = self.lines, []
        if len(lines) > 2:
            yield from map(self._here, grouped(lines, " "))
        month = re.match(r"\d+(?=月)", self.open[-1].step) if lines else None
        for count, line in enumerate(lines[1:], 1):
            found = mark(marks.unbulleted(line))
            if month and found.number.startswith(f"{month[0]}."):  # a day: 7.11 below 7月
                found = Mark(0, "", line)
            for text in sentences(found.rest):
                yield self._here(text, found.number or str(count))
        if lines and not goes_on:
            self.open.pop()

    def push(self, heading: _Heading) -> None:
        """Open a heading, and close those beside and below it."""
        self.run_in = ""
        while self.open and self._closes(self.open[-1], heading):
            self.open.pop()
        above = self.open[-1].level if self.open else -1
        self.open.append(replace(heading, level=max(heading.level, above + 1)))
        self._list(self._path(), heading.title)

    def _list(self, path: str, title: str) -> None:
        """List a section once; an appendix is announced before it comes."""
        if path not in self.sections or len(title) > len(self.sections[path].title):
            self.sections[path] = Section(path, title)

    @staticmethod
    def _closes(last: _Heading, new: _Heading) -> bool:
        """Between two headings of the format its levels count, unless it gives 一、 and （一） the
        same; one of the format closes whatever was numbered by hand below another."""
        if not new.hint or last.level == 0:
            return last.level >= new.level
        both_numbered = last.numbered and new.numbered
        if not last.hint or (both_numbered and last.hint == new.hint):
            return last.level >= new.level or not new.numbered
        return last.hint >= new.hint

    def leave_table(self) -> None:
        """Close the period that a row of a table opened."""
        if self.open and self.open[-1].level == _ROW:
            self.open.pop()

    def _row(self, row: Paragraph) -> Iterator[Passage]:
        """Return a row of a table as a passage, below the time that it has or that holds on."""
        if row.is_label:
            self.leave_table()
            self.columns = columns(row)
            return
        told = self.columns.read(row)
        if told.is_dated or not told.when:
            self.leave_table()
        if told.is_dated:
            rank = marks.rank(told.when)
            self.push(_Heading(_ROW, told.when, told.when, numbered=False, rank=rank))
        yield from self._told_row(row, told)

    def _told_row(self, row: Paragraph, told: Told) -> Iterator[Passage]:
        """Return what a row says; a cell of several lines is told line by line too."""
        for text in grouped(told.texts, " "):
            yield self._here(text, told.step, *told.titles)
        cells = [cell.splitlines() for cell in row.cells if "\n" in cell]
        lines = [line for cell in cells if not any(map(_ASIDE.fullmatch, cell)) for line in cell]
        for count, line in enumerate(lines, 1):
            found = mark(marks.unbulleted(" ".join(line.split())))
            for text in sentences(found.rest):
                step = "/".join(filter(None, (told.step, found.number or str(count))))
                yield self._here(text, step, *told.titles)

    def _parted(self, paragraph: Paragraph, follows: str) -> tuple[_Heading | None, str]:
        """Take the heading off a paragraph; the text keeps a first sentence that is a heading."""
        text = paragraph.text
        if found := APPENDIX.fullmatch(text):
            kind, number, title = found.groups("")
            return _Heading(0, kind + number, f"{kind}{number} {title}".strip()), ""
        numbered = mark(text)
        if numbered.level:
            return self._numbered(numbered, paragraph, follows)
        if paragraph.level:
            hint = paragraph.level
            return _Heading(hint, text, text, numbered=False, hint=hint), ""
        if is_line(text) and self._lacks_title():
            step = self.open[-1].step
            return _Heading(0, step, f"{step} {text}"), ""
        if when := marks.run_in_period(text):
            return self._period(when), text
        plain = marks.unbulleted(text)
        if is_heading(marks.unstarred(text), follows):
            return self._unnumbered(plain), ""
        return None, plain

    def _period(self, when: str) -> _Heading:
        """A period stands beside the first that is as short or shorter, else below what is open."""
        rank = marks.rank(when)
        beside = next((one.level for one in self.open if one.rank >= rank), None)
        below = self.open[-1].level + 1 if self.open else marks.PART
        level = below if beside is None else beside
        return _Heading(level, when, when, numbered=False, rank=marks.rank(when))

    def _numbered(
        self, found: marks.Mark, paragraph: Paragraph, follows: str
    ) -> tuple[_Heading, str]:
        level = found.level
        if level == marks.ARTICLE and self._is_below_part():
            level = marks.ARTICLE_IN_PART
        if level == marks.COUNTED:
            level = self._counted_level()
        title, text = titled(found, follows, is_marked=bool(paragraph.level))
        before = paragraph.text.removesuffix(found.rest)
        if text and found.is_named:
            text = before + text
        whole = f"{before}{title}" if title else ""
        return _Heading(level, found.number, whole, hint=paragraph.level), text

    def _is_below_part(self) -> bool:
        """Tell whether articles stand inside of 一、 here, and not 一、 inside of an article."""
        levels = [heading.level for heading in self.open if heading.numbered]
        return marks.PART in levels and marks.ARTICLE not in levels

    def _counted_level(self) -> int:
        """第一， and 项目一： stand beside an open one, else below the number that is (一、)."""
        numbered = [heading for heading in self.open if heading.numbered]
        beside = (one.level for one in numbered if _COUNTED_STEP.fullmatch(one.step))
        below = numbered[-1].level + 1 if numbered else 0
        return next(beside, max(marks.COUNTED, below))

    def _unnumbered(self, title: str) -> _Heading:
        """A heading without a number stands beside the last such one, else below what is open."""
        below = self.open[-1].level + 1 if self.open else marks.PART
        plain = next((one.level for one in reversed(self.open) if one.is_plain), below)
        return _Heading(plain, title, title, numbered=False)

    def _is_plain(self, follows: str) -> bool:
        """Tell a period above a text, beside headings without a number, from one above a list."""
        is_beside = any(one.is_plain and one.step != _ABOVE for one in self.open)
        return is_beside and bool(follows) and not (is_line(follows) or begins(follows))

    def _lacks_title(self) -> bool:
        """Tell whether an appendix was just opened whose title is on the next line."""
        last = self.open[-1] if self.open else None
        return last is not None and last.level == 0 and last.title == last.step

    def _told(self, text: str) -> Iterator[Passage]:
        """Return the sentences of a paragraph, below the run-in headings that it has."""
        pieces = _SHORT_TITLES.split(text)
        if pieces[0]:  # the first has to begin with one
            pieces = _BEFORE_COUNTED.split(text)
        pieces = list(filter(None, pieces))
        for piece in pieces:
            title = self._run_in(piece, is_alone=len(pieces) == 1)
            above = "" if title or len(pieces) > 1 else self.run_in
            for sentence in sentences(piece):
                yield self._here(sentence, title, title, above)

    def _run_in(self, piece: str, *, is_alone: bool) -> str:
        """Return the run-in heading of a piece.

        One without a number, in a paragraph of its own, is also about the paragraphs below it.
        """
        counted = re.match(_COUNTED, piece)
        found = counted or _BARE_TITLE.match(piece)
        title = found[1] if found and not self._is_open(found[1]) else ""
        if title:
            self._list(self._here("", title).section, title)
            self.run_in = title if is_alone and not counted else ""
        return title

    def _is_open(self, title: str) -> bool:
        return bool(self.open) and self.open[-1].title.endswith(title)

    def _path(self) -> str:
        return "/".join(heading.step.replace("/", "／") for heading in self.open)

    def _here(self, text: str, step: str = "", *below: str) -> Passage:
        if text:
            self.untold = None
        titles = [*(heading.title for heading in self.open), *below]
        section = "/".join(filter(None, (self._path(), step.replace("/", "／"))))
        return Passage(section, tuple(filter(None, titles)), text)


_ASIDE: Final = re.compile(r"[（(].*[）)]")
"""A line of a cell that only says more of the one above it: a rank below a name."""

_ROW: Final = 90
"""The level of a period that a table's cell names: below everything that has a number."""
