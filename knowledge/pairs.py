"""What is compared of a question and of a fact: pairs of characters, pairs of sounds, characters.

Pairs of characters need no dictionary and survive any wording; pairs of fuzzy syllables survive
homophones, pinyin and slips of the pen. A heard pair has a blank inside, a written pair has none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from knowledge import thesaurus
from knowledge.sounds import syllables
from knowledge.text import sound

Known = Callable[[str], object]
"""Tells whether plans have a pair."""

_PARTICLE: Final = re.compile(r"(?: (?:ma|ne|ba|a|ya|na|nie|me))+$")
"""What typed pinyin ends a question with, as it sounds."""

_WORDS: Final = Path(__file__).parent / "words.toml"
_DOUBLED: Final = re.compile(r"([\u4e00-\u9fff])\1(?=([\u4e00-\u9fff]))")
"""A verb said twice says it lightly: 讲讲法 is 讲法."""

_RUN: Final = re.compile("[\u4e00-\u9fff]{2,}")
LEAST_RESPELLED: Final = 3
LONGEST_HEARD: Final = 4
"""Syllables of the longest word that is known by its sound alone."""

_LIKE_A_QUESTION: Final = "吧"
"""A single character that asks and that names end with (网吧)."""


class Pair(NamedTuple):
    """Two characters beside each other, and their sounds; typed pinyin has nothing written."""

    written: str
    heard: str


class Saying(NamedTuple):
    """An everyday word of a question: its own pairs, and what plans may write instead."""

    pairs: Sequence[Pair]
    instead: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is about.

    ``joints`` are the pairs where an everyday word meets its neighbours: they say something only
    where plans have them too.
    """

    pairs: list[Pair] = field(default_factory=list)
    joints: list[Pair] = field(default_factory=list)
    sayings: list[Saying] = field(default_factory=list)
    characters: list[str] = field(default_factory=list)


class _Word(NamedTuple):
    """A word of a question that only asks, or that is an everyday one, and where it stands."""

    start: int
    end: int
    text: str
    instead: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Words:
    """``instead``: every known word, with what plans may write for it; nothing, if it only asks.

    ``longest``: how many characters the longest word has, by its first character;
    ``beginnings``: how the everyday words begin, two characters each; ``sounding``: the words of
    two characters and more by how they sound; ``spelled``: those of three and more by their
    first three syllables, as they are spelled.
    """

    instead: Mapping[str, Sequence[str]]
    longest: Mapping[str, int]
    beginnings: frozenset[str]
    sounding: Mapping[str, str]
    spelled: Mapping[tuple[str, ...], Sequence[str]]
    asking_heard: re.Pattern[str]

    def within(self, question: str) -> Iterator[_Word]:
        """Yield the known words of a question, from its beginning; the longest one counts."""
        at = 0
        while at < len(question):
            end = min(at + self.longest.get(question[at], 0), len(question))
            while end > at and (word := question[at:end]) not in self.instead:
                end -= 1
            if end > at:
                yield _Word(at, end, word, self.instead[word])
            at = max(end, at + 1)

    def heard_within(self, sounds: Sequence[str], known: Known) -> Iterator[_Word]:
        """Yield the everyday words that are heard in a run of syllables, if plans have them not."""
        at = 0
        while at < len(sounds):
            ends = range(min(at + LONGEST_HEARD, len(sounds)), at + 1, -1)
            heard = ((end, self.sounding.get(" ".join(sounds[at:end]), "")) for end in ends)
            end, word = next(((end, w) for end, w in heard if self.instead.get(w)), (at + 1, ""))
            if word and not all(known(" ".join(p)) for p in pairwise(sounds[at:end])):
                yield _Word(at, end, word, self.instead[word])
            at = end


@cache
def _words() -> _Words:
    asking: list[str] = tomllib.loads(_WORDS.read_text("utf-8"))["asking"]
    instead: dict[str, Sequence[str]] = {**dict.fromkeys(asking, ()), **thesaurus.sayings()}
    longest: dict[str, int] = {}
    for word in instead:
        longest[word[0]] = max(longest.get(word[0], 0), len(word))
    heard = {" ".join(syllables(word)) for word in asking if len(word) > 1}
    any_heard = "|".join(map(re.escape, sorted(heard, key=len, reverse=True)))
    beginnings = frozenset(word[:2] for word, plans in instead.items() if plans)
    sounding = {" ".join(syllables(word)): word for word in reversed(instead) if len(word) > 1}
    spelled: dict[tuple[str, ...], list[str]] = {}
    for word in sorted(instead, key=len, reverse=True):
        if len(word) >= LEAST_RESPELLED:
            spelled.setdefault(sound(word[:LEAST_RESPELLED]), []).append(word)
    return _Words(
        instead, longest, beginnings, sounding, spelled, re.compile(rf"\b(?:{any_heard})\b")
    )


def asked(question: str, known: Known) -> Asked:
    """Return what a folded question is about, without what it is only wrapped in.

    ``known`` tells whether plans have a pair: what only looks like asking may be part of a name
    (咨询 in 心理咨询室).
    """
    question = _DOUBLED.sub(partial(_said_once, known), question)
    question = _RUN.sub(partial(_respelled, known), question)
    about, start = Asked(), 0
    said: list[_Word] = []
    for word in _words().within(question):
        if word.instead:
            said.append(word)
        elif not _is_of_name(question, word, known):
            _take(question[start : word.start], start, said, about, known)
            start, said = word.end, []
    _take(question[start:], start, said, about, known)
    return about


def _said_once(known: Known, doubled: re.Match[str]) -> str:
    verb, after = doubled.groups()
    is_light = verb + after in _words().beginnings or not (
        doubled[0] in _words().instead or known(doubled[0])
    )
    return verb if is_light else doubled[0]


def _respelled(known: Known, run: re.Match[str]) -> str:
    """Return characters with the words in them that are written as others that sound alike.

    It is no such slip where plans have a pair of it, or one that sounds like it.
    """
    written, sounds, spelled = run[0], sound(run[0]), _words().spelled
    for at in range(len(written) - LEAST_RESPELLED + 1):
        for word in spelled.get(sounds[at : at + LEAST_RESPELLED], ()):
            end = at + len(word)
            is_slip = sounds[at:end] == sound(word) and written[at:end] != word
            if is_slip and _is_strange(written[max(at - 1, 0) : end + 1], known):
                written = written[:at] + word + written[end:]
    return written


def _is_strange(written: str, known: Known) -> bool:
    """Tell whether plans have no pair of what is written, nor one that sounds alike."""
    pairs = [*map("".join, pairwise(written)), *map(" ".join, pairwise(syllables(written)))]
    return not any(map(known, pairs))


def _is_of_name(question: str, word: _Word, known: Known) -> bool:
    before = word.start > 0 and known(question[word.start - 1 : word.start + 1])
    if len(word.text) == 1:
        return word.text in _LIKE_A_QUESTION and bool(before)
    after = word.end < len(question) and known(question[word.end - 1 : word.end + 1])
    return bool(before or after) and all(
        known(word.text[at : at + 2]) for at in range(len(word.text) - 1)
    )


def _asked_of(sounds: str, known: Known) -> Iterator[Sequence[str]]:
    """Yield the runs of typed syllables between the words that only ask."""
    start = 0
    for found in _words().asking_heard.finditer(sounds):
        around = sounds[: found.start()].split()[-1:] + found[0].split()
        around += sounds[found.end() :].split()[:1]
        if not all(known(" ".join(pair)) for pair in pairwise(around)):
            yield sounds[start : found.start()].split()
            start = found.end()
    yield _PARTICLE.sub("", sounds[start:]).split()


def _take(piece: str, start: int, said: Sequence[_Word], about: Asked, known: Known) -> None:
    """Add what a piece of a question says; ``start`` is where in the question it stands."""
    about.characters.extend(piece)
    heard = syllables(piece)
    sounds = [" ".join(pair) for pair in pairwise(heard)]
    if len(heard) == len(piece):
        _add([Pair(piece[at : at + 2], both) for at, both in enumerate(sounds)], start, said, about)
        return
    for run in _asked_of(" ".join(heard), known):
        pairs = [Pair("", " ".join(pair)) for pair in pairwise(run)]
        _add(pairs, 0, list(_words().heard_within(run, known)), about)


def _add(pairs: Sequence[Pair], start: int, said: Sequence[_Word], about: Asked) -> None:
    """Add the pairs of a piece, those of its everyday words apart."""
    at = 0
    for word in said:
        first, last = word.start - start, word.end - start
        about.pairs.extend(pairs[at : max(first - 1, at)])
        about.joints.extend(pairs[max(first - 1, at) : first])
        about.sayings.append(Saying(pairs[first : last - 1], word.instead))
        about.joints.extend(pairs[last - 1 : last])
        at = last
    about.pairs.extend(pairs[at:])


def told(text: str) -> set[str]:
    """Return every written and heard pair of a folded text."""
    heard = syllables(text)
    found = {f"{first} {second}" for first, second in pairwise(heard)}
    if len(heard) == len(text):
        found.update(first + second for first, second in pairwise(text))
    return found
