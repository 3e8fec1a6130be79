"""The sentences of a plan, and passages that are short enough to be read in a chat."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from knowledge.documents.marks import LONGEST_HEADING

LONGEST: Final = 200
"""A passage has at most this many characters: so long a quotation may be."""

_LONGEST_GROUP: Final = 150
"""Sentences are put together up to this many characters; a single one can be longer."""

SENTENCE = re.compile(r"[^。！？]*(?:[。！？]+[”’」』）》]*|$)")
_WORD = re.compile(r"\w")


def sentences(text: str) -> Iterator[str]:
    """Return the sentences of a text; short ones with the next, long ones in clauses."""
    return filter(_WORD.search, map(str.strip, _groups(text)))


def _groups(text: str) -> Iterator[str]:
    group = ""
    for sentence in SENTENCE.findall(text):
        if group and len(group) + len(sentence) > _LONGEST_GROUP:
            yield from _cut(group)
            group = ""
        group += sentence
        if len(sentence) > LONGEST_HEADING:
            yield from _cut(group)
            group = ""
    yield from _cut(group)


def _cut(sentence: str, marks: str = "；，、") -> Iterator[str]:
    """Cut a sentence that is too long at its strongest marks, into parts of about one length."""
    if len(sentence) <= LONGEST:
        yield sentence
    elif marks:
        clauses = re.findall(rf"[^{marks[0]}]*{marks[0]}|[^{marks[0]}]+$", sentence)
        even = len(sentence) // (len(sentence) // LONGEST + 1) + LONGEST_HEADING
        parts = (part for clause in clauses for part in _cut(clause, marks[1:]))
        yield from _joined(parts, "", min(even, LONGEST))
    else:
        yield from (sentence[at : at + LONGEST] for at in range(0, len(sentence), LONGEST))


def grouped(lines: Iterable[str], between: str) -> Iterator[str]:
    """Put lines together as long as they stay short enough; cut what is too long alone."""
    return _joined((part for line in lines for part in _cut(line)), between, LONGEST)


def _joined(parts: Iterable[str], between: str, most: int) -> Iterator[str]:
    group = ""
    for part in parts:
        if group and len(group) + len(between) + len(part) > most:
            yield group
            group = part
        else:
            group = f"{group}{between}{part}" if group else part
    if group:
        yield group
