"""Words made level for reading, and the numbers in them, whatever script they are written in."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from knowledge.text import clean, fold

LONGEST: Final = 300
"""An answer to one question is never longer; what is, cannot be told apart from a pasted text."""

_WORD = re.compile(r"[^\W_]+")
_OK = re.compile(r"[\[【]ok[\]】]|👌|🆗", re.IGNORECASE)
_KINDS = (
    "语音|語音|图片|圖片|照片|视频|視頻|位置|文件|表情|动画表情|链接|名片|转账|红包|贴纸|"
    "voice|image|picture|photo|video|sticker|location|file"
)
_PLACEHOLDER = re.compile(
    rf"[\[【<(（](?:{_KINDS})[^\]】>)）\n]{{0,12}}[\]】>)）]|\[[\u4e00-\u9fff]{{1,4}}\]"
    r"|/:[^\s\u4e00-\u9fff]{1,9}",
    re.IGNORECASE,
)

_DIGITS = dict(zip("零〇○一二三四五六七八九", "000123456789", strict=True)) | dict(
    zip("壹贰叁肆伍陆柒捌玖幺", "1234567891", strict=True)
)
SPOKEN: Final = "".join(_DIGITS)
"""The characters that are read as one digit."""

_AS_DIGITS = str.maketrans(_DIGITS)
_TENS = re.compile(r"([1-9])?(?:十|拾)([1-9])?|(?:廿|念)([1-9])?|(\d{1,3})")


def unwrapped(words: str) -> str:
    """Return the cleaned words without what stands for pictures, voice and drawn faces."""
    return _PLACEHOLDER.sub(" ", _OK.sub(" ok ", clean(words))).strip()


def level(words: str) -> str:
    """Return the words as ``fold`` writes them, with spaces and punctuation where they were."""
    plain = unicodedata.normalize("NFKC", "".join(map(_decimal, unwrapped(words))))
    return _WORD.sub(lambda run: fold(run[0]), plain).strip()


def digits(text: str) -> str:
    """Return ``text`` with every character that is read as one digit written as that digit."""
    return text.translate(_AS_DIGITS)


def number(text: str) -> int | None:
    """Return the number from 0 to 999 that ``text`` is: 12, 三, 十二, 二十, 廿一."""
    match = _TENS.fullmatch(digits(text))
    if match is None:
        return None
    tens, ones, twenties, plain = match.groups()
    if plain is not None:
        return int(plain)
    if text[:1] in "廿念":
        return 20 + int(twenties or 0)
    return int(tens or 1) * 10 + int(ones or 0)


def _decimal(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None or character.isascii() else str(value)
