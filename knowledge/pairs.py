"""What is compared of a question and of a fact: pairs of characters, pairs of sounds, characters.

Pairs of characters need no dictionary and survive any wording; pairs of fuzzy syllables survive
homophones, pinyin and slips of the pen. A heard pair has a blank inside, a written pair has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from knowledge import thesaurus
from knowledge.sounds import syllables
from knowledge.vocabulary import Known, Word, respelled, words

_PARTICLE: Final = re.compile(r"(?: (?:ma|ne|ba|a|ya|na|nie|me))+$")
"""What typed pinyin ends a question with, as it sounds."""

_RUN: Final = re.compile(r"(?P<typed>[a-z\d]*[a-z][a-z\d]*)|[^a-z]+")
"""What is typed in letters, with the digits beside them, and what is written in characters."""

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


def asked(question: str, known: Known) -> Asked:
    """Return what a folded question is about, without what it is only wrapped in.

    ``known`` tells whether plans have a pair: what only looks like asking may be part of a name
    (咨询 in 心理咨询室).
    """
    question = respelled(question, known)
    about, start = Asked(), 0
    said: list[Word] = []
    for word in words().within(question):
        if word.instead:
            said.append(word)
        elif not _is_of_name(question, word, known):
            _take(question[start : word.start], start, said, about, known)
            start, said = word.end, []
    _take(question[start:], start, said, about, known)
    return about


def _is_of_name(question: str, word: Word, known: Known) -> bool:
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
    for found in words().asking_heard.finditer(sounds):
        around = sounds[: found.start()].split()[-1:] + found[0].split()
        around += sounds[found.end() :].split()[:1]
        if not all(known(" ".join(pair)) for pair in pairwise(around)):
            yield sounds[start : found.start()].split()
            start = found.end()
    yield _PARTICLE.sub("", sounds[start:]).split()


def _take(piece: str, start: int, said: Sequence[Word], about: Asked, known: Known) -> None:
    """Add what a piece of a question says; ``start`` is where in the question it stands."""
    about.characters.extend(piece)
    for run in _RUN.finditer(piece):
        if run["typed"]:
            _take_typed(piece, run.span(), about, known)
            continue
        heard, first, last = syllables(run[0]), start + run.start(), start + run.end()
        sounds = [" ".join(pair) for pair in pairwise(heard)]
        pairs = [Pair(run[0][at : at + 2], both) for at, both in enumerate(sounds)]
        within = [word for word in said if first <= word.start and word.end <= last]
        _add(pairs, first, within, about)


def _take_typed(piece: str, span: tuple[int, int], about: Asked, known: Known) -> None:
    """Add what is typed in letters, with the character before it and the one behind."""
    first, last = span
    heard = syllables(piece[max(first - 1, 0) : last + 1])
    for run in _asked_of(" ".join(heard), known):
        pairs = [Pair("", " ".join(pair)) for pair in pairwise(run)]
        _add(pairs, 0, list(words().heard_within(run, known)), about)


def _add(pairs: Sequence[Pair], start: int, said: Sequence[Word], about: Asked) -> None:
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
    """Return every written and heard pair of a folded text, and what stands for everyday words."""
    heard = syllables(text)
    found = {f"{first} {second}" for first, second in pairwise(heard)}
    written = {first + second for first, second in pairwise(text)}
    found |= written
    found.update(thesaurus.within(text, written))
    return found
