"""When somebody is free every week: 每周一、三、五下午, 周末, 工作日白天, 都可以."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from handlers import wording as say
from handlers.dialog import Options, Unclear
from handlers.hearing.choices import position
from handlers.hearing.numerals import LONGEST, level, number

_CHOICES: Final = (
    say.WEEKLY_WORKDAYS,
    say.WEEKLY_AFTER_SCHOOL,
    say.WEEKLY_WEEKEND,
    say.WEEKLY_ANY,
)
COMMON: Final[Options] = tuple((words, words) for words in _CHOICES)
"""The times that the form shows as 1, 2, 3 ..."""

_NAMES: Final = "一二三四五六日"
_EVERY_DAY: Final = frozenset(range(1, 8))
_LABELS: Final = {
    _EVERY_DAY: "每天",
    frozenset(range(1, 6)): "工作日",
    frozenset((6, 7)): "周末",
}
_PARTS: Final = {
    "morning": "上午",
    "noon": "中午",
    "afternoon": "下午",
    "evening": "晚上",
    "daytime": "白天",
}

_CHINESE = "[一二三四五六日天]"
_DAY = "[一二三四五六日天1-7]"
_WEEK = "(?:周|星期|礼拜|拜)"
_MORE = rf"(?:(?!天天){_CHINESE}(?![点时个次])|[1-7](?=[1-7]*(?![\d点:时个次])))"
_CLOCK = r"(?:\d{1,2}|十[一二]?|[一二两三四五六七八九])"
_TOKENS: Final = {
    "once": r"明[天儿朝早]|后[天儿]|今[天儿朝早]|[这下上]个?(?:周|星期|礼拜)|下下|\d{1,2}[日号]"
    r"|[一二三]?十[一二三四五六七八九]?[日号]|[\d一二三四五六七八九十]+月|每个?月|月[初底中]"
    r"|隔一?个?(?:周|星期|礼拜)|[单双]周|清明|国庆|春节|元旦",
    "doubt": r"看情况|不一定|说不[准定好]|不知道|不晓得|不好说|不固定|有空就|等一?[下会等]|问问"
    r"|商量|考虑|[?]|吗|[\d一二两三四五六七]次",
    "skip": rf"每个?{_WEEK}的?(?={_WEEK})",
    "span": rf"{_WEEK}{_DAY}(?:到|至|[-~—])(?:{_WEEK})?{_MORE}",
    "days": rf"(?:逢|{_WEEK})(?:天(?=天天)|{_MORE})(?:(?:[、,和跟及与\s]|{_WEEK})*{_MORE})*",
    "bare": rf"(?<![\d第点])(?:{_CHINESE}(?:[、,和\s]*{_CHINESE})+|[1-7](?:[、,和\s]+[1-7])+)"
    r"(?=\W*(?:[上下中]午|早上|晚上|白天|后晌|[早下上]半天|放学))",
    "school": r"放学(?:以?后|了)?|下课以?后|(?:下午)?(?:四|4|16)点半?钟?(?:以后|之后|后)",
    "weekend": r"周末|双休日?|休息日",
    "workdays": r"工作日|上班日|平常日子|平时|平日",
    "except": r"除[了去开掉]?|不是|不要",
    "not": r"不行|不可以|不能|不方便|没空|没时间|没得空|不得空|不得闲|不在|有事|走不开|来不了"
    r"|不来|忙|去不了|要.{0,3}[接带去做上买看陪]",
    "every": r"每天|天天|每日|日日|随便哪天|哪天|随时|随便什么时候|[什啥]么?(?:时候|时间|辰光)"
    r"|其[他它]|别的(?:时间|日子|时候)|其余|剩下",
    "all": r"[都全](?:可以|行|有空|有时间|得闲|好|没问题|能来)",
    "yes": r"可以|行|有空|有时间|没问题|得闲|方便|能来",
    "morning": r"上午|早上|早晨|早半天|上半[天日]|前晌|清早|早饭后",
    "noon": r"中午|晌午",
    "afternoon": r"下午|后晌|午后|下半[天日]|后半天",
    "evening": r"晚上|夜里|傍晚|夜头|晚饭后|夜饭后",
    "daytime": r"白天|日里|整天|全天|一天到晚",
    "hour": rf"{_CLOCK}(?:[-~—到至]{_CLOCK})?(?:点|:\d\d)",
    "stop": r"[,;。!、]|\s+|但|不过|(?<!不)是",
    "stray": rf"{_WEEK}|\d+",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _TOKENS.items()))
_ONE_DAY = re.compile(_DAY)
_ONE_CLOCK = re.compile(_CLOCK)
_ELSE = re.compile(
    r"\W*(?:其[他它余]|别的|剩下)(?:的?(?:时间|时候|日子|天))?都?(?:没空|没时间|没得空|不行|不得闲)$"
)
"""What only says that there is no other time: 周日下午，别的时候没空."""
_TAG = re.compile(r"\W*(?:可以|行|好|成)(?:吗|么|不)\W*$")


@dataclass(slots=True)
class _Time:
    """The days, and the parts of them, that somebody names together."""

    days: set[int] = field(default_factory=set)
    parts: list[str] = field(default_factory=list)
    barred: bool = False
    closed: bool = False

    def __bool__(self) -> bool:
        return bool(self.days or self.parts)


def weekly(words: str) -> str:
    """Return the regular free time that ``words`` name."""
    text = _ELSE.sub("", _TAG.sub("", level(words))) if len(words) <= LONGEST else ""
    chosen = position(text, len(COMMON))
    if chosen is not None and chosen >= 0:
        return _CHOICES[chosen]
    tokens = [(token.lastgroup or "", token[0]) for token in _TOKEN.finditer(text)]
    kinds = {kind for kind, _ in tokens}
    if "once" in kinds:
        raise Unclear(say.WEEKLY_ONCE)
    times = [] if kinds & {"doubt", "stray"} else _times(tokens)
    found = _written(_free(times))
    if not found:
        raise Unclear(say.WEEKLY_HINT)
    return found


def _times(tokens: list[tuple[str, str]]) -> list[_Time]:
    times = [_Time()]
    for kind, said in tokens:
        now = times[-1]
        if days := _days(kind, said, now):
            now = _begin(times) if now.parts or (kind in ("every", "all") and now.barred) else now
            now.days |= days
        elif part := _part(kind, said, now):
            _add_part(times, part)
        elif kind in ("not", "except"):
            _bar(times, suffix=kind == "not")
        elif kind in ("yes", "all") or (kind == "stop" and now.barred):
            _begin(times)
        elif kind == "stop":
            now.closed = True
    return times


def _days(kind: str, said: str, now: _Time) -> set[int]:
    if kind == "span":
        first, last = (_of_week(day) for day in _ONE_DAY.findall(said)[-2:])
        return {day for day in _EVERY_DAY if first <= day <= last}
    if kind in ("days", "bare"):
        return {_of_week(day) for day in _ONE_DAY.findall(said)}
    if kind == "weekend":
        return {6, 7}
    if kind == "workdays":
        return {1, 2, 3, 4, 5}
    return (
        set(_EVERY_DAY) if kind == "every" or (kind == "all" and (now.barred or not now)) else set()
    )


def _of_week(day: str) -> int:
    return 7 if day == "天" else int(day) if day.isdigit() else _NAMES.index(day) + 1


def _part(kind: str, said: str, now: _Time) -> str:
    if kind == "hour":
        return "" if now.parts else _of_clock(said)
    return "放学后" if kind == "school" else _PARTS.get(kind, "")


def _of_clock(said: str) -> str:
    first = _ONE_CLOCK.match(said)
    hour = number(first[0].replace("两", "二")) or 0 if first else 0
    if 8 <= hour < 12:
        return "上午"
    return "晚上" if 18 <= hour < 24 else "下午" if hour < 18 else ""


def _add_part(times: list[_Time], part: str) -> None:
    now = times[-1]
    if now.parts and now.closed:
        days = set(now.days)
        now = _begin(times)
        now.days = days
    if part not in now.parts:
        now.parts.append(part)


def _bar(times: list[_Time], *, suffix: bool) -> None:
    """What was named last is not free; with nothing named yet, or 除了, what is named next."""
    now = times[-1]
    if suffix and now:
        now.barred = True
        _begin(times)
    else:
        _begin(times).barred = True


def _begin(times: list[_Time]) -> _Time:
    if times[-1]:
        times.append(_Time())
    return times[-1]


def _free(times: list[_Time]) -> dict[frozenset[int], list[str]]:
    """Return the parts (none: the whole day) of the days that are left."""
    barred = {day for time in times if time.barred and not time.parts for day in time.days}
    closed = {part for time in times if time.barred for part in time.parts}
    free: dict[frozenset[int], list[str]] = {}
    for time in times:
        days = frozenset((time.days or _EVERY_DAY) - barred)
        if not time or time.barred or not days:
            continue
        parts = time.parts or ([p for p in ("上午", "下午") if p not in closed] if closed else [])
        known = free.setdefault(days, parts)
        known.extend(part for part in parts if known and part not in known)
    return free


def _written(free: dict[frozenset[int], list[str]]) -> str:
    if any(days == _EVERY_DAY and not parts for days, parts in free.items()):
        return say.WEEKLY_ANY
    written = [_one_written(days, parts) for days, parts in free.items()]
    return "，".join(dict.fromkeys(written))


def _one_written(days: frozenset[int], parts: list[str]) -> str:
    if days == _EVERY_DAY and parts == ["放学后"]:
        return say.WEEKLY_AFTER_SCHOOL
    named = "每周" + "、".join(_NAMES[day - 1] for day in sorted(days))
    return _LABELS.get(days, named) + "、".join(parts)
