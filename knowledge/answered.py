"""Whether two questions are the same one, so that what staff answered once is said again.

Unlike the search in plans, a question that is only near is no match: a telephone number is no
opening hour, one station is not another. So every word of the topic must be in both, however it is
written (homophones, pinyin, another order), and both must ask for the same thing in the same form.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from knowledge import facets, places, programmes
from knowledge.papers import named_years, without_years
from knowledge.sounds import syllables
from knowledge.text import fold, keeping

NEARLY_THE_SAME: Final = 0.95
"""From here on two questions say the same, word for word or sound for sound."""

LONG: Final = 4
"""From so many syllables on, one more or one less on one side is a slip of the pen."""

EITHER: Final = frozenset({"time", "day"})
"""Kinds of detail that people ask for in each other's words (when, on which day)."""

MOST_KEPT: Final = 2048
"""Questions that are kept taken apart: a thousand answers with two wordings, and who asks."""

LONGEST_KEPT: Final = 60
"""Longer questions are taken apart again. One so long takes 5 KiB apart: 10 MiB in all at most."""

_FILE: Final = Path(__file__).parent / "answered.toml"
_LETTERS = re.compile(r"[a-z]{2,}")
_WHETHER = re.compile(r"(.)[不没]\1")
_DIGIT = re.compile(r"(?<!\d)\d(?!\d)")
_WEEKDAY = re.compile(r"(?:星期|礼拜|周)([一二三四五六日天末])")
_NUMERAL = re.compile(r"\d+|[〇零一二三四五六七八九十百千万]+")
_NEGATION = re.compile(r"[不没别未]")
_HAN: Final = "零一二三四五六七八九"
_PARTICLES = re.compile(r"[吗么呢啊呀吧呗嘛的了在是有不没份]+$")
_GAP: Final = " | "


@dataclass(frozen=True, slots=True)
class Answered:
    """Questions that staff answered together. ``region``: for whom it holds, None for everybody.

    ``day`` is when it was answered, in China.
    """

    id: int
    wordings: tuple[str, ...]
    region: str | None
    day: date


@dataclass(frozen=True, slots=True)
class Match:
    """Which answer fits, and how like the question is to the one it was given to, up to 1."""

    id: int
    likeness: float


@dataclass(frozen=True, slots=True)
class _Meaning:
    """A question taken apart. ``runs`` are the pieces of its topic, ``heard`` their syllables."""

    folded: str
    has_letters: bool
    runs: tuple[str, ...]
    heard: tuple[tuple[str, ...], ...]
    wants: frozenset[str]
    forms: frozenset[str]
    facets: frozenset[str]
    signs: tuple[object, ...]
    places: frozenset[str]
    passing: tuple[str, frozenset[str]]

    @property
    def length(self) -> int:
        return sum(map(len, self.heard))


def best(
    question: str, region: str | None, answered: Iterable[Answered], today: date
) -> Match | None:
    """Return the answer that was given to the same question, None where none was.

    ``region`` is the asker's; ``today`` is the day in China. Of several, the one for the smallest
    place and then the newest counts.
    """
    meant = places.meant(question, region)
    found = [
        (likeness, len(places.chain(one.region)) if one.region else 0, one.id)
        for one in answered
        if holds_for(one.region, meant)
        and (likeness := _best_likeness(question, region, one, today))
    ]
    if not found:
        return None
    likeness, _, id = max(found)
    return Match(id, likeness)


def _best_likeness(question: str, region: str | None, one: Answered, today: date) -> float:
    wordings = (w for w in one.wordings if is_still_meant(w, one.day, today))
    return max((alike(question, w, region, one.region) for w in wordings), default=0.0)


def holds_for(region: str | None, meant: str | None) -> bool:
    """Tell whether what is said of a region (None: of all) is said of the place that is meant."""
    return region is None or (meant is not None and places.is_within(meant, region))


def is_still_meant(question: str, asked: date, today: date) -> bool:
    """Tell whether a question means on another day what it meant when asked: 明天 does not."""
    span = _meaning(question, by_sound=False).passing[0]
    if span == "week":
        return asked.isocalendar()[:2] == today.isocalendar()[:2]
    if span == "month":
        return (asked.year, asked.month) == (today.year, today.month)
    return asked == today if span == "day" else not span or asked.year == today.year


def alike(
    question: str, other: str, region: str | None = None, other_region: str | None = None
) -> float:
    """Return how alike two questions are, 0 where they ask for different things."""
    one, two = _meaning(question, by_sound=False), _meaning(other, by_sound=False)
    if one.folded == two.folded:
        return 1.0
    by_sound = one.has_letters or two.has_letters
    if by_sound:
        one, two = _meaning(question, by_sound=True), _meaning(other, by_sound=True)
    shared = _shared(one, two, by_sound) if _ask_the_same(one, two) else 0.0
    if shared and one.places != two.places:
        meant = {places.meant(question, region), places.meant(other, other_region)}
        return 0.0 if (one.places ^ two.places) - meant else shared
    return shared


def topic(question: str) -> tuple[str, ...]:
    """Return what a question is about, in pieces: without place, year, and what is asked of it."""
    return _meaning(question, by_sound=False).runs


def wanted(question: str) -> frozenset[str]:
    """Return the kinds of detail that a question asks for, by their names in answered.toml."""
    return _meaning(question, by_sound=False).wants


def asks_openly(question: str) -> bool:
    """Tell whether a question asks why, or what something is."""
    return bool(_meaning(question, by_sound=False).forms & {"why", "what"})


def stem(question: str) -> str:
    """Return a question, folded, without what it asks for and how; names of programmes stay."""
    text = fold(question)
    named = programmes.named_in(text)
    names = (fold(name) for name in (named.name, *named.also)) if named else ()
    name = max((name for name in names if name in text), key=len, default="")
    parts = text.split(name, 1) if name else [text]
    return name.join(map(_without_asking, parts))


def _without_asking(text: str) -> str:
    text = _WHETHER.sub(r"\1", text)
    for kind, _, pattern in _patterns(by_sound=False):
        text = text if kind == "weak" else pattern.sub("", text)
    return _PARTICLES.sub("", facets.without_wishes(text))


def _ask_the_same(one: _Meaning, two: _Meaning) -> bool:
    if one.wants != two.wants or one.signs != two.signs or one.passing != two.passing:
        return False
    if one.facets and two.facets and (one.facets ^ two.facets) - EITHER:
        return False
    return bool(one.wants) or one.forms == two.forms or not (one.forms and two.forms)


def _shared(one: _Meaning, two: _Meaning, by_sound: bool) -> float:
    """Return the share of both topics that is in both, 0 where a word is in one of them only."""
    left = (_left(one, two), _left(two, one))
    slip = not by_sound and min(one.length, two.length) >= LONG and min(left) == 0
    if not (one.length and two.length) or max(left) > slip:
        return 0.0
    return 1 - sum(left) / (one.length + two.length)


def _left(one: _Meaning, other: _Meaning) -> int:
    """Count the syllables that the other has neither in a pair nor, alone, at all."""
    pairs = {pair for run in other.heard for pair in pairwise(run)}
    single = {syllable for run in other.heard for syllable in run}
    return sum(_left_of(run, pairs, single) for run in one.heard)


def _left_of(run: Sequence[str], pairs: set[tuple[str, str]], single: set[str]) -> int:
    covered = [False] * len(run)
    for place, pair in enumerate(pairwise(run)):
        if pair in pairs:
            covered[place] = covered[place + 1] = True
    left, width = 0, 0
    for place, syllable in enumerate(run):
        width = 0 if covered[place] else width + 1
        left += width == 2 or (width > 0 and syllable not in single)
    return left


@dataclass(frozen=True, slots=True)
class _Words:
    same: dict[str, str]
    wants: dict[str, list[str]]
    forms: dict[str, list[str]]
    weak: list[str]
    opposites: list[str]
    passing: dict[str, list[str]]


@cache
def _words() -> _Words:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    weak, opposites = data["weak"]["words"], data["opposites"]["pairs"]
    return _Words(data["same"], data["wants"], data["forms"], weak, opposites, data["passing"])


def _any_of(words: Iterable[str], by_sound: bool) -> re.Pattern[str]:
    """Return what finds words in folded text, or their sounds in spaced syllables."""
    if by_sound:
        heard = {" ".join(syllables(word)) for word in words}
        words = {f" {word} " for word in heard if " " in word}
    return re.compile("|".join(map(re.escape, sorted(set(words), key=len, reverse=True))))


@cache
def _patterns(by_sound: bool) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Return (kind, name, pattern) of what is taken out of a question, longest words first."""
    words = _words()
    named = [("wants", name, w) for name, those in words.wants.items() for w in those]
    named += [("forms", name, w) for name, those in words.forms.items() for w in those]
    named += [("weak", "", word) for word in words.weak if not by_sound or len(word) > 1]
    named.sort(key=lambda one: -len(one[2]))
    found = [(kind, name, _any_of([word], by_sound)) for kind, name, word in named]
    return tuple(one for one in found if one[2].pattern)


@keeping(MOST_KEPT, LONGEST_KEPT)
def _meaning(question: str, by_sound: bool) -> _Meaning:
    """Take a question apart: what is asked for, in which form, and the sounds of the topic."""
    named = frozenset(places.named_exactly(name) or name for name in places.names_in(question))
    text = without_years(question)
    for name in places.names_in(question):
        text = text.replace(name, " ")
    kinds = frozenset(w.facet.kind for w in facets.wishes(question) if w.facet.required)
    passing, text = _passing(fold(text))
    weekdays = tuple(sorted(_WEEKDAY.findall(text)))
    text = _asking_plainly(_WEEKDAY.sub("\u3000", text))
    for said, compared in _words().same.items():
        text = text.replace(said, compared)
    taken, runs = _taken(text, by_sound)
    signs = (frozenset(named_years(question)), weekdays, *_signs(runs, by_sound))
    wants = {name for kind, name in taken if kind == "wants"}
    wants -= {"when", "until"} if wants & {"clock", "weekday", "lasting"} else set()
    wants -= {"when"} if "until" in wants else set()
    forms = frozenset(name for kind, name in taken if kind == "forms")
    heard = tuple(tuple(syllables(run) if not by_sound else run.split()) for run in runs)
    folded = fold(question)
    letters = bool(_LETTERS.search(folded))
    return _Meaning(
        folded, letters, tuple(runs), heard, frozenset(wants), forms, kinds, signs, named, passing
    )


def _asking_plainly(text: str) -> str:
    """Return 收费吗 for 收不收费, and 三年级 for 3年级."""
    plain, count = _WHETHER.subn(r"\1", f"{text[:-1]}吗" if text.endswith("不") else text)
    plain = _DIGIT.sub(lambda digit: _HAN[int(digit[0])], plain)
    return f"{plain}吗" if count else plain


def _passing(text: str) -> tuple[tuple[str, frozenset[str]], str]:
    """Return the shortest span that a question speaks of, its words, and the question without."""
    for span, words in _words().passing.items():
        if found := _any_of(words, by_sound=False).findall(text):
            kept = frozenset(found) - {"今年", "本年度"}
            return (span, kept), _any_of(words, by_sound=False).sub("\u3000", text)
    return ("", frozenset()), text


def _taken(text: str, by_sound: bool) -> tuple[set[tuple[str, str]], list[str]]:
    """Take out what is asked for, the forms of asking and weak words; return the rest in runs."""
    if by_sound:
        text = f" {' '.join(syllables(text)).replace(' ', '  ')} "
        text = text.replace("  ", " ")
    gap = _GAP if by_sound else "\u3000"
    taken = set()
    for kind, name, pattern in _patterns(by_sound):
        text, count = pattern.subn(gap, text)
        if count:
            taken.add((kind, name))
    return taken, [run.strip() for run in re.split(r"[\u3000|]", text) if run.strip()]


def _signs(runs: Sequence[str], by_sound: bool) -> tuple[object, ...]:
    """Return what must be the same to the letter: numbers, opposites, whether it is denied."""
    if by_sound:
        return ()
    text = "\u3000".join(runs)
    numerals = sorted(_NUMERAL.findall(text.replace("两", "二")))
    opposites = frozenset(c for pair in _words().opposites for c in pair if c in text)
    return tuple(numerals), opposites, len(_NEGATION.findall(text)) % 2
