"""What a person should look at in a plan that was read: lost digits, damaged dates, lost parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from knowledge.documents.letterhead import Letterhead, count
from knowledge.documents.outline import Section

MOST: Final = 20
"""So many doubts are told of one plan; a broken file would have hundreds."""

_HAN: Final = "〇○零一二三四五六七八九十"
_NUMERAL = rf"[\d{_HAN}\uff10-\uff19]"
_LOST: Final = re.compile(
    rf"(?<!{_NUMERAL})(?<![今本当去明每前同全多生])\s?年\s?月\s?日"
    rf"|(?<=年)\s?月\s?{_NUMERAL}{{1,3}}\s?日|(?<={_NUMERAL}月)\s?日前?(?![常程益后期报])"
    rf"|第\s[届次期]|第届|[〔\[]\s?[〕\]]\s?(?:第?\s?\d*)号|[〕\]]\s?号"
)
_DAY = re.compile(
    r"(?:(?<!\d)(?P<year>\d{4})\s?年\s?)?(?<![\d.])(?P<month>\d{1,2})\s?月\s?"
    r"(?:(?P<day>\d{1,2})\s?[日号](?!文)|(?=[^\d]|$))"
)
_LETTERS = re.compile(
    r"(?<![A-Za-z])(?=[\dOoIlSZ]{0,3}\d)(?=[\dOoIlSZ]{0,3}[OoIlSZ])[\dOoIlSZ]{1,4}\s?(?:年|月(?=[\dOoIlSZ])|日)"
)
_ODD_YEAR = re.compile(r"(?<!\d)(?:20\d|\d{5,6})年(?=度|\d{1,2}月|工作)")
_REPLACED: Final = "\ufffd"
_HAN_DIGITS: Final = "一二三四五六七八九十"
_AROUND: Final = 8


def doubts(
    head: Letterhead, lines: Sequence[str], sections: Sequence[Section], unread: Iterable[str]
) -> list[str]:
    """Return a sentence for each doubt: about the paper, its dates and its numbers, in order."""
    found = [*unread, *_of_paper(head), *_of_text(lines), *_skipped(sections)]
    told = list(dict.fromkeys(found))
    more = [f"and {len(told) - MOST} more doubts"] if len(told) > MOST else []
    return [*told[:MOST], *more]


def _of_paper(head: Letterhead) -> Iterator[str]:
    if head.year is None:
        yield "the plan names no year"
    if not head.issuer:
        yield "the plan does not say who issued it"
    elif not head.place:
        yield "the plan does not say of which place it is: only who names it hears of it"


def _of_text(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        for found in _LOST.finditer(line):
            yield f"digits seem to be lost: {_near(line, found)}"
        for found in (*_LETTERS.finditer(line), *_ODD_YEAR.finditer(line)):
            yield f"a date is damaged: {_near(line, found)}"
        for found in _DAY.finditer(line):
            if not _is_day(found):
                yield f"there is no such day: {_near(line, found)}"
        if _REPLACED in line:
            yield f"characters are damaged: {line[:20]}"


def _near(line: str, found: re.Match[str]) -> str:
    """Return what was found with some words around it."""
    return line[max(0, found.start() - _AROUND) : found.end() + _AROUND].strip()


def _is_day(found: re.Match[str]) -> bool:
    """Tell whether a date can be; without a year, 29 February can."""
    year, month, day = int(found["year"] or 2024), int(found["month"]), int(found["day"] or 1)
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _skipped(sections: Sequence[Section]) -> Iterator[str]:
    """Tell where the numbers of a part go on from 一 to 三."""
    last: dict[tuple[str, str], int] = {}
    for section in sections:
        above, _, step = section.path.rpartition("/")
        number, shape = _number(step)
        if not number:
            continue
        before = last.get((above, shape))
        if before is not None and number > before + 1:
            yield f"the numbering skips: {above or 'the plan'} has no {_missing(step, before + 1)}"
        if before is None and number > 1 and shape != "0" and not above:
            yield f"the numbering skips: the plan begins with {step}"
        last[above, shape] = number


def _number(step: str) -> tuple[int, str]:
    """Return the number in a step of a path, and the step with 0 in its place."""
    found = re.fullmatch(rf"([（(第]?)([{_HAN_DIGITS}]{{1,3}}|\d{{1,2}})([）)章节条编]?)", step)
    if not found:
        return 0, ""
    return count(found[2]), f"{found[1]}0{found[3]}"


def _missing(step: str, number: int) -> str:
    """Return the step that is missing, written as the one that stands after the gap."""
    digits = str(number) if re.search(r"\d", step) else _in_han(number)
    return re.sub(rf"[{_HAN_DIGITS}\d]+", digits, step, count=1)


def _in_han(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{_HAN_DIGITS[tens - 1]}十"
    return ten + (_HAN_DIGITS[ones - 1] if ones else "")
