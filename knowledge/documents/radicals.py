"""Signs of a PDF's fonts that stand for characters: 一 and 青 by the names of their radicals."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_RADICAL = re.compile("[\u2e80-\u2fdf\ufb00-\ufb06]")
_SUPPLEMENT: Final = dict(
    zip(
        "⺌⺓⺝⺟⺠⺩⺪⺫⺬⺮⺳⺷⺹⺾⻁⻃⻄⻅⻆⻈⻉⻊⻋⻌⻎⻏⻐⻑⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
        "小幺月母民王疋目示竹网羊老艹虎西西见角言贝足车辶辶阝金長长门阝雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
        strict=True,
    )
)
"""Radicals for which Unicode names no character, with the one that is meant."""


def without_radicals(text: str) -> str:
    """Return a text with the characters that its radicals mean."""
    return _RADICAL.sub(lambda sign: _meant(sign[0]), text)


def _meant(radical: str) -> str:
    return _SUPPLEMENT.get(radical) or unicodedata.normalize("NFKC", radical)
