"""The outline of an official plan: its paragraphs, its parts, and a passage for each sentence.

Chinese plans number their parts 一、（一）1. and （1）; others stand under a line of their own or
under a short first sentence. Every passage is consecutive text of the plan, up to white space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

LONGEST: Final = 200
"""A passage has at most this many characters."""

LONGEST_HEADING: Final = 30
"""A line of at most this many characters can be a heading; so short a sentence needs the next."""

_LONGEST_GROUP: Final = 150
"""Sentences are put together up to this many characters; a single one can be longer."""

_CLOSING: Final = 8
"""Among so many last paragraphs are the signature, its date and who printed the plan."""

_LONGEST_TITLE: Final = 60
_LONGEST_PARAGRAPH: Final = 5000
_HAN: Final = "一二三四五六七八九十"
_MARKS: Final = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        (10, rf"(第[{_HAN}百]+(?:章|编|部分))[、：:]?\s*"),
        (10, rf"([{_HAN}]{{1,3}})\s?[、.．]\s*"),
        (20, rf"(第[{_HAN}百]+节)\s*"),
        (20, rf"([（(][{_HAN}]{{1,3}}[）)])、?\s*"),
        (30, r"(\d{1,2})\s?(?:[.．](?!\d)|、)\s*"),
        (30, rf"(第[{_HAN}百]+条)\s*"),
        (40, r"([（(]?\d{1,2}[）)]|[①-⑳])\s*"),
    )
)
_MARKDOWN = re.compile(r"(#{1,6})\s+")
_BULLET = re.compile(r"[-+•·*]\s+|[|>]\s*")
_APPENDIX = re.compile(
    rf"(附[件表录]|附(?=[：:]))\s?([{_HAN}\d]{{0,2}})(?:[：:.、\s]\s*(.{{0,60}}))?"
)
_PERIOD = re.compile(
    rf"(第?[{_HAN[:4]}1-4]季度|[上下]半年"
    rf"|(?:\d{{1,2}}\s*[-—~～至]\s*)?(?:\d{{1,2}}|[{_HAN}]{{1,2}})月份?)"
    r"(?:[（(].{1,12}[）)])?(?:主要|重点)?(?:工作|活动|会议)?(?:安排|计划|任务)?"
)
_NOTE = re.compile(r"注\s*[：:]|抄[送报]|主题词")
_SIGNED = re.compile(
    r"(?P<by>[^，。；：]{0,40}?)\s*[（(]?(?P<year>\d{4}|[〇○零0一二三四五六七八九]{4})\s*年"
    rf"\s*(?P<month>\d{{1,2}}|[{_HAN}]{{1,2}})\s*月"
    rf"\s*(?P<day>\d{{1,2}}|[{_HAN}]{{1,3}})\s*日[）)]?\s*印?发?"
)
_COUNTED = rf"[{_HAN}]是要?([^，。；！？]{{2,{LONGEST_HEADING}}})。(?=.)"
_BEFORE_COUNTED = re.compile(rf"(?<=[。：；])(?={_COUNTED.replace('(', '(?:', 1)})")
_FIRST_SENTENCE = re.compile(rf"([^。；：！？]{{2,{LONGEST_HEADING}}})。(?=.)")
_LABEL = re.compile(r"([^，。；：！？]{2,12})：")
_BARE_TITLE = re.compile(rf"(?![^。]*是)([^，。；：！？]{{4,{LONGEST_HEADING}}})。(?=.)")
_SENTENCE = re.compile(rf"([^。；：！？]{{2,{LONGEST_HEADING}}})。(?=.)")
_LABEL = re.compile(r"([^，。；：！？]{2,12})：(?=.)")
_BARE_TITLE = re.compile(rf"(?!.{{0,30}}?是)([^，。；：！？]{{4,{LONGEST_HEADING}}})。(?=.)")
_SENTENCE = re.compile(r"[^。！？]*(?:[。！？]+[”’」』）》]*|$)")
_ENDS: Final = "。！？；："
_AFTER_END: Final = "”’」』）》"
_BRACKETS: Final = ("《》", "“”", "（）")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a plan, or a short group of sentences or lines, and where it stands."""

    section: str
    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading: ``step`` is its part of the path; the title is empty where only a number is."""

    level: int
    step: str
    title: str
    numbered: bool = True


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plan, with the lines joined that were broken inside a sentence."""
    joined: list[str] = []
    for raw in text.splitlines():
        line = " ".join(raw.replace("**", "").split())
        if joined and line and _continues(joined[-1], line):
            joined[-1] += f" {line}" if (joined[-1][-1] + line[0]).isascii() else line
        elif line:
            joined.append(line)
    return joined


def _continues(before: str, line: str) -> bool:
    if len(before) > _LONGEST_PARAGRAPH or before.rstrip(_AFTER_END)[-1:] in _ENDS:
        return False
    if signed(line) or begins(line) or _MARKDOWN.match(before):
        return False
    if before[-1] in "，、" or re.fullmatch(r"[（(].*(?<!号)[）)]", line):
        return True
    if any(before.count(pair[0]) > before.count(pair[1]) for pair in _BRACKETS):
        return True
    return len(before) >= 20 and _is_prose(before)


def _is_prose(paragraph: str) -> bool:
    """Tell a broken sentence from a heading; neither has an end."""
    level, _, rest = _mark(paragraph)
    return "。" in rest or ("，" in rest and level not in (10, 20))


def signed(line: str) -> re.Match[str] | None:
    """Match a line that is a date, with or without who signs in front of it."""
    return _SIGNED.fullmatch(line)


def is_line(paragraph: str) -> bool:
    """Tell whether a paragraph is short and no sentence, as headings and signatures are."""
    return len(paragraph) <= LONGEST_HEADING and not re.search(r"[。；！？]|[，、：]$", paragraph)


def begins(line: str) -> bool:
    """Tell whether a line begins something: a part, an item, a period, an appendix, a note."""
    starts = _MARKDOWN.match(line) or _BULLET.match(line) or _NOTE.match(line)
    return bool(starts or _mark(line)[0] or _APPENDIX.fullmatch(line) or _period(line))


def _mark(paragraph: str) -> tuple[int, str, str]:
    """Return the level, the number and the rest of a numbered paragraph; level 0 without one."""
    for level, pattern in _MARKS:
        if found := pattern.match(paragraph):
            return level, found[1], paragraph[found.end() :]
    return 0, "", paragraph


def is_chapter(paragraph: str) -> bool:
    """Tell whether a paragraph opens one of the largest parts."""
    return bool(_MARKDOWN.match(paragraph)) or _mark(paragraph)[0] == 10


def _period(line: str) -> str:
    """Return a heading such as 二季度 without its number; empty for any other line."""
    bare = _mark(_MARKDOWN.sub("", line))[2].strip("：: ")
    found = _PERIOD.fullmatch(bare)
    return found[1] if found else ""


def passages(body: Sequence[str]) -> Iterator[Passage]:
    """Return every passage of a plan's body, in its order."""
    outline = _Outline()
    if any(map(is_chapter, body)):
        outline.push(_Heading(10, "总体要求", "总体要求", numbered=False))
    for told, closing in _segments(body):
        for paragraph, follows in pairwise([*told, ""]):
            yield from outline.read(paragraph, follows)
        yield from outline.close()
        for text in _signatures(closing):
            yield Passage("落款", ("落款和印发日期",), text)


def closings(body: Sequence[str]) -> list[str]:
    """Return the lines that sign and date a plan, below its text and its appendices."""
    return [line for _, closing in _segments(body) for line in closing]


def _segments(body: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Return the text and each appendix, apart from what signs and dates them."""
    starts = [number for number, line in enumerate(body) if _APPENDIX.fullmatch(line)]
    for first, end in pairwise([0, *starts, len(body)]):
        segment = body[first:end]
        closing = _closing(segment)
        yield segment[:closing], segment[closing:]


def _closing(segment: Sequence[str]) -> int:
    """Return where the signature, the date and who printed the plan begin."""
    first = max(0, len(segment) - _CLOSING)
    for number, (line, follows) in enumerate(pairwise([*segment[first:], ""]), first):
        is_unsigned = is_line(line) and not begins(line) and signed(follows)
        if (is_unsigned or signed(line)) and not any(map(_is_told, segment[number:])):
            return number
    return len(segment)


def _is_told(line: str) -> bool:
    return "。" in line or bool(_mark(line)[0])


def _signatures(lines: Iterable[str]) -> Iterator[str]:
    """Return each signature with its date; what follows the last date comes last."""
    group: list[str] = []
    for line in lines:
        group.append(line)
        if signed(line):
            yield from grouped(group, " ")
            group = []
    yield from grouped(group, " ")


@dataclass(slots=True)
class _Outline:
    """Walks through a body and remembers the headings that are open and the lines of a period."""

    open: list[_Heading] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def read(self, paragraph: str, follows: str) -> Iterator[Passage]:
        """Return the passages that a paragraph completes."""
        period = _period(paragraph)
        if self.lines and not period and not self._ends_period(paragraph):
            self.lines.append(paragraph)
            return
        yield from self.close()
        if period:
            self.push(_Heading(self._level_without_number(), period, period, numbered=False))
            self.lines = [paragraph]
            return
        heading, text = self._parted(paragraph, follows)
        if heading:
            self.push(heading)
        yield from self._told(text)

    def _ends_period(self, paragraph: str) -> bool:
        """A part ends a period where parts are open; in a bare list 一、 only counts its lines."""
        level = _mark(paragraph)[0]
        is_part = level in (10, 20) and any(heading.level == level for heading in self.open)
        is_other = _MARKDOWN.match(paragraph) or _NOTE.match(paragraph)
        return bool(is_part or is_other or _APPENDIX.fullmatch(paragraph))

    def close(self) -> Iterator[Passage]:
        """Return the lines of the open period, all together and one by one."""
        lines, self.lines = self.lines, []
        if len(lines) > 2:
            yield from map(self._here, grouped(lines, " "))
        for count, line in enumerate(lines[1:], 1):
            _, number, rest = _mark(_unbulleted(line))
            for text in _sentences(rest):
                yield self._here(text, number or str(count))
        if lines:
            self.open.pop()

    def push(self, heading: _Heading) -> None:
        """Open a heading, and close those beside and below it."""
        while self.open and self.open[-1].level >= heading.level:
            self.open.pop()
        self.open.append(heading)

    def _parted(self, paragraph: str, follows: str) -> tuple[_Heading | None, str]:
        """Take the heading off a paragraph; the text keeps a first sentence that is a heading."""
        if found := _APPENDIX.fullmatch(paragraph):
            kind, number, title = found.groups("")
            return _Heading(0, kind + number, f"{kind}{number} {title}".strip()), ""
        if found := _MARKDOWN.match(paragraph):
            return _markdown(len(found[1]), paragraph[found.end() :].strip("# ")), ""
        level, number, rest = _mark(paragraph)
        if level:
            title, text = _titled(rest, level, follows)
            whole = f"{paragraph.removesuffix(rest)}{title}" if title else ""
            return _Heading(level, number, whole), text
        if is_line(paragraph) and self._lacks_title():
            step = self.open[-1].step
            return _Heading(0, step, f"{step} {paragraph}"), ""
        if _is_heading(paragraph, follows):
            level = self._level_without_number()
            return _Heading(level, paragraph, paragraph, numbered=False), ""
        return None, _unbulleted(paragraph)

    def _level_without_number(self) -> int:
        """A heading without a number stands beside the last such one, else below what is open."""
        for heading in reversed(self.open):
            if not heading.numbered:
                return heading.level
        return self.open[-1].level + 1 if self.open else 10

    def _lacks_title(self) -> bool:
        """Tell whether an appendix was just opened whose title is on the next line."""
        last = self.open[-1] if self.open else None
        return last is not None and last.level == 0 and last.title == last.step

    def _told(self, text: str) -> Iterator[Passage]:
        """Return the sentences of a paragraph, below the run-in headings that it has."""
        for piece in _BEFORE_COUNTED.split(text):
            found = re.match(_COUNTED, piece) or _BARE_TITLE.match(piece)
            title = found[1] if found and not self._is_open(found[1]) else ""
            for sentence in _sentences(piece):
                yield self._here(sentence, title, title)

    def _is_open(self, title: str) -> bool:
        return bool(self.open) and self.open[-1].title.endswith(title)

    def _here(self, text: str, step: str = "", title: str = "") -> Passage:
        steps = [*(heading.step for heading in self.open), step]
        titles = [*(heading.title for heading in self.open), title]
        section = "/".join(step.replace("/", "／") for step in steps if step)
        return Passage(section, tuple(filter(None, titles)), text)


def _markdown(level: int, title: str) -> _Heading:
    step = _mark(title)[1]
    return _Heading(level, step or title, title, numbered=bool(step))


def _is_heading(paragraph: str, follows: str) -> bool:
    """Tell whether a short line stands above a text or above the first item of a list."""
    if not follows or not is_line(paragraph) or begins(paragraph):
        return False
    return not is_line(follows) or _mark(follows)[1].strip("（()）") in ("一", "1", "①")


def _titled(rest: str, level: int, follows: str) -> tuple[str, str]:
    """Return the title of a numbered paragraph and the text that it has besides."""
    if found := _FIRST_SENTENCE.match(rest) or _LABEL.match(rest):
        return found[1], rest if rest[found.end() :] else ""
    is_above = bool(follows) and not is_line(follows) and not begins(follows)
    is_title = len(rest) <= _LONGEST_TITLE if level < 30 else is_line(rest) and is_above
    bare = rest.rstrip("。：")
    if is_title and not re.search("[。；！？]", bare):
        return bare, ""
    return "", rest


def _unbulleted(line: str) -> str:
    return _BULLET.sub("", line, count=1) if _BULLET.match(line) else line


def _sentences(text: str) -> Iterator[str]:
    """Return the sentences of a text; short ones with the next, long ones in clauses."""
    return filter(re.compile(r"\w").search, map(str.strip, _groups(text)))


def _groups(text: str) -> Iterator[str]:
    group = ""
    for sentence in _SENTENCE.findall(text):
        if group and len(group) + len(sentence) > _LONGEST_GROUP:
            yield from _cut(group)
            group = ""
        group += sentence
        if len(sentence) > LONGEST_HEADING:
            yield from _cut(group)
            group = ""
    yield from _cut(group)


def _cut(sentence: str, marks: str = "；，、") -> Iterator[str]:
    """Cut a sentence that is too long at its strongest marks, into parts of about one length."""
    if len(sentence) <= LONGEST:
        yield sentence
    elif marks:
        clauses = re.findall(rf"[^{marks[0]}]*{marks[0]}|[^{marks[0]}]+$", sentence)
        even = len(sentence) // (len(sentence) // LONGEST + 1) + LONGEST_HEADING
        parts = (part for clause in clauses for part in _cut(clause, marks[1:]))
        yield from _joined(parts, "", min(even, LONGEST))
    else:
        yield from (sentence[at : at + LONGEST] for at in range(0, len(sentence), LONGEST))


def grouped(lines: Iterable[str], between: str) -> Iterator[str]:
    """Put lines together as long as they stay short enough; cut what is too long alone."""
    return _joined((part for line in lines for part in _cut(line)), between, LONGEST)


def _joined(parts: Iterable[str], between: str, most: int) -> Iterator[str]:
    group = ""
    for part in parts:
        if group and len(group) + len(between) + len(part) > most:
            yield group
            group = part
        else:
            group = f"{group}{between}{part}" if group else part
    if group:
        yield group
