"""What people type, made comparable: cleaned, folded, spelled as it sounds."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import lru_cache
from typing import Final

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


def clean(text: str) -> str:
    """Return ``text`` fit to store and show: valid Unicode, no control characters, not too long."""
    cut = text[: MOST_CHARACTERS * 4].encode("utf-8", "replace").decode("utf-8")
    kept = "".join(c for c in cut if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return _INVISIBLE.sub("", kept).strip()[:MOST_CHARACTERS]


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return what carries meaning: simplified, lower case, half width, without punctuation."""
    is_plain = _AS_WRITTEN.fullmatch(text)
    plain = text if is_plain else unicodedata.normalize("NFKC", text)
    return _MEANINGLESS.sub("", _SIMPLIFIED.convert(plain.lower())).replace("_", "")


@lru_cache(maxsize=8192)
def _sounds_of(character: str) -> str:
    readings = pinyin(character, style=Style.NORMAL, errors="ignore")
    return str(readings[0][0]) if readings else character


@lru_cache(maxsize=4096)
def sound(folded: str) -> tuple[str, ...]:
    """Return the toneless syllable of each character; what is not Chinese stays as it is."""
    return tuple(_sounds_of(c) if "\u4e00" <= c <= "\u9fff" else c for c in folded)
