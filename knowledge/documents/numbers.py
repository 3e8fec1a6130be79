"""The numbers that Word makes itself: 一、 （一） 1. (1) ①, counted as Word counts them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from docx.oxml.ns import qn

_DIGITS: Final = "零一二三四五六七八九"
_HAN: Final = frozenset(
    (
        "chineseCounting",
        "chineseCountingThousand",
        "ideographDigital",
        "japaneseCounting",
        "japaneseDigitalTenThousand",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "koreanDigital2",
    )
)
_MARK = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list is numbered, as Word describes it."""

    start: int
    form: str
    text: str


class Numbering:
    """The lists of a document and how far each has counted."""

    def __init__(self, root: Any) -> None:
        self._lists: dict[str, tuple[str, Mapping[int, _Level]]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._restarts: dict[str, dict[int, int]] = {}
        if root is not None:
            self._read(root)

    def _read(self, root: Any) -> None:
        abstract = {
            one.get(qn("w:abstractNumId")): _levels(one)
            for one in root.iterchildren(qn("w:abstractNum"))
        }
        for one in root.iterchildren(qn("w:num")):
            name, own = one.get(qn("w:numId")), _value(one, "w:abstractNumId")
            levels, restarts = dict(abstract.get(own, {})), {}
            for override in one.iterchildren(qn("w:lvlOverride")):
                level = int(override.get(qn("w:ilvl"), "0"))
                levels |= _levels(override)
                if start := _value(override, "w:startOverride"):
                    restarts[level] = int(start)
            self._lists[name] = own, levels
            self._restarts[name] = restarts

    def next(self, number: str, level: int) -> str:
        """Return what Word writes in front of the next paragraph of a list; empty for a bullet."""
        own, levels = self._lists.get(number, ("", {}))
        if level not in levels:
            return ""
        counts = self._counts[own]
        start = self._restarts[number].pop(level, None)
        first = levels[level].start
        counts[level] = start if start is not None else counts.get(level, first - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return self._written(levels, level, counts)

    def _written(self, levels: Mapping[int, _Level], level: int, counts: Mapping[int, int]) -> str:
        own = levels[level]
        if own.form in ("bullet", "none"):
            return ""

        def part(mark: re.Match[str]) -> str:
            at = int(mark[1]) - 1
            form = levels.get(at, own)
            return _formatted(counts.get(at, form.start), form.form)

        text = _MARK.sub(part, own.text).strip()
        return f"{text} " if re.search("[0-9A-Za-z]$", text) else text


def _levels(parent: Any) -> dict[int, _Level]:
    found = {}
    for one in parent.iterchildren(qn("w:lvl")):
        start, form = _value(one, "w:start") or "1", _value(one, "w:numFmt")
        found[int(one.get(qn("w:ilvl"), "0"))] = _Level(int(start), form, _value(one, "w:lvlText"))
    return found


def _value(parent: Any, name: str) -> str:
    found = parent.find(qn(name))
    return "" if found is None else str(found.get(qn("w:val"), ""))


def _formatted(count: int, form: str) -> str:
    if form in _HAN:
        return _in_han(count)
    if form.startswith("decimalEnclosedCircle") and 0 < count <= 20:
        return chr(ord("①") + count - 1)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % 26)
        return letter if form == "lowerLetter" else letter.upper()
    return str(count)


def _in_han(count: int) -> str:
    """Return a number below a hundred as 二十三."""
    tens, ones = divmod(count, 10)
    if not 0 < tens < 10:
        return _DIGITS[ones] if count < 10 else str(count)
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
