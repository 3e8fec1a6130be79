"""The words of a question that only ask, and the everyday ones that plans write otherwise."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from knowledge import thesaurus
from knowledge.sounds import syllables
from knowledge.text import sound

Known = Callable[[str], object]
"""Tells whether plans have a pair."""

_FILE: Final = Path(__file__).parent / "words.toml"
_DOUBLED: Final = re.compile(r"([\u4e00-\u9fff])\1(?=([\u4e00-\u9fff]))")
"""A verb said twice says it lightly: 讲讲法 is 讲法."""

_RUN: Final = re.compile("[\u4e00-\u9fff]{2,}")
LEAST_RESPELLED: Final = 3
"""Characters of the shortest word that is known though it is written as another."""

LONGEST_HEARD: Final = 4
"""Syllables of the longest word that is known by its sound alone."""


class Word(NamedTuple):
    """A word of a question that only asks, or that is an everyday one, and where it stands."""

    start: int
    end: int
    text: str
    instead: Sequence[str]


@dataclass(frozen=True, slots=True)
class Words:
    """``instead``: every known word, with what plans may write for it; nothing, if it only asks.

    ``longest``: how many characters the longest word has, by its first character;
    ``beginnings``: how the everyday words begin, two characters each; ``sounding``: the words of
    two characters and more by how they sound; ``spelled``: those of three and more by their
    first three syllables, as they are spelled; ``alike``: those that are known with one wrong
    character, by their first two syllables; ``ordinary`` and ``certain``: characters that are
    never taken for a wrong one, in words of two and of more.
    """

    instead: Mapping[str, Sequence[str]]
    longest: Mapping[str, int]
    beginnings: frozenset[str]
    sounding: Mapping[str, str]
    spelled: Mapping[tuple[str, ...], Sequence[str]]
    asking_heard: re.Pattern[str]
    alike: Mapping[tuple[str, ...], Sequence[str]]
    ordinary: frozenset[str]
    certain: frozenset[str]

    def within(self, question: str) -> Iterator[Word]:
        """Yield the known words of a question, from its beginning; the longest one counts."""
        at = 0
        while at < len(question):
            end = min(at + self.longest.get(question[at], 0), len(question))
            while end > at and (word := question[at:end]) not in self.instead:
                end -= 1
            if end > at:
                yield Word(at, end, word, self.instead[word])
            at = max(end, at + 1)

    def heard_within(self, sounds: Sequence[str], known: Known) -> Iterator[Word]:
        """Yield the everyday words that are heard in a run of syllables, if plans have them not."""
        at = 0
        while at < len(sounds):
            ends = range(min(at + LONGEST_HEARD, len(sounds)), at + 1, -1)
            heard = ((end, self.sounding.get(" ".join(sounds[at:end]), "")) for end in ends)
            end, word = next(((end, w) for end, w in heard if self.instead.get(w)), (at + 1, ""))
            if word and not all(known(" ".join(p)) for p in pairwise(sounds[at:end])):
                yield Word(at, end, word, self.instead[word])
            at = end


@cache
def words() -> Words:
    """Return all words that are known."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    asking: list[str] = data["asking"]
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
    return Words(
        instead,
        longest,
        beginnings,
        sounding,
        spelled,
        re.compile(rf"\b(?:{any_heard})\b"),
        _alike(instead),
        frozenset("".join(data["ordinary"].split())),
        frozenset(data["certain"]),
    )


def _alike(instead: Mapping[str, Sequence[str]]) -> Mapping[tuple[str, ...], Sequence[str]]:
    """Return the words that are known though one of their characters is another: longest first.

    They are those of two characters, and all that plans write.
    """
    written = {word for words_ in instead.values() for word in words_}
    alike: dict[tuple[str, ...], list[str]] = {}
    for word in sorted({*written, *instead}, key=lambda word: (-len(word), word)):
        if len(word) == 2 or (len(word) > 2 and word in written):
            alike.setdefault(sound(word[:2]), []).append(word)
    return alike


def respelled(question: str, known: Known) -> str:
    """Return a folded question with each word as it is known: verbs said once, slips mended."""
    question = _DOUBLED.sub(partial(_said_once, known), question)
    return _RUN.sub(partial(_mended, known), question)


def without_slips(question: str, known: Known) -> str:
    """Return a question, as it was written, with the words mended that have one wrong character.

    The wrong one sounds like the right one, is no ``ordinary`` one in a word of two characters and
    no ``certain`` one in a longer word, and makes a word that plans have, or that is an everyday
    one, neither with what stands before it nor with what follows.
    """
    return _RUN.sub(partial(_without_slips, known), question)


def _without_slips(known: Known, run: re.Match[str]) -> str:
    written, sounds, alike = run[0], sound(run[0]), words().alike
    for at in range(len(written) - 1):
        meant = alike.get(sounds[at : at + 2], ())
        for word in meant:
            end = at + len(word)
            if written[at:end] in meant:
                break
            if sounds[at:end] == sound(word) and _is_slip(written, at, word, known):
                written = written[:at] + word + written[end:]
                break
    return written


def _is_slip(written: str, at: int, word: str, known: Known) -> bool:
    """Tell whether a word is meant that is written with one character for another."""
    wrong = [n for n, character in enumerate(word) if written[at + n] != character]
    if len(wrong) != 1:
        return False
    place = at + wrong[0]
    if written[place] in (words().ordinary if len(word) == 2 else words().certain):
        return False
    around = (written[max(place - 1, 0) : place + 1], written[place : place + 2])
    meant = words().instead
    is_strange = not any(len(pair) > 1 and (known(pair) or pair in meant) for pair in around)
    return is_strange and (word in meant or all(map(known, _pairs_of(word))))


def _pairs_of(word: str) -> Iterator[str]:
    return (first + second for first, second in pairwise(word))


def _said_once(known: Known, doubled: re.Match[str]) -> str:
    verb, after = doubled.groups()
    is_light = verb + after in words().beginnings or not (
        doubled[0] in words().instead or known(doubled[0])
    )
    return verb if is_light else doubled[0]


def _mended(known: Known, run: re.Match[str]) -> str:
    """Return characters with the words in them that are written as others that sound alike.

    It is no such slip where plans have a pair of it, or one that sounds like it.
    """
    written, sounds, spelled = run[0], sound(run[0]), words().spelled
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
