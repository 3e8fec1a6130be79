"""The letterhead of an official plan: its title, whose it is, its number, its date.

It stands above the text; the signature and the date can also stand below it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

from knowledge import places
from knowledge.documents import marks
from knowledge.documents.document import Paragraph
from knowledge.documents.outline import Passage
from knowledge.documents.sentences import LONGEST, grouped

_LONGEST_TOP: Final = 30
_PLAIN_DIGITS: Final = {0xFF10 + digit: str(digit) for digit in range(10)}
_HAN_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
YEAR: Final = re.compile(
    r"(?<![\d.])(?:19|20)\d\d(?![\d.])|[一二][〇○零0九][〇○零0一二三四五六七八九]{2}(?=年)"
)
_KINDS: Final = (
    "要点|计划|意见|方案|安排|规划|思路|打算|部署|安排表|计划表|一览表|分解表|行事历|主要任务|重点任务"
    "|任务书|清单"
)
_TITLE = re.compile(
    rf"[^，。；：]{{0,60}}(?:{_KINDS})(?:的报告|[及和与暨](?![^，。；：]*(?:通知|函|决定))[^，。；：]{{2,10}})?(?:[（(][^）)]+[）)])?"
)
_HEADLESS = re.compile(rf"{YEAR.pattern}|关心下一代|关工(?:委|小组)|关于|第[一二]学期")
_FRONT = re.compile(
    rf"关心下一代工作(?!委员会)|关于|(?:(?:重点|服务|活动|关爱行动|行动|实施|专项)*(?:工作)?)(?:{_KINDS})"
)
_SECOND_TERM = re.compile(
    r"(?:19|20)\d\d\s*[-—\u2013~～至]+\s*((?:19|20)\d\d)学?年度?.*(?:第二|下)学期"
)
_QUOTES: Final = frozenset("“”《》")
_SAID = re.compile(
    r"(?:发布|发文|编制|制定|制订|印发)(?:单位|机关|部门)[：:]\s*([^，。；：]{2,30})"
)
_NOTICE = re.compile(r"[^，。；：]*关于[^，。；：]*的(?:通知|函)")
_BEFORE_PLACE = re.compile(r"\A(?:中共|共青团|关于(?:做好|抓好|开展|加强|印发|推进)?)")
"""What stands in a title before the place and is none of it."""

_ENCLOSED = re.compile(rf"《([^《》]*(?:{_KINDS})[^《》]{{0,8}})》")
_CORE = re.compile(
    r"[\u4e00-\u9fff]{1,14}\s?"
    r"(?:[\u3014（(\[【\uff3b〈]\s?(?:19|20)\d\d\s?[\u3015）)\]】\uff3d〉]|(?<=字)(?:19|20)\d\d年)"
    r"\s?第?\s?\d{1,4}\s?号"
)
_NUMBER = re.compile(
    r"(?:.*\s|(?:发文字号|文件编号|文号|编号)[：:]\s*|[（(])?"
    rf"({_CORE.pattern})[）)]?(?:\s*签发人.*)?"
)
_DAY = re.compile(marks.DAY)
_LABEL = re.compile(
    r"(?:发文字号|文件编号|文号|编号|(?:成文|印发|发文|发布|签发|落款)(?:日期|时间)?|日期|时间)[：:]\s*"
)
_FIELD = re.compile(
    r"(?:签发人?|发文(?:单位|机关)?|(?:印发|发布|编制|制定)(?:单位|机关|部门)|发送(?:范围)?|主送|抄送|发至?|(?:信息|稿件|文章)?来源|作者|编辑|审核|责任编辑|印数|份数"
    r"|字号|字体|浏览(?:次数|量)?|阅读(?:次数|量)?|点击(?:次数|量)?)[：:][^。]{0,60}"
)
"""What names who gave a plan out and to whom, or what a web page says of itself."""

_OF_PAGE = re.compile(
    r"当前位置|(?:浏览|阅读|点击)(?:次数|量)?[：:]|字[体号][：:]\s?[【（]?大|分享到|打印本页"
)
"""A line of a web page: when it was put there, not when the plan was signed."""

_APART = re.compile(r"\s{2,}|\s*[|\uff5c]\s*|\s+(?=[\u4e00-\u9fff]{2,4}[：:])")
"""Where one field of a line ends and the next begins."""

_ADOPTED = re.compile("通过|审议|审定|研究|会议")
"""The day of which this is said is not the day of issue."""

_BETWEEN: Final = "（）() ，,、|\uff5c；;·"
_SEAL = re.compile("[（(](?:盖章|印章|公章|章)[）)]")
_ENCLOSED_DAY = re.compile(rf"[（(][^（()）]*{marks.DAY}[^（()）]*[）)]")
_IN_TITLE = re.compile(rf"(.*\S)\s*[（(]([^（()）]*(?:{_CORE.pattern}|{marks.DAY})[^（()）]*)[）)]")
_RED_HEAD = re.compile(r"([^，。；：]{4,40}?)(?:文件|（通知）|\(通知\))")
_UNITS: Final = (
    "大学|学院|学校|中学|小学|幼儿园|职校|中专|技校|职高|学区"
    "|公司|集团|总厂|厂|医院|社区|居委会|开发区|高新区|园区"
    "|油田|矿务局|煤矿|农场|林场|铁路局|分行|支行|车务段|机务段|工务段|电务段|新城"
    "|研究[院所]|(?<![省市区县旗州])林业局|矿(?![业山区务工])"
)
_AREAS: Final = "村街道|省|市|自治州|自治县|区|县|旗|盟|镇|乡(?![市县])|街道|村"
_UNIT = re.compile(
    r"(?!全|本|各|我)(?:[\u4e00-\u9fff]{2,8}(?:省|自治区)(?=[\u4e00-\u9fff]{1,8}[市县州盟]))?"
    rf"([\u4e00-\u9fff\u00d7]{{1,16}}?(?:{_UNITS}|{_AREAS})"
    rf"(?:[\u4e00-\u9fff]{{1,12}}?(?:{_UNITS}|{_AREAS}))*)"
)
_TWICE = re.compile(r"(.{2,8}?).*\1")
"""Two bodies of one place: 某市妇女联合会某市."""

_BRACKETS = re.compile("[（）()]")
_COMMITTEE = re.compile("关心下一代工作委员会|关工委")
_SELF = re.compile("(?:全|本|我|各)[省市州县区旗镇乡校院]|(?:集团)?公司|集团|学[校院]|医院")
"""What a plan calls whoever issued it, where its letterhead says who that is."""

_NO_UNIT = re.compile(r"关[心爱工]|青少年|农村|乡村|城乡|全[市县区镇]|工作|活动|印发|教育部")
_SENT = re.compile("[主抄]送[：:]")
_WHO = re.compile(
    r"[^，。；：、]{0,30}(?:关工委|委员会|党委|党组|党总支|党支部|办公室|教育局|公司|集团|学校|中学|小学|学院|大学"
    r"|政府|办事处|村委会|居委会|[省市区县镇乡]委|领导小组|协会)"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """A plan taken apart. ``below`` the title stand at most its number, its date and its issuer."""

    head: Sequence[str]
    title: str
    below: Sequence[str]
    body: Sequence[Paragraph]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What a plan says of itself; empty or None where it says nothing."""

    title: str
    issuer: str
    place: str
    year: int | None
    number: str | None
    issued: str | None


def parted(paragraphs: Sequence[Paragraph]) -> Parts:
    """Take a plan apart at its title; digits of full width become plain ones outside its body."""
    above = [
        replace(one, text=one.text.translate(_PLAIN_DIGITS)) for one in paragraphs[:_LONGEST_TOP]
    ]
    lines = [one.text for one in above]
    first, end, title = _title(above)
    body = end
    while body < len(above) and _is_formal(above[body]):
        body += 1
    below = lines[end:body]
    if enclosed := _IN_TITLE.fullmatch(title):
        title, below = enclosed[1], [enclosed[2], *below]
    return Parts(lines[:first], title, below, paragraphs[body:])


def read(parts: Parts, closings: Sequence[str], about: dict[str, str]) -> Letterhead:
    """Return what a plan says of itself, else what its file says of it (``about``)."""
    above = (*parts.head, *parts.below)
    head = [piece for line in above if not _OF_PAGE.search(line) for piece in _pieces(line)]
    of_page = [piece for line in filter(_OF_PAGE.search, above) for piece in _pieces(line)]
    numbered = next(filter(None, map(_NUMBER.fullmatch, head)), None)
    number = "".join(numbered[1].split()) if numbered else about.get("number") or None
    closings = [line.translate(_PLAIN_DIGITS) for line in closings]
    by, printer, issued = _signature([*head, "", *closings])
    issued = issued or _day_in(about.get("issued", "")) or _signature(of_page)[2]
    title = parts.title or about.get("title", "")
    issued_by = by if not _SELF.fullmatch(_COMMITTEE.sub("", by)) else ""
    issuer = (
        issued_by or about.get("issuer", "") or _issuer(title, parts, closings) or by or printer
    )
    named = (_without_year(title), issuer, " ".join(parts.head))
    place = next(filter(None, map(_place, named)), "")
    in_full = [full for full in map(_place, (issuer, *parts.head)) if full.endswith(place)]
    place = max((*in_full, place), key=len)
    known = (title, number or "", issued or "")
    return Letterhead(title, issuer, place, _year(known, parts), number, issued)


def _is_formal(paragraph: Paragraph) -> bool:
    line = paragraph.text
    if paragraph.level or paragraph.cells:
        return False
    is_name = len(line) <= marks.LONGEST_HEADING and _WHO.fullmatch(line.strip("（()）"))
    is_told = all(map(_is_told, _pieces(line)))
    return bool(is_told or is_name or _FIELD.fullmatch(line))


def _is_told(piece: str) -> bool:
    return bool(marks.signed(piece) or _NUMBER.fullmatch(piece) or _FIELD.fullmatch(piece))


def _title(paragraphs: Sequence[Paragraph]) -> tuple[int, int, str]:
    """Return where the title begins and ends, and the title.

    It is a line that names its kind, else what a notice announces, else what the format marks as
    the title, else the first line.
    """
    top = [bare(one.text) for one in paragraphs[: _top(paragraphs)]]
    first, end = _title_lines(top)
    title = "".join(top[first:end])
    if title and YEAR.search(title):
        return first, end, title
    for number, line in enumerate(top):
        if _NOTICE.fullmatch(line):
            enclosed = _ENCLOSED.search(line)
            below = (end or _after_date(top) or number + 1) if enclosed else number + 1
            return below, below, enclosed[1] if enclosed else line
    if title:
        return first, end, title
    marked = [number for number, one in enumerate(paragraphs[: len(top)]) if one.level == 1]
    if len(marked) == 1:
        return marked[0], marked[0] + 1, top[marked[0]]
    is_title = top and marks.is_line(top[0]) and not _NUMBER.fullmatch(top[0])
    return (0, 1, top[0]) if is_title else (0, 0, "")


def _title_lines(top: Sequence[str]) -> tuple[int, int]:
    """Return where the title begins and ends; it can be broken into up to three lines."""
    found = []
    for last, line in enumerate(top):
        if _TITLE.fullmatch(line) and not marks.is_chapter(line):
            first = last
            while last - first < 2 and first and _needs(top, first, last):
                first -= 1
            found.append((first, last + 1))
    with_year = (lines for lines in found if YEAR.search("".join(top[slice(*lines)])))
    return next(with_year, found[0] if found else (0, 0))


def _needs(top: Sequence[str], first: int, last: int) -> bool:
    """Tell whether a title goes on upwards: it lacks whose plan it is, or the year above it."""
    above = top[first - 1]
    if not marks.is_line(above) or above[0] in "（(" or marks.begins(above) or marks.signed(above):
        return False
    if _NUMBER.fullmatch(above) or above.endswith(("文件", "通知")):
        return False
    has_year = YEAR.search("".join(top[first : last + 1]))
    return bool(_HEADLESS.match(top[first]) or (YEAR.search(above) and not has_year))


def _after_date(top: Sequence[str]) -> int:
    """Return where the notice ends that announces a plan."""
    return next((number + 1 for number, line in enumerate(top) if marks.signed(line)), 0)


def _top(paragraphs: Sequence[Paragraph]) -> int:
    """Return how many paragraphs stand above the first part."""
    for number, one in enumerate(paragraphs[:_LONGEST_TOP]):
        is_title = _TITLE.fullmatch(bare(one.text)) or one.level == 1
        if (marks.is_chapter(one.text) or one.level or one.cells) and not is_title:
            return number
    return min(len(paragraphs), _LONGEST_TOP)


def bare(line: str) -> str:
    """Return a line as a title has it: without white space."""
    return "".join(line.split())


def _without_year(title: str) -> str:
    return re.sub(rf"(?:{YEAR.pattern})(?:[—\u2013-]\d{{4}})?(?:学?年度?)?", "", title)


def _issuer(title: str, parts: Parts, closings: Sequence[str]) -> str:
    """Return who issued a plan that nobody signed with a date: its title says it, else a line."""
    said = next(filter(None, map(_SAID.fullmatch, _lines(parts))), None)
    if said:
        return said[1]
    front = _FRONT.split(_without_year(title), maxsplit=1)[0].strip("（()） ")
    front = front.rpartition("——")[2]
    if front and not _QUOTES & set(front) and not _SELF.fullmatch(_COMMITTEE.sub("", front)):
        return _in_full(front, (*parts.head, *parts.below))
    red = next(filter(None, map(_RED_HEAD.fullmatch, map(bare, parts.head))), None)
    if red:
        return red[1]
    lines = [bare(line).strip("（()）") for line in (*parts.below, *parts.head, *closings)]
    return next((line for line in lines if _WHO.fullmatch(line)), "")


def _in_full(front: str, lines: Sequence[str]) -> str:
    """Return a committee's name as a line beside the title has it: with the city it is in."""
    core = _COMMITTEE.sub("", front)
    in_full = re.compile(rf"[\u4e00-\u9fff]{{2,14}}{re.escape(core)}(?:{_COMMITTEE.pattern})")
    return next(filter(in_full.fullmatch, map(bare, lines)), front) if core != front else front


def _lines(parts: Parts) -> list[str]:
    """Return the lines in which a plan can say in words who issued it: those at its beginning."""
    return [*parts.head, *parts.below, *(one.text for one in parts.body[:5])]


def _year(known: Sequence[str], parts: Parts) -> int | None:
    """Return the year of a plan: title, number and date say it, else what its text mostly names."""
    if term := _SECOND_TERM.search(known[0]):
        return int(term[1])
    found = next(filter(None, map(YEAR.search, known)), None)
    if found:
        return int(found[0].translate(_HAN_DIGITS))
    text = "\n".join((*parts.head, *parts.below, *(one.text for one in parts.body)))
    named = Counter(int(year.translate(_HAN_DIGITS)) for year in YEAR.findall(text))
    return max(named, key=lambda year: (named[year], year), default=None)


def _place(name: str) -> str:
    """Return the place or the unit that a name begins with, else a place that it names."""
    unit = _UNIT.match(_BRACKETS.sub("", _BEFORE_PLACE.sub("", name)))
    if unit and not (_NO_UNIT.search(unit[1]) or _SELF.fullmatch(unit[1])):
        twice = _TWICE.fullmatch(unit[1])
        return twice[1] if twice else unit[1]
    return places.named_in(name) or ""


def _signature(lines: Sequence[str]) -> tuple[str, str, str | None]:
    """Return who signed first, or who printed it, and on which day."""
    for above, line in pairwise(["", *lines]):
        if found := marks.signed(line):
            is_other = _is_paper(above) or marks.is_copy(above) or _FIELD.fullmatch(above)
            is_name = marks.is_line(above) and not is_other
            signer = found["by"] or found["printer"] or (above if is_name else "")
            by = _SEAL.sub("", "".join(signer.split())).strip("（()）")
            return ("", by, _day(found)) if found["printed"] else (by, "", _day(found))
    return "", "", None


def _pieces(line: str) -> list[str]:
    """Return the number and the day of a line apart, in any order, without their labels."""
    fields = _APART.split(line.strip())
    if len(fields) > 1 and any(map(_FIELD.fullmatch, fields)):
        return [piece for field in fields for piece in _pieces(field)]
    line = line.strip("（()） ") if _ENCLOSED_DAY.fullmatch(line) else line
    number, day = _CORE.search(line), _DAY.search(line)
    if not (number and day) or "。" in line:
        said = _LABEL.sub("", line, count=1)
        return [said if marks.signed(said) or _NUMBER.fullmatch(said) else line]
    if _ADOPTED.search(line):
        return [number[0]]
    rest = f"{line[: number.start()]} {line[number.end() :]}"
    rest = _LABEL.sub("", rest).strip(_BETWEEN)
    if found := marks.signed(rest):
        return [number[0], rest if not found["by"] or _WHO.fullmatch(found["by"]) else day[0]]
    return [number[0], day[0]]


def _is_paper(line: str) -> bool:
    """Tell a title or a number from a name."""
    return bool(_NUMBER.fullmatch(line) or _TITLE.fullmatch(bare(line)) or YEAR.search(line))


def _day(found: re.Match[str]) -> str | None:
    """Return a date as ISO writes it, None where there is no such day."""
    year = int(found["year"].translate(_HAN_DIGITS))
    try:
        return date(year, count(found["month"]), count(found["day"])).isoformat()
    except ValueError:
        return None


def _day_in(text: str) -> str | None:
    """Return the day that a file says of itself: 2025-03-01, 2025年3月1日; None for any other."""
    found = re.match(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})", text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else None
    except ValueError:
        return None


def count(numeral: str) -> int:
    """Return a number below a hundred that is written in digits or as 二十三."""
    if numeral.isdecimal():
        return int(numeral)
    tens, ten, ones = numeral.translate(_HAN_DIGITS).rpartition("十")
    return (int(tens or 1) * 10 if ten else 0) + int(ones or 0)


def passages(head: Sequence[str]) -> Iterator[Passage]:
    """Return what stands above the title: number and notice, addressees, signature and date.

    It is one passage where it is short enough: people ask for the number and the day alike.
    """
    parts: list[list[str]] = [[]]
    for line in head:
        parts[-1].append(line)
        if _NOTICE.fullmatch(bare(line)) or marks.signed(line):
            parts.append([])
    whole = [line for part in parts for line in part if _name(part) or _SENT.match(line)]
    if len(" ".join(whole)) <= LONGEST:
        parts = [whole]
    for part in filter(_name, parts):
        for text in grouped(part, " "):
            yield Passage(_name(part), (_name(part),), text)


def _is_dated(piece: str) -> bool:
    return bool(marks.signed(piece) or (_ADOPTED.search(piece) and _DAY.search(piece)))


def _name(part: Sequence[str]) -> str:
    """Say what people look for in a part of the letterhead; empty where there is nothing."""
    kinds = (("文号", _NUMBER.fullmatch), ("落款日期", _is_dated))
    pieces = [piece for line in part for piece in _pieces(line)]
    names = [name for name, told in kinds if any(map(told, pieces))]
    is_notice = any(_NOTICE.fullmatch(bare(line)) for line in part)
    return "和".join(names) or ("印发通知" if is_notice else "")
