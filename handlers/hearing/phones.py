"""Telephone numbers as people write and speak them; never a number cut out of a longer one."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import phonenumbers

from handlers import wording as say
from handlers.dialog import Unclear
from handlers.hearing.numerals import LONGEST, SPOKEN, digits, level

_JOINT = r"[\s\-\u2010-\u2015\u2212~·.,。、()/]|然后|再|后面是|后面|接着"
_RUN = re.compile(rf"\+?\d(?:(?:{_JOINT})*\d)*")
_GROUP = re.compile(r"\+?\d+")
_REPEATED = re.compile(r"([2-8两二三四五六七八])个([0-9零〇一二三四五六七八九幺])")
_NOT_DIGITS = re.compile(
    rf"(?<![{SPOKEN}])(?:一(?=[般直下个定样起会些点切共遍家号声位])"
    r"|(?<!\d)[一二三四五六七八九]+(?=[个十百月楼岁])|[第十][一二三四五六七八九])"
)
_SLANG = str.maketrans("洞拐勾两o", "07920")
_SLANG_RUN = re.compile(rf"(?:[\d{SPOKEN}洞拐勾两o](?:{_JOINT})*){{7,}}")
_MEASURES = re.compile(
    r"(?<![\d\-])(?:19|20)\d\d年?(?:\d{1,2}月)(?:\d{1,2}[日号])?|(?<!\d)\d{1,3}(?=岁|周岁)"
)
_LABEL = re.compile(r"(?:tel|telephone|phone|mobile|call)\W*(?=[+\d])")
_OTHER_NUMBER = re.compile(
    r"(?:身份证|订单|编号|卡号|账号|帐号|qq|微信号)\W{0,2}号?码?\W{0,2}$|[a-z]$"
)
_DENIED_BEFORE = re.compile(
    r"(?:不是|不叫|不要|不用|别打|别用|不打|把|原来是|以前是|写成了?|打成了?)\W*$"
)
_DENIED_AFTER = re.compile(
    r"\W*(?:这个|那个|号码?|是)*(?:不对|错了|错的|写错|打错|停机|不用了|作废|换掉|没用了|改[成为]|换[成为])"
)
_CORRECTED = re.compile(r"(?:应该?是|改[成为]|换[成为]|更正|哦不|不对|错了)\D{0,6}$")
_EXTENSION = re.compile(r"\W*(?:转|分机)\W*\d|[a-z]")

_AFRAID = re.compile(
    r"骗|不想|不愿|不方便|不告诉|不给|不留|不说|隐私|保密|泄露|为什么|为啥|干什么|干啥|做什么|做啥|骚扰|推销|一定要"
)
_LATER = re.compile(
    r"记不|不记得|忘|问问|问一?下|等一?[下会等]|等等|找找|找一?下|看一?下|看看|稍等|想想|不知道|不晓得|不清楚|查一?下|待会"
)
_TAIL = re.compile(r"尾号|尾数|[后末]面?的?四位")
_WITHOUT = re.compile(r"(?:没有?得?|冇|莫得)(?:手机|电话|号码)|没装电话|不用手机|没(?:有|得)$")


class _Said(NamedTuple):
    number: str
    start: int
    end: int


def a_phone(words: str) -> str:
    """Return a mainland mobile as 11 digits or a landline as 0519-80000002."""
    text = _levelled(words)
    number = _the_one(text)
    if number is None:
        raise Unclear(_hint(level(words[:LONGEST]), text))
    return number


def find_phone(words: str) -> str | None:
    """Return the telephone number that unmistakably stands inside other words."""
    return _the_one(_levelled(words))


def _levelled(words: str) -> str:
    text = level(words[: LONGEST * 4]) if len(words) <= LONGEST else ""
    text = _NOT_DIGITS.sub(lambda match: "几" * len(match[0]), _expanded(text))
    text = _SLANG_RUN.sub(lambda match: match[0].translate(_SLANG), text)
    return _LABEL.sub(" ", _MEASURES.sub("几", digits(text)))


def _expanded(text: str) -> str:
    return _REPEATED.sub(lambda said: said[2] * int(digits(said[1].replace("两", "二"))), text)


def _the_one(text: str) -> str | None:
    kept = [said for said in _numbers(text) if not _denied(text, said)]
    distinct = list(dict.fromkeys(said.number for said in kept))
    if len(distinct) == 1:
        return distinct[0]
    if distinct and _CORRECTED.search(text[: kept[-1].start]):
        return kept[-1].number
    mobiles = [number for number in distinct if "-" not in number]
    return mobiles[0] if len(mobiles) == 1 else None


def _numbers(text: str) -> list[_Said]:
    return [
        _Said(number, run.start(), run.end())
        for run in _RUN.finditer(text)
        if not _OTHER_NUMBER.search(text[: run.start()]) and not _EXTENSION.match(text, run.end())
        for number in _in_run(_GROUP.findall(run[0]))
    ]


def _in_run(groups: list[str]) -> list[str]:
    """Return the numbers that use up all groups, in order; a rest means that nothing is sure."""
    whole = _as_phone("".join(groups))
    if whole:
        return [whole]
    if len(groups) > 12:
        return []
    for cut in range(1, len(groups)):
        first = _as_phone("".join(groups[:cut]))
        rest = _in_run(groups[cut:]) if first else []
        if first and rest:
            return [first, *rest]
    return []


_COUNTRY: Final = re.compile(r"(?:\+86|\+0086|0086|86)(?=0?\d{10,12}$)")
_SHAPES: Final = re.compile(r"1[3-9]\d{9}|0\d{9,11}")


def _as_phone(joined: str) -> str | None:
    national = _COUNTRY.sub("", joined)
    if joined.startswith("+86") and national[:1] != "1":
        national = "0" + national.lstrip("0")
    if not _SHAPES.fullmatch(national):
        return None
    parsed = phonenumbers.parse(national, "CN")
    if not phonenumbers.is_valid_number(parsed):
        return None
    return national if national[0] == "1" else _landline(parsed)


def _landline(parsed: phonenumbers.PhoneNumber) -> str | None:
    if phonenumbers.number_type(parsed) != phonenumbers.PhoneNumberType.FIXED_LINE:
        return None
    area, *rest = phonenumbers.format_number(
        parsed, phonenumbers.PhoneNumberFormat.NATIONAL
    ).split()
    return f"{area}-{''.join(rest)}"


def _denied(text: str, said: _Said) -> bool:
    before = _DENIED_BEFORE.search(text[max(0, said.start - 8) : said.start])
    return bool(before or _DENIED_AFTER.match(text, said.end))


def _hint(said: str, text: str) -> str:
    runs = [re.sub(r"\D", "", run[0]) for run in _RUN.finditer(text)]
    if len(_numbers(text)) > 1:
        return say.PHONE_ONE
    for pattern, hint in (
        (_TAIL, say.PHONE_WHOLE),
        (_AFRAID, say.PHONE_WHY),
        (_WITHOUT, say.PHONE_NONE),
        (_LATER, say.PHONE_LATER),
    ):
        if pattern.search(said):
            return hint
    return _about_length(max(runs, key=len, default=""))


def _about_length(run: str) -> str:
    if len(run) in (7, 8) and run[0] in "2345678":
        return say.PHONE_AREA
    wrong = 8 <= len(run) <= 15 and len(run) != 11 and not _as_phone(run)
    return say.PHONE_LENGTH.format(count=len(run)) if wrong else say.PHONE_HINT
