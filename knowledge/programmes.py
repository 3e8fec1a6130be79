"""Programmes by name: those that the usual plans speak of, and those that a text names itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from rapidfuzz.distance import Levenshtein

from knowledge.sounds import syllables
from knowledge.text import fold

Kind = Literal["recruits", "dated", "contest", "meeting", "target", "organisation", "material"]
Help = Literal["", "station", "pair", "any"]

HEARD: Final = 3
"""A name of so many syllables is known by its sound alone; a shorter one must be written right."""

SLIPS: Final = 5
"""A name of so many syllables may have one that is wrong."""

LONGEST_NAME: Final = 20
"""What stands between quotation marks and is longer is a sentence."""

_FILE: Final = Path(__file__).parent / "programmes.toml"
_QUOTED = re.compile(r"[《“〈「]([^《》“”〈〉「」]{2,40})[》”〉」]([\u4e00-\u9fff]{0,6})")
_NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.．、])\s*")
_VERB = re.compile(
    r"^.*(?:继续|组建|成立|深入|扎实|积极|认真|大力|全面|广泛|组织|开展|实施|推进|举办|参加|加强|做好|办好"
    r"|抓好|打造|落实|建设|创建|深化|巩固)(?=.)"
)
_BREAK = re.compile(r"[，。；、：,;:\s“”《》]+|以及|和|与|及")


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme, how else people say its name, and of which kinds it is.

    ``help`` is the way in which volunteers can help with it here, empty where there is none.
    """

    name: str
    also: tuple[str, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    help: Help = ""


def named_in(question: str, more: Iterable[Programme] = ()) -> Programme | None:
    """Return the programme with the longest name in a question: written, misspelt or in pinyin.

    ``more`` are programmes beside those that come with the assistant, which know more of a name
    that both have. What is written right goes before what only sounds alike.
    """
    folded = fold(question)
    names = [*_shipped_names(), *_names(more)]
    written = [(len(name), one) for name, one in names if name in folded]
    found = written or list(_heard(syllables(folded), names))
    return max(found, key=lambda each: each[0])[1] if found else None


def _names(programmes: Iterable[Programme]) -> list[tuple[str, Programme]]:
    return [(fold(name), one) for one in programmes for name in (one.name, *one.also)]


@cache
def _shipped_names() -> list[tuple[str, Programme]]:
    return _names(shipped())


def _heard(heard: list[str], names: list[tuple[str, Programme]]) -> Iterator[tuple[int, Programme]]:
    for name, programme in names:
        spelled = _spelled(name)
        slips = 1 if len(spelled) >= SLIPS else 0
        if len(spelled) >= HEARD and _sounds_in(heard, spelled, slips):
            yield len(spelled), programme


@cache
def _spelled(folded: str) -> tuple[str, ...]:
    return tuple(syllables(folded))


def _sounds_in(heard: list[str], spelled: tuple[str, ...], slips: int) -> bool:
    size = len(spelled)
    if len(set(spelled) - set(heard)) > slips:
        return False
    windows = (heard[start : start + size] for start in range(len(heard) - size + 1))
    return any(
        Levenshtein.distance(window, spelled, score_cutoff=slips) <= slips for window in windows
    )


@cache
def shipped() -> tuple[Programme, ...]:
    """Return the programmes that come with the assistant."""
    return tuple(
        Programme(name, tuple(of.get("also", ())), frozenset(of["kinds"]), of.get("help", ""))
        for name, of in _data()["names"].items()
    )


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def read_out(text: str) -> tuple[Programme, ...]:
    """Return the programmes that a heading or a sentence names, known by the words for kinds.

    A name stands in 《》 or “”, or it ends with such a word: 春苗行动, 红领巾讲师团.
    """
    quoted = (
        _programme(name, name + after) for name, after in _QUOTED.findall(text) if _is_name(name)
    )
    parts = (_VERB.sub("", part) for part in _BREAK.split(_NUMBERED.sub("", text)))
    plain = (_programme(part, part) for part in parts if _is_name(part))
    found = [one for one in (*quoted, *plain) if one.kinds]
    return tuple({fold(one.name): one for one in reversed(found)}.values())


def _is_name(words: str) -> bool:
    return 3 <= len(fold(words)) <= LONGEST_NAME


def _programme(name: str, words: str) -> Programme:
    """Return a programme whose kinds are told by the end of the name, or of what follows it."""
    kinds = frozenset(kind for kind, ends in _data()["words"].items() if _ends(words, name, ends))
    ways = [way for way, ends in _data()["help"].items() if _ends(words, name, ends)]
    return Programme(name, kinds=kinds, help=ways[0] if ways else "")


def _ends(words: str, name: str, ends: Iterable[str]) -> bool:
    after = words[len(name) :]
    return any((name.endswith(end) and name != end) or after.startswith(end) for end in ends)
