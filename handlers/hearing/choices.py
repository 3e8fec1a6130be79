"""Which of the options somebody means; never chosen on weak evidence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from rapidfuzz.distance import OSA

from handlers import wording as say
from handlers.dialog import Options, Unclear, Value
from handlers.hearing.numerals import LONGEST, level, number
from knowledge.text import fold, sound

_NUMERAL: Final = r"(?:\d+|[一二三四五六七八九十廿]+)"
_OPENERS: Final = (
    "嗯|哦|噢|那|就|我们?|俺|要|想|选择?|挑|报名?|填|点|按|回复?|来"
    "|去|到|给|是|答案?|参加|还是|在|学"
)
_CLOSERS: Final = "吧|啊|呀|哦|呢|嘛|哈|的|了|[那这]个|[那这]里|[那这]边|就行|就可以|就好|谢谢|老师"
_BEFORE: Final = rf"(?:{_OPENERS}|\W)*+"
_AFTER: Final = rf"(?:{_CLOSERS}|号|项|条|种|家|去|\W)*+"
_NTH = re.compile(
    rf"{_BEFORE}(?:第\W*(?P<nth>{_NUMERAL})[个项条种号位家]?|(?P<plain>{_NUMERAL})(?!个))(?!\W*\d){_AFTER}"
)
_SAME_TWICE = re.compile(rf"({_NUMERAL})(?:\W+\1)+")
_END = rf"[个项条种号位家]?{_AFTER}"
_FROM_END = re.compile(rf"{_BEFORE}倒数?第?\W*(?P<nth>{_NUMERAL}){_END}")
_LAST = re.compile(rf"{_BEFORE}(?:最后|最末|末尾|最下|最底)[头面边下一]*{_END}")
_FIRST = re.compile(rf"{_BEFORE}(?:最前|最上|打头|开头|首|头(?=[一个]))[头面边一]*{_END}")
_MIDDLE = re.compile(rf"{_BEFORE}(?:最?中间|当中)[一]*{_END}")
_LEADING = re.compile(rf"(?:选|第)?(?P<nth>{_NUMERAL})(?:号|[.、,:\s])+(?P<rest>[^\d]+)")
_START = re.compile(_BEFORE)
_FINISH = re.compile(rf"(?:{_CLOSERS})++$")
_JOINING = re.compile(rf"(?:{_OPENERS}|{_CLOSERS}|和|跟|与|及|还有|加|都)*+")
_ASKED_LEAVE = re.compile(r"\W*(?:可以|行|好|成|得行|要得|中)(?:吗|么|不|吧|不行|不好)\W*$")
_DENIED = re.compile(
    r"(?:不是|不要|不选|不去|不报)\W*\w{1,8}?\W*(?:要|应该?是|是|选|去|报|改成)(?=\W*\w)"
)
_DOUBT = re.compile(
    r"都行|都可以|都好|都要|都成|随便|看着|无所谓|你们?定|听你们?|不知道|不晓得|不清楚|不懂|不认|考虑|想想|等[一等]|问问|商量"
    r"|哪|什么|怎|多少|几|吗|呢|[?]|或|(?<=\w)还是|没想好|两个|别人|他们?|她"
)
_NEGATION = re.compile(r"不|没|莫|别|除|勿|弗|取消")
_COMMON_WORD: Final = (
    "社区|街道|学校|小学|中学|中心|活动|参加|志愿|老师|孩子|时间|报名|可以|需要|校外|教育|示例|服务"
    "|青少年|大家|小朋友|上午|下午|晚上|星期"
)
_COMMON_WORDS = re.compile(_COMMON_WORD)
_GENERIC = re.compile(rf"(?:{_COMMON_WORD}|[周站点班村镇区团队组一二三四五六日天月号的\d]|\W)+")
_TAIL = re.compile(
    r"(?:校外教育辅导站|辅导站|社区|街道|学校|小学|中学|中心|[站点班村镇区团队组])+$"
)
_BRIEF: Final = 16
"""In a longer sentence two characters of an option may well mean something else."""
_GUARDED: Final = frozenset("一二三四五六七八九十0123456789东西南北上下大小新老前后左右中男女早晚")
_MEANT = {key: tuple(ways.split()) for key, ways in say.CHOICE_MEANS.items()}

_DAYS: Final = dict(zip("一二三四五六日天1234567", "123456771234567", strict=True))
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天1-7])")
_DAY = re.compile(r"(\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]")
_HOUR = re.compile(r"(?<![\d:])(\d{1,2})(?::\d\d|[点时])|([一二两三四五六七八九十]{1,2})点")
_PARTS: Final = {
    "am": re.compile(r"上午|早上|早晨|早半天|上半天"),
    "pm": re.compile(r"下午|后晌|午后|下半天|下半日"),
    "night": re.compile(r"晚上|夜里|夜校|傍晚"),
}
_TOLD = re.compile(
    "|".join(pattern.pattern for pattern in (_WEEKDAY, _DAY, _HOUR, *_PARTS.values()))
)
_ROUGH: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


def one_of(options: Options) -> Callable[[str], Value]:
    """Return the parser of an answer that picks one of ``options`` by number or by words."""
    menu = _Menu(options)

    def parse(words: str) -> Value:
        index = menu.index(level(words)) if len(words) <= LONGEST else None
        if index is None:
            raise Unclear(_hint(options, say.CHOICE_HINT, "1"))
        return options[index][0]

    return parse


def some_of(options: Options) -> Callable[[str], list[Value]]:
    """Return the parser of an answer that picks one or more of ``options``."""
    menu = _Menu(options)

    def parse(words: str) -> list[Value]:
        found = menu.indexes(level(words)) if len(words) <= LONGEST else None
        if not found:
            raise Unclear(_hint(options, say.CHOICE_SEVERAL, "1 2" if len(options) > 1 else "1"))
        return [options[index][0] for index in found]

    return parse


def position(text: str, count: int) -> int | None:
    """Return the index (from 0) that a levelled answer names by number, -1 when there is none."""
    text = _SAME_TWICE.sub(r"\1", _DENIED.sub("", text).strip())
    if match := _FROM_END.fullmatch(text):
        return _within(count - (number(match["nth"]) or count + 1), count)
    if match := _NTH.fullmatch(text):
        return _within((number(match["nth"] or match["plain"]) or 0) - 1, count)
    if _LAST.fullmatch(text):
        return count - 1
    if _FIRST.fullmatch(text):
        return _within(0, count)
    middle = _MIDDLE.fullmatch(text) and count % 2
    return count // 2 if middle else None


_NUMBERS_ONLY = re.compile(
    r"(?:第|选择?|我|要|想|报|就|号|个|项|和|跟|与|及|还有|加|到|至|吧|的|[\d一二三四五六七八九十廿\s,.、;/+&。])++"
)
_RANGE = re.compile(rf"({_NUMERAL})[个号]?(?:到|至)第?({_NUMERAL})")
_FOUND = re.compile(_NUMERAL)
_ALL = re.compile(
    rf"{_BEFORE}(?:全选|都选|都要|全要|全部|所有|全都|都会|都能|都参加|都报)+{_AFTER}"
)
_SEPARATOR = re.compile(r"[\s,、;/+&。]+|和|跟|与|以及|还有|再加")


def positions(text: str, count: int) -> list[int] | None:
    """Return the indexes that an answer of nothing but numbers names; [] when one is not there."""
    if not _NUMBERS_ONLY.fullmatch(text) or not _FOUND.search(text):
        return None
    if match := _RANGE.search(text):
        return _between(number(match[1]) or 0, number(match[2]) or 0, count)
    named = [value for run in _FOUND.findall(text) for value in _split(run, count)]
    return list(dict.fromkeys(n - 1 for n in named)) if all(1 <= n <= count for n in named) else []


def _between(first: int, last: int, count: int) -> list[int]:
    return list(range(first - 1, last)) if 1 <= first < last <= count else []


def _split(run: str, count: int) -> list[int]:
    whole = number(run)
    if whole is not None and (whole <= count or count > 9 or len(run) == 1 or "十" in run):
        return [whole]
    each = [number(character) or 0 for character in run[:10]]
    return each if count < 10 and len(set(each)) == len(run) else [0]


def _within(index: int, count: int) -> int:
    return index if 0 <= index < count else -1


def _hint(options: Options, hint: str, example: str) -> str:
    if not options:
        return say.CHOICE_EMPTY
    return hint.format(example=example)


class _Menu:
    """The options, read once."""

    def __init__(self, options: Options) -> None:
        self.words = [level(words) for _, words in options]
        self.folded = [fold(words) for words in self.words]
        self.facts = [_facts(words) for words in self.words]
        self.kinds = {fact[0] for facts in self.facts for fact in facts}

    def indexes(self, text: str) -> list[int] | None:
        if _ALL.fullmatch(text):
            return list(range(len(self.words)))
        found = positions(text, len(self.words))
        if found is not None:
            return found
        named = self._named_one_by_one(fold(text))
        if named:
            return named
        pieces = [piece for piece in _SEPARATOR.split(text) if fold(piece)]
        each = [self.index(piece) for piece in pieces] if len(pieces) <= 12 else [None]
        sure = [index for index in each if index is not None]
        return list(dict.fromkeys(sure)) if len(sure) == len(each) else None

    def _named_one_by_one(self, folded: str) -> list[int]:
        places = {folded.find(words): i for i, words in enumerate(self.folded) if words in folded}
        rest = folded
        for index in places.values():
            rest = rest.replace(self.folded[index], "")
        joined = places and _JOINING.fullmatch(rest)
        return [places[place] for place in sorted(places)] if joined else []

    def index(self, text: str) -> int | None:
        for said in (fold(text), _bare(text)):
            if self.folded.count(said) == 1:
                return self.folded.index(said)
        place = self._place(text)
        if place is not None:
            return place if place >= 0 and "?" not in text else None
        said = _DENIED.sub("", _ASKED_LEAVE.sub("", text))
        if len(said) > 60 or self._doubtful(said):
            return None
        return self._by_words(said, self._candidates(said))

    def _place(self, text: str) -> int | None:
        """Return the option that the number means, -1 when it means none for sure."""
        place = position(text, len(self.words))
        if place is not None:
            dated = self._dated(_facts(text)) if "d" in self.kinds else []
            if len(dated) == 1 and place in (-1, dated[0]):
                return dated[0]
            return -1 if dated else place
        match = _LEADING.fullmatch(text)
        if match is None:
            return None
        place = _within((number(match["nth"]) or 0) - 1, len(self.words))
        rest = match["rest"]
        other = self._by_words(rest, self._candidates(rest))
        unsure = self._doubtful(rest) or _NEGATION.search(rest) or other not in (None, place)
        return -1 if unsure and other != place else place

    def _dated(self, facts: set[str]) -> list[int]:
        days = {fact for fact in facts if fact[0] == "d"}
        return [i for i, own in enumerate(self.facts) if days and days <= own]

    def _doubtful(self, said: str) -> bool:
        return any(
            not any(doubt[0] in words for words in self.words) for doubt in _DOUBT.finditer(said)
        )

    def _candidates(self, said: str) -> list[int]:
        """Return the options that the weekday, date, hour and yes or no of the words allow."""
        facts = {fact for fact in _facts(said) if fact[0] in self.kinds}
        negative = bool(_NEGATION.search(said))
        return [
            i
            for i, words in enumerate(self.words)
            if facts <= self.facts[i] and negative == bool(_NEGATION.search(words))
        ]

    def _by_words(self, said: str, candidates: list[int]) -> int | None:
        ways = (self._whole, self._part, self._sounds, self._typing_error, self._fragment)
        for way in (*ways, self._described):
            found = way(said)
            if found:
                return found[0] if len(found) == 1 and found[0] in candidates else None
        told = any(fact[0] in self.kinds for fact in _facts(said))
        brief = len(_bare(_TOLD.sub("", said))) <= 3
        return candidates[0] if told and brief and len(candidates) == 1 else None

    def _whole(self, said: str) -> list[int]:
        folded = fold(said)
        found = [i for i, words in enumerate(self.folded) if len(words) > 1 and words in folded]
        longest = max((self.folded[i] for i in found), key=len, default="")
        return [i for i in found if self.folded[i] == longest or self.folded[i] not in longest]

    def _part(self, said: str) -> list[int]:
        bare = _bare(said)
        return [i for i, words in enumerate(self.folded) if len(bare) > 1 and bare in words]

    def _sounds(self, said: str) -> list[int]:
        heard = _rough(_bare(said))
        turned = sorted(heard)
        return [
            i
            for i, words in enumerate(self.folded)
            if len(heard) > 1 and (_inside(heard, _rough(words)) or _same(turned, _rough(words)))
        ]

    def _typing_error(self, said: str) -> list[int]:
        bare = _bare(said)
        return [i for i, words in enumerate(self.folded) if _mistyped(bare, words)]

    def _fragment(self, said: str) -> list[int]:
        folded = fold(said) if len(said) <= _BRIEF else ""
        return [i for i in range(len(self.folded)) if self._own_fragment(i, folded)]

    def _own_fragment(self, index: int, folded: str) -> bool:
        """Tell whether two characters in a row that only this option has were said."""
        own, others = self.folded[index], self.folded[:index] + self.folded[index + 1 :]
        parts = _COMMON_WORDS.split(own)
        pairs = {part[i : i + 2] for part in parts for i in range(len(part) - 1)}
        return any(
            pair in folded and not _GENERIC.fullmatch(pair) and not any(pair in o for o in others)
            for pair in pairs
        )

    def _described(self, said: str) -> list[int]:
        folded = fold(said)
        keys = [key for key, ways in _MEANT.items() if any(way in folded for way in ways)]
        return [i for i, words in enumerate(self.folded) if any(key in words for key in keys)]


def _bare(text: str) -> str:
    said = text[found.end() :] if (found := _START.match(text)) else text
    return _FINISH.sub("", fold(said))


def _rough(folded: str) -> tuple[str, ...]:
    syllables = sound(folded)
    for fine, rough in _ROUGH:
        syllables = tuple(syllable.replace(fine, rough) for syllable in syllables)
    return tuple("n" + s[1:] if s[:1] == "l" else s for s in syllables)


def _inside(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    size = len(part)
    return any(whole[i : i + size] == part for i in range(len(whole) - size + 1))


def _same(turned: list[str], other: tuple[str, ...]) -> bool:
    return len(turned) > 2 and turned == sorted(other)


def _mistyped(bare: str, words: str) -> bool:
    """Tell whether one slip lies between the two; a place's own two characters allow none."""
    core = _TAIL.sub("", words) or words
    if len(core) < 3 or not 3 <= len(bare) <= 30 or len(words) > 30:
        return False
    if _GUARDED.intersection(set(bare) ^ set(words)):
        return False
    return any(OSA.distance(_rough(bare), _rough(form)) == 1 for form in {core, words})


def _facts(text: str) -> set[str]:
    days = {f"w{_DAYS[day]}" for day in _WEEKDAY.findall(text)}
    dates = {f"d{number(day)}" for day in _DAY.findall(text)}
    hours = {f"h{_hour(*said)}" for said in _HOUR.findall(text)}
    parts = {f"p{name}" for name, pattern in _PARTS.items() if pattern.search(text)}
    return days | dates | parts | (_afternoon(hours) if "ppm" in parts else hours)


def _hour(plain: str, words: str) -> int:
    return int(plain) if plain else number(words.replace("两", "二")) or 0


def _afternoon(hours: set[str]) -> set[str]:
    return {f"h{int(hour[1:]) % 12 + 12}" for hour in hours}
