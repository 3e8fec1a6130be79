"""Which station somebody wants to help at, in their own words: 我想报河海辅导站."""

from __future__ import annotations

import re
from typing import Final

from knowledge.text import fold

_OPENERS: Final = (
    "(?:您好|你好|请问|一起|我们?|俺|本人|也|就|想要?|要|愿意?|希望|打算|准备|可以|能不能|能|请|麻烦|改"
    "|帮我|给我|您|你们?|一下|现在|老师)*+"
)
_FIRST: Final = "(?:您好|你好|我们?|俺|也|就)*"
_SIGN_UP: Final = "报(?:名|个名)?+(?![了过的上告道销纸])(?:参加|去|到|一下)*+"
_NAME: Final = "(?P<name>.{0,16}?)"
_STATION: Final = "(?:那个|这个|那边|那里|的)*+(?:校外教育)?(?:辅导站点?|辅导点|站点?)"
_WORK: Final = "(?:当|做|帮|教|上课|辅导|服务|出份?力|报名|讲|志愿|义工)"
_CLOSERS: Final = "(?:去|的|吧|啊|呀|哦|呢|了|谢谢)*+"
_WANTS: Final = "(?:我们?|俺)?(?:也|就)?(?:想要?|要|愿意|可以|能)+(?:去|来)?(?:报|当|做|帮|教)"

_WISHES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        f"{_OPENERS}{_SIGN_UP}{_NAME}{_STATION}(?:{_CLOSERS}|.{{0,6}}{_WORK}.{{0,12}})",
        f"{_OPENERS}(?:去|到|上|参加|加入|选){_NAME}{_STATION}.{{0,6}}{_WORK}.{{0,12}}",
        f"{_FIRST}(?:想要?|愿意)(?:去|到){_NAME}{_STATION}[吧啊呀]*",
        f"{_OPENERS}{_NAME}{_STATION}{_WANTS}.{{0,12}}",
    )
)
_ASKED_LEAVE: Final = re.compile("(?:可以|行|好|成|中)?[吗么不]$|可不可以$|行不行$")
_ASKS: Final = re.compile("怎|什么|啥|哪|几|多少|为何|吗|谁")
_FOR_A_CHILD: Final = re.compile("[给替帮让](?:我|我家)?(?:的)?(?:小?孩|娃|孙|外孙|儿子|女儿|宝宝)")
_PLAIN: Final = re.compile("辅导站|辅导点")
_NO_NAME: Final = re.compile(
    "(?:校外|教育|辅导|附近|最近|就近|旁边|身边|门口|家|离|近|镇|村|社区|街道|小区|学校|当地|本地|你们?|我们?|咱们?"
    "|这|那|里|边|个|儿|上|随便|任何|别的|其他|另外?|的|第|[一二两三四五六七八九十0-9])+"
)
"""What says nothing of which station is meant."""


def station_named(words: str) -> str | None:
    """Return the name of the one station that somebody wants to help at, "" where any will do.

    None where they ask something, speak of a child, or of something else.
    """
    said = _ASKED_LEAVE.sub("", fold(words))
    if _ASKS.search(said) or _FOR_A_CHILD.search(said):
        return None
    names = [found["name"] for wish in _WISHES if (found := wish.fullmatch(said))]
    named = (name for name in names if len(name) > 1 and not _NO_NAME.fullmatch(name))
    any_will_do = "" if names and _PLAIN.search(said) else None
    return next(named, any_will_do)
