"""What people can teach or do, however modestly they say it."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Final

from handlers import wording as say
from handlers.dialog import Options, Unclear
from handlers.hearing.choices import positions
from handlers.hearing.numerals import LONGEST, level
from knowledge.text import fold, sound

_DATA = tomllib.loads((files("knowledge") / "subjects.toml").read_text("utf-8"))
_WAYS: Final[dict[str, str]] = {
    fold(way): subject for subject, ways in _DATA["ways"].items() for way in (subject, *ways)
}
_ANY_WAY = re.compile("|".join(sorted(map(re.escape, _WAYS), key=len, reverse=True)))

_SOUNDS: Final = {" ".join(sound(way)): subject for way, subject in _WAYS.items()}
_LONG_SOUNDS: Final = {heard: word for heard, word in _SOUNDS.items() if heard.count(" ") > 1}

COMMON: Final[Options] = tuple((subject, subject) for subject in _DATA["common"])
"""The subjects that the form shows as 1, 2, 3 ..."""

_CLAUSES = re.compile(
    r"[^\w]+|但是?|不过|可是|倒是|就是|就|只|(?<=[一-鿿])(?:也|还)(?=会|能|可|懂|行)|以及|还有|另外"
)
_PAIRS = re.compile(r"[和跟与]")
_NUMBERS = re.compile(r"(?:(?<![\w])(?:选?\d{1,2}|[一二三四五六七八])(?:号|[^\w]|$)++)++")
_NOT = re.compile(
    r"不会|不懂|不太会|不怎么会|不行|不能|不了|不来|没学过|没教过|没做过|不在行|不擅长|不喜欢|不想|不愿|不爱|不要|不教|不做|不敢"
    r"|弗会|勿会|[莫冇唔]会|弗来|勿来|莫得|没得|教不|学不|外行|除了|戒了|不是|做不"
)
_NEITHER = re.compile(
    r"(?:没有|没什么|没啥|不是)不会|不会.{0,3}不会|不是不会|没问题|少不了|差不多|了不起|对不起|忘不了"
)
_QUESTION = re.compile(r"[?]|吗\W*$|什么.{0,6}好$|要.{0,4}什么|教什么|做什么")

_CAN: Final = (
    "会|能够?|擅长|拿手|懂|可以|喜欢|喜爱|爱好|爱|教过|教|搞过?|做过|干过|学过|当过|善于|精通"
)
_SURE = re.compile(_CAN)
_LEAD = re.compile(
    r"(?:我|俺|本人|平时|以前|原来|过去|年轻时|退休前|一直|主要|自己|老头子|特别|比较|最|也|还|都|略"
    rf"|稍微|多少|{_CAN}|一点点?|一些|点儿?|些|的|个|是|:|当)*+"
)
_TAIL = re.compile(
    r"(?:还|也|倒|都|勉强)?(?:会|懂)?(?:一点点?|一些|一般般?|还行|可以|凑合|不错|马马虎虎|差不多|蛮好|挺好|拿手|吧|啊|呀|哦|呢|"
    r"嘛|哈|的|了|啦|点|些|没问题|行|好)*+$"
)
_CRAFT = re.compile(r"[修做织编雕种养打拉吹弹唱画写剪绣刻集钓讲教踢玩扎捏]")
_PLAIN = re.compile(r"[\u4e00-\u9fffa-z]{2,8}")
_NO_SKILL = re.compile(
    r"[我你您他她它咱们吗呢吧啊呀么嘛哪啥怎这那不没给很谁着过把被跟或而因所如若虽了得]|什么|随便|都行|都可|都好|看情况|安排|可以|"
    r"退休|工人|时间|身体|年纪|岁|有空|等|一下|问|谢|你好|您好|再说|取消|返回|帮助|菜单|人工|上一步|知道|晓得|算|想|好的|同意|"
    r"老师|老人|家里|在家|本事|特长|技能|本领|文化|普通|农民|小事|任何|所有|全部|其他|别的|无|莫|有|请|要|来|去|错|忘|"
    r"对|嗯|哦|哈|嘻|呵|孩子|孙|老伴|听|说|服从|需要|号|周|星期|礼拜|今天|明天|下午|上午|几|个|年|月|天|党员|干部|志愿|干什|关工委|"
    r"重|语音|图片|社区|站|电话|手机|名|报|参加|回头|晚点|待会|稍|公司|单位|厂|到|初|学校|小学|中学|叫"
)


def subjects(words: str) -> list[str]:
    """Return what ``words`` say one can teach: our word for it, else their own."""
    text = level(words[:LONGEST])
    found = [] if _QUESTION.search(text) else _said(text)
    if not found:
        raise Unclear(say.SUBJECT_HINT)
    return found[:12]


def _said(text: str) -> list[str]:
    numbered, rest = _numbered(text)
    clauses = [clause for clause in _CLAUSES.split(_NEITHER.sub(" ", rest)) if clause]
    usable = [clause for clause in clauses if not _NOT.search(clause)]
    known = [_known(clause) for clause in usable]
    listed = any(known) or bool(numbered)
    per_clause = [
        here or _unknown(clause, listed) for clause, here in zip(usable, known, strict=True)
    ]
    return list(dict.fromkeys([*numbered, *(s for here in per_clause for s in here)]))


def _numbered(text: str) -> tuple[list[str], str]:
    """Return the subjects chosen by number, and the words that are left."""
    chosen = positions(text, len(COMMON))
    match = _NUMBERS.match(text)
    if chosen is None and match:
        chosen, text = positions(match[0], len(COMMON)), text[match.end() :]
    elif chosen is not None:
        text = ""
    return [str(COMMON[index][0]) for index in chosen or []], text


def _known(clause: str) -> list[str]:
    ways = [_WAYS[way] for way in _ANY_WAY.findall(clause)]
    if ways:
        return ways
    core, whole = " ".join(sound(_core(clause)[0])), " ".join(sound(clause))
    if core in _SOUNDS:
        return [_SOUNDS[core]]
    return [word for heard, word in _LONG_SOUNDS.items() if f" {heard} " in f" {whole} "][:1]


def _core(clause: str) -> tuple[str, bool]:
    """Return the clause without modest talk, and whether it says that one can."""
    lead = _LEAD.match(clause)
    said = lead[0] if lead else ""
    return _TAIL.sub("", clause[len(said) :]), bool(_SURE.search(said))


def _unknown(clause: str, listed: bool) -> list[str]:
    """Return the parts that are plainly skills we have no word for."""
    core, sure = _core(clause)
    parts = [part for part in _PAIRS.split(core) if _is_skill(part)]
    return [part for part in parts if not listed or sure or _CRAFT.match(part) or len(part) == 2]


def _is_skill(part: str) -> bool:
    if part.isascii() or len(set(part)) == 1:
        return False
    return bool(_PLAIN.fullmatch(part)) and not _NO_SKILL.search(part)
