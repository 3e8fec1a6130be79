"""How words sound: fuzzy toneless syllables, from characters and from typed pinyin."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from knowledge.text import sound

_FINALS: Final = (
    "iang|iong|uang|ueng|(?:ang|eng|ing)(?![aeiouv])|ong|ian|iao|uai|uan|van|"
    "ai|ei|ao|ou|(?:an|en|in|un|vn)(?![aeiouv])|ia|ie|iu|ua|uo|ue|ui|ve|er|a|o|e|i|u|v"
)
_SYLLABLE = re.compile(rf"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:{_FINALS})")
_LETTERS = re.compile(r"[a-z]+")
_MERGED: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("f", "h"))


@lru_cache(maxsize=4096)
def fuzzy(syllable: str) -> str:
    """Return a syllable without what people in the south do not tell apart (zh/z, l/n, ing/in)."""
    for full, merged in _MERGED:
        if syllable.startswith(full):
            syllable = merged + syllable[len(full) :]
            break
    return syllable.removesuffix("g") if syllable.endswith("ng") else syllable


def syllables(folded: str) -> list[str]:
    """Return the fuzzy syllables of folded text; runs of letters are read as pinyin if they are."""
    spelled = _LETTERS.sub(lambda run: _spaced(run[0]), folded)
    heard = []
    for part in spelled.split("\x00"):
        heard += [part] if part.isascii() and part.isalpha() else list(sound(part))
    return [fuzzy(syllable) for syllable in heard if syllable]


def _spaced(letters: str) -> str:
    parts = _SYLLABLE.findall(letters)
    whole = "".join(parts) == letters
    return "\x00" + "\x00".join(parts if whole else [letters]) + "\x00"
