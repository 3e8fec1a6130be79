"""Yes or no, and the answer to "is this right?"; nobody agrees by accident."""

from __future__ import annotations

import re
from typing import Final

from handlers import wording as say
from handlers.dialog import Revise, Unclear, Value
from handlers.hearing.names import a_name
from handlers.hearing.numerals import LONGEST, level, unwrapped
from handlers.hearing.phones import find_phone

_LONGEST_PLAIN: Final = 40
"""Whoever writes more than this says more than yes or no."""


def _words(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern that takes the longest of the words that fits."""
    return re.compile("|".join(sorted(" ".join(alternatives).split(), key=len, reverse=True)))


_YES: Final = _words(
    "好 好的 好呀 好滴 好哒 好嘞 好嘅 好格 好个 行 行的 可以 可以的 同意 要得 得行 对 对的 对头",
    "是 是的 系 系嘅 嗯 嗯嗯 嗯呐 恩 ok okay okk 欧克 yes y 中 中的 成 妥 愿意 答应 允许 授权 准",
    "支持 赞成 照办 巴适 没问题 没得问题 莫得问题 冇问题 没有问题 没意见 没得意见 没有意见",
    "莫得意见 冇意见 无意见 无异议 没啥意见 没什么意见 没毛病 必须的 当然 肯定 没的说 没有不同意",
    "没有不同意的 不是不同意 不反对",
    r"(?<!\d)1(?!\d) 一(?=\W|号|吧|$) 第一个",
)
_NO: Final = _words(
    "不同意 不行 不可以 不好 不要 不愿意 不愿 不想 不太想 不得行 要不得 不中 不成 不对 否 no",
    "不答应 不准 不允许 不授权 反对 拒绝 莫要 勿要 弗要 不干 不肯 唔好 唔得 不参加 不报 不报名",
    "不去 不搞 不弄 算了 取消 免了",
    r"不是(?!不) 不(?=[\W啊呀了]|$) (?<!\d)2(?!\d) 二(?=\W|号|吧|$) 第二个",
)
_FILLER: Final = re.compile(
    r"[\W_]|[啊呀吧嘛哈的哦噢呢哇噻撒嘞啦了咯喽哎唉额呃那就也我俺咱号]|我们|本人|回复?|选|按|谢谢|多谢|辛苦|老师|同志"
    r"|[看知]完?过?了|知道了|晓得了|明白了"
)
_RIGHT: Final = _words(
    "对着 没有不对的 没有不对 没啥不对 没有错 没错 没错误 没得错 莫得错 冇错 没有错误 无误",
    "不错 正确 确认 确定 提交 交 没什么要改的 没啥要改的 没有要改的 没有要改 没要改的",
    "不用改 不改 不改了 不需要改 不要改 不消改 没啥问题 没什么问题 就这样 就这么办 一点不错",
    "一点没错",
)
_RIGHT_FILLER: Final = re.compile(r"应该是?|[都全]|看了|信息|上面|报名")

_CHANGE: Final = re.compile(
    r"改|应该是(?=[^\W吧的啊呢对])|不对|有错|错[了的误]|[写弄搞打]错|有误|不是|不准确|有问题|更正|不一样"
    r"|^\W*(?:选?[2二]|第二个|2号|不|no|否|不行)\W*$"
)
_LEAVE: Final = re.compile(
    r"不想?(?:报名?|参加|去|来|搞|弄|干)|算了|取消|放弃|退出|^\W*(?:选?[3三]|第三个|3号)\W*$"
)
_ASKED: Final = re.compile(r"[?]|吗|什么|怎么|(?<![没])啥|哪|是不是|对不对|呢\W*$")
_UNSURE: Final = re.compile(r"可能|大概|好像|也许|不知道|不晓得|不懂|不清楚|随便|看不[清懂]|忘")
_PHONE: Final = re.compile(r"电话|手机|号码|联系方式")
_NAME: Final = re.compile(r"姓|名字|(?<!报)名|叫")
_OTHER: Final = re.compile(r"时间|[站课]|周[一二三四五六日末]|地[点方址]|星期|礼拜|项目|特长|内容")
_NOT_THIS: Final = re.compile(r"不[是叫]\W*[^\W\d]{2,4}?(?=\W|是|叫|应|$)")
_BEFORE_NAME: Final = re.compile(
    r"^.{0,12}?(?:应[该該]是?|改[成为為]|[换換]成|更正[为為]?|[错錯]了|不[对對]|有[误誤])[是叫]?"
)
_PIECES: Final = re.compile(r"[^\w·]+")


def yes_or_no(words: str) -> bool:
    """Return whether somebody agrees; whatever is not plainly yes or no is asked once more."""
    heard = _heard(level(words)) if len(words) <= LONGEST else set()
    if len(heard) != 1:
        raise Unclear(say.CONSENT_HINT)
    return "yes" in heard


def says_yes(words: str) -> bool:
    """Tell whether words are nothing but a yes to what was shown."""
    try:
        return is_right(words) == "yes"
    except (Unclear, Revise):
        return False


def is_right(words: str) -> str:
    """Return "yes", "change" or "no"; a correction that names the field revises just that."""
    text = level(words) if len(words) <= LONGEST else ""
    if _heard(text, (_RIGHT, "yes"), (_RIGHT_FILLER, "")) == {"yes"}:
        return "yes"
    asked = bool(_ASKED.search(text) or _UNSURE.search(text))
    changed = bool(_CHANGE.search(text))
    if _LEAVE.search(text) and not (asked or changed or _OTHER.search(text)):
        return "no"
    if changes := {} if asked else _changes(text, words, wrong=changed):
        raise Revise(**changes, confirm=None)
    if changed and not asked:
        return "change"
    raise Unclear(say.CONSENT_RIGHT)


def _heard(text: str, *more: tuple[re.Pattern[str], str]) -> set[str]:
    """Return which of yes and no the text is made of; nothing when it says anything else."""
    if len(text) > _LONGEST_PLAIN or "?" in text:
        return set()
    heard, at = set(), 0
    while at < len(text):
        ways = ((_YES, "yes"), (_NO, "no"), (_FILLER, ""), *more)
        found = [(match.end(), said) for way, said in ways if (match := way.match(text, at))]
        if not found:
            return set()
        at, said = max(found, key=lambda pair: pair[0])
        heard.add(said)
    return heard - {""}


def _changes(text: str, words: str, *, wrong: bool) -> dict[str, Value]:
    """Return the telephone number and the name that change; None asks for it again."""
    changes: dict[str, Value] = {}
    number = find_phone(words)
    if number or (wrong and _PHONE.search(text)):
        changes["phone"] = number
    if _NAME.search(text):
        name = _new_name(words)
        if name or wrong:
            changes["name"] = name
    vague = wrong and _OTHER.search(text)
    return {key: value for key, value in changes.items() if value or not vague}


def _new_name(words: str) -> str | None:
    said = _PIECES.split(_NOT_THIS.sub(" ", unwrapped(words)))
    names = [name for piece in said if (name := _name_in(_BEFORE_NAME.sub("", piece)))]
    return names[-1] if len(set(names)) == 1 else None


def _name_in(piece: str) -> str | None:
    try:
        return a_name(piece)
    except Unclear:
        return None
