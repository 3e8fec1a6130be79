"""Is somebody in danger? Level 1 asks for help now, level 2 for one kind question.

The phrases are data (danger.toml). What only sounds like danger is cut out of the message first;
what is left is searched as it is written and, for homophones and pinyin, as it sounds.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain, count
from pathlib import Path
from typing import Any, Final, Literal

from knowledge.text import clean, fold, sound

_DATA: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("danger.toml").read_text("utf-8")
)
_HOLE: Final = "_"
_TITLE = re.compile(r"《(?!遗|绝)[^《》]{1,30}》")
_BORDER = re.compile(r"[^\w%]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SPACED = re.compile(r"(?<=[A-Za-z]) +(?=[A-Za-z])")
_LATIN = re.compile(r"[a-z]{2,}(?:%[a-z]+)*")
_SYLLABLE: Final = (
    r"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan"
    r"|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ue|ui|a|o|e|i|u|v)|er"
)
_PINYIN = re.compile(rf"(?:{_SYLLABLE}|%)+")
_LONE_PAIR = re.compile(r"(\[[^\]]*\])|([\u4e00-\u9fff][\ue000-\uf8ff])")
_GLUE = re.compile(r"[+%]")
_NUMBERS: Final[defaultdict[str, int]] = defaultdict(count(0xE000).__next__)
_NAME = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class Danger:
    """What was heard: how urgent it is, and of which kind."""

    level: Literal[1, 2]
    kind: str


@dataclass(frozen=True, slots=True)
class _Phrases:
    harmless: re.Pattern[str]
    distant: re.Pattern[str]
    urgent: re.Pattern[str]
    troubled: re.Pattern[str]

    def cut(self, said: str) -> tuple[str, str]:
        """Return what may be danger, without and with what is told of far away."""
        rest = self.harmless.sub(_HOLE, said)
        return self.distant.sub(_HOLE, rest), rest

    def find(self, near: str, rest: str) -> Danger | None:
        """Return the most urgent danger of a message that was cut."""
        near, rest = _GLUE.sub("", near), _GLUE.sub("", rest)
        if match := self.urgent.search(near):
            return Danger(1, str(match.lastgroup))
        if match := self.troubled.search(rest) or self.urgent.search(rest):
            return Danger(2, str(match.lastgroup))
        return None


def hear(text: str) -> Danger | None:
    """Return the danger somebody may be in who writes ``text``, the most urgent if several."""
    near, rest = _written().cut(_borders(text))
    heard = [_written().find(near, rest), _homophones().find(_voice(near), _voice(rest))]
    if (spoken := _LATIN.sub(_read, rest)) != rest:
        heard.append(_spoken().find(*_spoken().cut(spoken)))
    return min(filter(None, heard), key=lambda danger: danger.level, default=None)


def _borders(text: str) -> str:
    """Fold ``text`` but keep the borders of its clauses, as ``+``."""
    words = _SPACED.sub("%", _TITLE.sub("+", clean(text).replace("_", "")))
    return fold(_BORDER.sub("+", words))


@cache
def _written() -> _Phrases:
    return _compile(lambda pattern: pattern, lambda group: group != "heard")


@cache
def _homophones() -> _Phrases:
    return _compile(_voice, lambda group: group == "heard")


@cache
def _spoken() -> _Phrases:
    return _compile(_written_or_typed, lambda group: group not in _DATA["by_eye"])


def _compile(spell: Callable[[str], str], wanted: Callable[[str], bool]) -> _Phrases:
    def level(number: str) -> re.Pattern[str]:
        kinds = {
            kind: chain.from_iterable(phrases for name, phrases in groups.items() if wanted(name))
            for kind, groups in _DATA["level"][number].items()
        }
        return _any((f"(?P<{kind}>{_join(some, '.')})" for kind, some in kinds.items()), spell)

    def cuts(section: str) -> re.Pattern[str]:
        some = (phrases for name, phrases in _DATA[section].items() if wanted(name))
        return _any([_join(chain.from_iterable(some), "[^+]")], spell)

    return _Phrases(cuts("harmless"), cuts("distant"), level("1"), level("2"))


def _any(alternatives: Iterable[str], spell: Callable[[str], str]) -> re.Pattern[str]:
    return re.compile(spell("|".join(alternatives)))


def _join(phrases: Iterable[str], anything: str) -> str:
    named = _NAME.sub(lambda name: f"(?:{_DATA['words'][name[1]]})", "|".join(phrases) or "(?!)")
    return re.sub(r"\((?!\?)", "(?:", named).replace("~", anything + "{0,6}")


def _voice(written: str) -> str:
    """Return ``written`` with a character for each sound, the same for all homophones."""
    return _CHINESE.sub(lambda character: _letter(*sound(character[0])), written)


def _written_or_typed(pattern: str) -> str:
    """Return ``pattern`` with each character or its typed pinyin, but none of its homophones."""
    both = _CHINESE.sub(lambda character: character[0] + _voice(character[0]), pattern)
    return _LONE_PAIR.sub(lambda found: found[1] or f"[{found[2]}]", both)


def _read(run: re.Match[str]) -> str:
    if not _PINYIN.fullmatch(run[0]):
        return run[0]
    return "".join(map(_letter, re.findall(_SYLLABLE, run[0])))


def _letter(syllable: str) -> str:
    return chr(_NUMBERS[syllable])
