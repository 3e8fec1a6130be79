"""What an item is: its kind, its title, its place, whom it concerns, whether it is settled."""

from __future__ import annotations

import re
from typing import Final

from knowledge import calendar
from knowledge.dates import words
from knowledge.dates.spans import Span

LONGEST_TITLE: Final = 30
LONGEST_QUOTE: Final = 60

_PLACE = re.compile(
    r"地点[：:]\s?([^）)，。；]{2,24})"
    r"|在([^在，。；“”]{2,16}?(?:[区县市镇乡]|街道|学院|大学|学校|中学|小学|中心|会议室|礼堂|基地|纪念馆|陵园|公园|广场|图书馆|体育馆|文化宫))"
    r"(?=[举召]|开展|组织|进行|集中)"
)
_SPIRIT = re.compile("[^，。；、和]{0,12}(?:会议?|讲话)精神")
_MEETING_LAST = re.compile("(?:会议|[^机协社委展学]会|培训班|仪式)[”》]?(?:[（(].*)?$")
_SEASON = re.compile("[暑寒]|[夏冬]日|[春夏秋冬]季")
_AFTER_TIME = re.compile(r"\n(?:起(?![草来]))?[要将拟，、：:）)]*")
_HELD = re.compile(r"^.{0,20}?(?:召开|举办|举行|承办)(?:好|了|一次|一期|一场)?(?=.{4})")
_NUMBERING = re.compile(r"[（(]?[\d一二三四五六七八九十]{1,3}[）)．、.]\s*")
_LEADING = re.compile(
    r"(?:^|(?<=^.))(?:[并且还也均须需应和与请]|[要将拟于在对按]|同时|此外|另外|其次|首先|因此|继续|认真|积极|切实|进一步|广泛|深入|扎实"
    r"|精心|统一|计划|暂定|预计|力争|争取|确保|重点|前后|期间|之际|左右|以前|之前|前|底|等|的|[，、）)”：:\s])+"
)
_HOLDING = re.compile(
    r"^(?:组织)?(?:召开|举办|举行|开展|组织|参加|参与|办好|做好|承办|承担|实施)(?:好|了|一次|一期|一场)?(?=.{4})"
)
_WORDS = re.compile(r"\w{2}")
_TRAILING: Final = "，。；：、（(“《 "


def kind_of(span: Span, action: str) -> str:
    """Return holiday, deadline, recurring, competition, meeting or campaign."""
    if span.deadline:
        return "deadline"
    if span.observance:
        return "holiday"
    if span.repeated:
        return "recurring"
    action = _SPIRIT.sub("", action)
    if _MEETING_LAST.search(action) and not _is("deadline", action):
        return "meeting"
    for kind in ("deadline", "competition", "meeting"):
        if _is(kind, action):
            return kind
    return "campaign"


def _is(kind: str, action: str) -> bool:
    return bool(words.pattern("words", kind).search(action))


def is_tentative(told: str) -> bool:
    """Tell whether a clause says 拟, 暂定 or the like."""
    return _is("tentative", told)


def is_event(told: str) -> bool:
    """Tell whether something that takes place is named."""
    return _is("event", told)


def is_holding(told: str) -> bool:
    """Tell whether a clause says that something is held or done once, without a time."""
    return bool(
        words.pattern("undated", "done").search(told)
        and words.pattern("undated", "held").search(told)
    )


def is_fragment(told: str) -> bool:
    """Tell words that name nothing that is done (逾期不候) from those that do."""
    return _is("fragment", told) or not _WORDS.search(told)


def place_in(told: str) -> str | None:
    """Return where something takes place, as the plan writes it."""
    found = _PLACE.search(told)
    return (found[1] or found[2]).strip() if found else None


def audience_in(told: str) -> list[str]:
    """Return whom something concerns: students, parents, volunteers, schools, staff."""
    return [name for name, pattern in words.audiences() if pattern.search(told)]


def without_time(before: str, time: str, after: str) -> str:
    """Return a clause without its time, unless that is part of a name: “每月一读”, 暑期读书."""
    if before[-1:] in tuple("“《（(") or _SEASON.search(time):
        return f"{before}{time}{after}"
    return _AFTER_TIME.sub("", f"{before.rstrip('于在自从至由到')}\n{after}", count=1)


def title_of(span: Span | None, action: str) -> str:
    """Return a short title: the words of the plan without the time and without 要, 召开 and 的."""
    if span and span.observance:
        return calendar.rules()[span.observance].title
    bare = re.sub(r"[（(]地点[^）)]*[）)]?", "", _NUMBERING.sub("", action.strip(), count=1))
    bare = _HELD.sub("", _HOLDING.sub("", _LEADING.sub("", bare.strip())))
    bare = _closed(bare.strip("，。；：、 "))
    title = bare[:LONGEST_TITLE].rstrip(_TRAILING) or action.strip("，。；：、 ")[:LONGEST_TITLE]
    return "" if is_fragment(title) else title


def _closed(text: str) -> str:
    """Drop a mark that closes what was not opened."""
    for opening, closing in ("“”", "《》", "（）"):
        if text.count(closing) > text.count(opening):
            text = text.replace(closing, "", 1)
    return text


def quote_of(text: str, at: int, to: int, span: Span | None) -> str:
    """Return exact words of the text: a clause, or so much of it as fits around its time."""
    quote = text[at:to].strip()
    if len(quote) <= LONGEST_QUOTE or span is None:
        return quote[:LONGEST_QUOTE]
    spare = max(0, LONGEST_QUOTE - (span.to - span.at))
    begin = max(at, min(span.at - spare // 3, to - LONGEST_QUOTE))
    return text[begin : begin + LONGEST_QUOTE].strip()
