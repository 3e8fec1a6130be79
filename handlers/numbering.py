"""Numbers of sections and lists that stand in a text, told apart from those that choose."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Final

from handlers import wording as say
from handlers.message import Reply

_NUMBER: Final = r"[0-9\uff10-\uff19]{1,2}|[一二三四五六七八九十]{1,3}"
_ITEM: Final = re.compile(
    rf"(?:^|(?<=：))[ \t\u3000]*"
    rf"(?:[（(]({_NUMBER})[)）]|({_NUMBER})[.．、](?![0-9])|([①-⑳]))[ \t\u3000]*",
    re.MULTILINE,
)
"""What a list in a plan or in the words of staff begins its lines with: 1. 1、（1）① 一、"""


def is_numbered(text: str) -> bool:
    """Tell whether a text has lines that look as if their number could be chosen."""
    return _ITEM.search(text) is not None


def told_apart(reply: Reply) -> Reply:
    """Return a reply whose only numbers that look like choices are those of its choices."""
    if not reply.choices:
        return reply
    return replace(reply, text=_ITEM.sub(_named, reply.text))


def _named(item: re.Match[str]) -> str:
    number = item[item.lastindex or 0]
    return say.ITEM.format(number=unicodedata.normalize("NFKC", number))
