"""What people type, made comparable: cleaned, folded, spelled as it sounds."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

# Without the phrase dictionary pypinyin takes 13 MB instead of 57 MB; we compare toneless sounds.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

import opencc
from pypinyin import Style, pinyin

MOST_CHARACTERS: Final = 2000
"""A message is cut to this many characters before anything looks at it."""

_SIMPLIFIED = opencc.OpenCC("t2s")
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_MEANINGLESS = re.compile(r"[^\w%+]")
_AS_WRITTEN = re.compile(r"[\u4e00-\u9fff、。《》\u201c\u201d，：；！？（）\x20-\x7e]*")
"""Text that compatibility forms (NFKC) would change only in its punctuation, which is left out."""

_More = ParamSpec("_More")
_Told = TypeVar("_Told")
_Function = Callable[Concatenate[str, _More], _Told]


def keeping(
    most: int, longest: int
) -> Callable[[_Function[_More, _Told]], _Function[_More, _Told]]:
    """Keep what a function tells of the last ``most`` texts that have ``longest`` characters.

    Longer texts are rare and are looked at anew: else a few thousand of them would fill memory.
    """

    def decorated(function: _Function[_More, _Told]) -> _Function[_More, _Told]:
        kept = lru_cache(maxsize=most)(function)

        @wraps(function)
        def told(text: str, /, *args: _More.args, **named: _More.kwargs) -> _Told:
            return (kept if len(text) <= longest else function)(text, *args, **named)

        return told

    return decorated


def clean(text: str) -> str:
    """Return ``text`` fit to store and show: valid Unicode, no control characters, not too long."""
    cut = text[: MOST_CHARACTERS * 4].encode("utf-8", "replace").decode("utf-8")
    kept = "".join(c for c in cut if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return _INVISIBLE.sub("", kept).strip()[:MOST_CHARACTERS]


@keeping(most=4096, longest=300)
def simplified(text: str) -> str:
    """Return ``text`` in simplified characters, with its punctuation."""
    return _simple(text)


@keeping(most=4096, longest=300)
def fold(text: str) -> str:
    """Return what carries meaning: simplified, lower case, half width, without punctuation."""
    is_plain = _AS_WRITTEN.fullmatch(text)
    plain = text if is_plain else unicodedata.normalize("NFKC", text)
    return _MEANINGLESS.sub("", _simple(plain.lower())).replace("_", "")


def _simple(text: str) -> str:
    """Return simplified characters; opencc makes of 薴 one that it would simplify itself."""
    return str(_SIMPLIFIED.convert(text)).replace("苧", "苎")


@lru_cache(maxsize=8192)
def _sounds_of(character: str) -> str:
    readings = pinyin(character, style=Style.NORMAL, errors="ignore")
    return str(readings[0][0]) if readings else character


@keeping(most=4096, longest=60)
def sound(folded: str) -> tuple[str, ...]:
    """Return the toneless syllable of each character; what is not Chinese stays as it is."""
    return tuple(_sounds_of(c) if "\u4e00" <= c <= "\u9fff" else c for c in folded)
