"""Is somebody in danger? Level 1 asks for help now, level 2 for one kind question.

Two judges hear every message: phrases that were written down, and evidence that is added up over
all that is in it (danger_evidence.py), which hears what nobody wrote down and doubts a phrase that
stands among harmless things.

The phrases are data (danger.toml). What only sounds like danger is cut out of the message first;
what is left is searched as it is written and, for homophones and pinyin, as it sounds. A sound says
less than a character: everyday words (everyday.toml) are read as words first, and what was typed as
pinyin has to hold three syllables of a phrase.
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
from typing import Any, Final, Literal, NamedTuple

from knowledge.danger_evidence import Evidence, weigh
from knowledge.text import clean, fold, sound

_DATA: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("danger.toml").read_text("utf-8")
)
_EVERYDAY: Final[list[str]] = sorted(
    " ".join(
        tomllib.loads(Path(__file__).with_name("everyday.toml").read_text("utf-8")).values()
    ).split(),
    key=len,
    reverse=True,
)
_LEAST_TYPED: Final = 2.5
"""How many syllables of a phrase typed pinyin has to hold to be heard: gaps are not counted, and
a character of an everyday word counts half."""

# Odds (logarithms) from which the evidence decides, chosen on messages it was not fitted to.
_URGENT: Final = -0.25
"""A message that is danger, and has so high odds of being urgent, needs no phrase."""

_UNHURRIED: Final = -2.0
"""With lower odds of being urgent in all its parts none is (晚上娃没人管)."""

_CERTAIN: Final = 0.25
"""So high odds of danger need no phrase to be level 2."""

_CERTAIN_PART: Final = 1.7
"""Neither do so high odds of a few clauses, which say less than the whole."""

_DOUBTED: Final = -1.0
"""In a message with lower odds of danger than these no phrase is urgent."""

_PLAIN: Final = 0.5
"""A phrase in a part with higher odds counts, whatever else the message tells: it is urgent, if the
odds of that are higher too, and else of the level that is its own.
"""

_DOUBTED_PHRASE: Final = -0.5
"""With lower odds of danger in all its parts a phrase of level 1 says no more than level 2."""

_DENIED: Final = -2.5
"""With lower odds of danger a phrase of level 2 is none, unless a part says it plainly; nothing is
danger, if no part has higher ones.
"""

UNNAMED: Final = "unnamed"
"""The kind of a danger that no phrase tells of, only the evidence."""

_HOLE: Final = "_"
_TITLE = re.compile(r"《(?!遗|绝)[^《》]{1,30}》")
_REPEATED = re.compile(r"((.)\2{11})\2+", re.S)
"""A dozen of the same character says what two thousand of it say, and is searched in no time."""

_SPELLED_AROUND = re.compile("自(?:sha(?![a-z])|鲨)|(?<![a-z])zi杀")
"""How young people write it where filters are feared: half in letters, or with a shark."""

_BORDER = re.compile(r"[^\w%]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SPACED = re.compile(r"(?<=[A-Za-z]) +(?=[A-Za-z])")
_LATIN = re.compile(r"[a-z]{2,}(?:%[a-z]+)*")
_SYLLABLE: Final = (
    r"er(?![aeiouv])|(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan"
    r"|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ue|ui|a|o|e|i|u|v)"
)
_PINYIN = re.compile(rf"(?>{_SYLLABLE})++")  # one reading: with ba o beside bao there are 2 ** n
_LONE_PAIR = re.compile(r"(\[[^\]]*\])|([\u4e00-\u9fff][\ue000-\uf8ff])")
_GLUE = re.compile(r"%|(?<![^+%]{3})\+|\+(?![^+%]{3})")
_GAP = re.compile(r"\.(\{\d+,\d+\}|\?)")
_NUMBERS: Final[defaultdict[str, int]] = defaultdict(count(0xE000).__next__)
_NAME = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class Danger:
    """What was heard: how urgent it is, and of which kind."""

    level: Literal[1, 2]
    kind: str


class _Phrase(NamedTuple):
    """What to search, and how much a hit has to weigh."""

    pattern: re.Pattern[str]
    least: float


@dataclass(frozen=True, slots=True)
class _Phrases:
    harmless: re.Pattern[str]
    distant: re.Pattern[str]
    urgent: tuple[_Phrase, ...]
    troubled: tuple[_Phrase, ...]

    def cut(self, said: str) -> tuple[str, str]:
        """Return what may be danger, without and with what is told of far away."""
        rest = self.harmless.sub(_HOLE, said)
        return self.distant.sub(_HOLE, rest), rest

    def find(self, near: str, rest: str) -> Danger | None:
        """Return the most urgent danger of a message that was cut."""
        near, rest = _GLUE.sub("", near), _GLUE.sub("", rest)
        if match := _first(self.urgent, near):
            return Danger(1, str(match.lastgroup))
        if match := _first(self.troubled + self.urgent, rest):
            return Danger(2, str(match.lastgroup))
        return None


def hear(text: str) -> Danger | None:
    """Return the danger somebody may be in who writes ``text``, the most urgent if several."""
    said = borders(text)
    evidence = weigh(said)
    return _judged(_phrased(said), evidence) if evidence.part.danger > _DENIED else None


def prepare() -> None:
    """Compile the phrases, half a second of work; else the first message that needs them waits."""
    for phrases in (_written, _homophones, _typed, _words_or_characters, _words_by_sound):
        phrases()


def _judged(phrase: Danger | None, evidence: Evidence) -> Danger | None:
    """Return what the phrase that was found and the evidence say together."""
    whole, part = evidence
    kind = phrase.kind if phrase else UNNAMED
    is_told = phrase is not None and phrase.level == 1 and part.danger > _DOUBTED_PHRASE
    if _is_urgent(evidence, is_told):
        return Danger(1, kind)
    if is_told or part.danger > _CERTAIN_PART:
        return Danger(2, kind)
    if phrase:
        return Danger(2, kind) if whole.danger > _DENIED or part.danger > _PLAIN else None
    return Danger(2, kind) if whole.danger > _CERTAIN else None


def _is_urgent(evidence: Evidence, is_told: bool) -> bool:
    """Return whether to act now; ``is_told``: a phrase says so."""
    whole, part = evidence
    if whole.danger > 0 and whole.urgent > _URGENT:
        return True
    if is_told:
        is_sure = min(part) > _PLAIN or whole.danger > _DOUBTED
        return is_sure and part.urgent > _UNHURRIED
    return min(part) > _CERTAIN_PART and whole.danger > _CERTAIN


def _phrased(said: str) -> Danger | None:
    """Return the most urgent danger that a phrase of danger.toml tells of."""
    near, rest = _written().cut(said)
    heard = [_written().find(near, rest), _homophones().find(_sounded(near), _sounded(rest))]
    if (spoken := _LATIN.sub(_read, rest)) != rest:
        heard.append(_typed().find(*_typed().cut(spoken)))
    return min(filter(None, heard), key=lambda danger: danger.level, default=None)


def _first(phrases: tuple[_Phrase, ...], said: str) -> re.Match[str] | None:
    for pattern, least in phrases:
        match = pattern.search(said)
        while match and least and _weight(_held(match)) < least:
            match = pattern.search(said, match.start() + 1)
        if match:
            return match
    return None


def _held(match: re.Match[str]) -> str:
    """Return the characters of a phrase that were found, without those in its gaps."""
    ends = [match.start()]
    for number in range(2, match.re.groups + 1):
        if match.start() <= match.start(number) and match.end(number) <= match.end():
            ends += match.span(number)
    ends.append(match.end())
    return "".join(match.string[a:b] for a, b in zip(ends[::2], ends[1::2], strict=True))


def _weight(held: str) -> float:
    """Return how much was heard: 1 for a sound, half for a character of an everyday word."""
    return sum(0.5 if _CHINESE.match(character) else 1 for character in held)


def borders(text: str) -> str:
    """Return ``text`` folded, with ``+`` at the borders of its clauses and ``%`` in its pinyin."""
    short = _REPEATED.sub(r"\1", clean(text).replace("_", ""))
    words = _SPACED.sub("%", _TITLE.sub("+", short))
    return _SPELLED_AROUND.sub("自杀", fold(_BORDER.sub("+", words)))


@cache
def _written() -> _Phrases:
    return _compile(str, lambda group: group not in ("heard", "typed"))


@cache
def _homophones() -> _Phrases:
    return _compile(_word_or_sound, lambda group: group == "heard")


@cache
def _typed() -> _Phrases:
    return _compile(_word_or_sound, lambda group: group not in _DATA["by_eye"], each=True)


def _compile(
    spell: Callable[[str], str], wanted: Callable[[str], bool], each: bool = False
) -> _Phrases:
    def cuts(section: str) -> re.Pattern[str]:
        some = (phrases for name, phrases in _DATA[section].items() if wanted(name))
        return re.compile(spell(_join(chain.from_iterable(some), "[^+]")))

    def level(number: str) -> tuple[_Phrase, ...]:
        kinds = {
            kind: {name: some for name, some in groups.items() if wanted(name)}
            for kind, groups in _DATA["level"][number].items()
        }
        return _each(kinds, spell) if each else _together(kinds, spell)

    return _Phrases(cuts("harmless"), cuts("distant"), level("1"), level("2"))


_Kinds = dict[str, dict[str, list[str]]]


def _together(kinds: _Kinds, spell: Callable[[str], str]) -> tuple[_Phrase, ...]:
    """Return one pattern for all phrases, which is found faster."""
    alternatives = (
        f"(?P<{kind}>{_join(chain.from_iterable(groups.values()), '.')})"
        for kind, groups in kinds.items()
    )
    return (_Phrase(re.compile(spell("|".join(alternatives))), 0),)


def _each(kinds: _Kinds, spell: Callable[[str], str]) -> tuple[_Phrase, ...]:
    """Return a pattern for each phrase; it captures the gaps too, so that they can be counted."""
    return tuple(
        _Phrase(
            re.compile(f"(?P<{kind}>{_gaps_captured(spell(_join([phrase], '.')))})"),
            0 if group == "typed" else _LEAST_TYPED,
        )
        for kind, groups in kinds.items()
        for group, phrases in groups.items()
        for phrase in phrases
    )


def _gaps_captured(pattern: str) -> str:
    """Return ``pattern`` with its gaps as groups, which stay inside a clause."""
    return _GAP.sub(r"([^+]\1)", pattern)


def _join(phrases: Iterable[str], anything: str) -> str:
    named = _NAME.sub(lambda name: f"(?:{_DATA['words'][name[1]]})", "|".join(phrases) or "(?!)")
    return re.sub(r"\((?!\?)", "(?:", named).replace("~", anything + "{0,6}")


def _voice(written: str) -> str:
    """Return ``written`` with a character for each sound, the same for all homophones."""
    return _CHINESE.sub(lambda character: _letter(*sound(character[0])), written)


def _word_or_sound(pattern: str) -> str:
    """Return ``pattern`` with each character or its sound, but none of its homophones."""
    both = _CHINESE.sub(lambda character: character[0] + _voice(character[0]), pattern)
    return _LONE_PAIR.sub(lambda found: found[1] or f"[{found[2]}]", both)


def _sounded(written: str) -> str:
    """Return ``written`` as it sounds, but its everyday words as they are written."""
    return _words_or_characters().sub(lambda found: found[1] or _voice(found[0]), written)


@cache
def _words_or_characters() -> re.Pattern[str]:
    return re.compile(f"({'|'.join(_EVERYDAY)})|{_CHINESE.pattern}")


def _read(run: re.Match[str]) -> str:
    """Return typed pinyin as sounds, but its everyday words as they are written."""
    sounds = "".join(map(_sounds, run[0].split("%")))
    return _words_by_sound()[0].sub(lambda word: _words_by_sound()[1][word[0]], sounds)


def _sounds(letters: str) -> str:
    if not _PINYIN.fullmatch(letters):
        return letters
    return "".join(map(_letter, re.findall(_SYLLABLE, letters)))


@cache
def _words_by_sound() -> tuple[re.Pattern[str], dict[str, str]]:
    words = {_voice(word): word for word in reversed(_EVERYDAY)}
    return re.compile("|".join(sorted(words, key=len, reverse=True))), words


def _letter(syllable: str) -> str:
    return chr(_NUMBERS[syllable])
