"""Reading the plans themselves: text files as they were published, into facts.

The letterhead says whose plan it is, its number and its date; the outline gives its sentences.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise
from pathlib import Path
from typing import Final

from knowledge import outline, places
from knowledge.plan import Fact, Plan, UnreadablePlan, read_digest

LARGEST: Final = 20 * 1024 * 1024
"""Files of more bytes than this are refused."""

_LONGEST_TOP: Final = 30
_READ: Final = (".txt", ".md")
_NOT_YET: Final = (".doc", ".docx", ".pdf", ".html", ".htm", ".rtf", ".wps")
_EDITOR_MARK = re.compile(r"\[bookmark:[^\]\n]*\]|[\u200b\ufeff]")
_HAN_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|[一二][〇○零九][〇○零一二三四五六七八九]{2}(?=年)")
_KINDS: Final = "要点|计划|意见|方案|安排|规划|思路|打算|部署"
_TITLE = re.compile(rf"[^，。；：]{{0,60}}(?:{_KINDS})(?:[（(][^）)]+[）)])?")
_HEADLESS = re.compile(rf"{_YEAR.pattern}|关心下一代|关工委")
_FRONT = re.compile(rf"{_YEAR.pattern}|关心下一代工作(?!委员会)|关于")
_NOTICE = re.compile(r"[^，。；：]*关于[^，。；：]*的通知")
_ENCLOSED = re.compile(rf"《([^《》]*(?:{_KINDS})[^《》]{{0,8}})》")
_NUMBER = re.compile(
    r"(?:.*\s|(?:发文字号|文号)[：:]\s*|[（(])?"
    r"([\u4e00-\u9fff]{1,14}\s?[\u3014（(\[【\uff3b]\s?((?:19|20)\d\d)\s?[\u3015）)\]】\uff3d]"
    r"\s?第?\s?\d{1,4}\s?号)[）)]?"
)
_UNIT = re.compile(
    r"(?!全|本|各)(?:[\u4e00-\u9fff]{2,3}省(?=[\u4e00-\u9fff]{1,6}[市县州]))?"
    r"([\u4e00-\u9fff]{1,10}?(?:省|市|自治州|区|县|旗|镇|乡|街道|村|大学|学院|学校|中学|小学)"
    r"(?:[\u4e00-\u9fff]{2,10}?(?:市|区|县|镇|乡|街道|村|大学|学院|学校|中学|小学))*)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a folder holds: the facts of its plans, and a sentence for each file refused."""

    facts: tuple[Fact, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Parts:
    """A plan taken apart. ``below`` the title stand at most its number and its date."""

    head: Sequence[str]
    title: str
    below: Sequence[str]
    body: Sequence[str]


def read_folder(folder: Path) -> Reading:
    """Read every plan in a folder, by name; what cannot be read does not stop the others."""
    found: dict[str, Sequence[Fact]] = {}
    refused: list[str] = []
    for path in sorted(path for path in folder.iterdir() if _is_plan(path)):
        try:
            if path.stem in found:
                raise UnreadablePlan(f"{path.name}: another file of that name has been read")
            found[path.stem] = _read(path)
        except UnreadablePlan as problem:
            refused.append(str(problem))
    return Reading(tuple(chain.from_iterable(found.values())), tuple(refused))


def read_text(path: Path) -> Sequence[Fact]:
    """Read one plan as it was published. Raises UnreadablePlan."""
    return _facts(path, _text(path))


def _is_plan(path: Path) -> bool:
    is_named = path.suffix.lower() in _READ + _NOT_YET and not path.name.startswith(".")
    return is_named and not path.is_dir()


def _read(path: Path) -> Sequence[Fact]:
    if path.suffix.lower() in _NOT_YET:
        raise UnreadablePlan(f"{path.name}: only .txt and .md files can be read so far")
    text = _text(path)
    if path.suffix.lower() == ".md" and text.startswith("+++"):
        return _digest(path)
    return _facts(path, text)


def _digest(path: Path) -> Sequence[Fact]:
    try:
        facts = read_digest(path)
    except RecursionError as problem:
        raise UnreadablePlan(f"{path.name}: the header is nested too deeply") from problem
    if not facts:
        raise UnreadablePlan(f"{path.name}: the digest has no line that begins with a bullet")
    return facts


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadablePlan(f"{path.name}: the file is larger than 20 MB")
        data = path.read_bytes()
    except OSError as problem:
        raise UnreadablePlan(f"{path.name}: {problem.strerror or problem}") from problem
    text = _decoded(data)
    if text is None:
        raise UnreadablePlan(f"{path.name}: the file is not text in UTF-8 or GB 18030")
    return text


def _decoded(data: bytes) -> str | None:
    """Return the text of a file, None where it is no text or is damaged."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            if _is_damaged(data):
                return None
        else:
            return text if _is_text(text) else None
    return None


def _is_damaged(data: bytes) -> bool:
    """Tell damaged UTF-8, which would pass for rare characters, from another encoding."""
    text = data.decode("utf-8", "replace")
    return len(re.findall(r"[\u4e00-\u9fff]", text)) > text.count("\ufffd")


def _is_text(text: str) -> bool:
    strange = sum(count for c, count in Counter(text).items() if _is_strange(c))
    return "\0" not in text and strange * 20 <= len(text)


def _is_strange(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cn", "Co") and not character.isspace()


def _facts(path: Path, text: str) -> Sequence[Fact]:
    paragraphs = outline.paragraphs(_EDITOR_MARK.sub("", text))
    if not paragraphs:
        raise UnreadablePlan(f"{path.name}: the file is empty")
    parts = _parted(paragraphs)
    plan = _plan(path, parts)
    found = [*_letterhead(parts.head), *_letterhead(parts.below), *outline.passages(parts.body)]
    if not found:
        raise UnreadablePlan(f"{path.name}: the file has no sentence besides its title")
    return [
        Fact(plan, position, passage.section, passage.headings, passage.text)
        for position, passage in enumerate(found)
    ]


def _parted(paragraphs: Sequence[str]) -> _Parts:
    """Take a plan apart at its title."""
    first, end, title = _title(paragraphs)
    body = end
    while body < len(paragraphs) and _is_formal(paragraphs[body]):
        body += 1
    return _Parts(paragraphs[:first], title, paragraphs[end:body], paragraphs[body:])


def _is_formal(line: str) -> bool:
    return bool(outline.signed(line) or _NUMBER.fullmatch(line))


def _title(paragraphs: Sequence[str]) -> tuple[int, int, str]:
    """Return where the title begins and ends, and the title.

    It is a line that names its kind, else what a notice announces, else the first line.
    """
    top = [_bare(line) for line in paragraphs[: _top(paragraphs)]]
    first, end = _title_lines(top)
    title = "".join(top[first:end])
    if title and _YEAR.search(title):
        return first, end, title
    for number, line in enumerate(top):
        if _NOTICE.fullmatch(line):
            enclosed = _ENCLOSED.search(line)
            below = (end or _after_date(top) or number + 1) if enclosed else number + 1
            return below, below, enclosed[1] if enclosed else line
    if title or not (top and outline.is_line(top[0])):
        return first, end, title
    return 0, 1, top[0]


def _title_lines(top: Sequence[str]) -> tuple[int, int]:
    """Return where the title begins and ends; it can be broken into up to three lines."""
    found = []
    for last, line in enumerate(top):
        if _TITLE.fullmatch(line):
            first = last
            while last - first < 2 and first and _needs(top, first, last):
                first -= 1
            found.append((first, last + 1))
    with_year = (lines for lines in found if _YEAR.search("".join(top[slice(*lines)])))
    return next(with_year, found[0] if found else (0, 0))


def _needs(top: Sequence[str], first: int, last: int) -> bool:
    """Tell whether a title goes on upwards: it lacks whose plan it is, or the year above it."""
    above = top[first - 1]
    if not outline.is_line(above) or outline.begins(above) or outline.signed(above):
        return False
    if _NUMBER.fullmatch(above) or above.endswith(("文件", "通知")):
        return False
    has_year = _YEAR.search("".join(top[first : last + 1]))
    return bool(_HEADLESS.match(top[first]) or (_YEAR.search(above) and not has_year))


def _after_date(top: Sequence[str]) -> int:
    """Return where the notice ends that announces a plan."""
    return next((number + 1 for number, line in enumerate(top) if outline.signed(line)), 0)


def _top(paragraphs: Sequence[str]) -> int:
    """Return how many paragraphs stand above the first part."""
    for number, line in enumerate(paragraphs[:_LONGEST_TOP]):
        is_title = _TITLE.fullmatch(_bare(line)) or (number == 0 and line.startswith("# "))
        if outline.is_chapter(line) and not is_title:
            return number
    return min(len(paragraphs), _LONGEST_TOP)


def _bare(line: str) -> str:
    """Return a line as a title has it: without the marks of Markdown and white space."""
    return "".join(line.lstrip("#").split())


def _plan(path: Path, parts: _Parts) -> Plan:
    head = [*parts.head, *parts.below]
    number = next(filter(None, map(_NUMBER.fullmatch, head)), None)
    by, issued = _signature([*head, "", *outline.closings(parts.body)])
    years = (parts.title, issued or "", number[2] if number else "", *parts.body)
    year = next(filter(None, map(_YEAR.search, years)), None)
    if year is None:
        raise UnreadablePlan(f"{path.name}: the plan names no year")
    issuer = by or _FRONT.split(parts.title, maxsplit=1)[0]
    return Plan(
        key=path.stem,
        title=parts.title or path.stem,
        issuer=issuer,
        place=next(filter(None, map(_place, (parts.title, issuer, " ".join(parts.head)))), ""),
        year=int(year[0].translate(_HAN_DIGITS)),
        number="".join(number[1].split()) if number else None,
        issued=issued,
        digest=False,
    )


def _place(name: str) -> str:
    """Return the place or the unit that a name begins with, else a place that it names."""
    unit = _UNIT.match(name.removeprefix("中共"))
    return unit[1] if unit else places.named_in(name) or ""


def _signature(lines: Sequence[str]) -> tuple[str, str | None]:
    """Return who signed first, and on which day."""
    for above, line in pairwise(["", *lines]):
        if found := outline.signed(line):
            by = found["by"] or (above if outline.is_line(above) else "")
            return "".join(by.split()), _day(found)
    return "", None


def _day(found: re.Match[str]) -> str | None:
    """Return a date as ISO writes it, None where there is no such day."""
    year = int(found["year"].translate(_HAN_DIGITS))
    try:
        return date(year, _count(found["month"]), _count(found["day"])).isoformat()
    except ValueError:
        return None


def _count(numeral: str) -> int:
    """Return a number below a hundred that is written in digits or as 二十三."""
    if numeral.isdecimal():
        return int(numeral)
    tens, ten, ones = numeral.translate(_HAN_DIGITS).rpartition("十")
    return (int(tens or 1) * 10 if ten else 0) + int(ones or 0)


def _letterhead(head: Sequence[str]) -> Iterator[outline.Passage]:
    """Return what stands above the title: number and notice, addressees, signature and date.

    It is one passage where it is short enough: people ask for the number and the day alike.
    """
    parts: list[list[str]] = [[]]
    for line in head:
        parts[-1].append(line)
        if _NOTICE.fullmatch(_bare(line)) or outline.signed(line):
            parts.append([])
    whole = [line for part in parts if _name(part) for line in part]
    if len(" ".join(whole)) <= outline.LONGEST:
        parts = [whole]
    for part in filter(_name, parts):
        for text in outline.grouped(part, " "):
            yield outline.Passage(_name(part), (_name(part),), text)


def _name(part: Sequence[str]) -> str:
    """Say what people look for in a part of the letterhead; empty where there is nothing."""
    kinds = (("文号", _NUMBER.fullmatch), ("落款日期", outline.signed))
    names = [name for name, told in kinds if any(map(told, part))]
    is_notice = any(_NOTICE.fullmatch(_bare(line)) for line in part)
    return "和".join(names) or ("印发通知" if is_notice else "")
