"""Questions that leave out what they are about (ellipsis): 南通的呢, 那去年呢, 收费不."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from knowledge import answered, facets, places
from knowledge.papers import named_years, without_years
from knowledge.text import fold

LONGEST: Final = 16
"""Characters of such a question; a longer one says itself what it is about."""

_YEARS: Final = {"今年": 0, "本年度": 0, "去年": -1, "上一年": -1, "前年": -2, "明年": 1, "后年": 2}
_OPENERS: Final = re.compile(
    "^(?:您好|你好|老师好|请问一?下?|问一?下|我?想问问?一?下?|我?想知道|告诉我一?下?|麻烦[您你]?|再问一?下?|对了|噢|哦|嗯|好的?)+"
)
_NONE: Final = re.compile(
    "[你您我俺咱站]|现在|今天几|今天是|今天星期|今天周|报名|登记|(?:怎么?样?|如何|咋样?)才?能?参加|[做干记]了|小时了|钟头了"
    "|没人|不对|错|不通|空号|没开|没来|没时间|没空|锁"
)
"""What asks of us, of oneself, of stations in general or of the clock on the wall, or complains."""

_BARE: Final = re.compile(
    "(?:换成?|开始|结束|举行|举办|主办|承办|协办|组织|进行|召开|开展|安排|负责|值班|管|部门|单位|联系|评选|评|选|办|搞|开门|开|关门|教|学|印发|发|上交|交"
    "|收|做|建|弄|成立|参加|月份|份|月|天|次|一|半|每|场地|日期|文号|号|年|人|老师|学生|孩子|位子|位置|要?求|条件|标准|包|吃|住|饭|车|接|送"
    "|远|近|预约|带|目标|完成|周末|星期|大家|东西|内容|材料|详细|规定|名单|由|不|没|啥|那儿|这儿|它|钱|几|大|久|长|到|从|起|算|够|满)+"
)
"""What such questions are made of beside the words that ask."""

_NONE_IN_NAME: Final = re.compile("[你您我俺咱]|[吗么呢吧了]$")

_DOES: Final = re.compile(
    "由.{1,16}(?:负责|牵头|[主承协]办|组织|值班|任|教|办)|负责|牵头|[主承协]办|联系人|同志|担任"
)

_TURNS: Final = re.compile("呢|那|换|怎么?样|如何|[吗么不没]$")
"""What makes of a place alone a question, and no home."""

_WEEKDAY: Final = re.compile(r"(?:星期|礼拜|周)[一二三四五六日天末].*(?:[吗么不没呢]$|(.)不\1)")
_PASSING: Final = re.compile(
    "[今明后昨]天|[今明]晚|[这本下上]个?(?:周|星期|礼拜|月)|最近|近[来期]|月底|年底"
)
_SEVERAL: Final = re.compile(
    "哪[个些几家]|[几多]少?个|所有|全部|[各别]|其[他它]|另外|附近|最近|旁边|周边|有没有|一[览共]"
)
_MORE: Final = re.compile(
    "(?:那|再)?(?:还有(?:呢|吗|么|没有?|别的吗)|(?:详细|具体|多|展开|再)(?:一?点)?(?:说说|讲讲|说|讲|介绍)?(?:呢|吧)?)"
)
_STRANGE: Final = re.compile(
    "(?:那|换)?([^那换我你本这哪村镇乡]{1,5}(?:镇|乡|村|街道|社区))(?=的|呢|那|有)"
)
"""A small place that nobody knows; the plans then own up to it."""

_ANOTHER: Final = re.compile("(?:那|那么)?(.{2,12}?)的?呢")
_NO_DETAIL: Final = frozenset({"cancel"})
_DETAILS: Final = frozenset({"where", "number", "dated"})
_NO_FACETS: Final = frozenset({"myself", "weather"})
_OF: Final = "的"


@dataclass(frozen=True, slots=True)
class Short:
    """What a short question puts in the place of what was asked before it.

    ``asks``: the words that ask for another kind of detail, "" where it stays the same.
    ``is_loose``: they say so little (为什么) that without a question before they are none.
    """

    place: str | None = None
    year: int | None = None
    asks: str = ""
    is_loose: bool = False


def short(words: str, small_places: Iterable[str], this_year: int) -> Short | None:
    """Return what a short question replaces, None where words say what they are about.

    ``small_places`` are those that the register does not know.
    """
    text = _OPENERS.sub("", fold(words)).replace("地点", "什么地方")
    if not text or len(text) > LONGEST or _NONE.search(text):
        return None
    place, rest = _without_place(text, small_places)
    year, rest = _without_year(rest, this_year)
    if not is_bare(rest) or any(word in rest for word in _YEARS):
        return None
    if asks_detail(rest):
        return Short(place, year, _asking(rest), bool(_PASSING.search(rest)))
    if _PASSING.search(rest) or answered.wanted(rest) & _NO_DETAIL:
        return None
    if asks_openly(rest):
        return Short(place, year, _asking(rest), is_loose=True)
    turns = year or _TURNS.search(text)
    return Short(place, year) if (place or year) and turns else None


def _asking(text: str) -> str:
    return text.removeprefix("那").rstrip("呢啊呀哦哈嘛呗")


def asks_detail(words: str) -> bool:
    """Tell whether words ask for a kind of detail: an hour, a fee, who it is."""
    return bool(details(words))


def details(words: str) -> frozenset[str]:
    """Return the kinds of detail that words ask for, by their names in either file."""
    text = fold(words)
    wants = answered.wanted(text)
    kinds = {wish.facet for wish in facets.wishes(text)}
    keys = {facet.kind for facet in kinds if facet.required or facet.key in _DETAILS}
    if wants & _NO_DETAIL or keys & _NO_FACETS:
        return frozenset()
    return frozenset(wants | keys | ({"weekday"} if names_weekday(text) else set()))


def names_weekday(words: str) -> bool:
    """Tell whether words ask whether something is on a day of the week."""
    return bool(_WEEKDAY.search(fold(words)))


def asks_openly(words: str) -> bool:
    """Tell whether words ask how, why, or what something is."""
    weak = {wish.facet.key for wish in facets.wishes(words)} & {"way", "meaning", "list", "title"}
    return bool(weak) or answered.asks_openly(words)


def is_told(words: str, text: str) -> bool:
    """Tell whether a text tells every kind of detail that words ask for."""
    wishes = [
        wish for wish in facets.wishes(words) if wish.facet.required or wish.facet.key in _DETAILS
    ]
    return bool(wishes) and all(wish.is_told(text) for wish in wishes)


def leaves_out_who(words: str, text: str) -> bool:
    """Tell whether words ask who does something and a text names nobody who does it."""
    return "person" in answered.wanted(words) and not _DOES.search(text)


def is_bare(words: str) -> bool:
    """Tell whether a question names nothing that it is about."""
    return not _BARE.sub("", "".join(answered.topic(words)))


def is_a_name(words: str) -> bool:
    """Tell whether words are no more than the name of something."""
    text = fold(words)
    is_question = asks_detail(text) or asks_openly(text) or _NONE_IN_NAME.search(text)
    return 1 < len(text) <= LONGEST and not is_question and not is_bare(text)


def another(words: str) -> str | None:
    """Return the name of something else that is meant now: 那青苗读书会呢."""
    found = _ANOTHER.fullmatch(fold(words))
    return found[1] if found and is_a_name(found[1]) else None


def asks_for_more(words: str) -> bool:
    """Tell whether words only ask to go on."""
    return bool(_MORE.fullmatch(fold(words)))


def is_of_one(words: str) -> bool:
    """Tell whether words ask for a detail of one station, and not which there are."""
    return asks_detail(words) and not _SEVERAL.search(fold(words))


def _without_place(text: str, small_places: Iterable[str]) -> tuple[str | None, str]:
    found = [*places.names_in(text), *(name for name in small_places if name in text)]
    if not found and (strange := _STRANGE.match(text)):
        found = [strange[1]]
    if not found:
        return None, text
    for name in found:
        text = text.replace(name, "")
    known = [places.named_exactly(name) or name for name in found]
    exact = max(known, key=lambda name: len(places.chain(name)))
    return exact, text.removeprefix(_OF)


def _without_year(text: str, this_year: int) -> tuple[int | None, str]:
    if named := named_years(text):
        return max(named), without_years(text).strip().removeprefix(_OF)
    for word, later in _YEARS.items():
        if word in text:
            return this_year + later, text.replace(word, "").removeprefix(_OF)
    return None, text


def whole(before: str, said: Short, small_places: Iterable[str]) -> str:
    """Return the question before with what a short one puts into it."""
    question = answered.stem(before) if said.asks else fold(before)
    if said.year:
        question = f"{said.year}年{_without_year(question, 0)[1]}"
    if said.place:
        question = f"{said.place}{_without_place(question, small_places)[1]}"
    return f"{question}{said.asks}"
