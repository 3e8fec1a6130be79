"""The lines of a plan, with those joined again that were broken inside of a sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Final

from knowledge.documents import marks
from knowledge.documents.document import Paragraph
from knowledge.documents.marks import HAN, LONGEST_HEADING, begins, mark, run_in_period, signed

RAGGED: Final = 2.5
"""Lines broken at one width differ by so many characters: no sign may begin a line."""

NARROWEST: Final = 16
WIDEST: Final = 80
FEWEST: Final = 8
MOST_ALIKE: Final = 0.6
"""So many lines, and this share of them, as wide as one another were broken at one width."""

_LONGEST_PARAGRAPH: Final = 5000
_ENDS: Final = "。！？；："
_AFTER_END: Final = "”’」』）》"
_ASIDE: Final = re.compile(r"[（(][^（()）]{1,30}[）)][、，。；：]")
"""A line that begins so goes on; a number in brackets has no such sign after it."""

_FRAMED: Final = re.compile(
    rf"\s*【\s*(?:([{HAN}]{{1,3}})[、.．\s]\s*)?([^【】]{{2,{LONGEST_HEADING}}})】\s*(.*)"
)
_ADDRESSED: Final = re.compile("(?:[主抄分报]?送|发至?)[：:]")
_ORNAMENT: Final = re.compile(r"[\W_]*")
_WITH_ASIDE = re.compile(r"[^，。；：（(]{4,40}[（(][^（()）]*[）)]")
"""A heading and what brackets below it say of it."""

_ENCLOSED = re.compile("[（(][^（()）]*[）)]")
_BRACKETS: Final = ("《》", "“”", "（）")


def paragraphs(lines: Iterable[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs of a plan, with the lines joined that were broken inside a sentence.

    A heading without a word (# alone, a rule) ends what stands above it.
    """
    joined: list[Paragraph] = []
    raws = list(chain.from_iterable(map(_without_frame, lines)))
    width, is_full, is_closed = _width_of(raws), False, False
    for raw in raws:
        line = " ".join(raw.text.replace("**", "").split())
        if raw.cells:
            joined.append(raw)
        elif _goes_on(joined, raw, line, is_full=is_full) and not is_closed:
            before = joined[-1].text
            between = " " if (before[-1] + line[0]).isascii() else ""
            joined[-1] = Paragraph(before + between + line)
        elif not _ORNAMENT.fullmatch(line):
            joined.append(Paragraph(line, level=raw.level))
        is_closed = raw.level > 0 and not line
        is_full = bool(width and line) and 0 <= width - _width(line) <= RAGGED
    return joined


def _width_of(lines: Sequence[Paragraph]) -> float:
    """Return how wide lines are that were broken at one width; 0 where lines end as they like.

    They were, where most lines that end inside a sentence, right above another, are about as wide.
    """
    inside = Counter(
        _width(above.text)
        for above, below in pairwise(lines)
        if below.text.strip() and not (above.level or above.cells) and not _is_ended(above.text)
    )
    alike = {
        widest: sum(inside[width] for width in inside if 0 <= widest - width <= RAGGED)
        for widest in inside
        if NARROWEST <= widest <= WIDEST
    }
    widest = max(alike, key=alike.__getitem__, default=0.0)
    wide = sum(count for width, count in inside.items() if width >= NARROWEST)
    return widest if alike and alike[widest] >= max(FEWEST, MOST_ALIKE * wide) else 0.0


def _width(line: str) -> float:
    """Return how many Chinese characters wide a line is; letters and digits are half as wide."""
    return sum(0.5 if character.isascii() else 1 for character in line.strip())


def _is_ended(line: str) -> bool:
    return line.rstrip().rstrip(_AFTER_END)[-1:] in _ENDS


def _without_frame(raw: Paragraph) -> Iterator[Paragraph]:
    """Yield a heading in square brackets (【一 做什么】) without them, and apart from its text."""
    found = None if raw.cells or raw.level else _FRAMED.fullmatch(raw.text)
    if found is None:
        yield raw
        return
    number, heading, text = found.groups()
    yield Paragraph(f"{number}、{heading}" if number else heading)
    if text:
        yield Paragraph(text)


def _goes_on(joined: Sequence[Paragraph], raw: Paragraph, line: str, *, is_full: bool) -> bool:
    above = joined[-1] if joined and line and not raw.level else None
    return above is not None and _continues(above, line, is_full=is_full)


def _continues(above: Paragraph, line: str, *, is_full: bool) -> bool:
    before = above.text
    if len(before) > _LONGEST_PARAGRAPH or _is_ended(before):
        return False
    is_new = signed(line) or begins(line) or run_in_period(line) or _ADDRESSED.match(line)
    is_over = signed(before) or _ENCLOSED.fullmatch(before) or _WITH_ASIDE.fullmatch(before)
    if above.level or above.cells or is_new or is_over:
        return False
    if is_full or before[-1] in "，、" or _ASIDE.match(line):
        return True
    if re.fullmatch(r"[（(].*(?<!号)[）)]", line):
        return True
    if any(before.count(pair[0]) > before.count(pair[1]) for pair in _BRACKETS):
        return True
    return len(before) >= 20 and _is_prose(before)


def _is_prose(paragraph: str) -> bool:
    """Tell a broken sentence from a heading; neither has an end."""
    found = mark(paragraph)
    of_part = found.level in (marks.CHAPTER, marks.PART, marks.BRACKETED)
    return bool(re.search("[。；]", found.rest)) or ("，" in found.rest and not of_part)
