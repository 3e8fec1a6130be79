"""``guanxin ask``: questions answered outside of a conversation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final

from handlers import answer, care, meaning
from handlers import wording as say
from handlers import wording_answers as words_of_staff
from handlers.answer import Answer
from handlers.timewords import local
from knowledge import danger
from knowledge.book import Book
from knowledge.plan import Fact
from knowledge.text import clean, fold
from storage import questions as asked
from storage.answers import Given
from storage.engine import Transaction
from storage.store import Store

MOST_SOURCES: Final = 5
LONGEST_QUOTE: Final = 200
LONGEST_REGION: Final = 40
LONGEST_GREETING: Final = 11
"""Longer messages that seem to be talk (好的老师辛苦了) may be questions in words of everyday."""

_NO_QUESTION: Final = ("greet", "smalltalk")


@dataclass(frozen=True, slots=True)
class Question:
    """One question; ``id`` is given back with the answer."""

    words: str
    region: str | None = None
    year: int | None = None
    id: Any = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Answers questions; ``by_intent``: what is no question is told apart first.

    With a store, what staff answered counts too.
    """

    book: Book
    now: datetime
    numbers: list[tuple[str, str, int]]
    by_intent: bool = False
    store: Store | None = None

    def answer(self, question: Question) -> dict[str, Any]:
        """Return the answer as one JSON object."""
        words = clean(question.words)
        if heard := danger.hear(words):
            return self._in_danger(words, question, heard)
        intent = self._intent(words, question.region)
        if intent in _NO_QUESTION or (self.by_intent and intent != "ask_kb"):
            return _row(question, "other", say.MENU, intent=intent if self.by_intent else None)
        return self._answered(words, question)

    def _intent(self, words: str, region: str | None) -> str:
        """Return what a message wants; a longer one is a question unless that is asked for."""
        if not self.by_intent and len(fold(words)) > LONGEST_GREETING:
            return "ask_kb"
        return meaning.meant(words, self.book, region).ability.intent

    def _in_danger(self, words: str, question: Question, heard: danger.Danger) -> dict[str, Any]:
        text = care.text(heard, self.numbers)
        is_asked = meaning.is_well_answered(words, self.book, question.region)
        if not care.is_faint(heard) or not is_asked:
            return _row(question, "danger", text, level=heard.level)
        row = self._answered(words, question)
        return row | {"level": heard.level, "text": care.beside(row["text"], text)}

    def _answered(self, words: str, question: Question) -> dict[str, Any]:
        told = self._told(words, question)
        sources = [_source(fact) for fact in told.facts[:MOST_SOURCES]]
        sources += [_by_staff(told.given)] if told.given else []
        intent = "ask_kb" if self.by_intent else None
        return _row(
            question, told.kind, told.text, intent=intent, sources=sources, score=told.score
        )

    def _told(self, words: str, question: Question) -> Answer:
        region, year = question.region, question.year
        if self.store is None:
            return answer.answer(self.book, words, region, year, self.now)
        return self.store.read_now(
            lambda tx: answer.told(tx, self.book, words, region, year, self.now)
        )


def keeping(question: Question, now: datetime) -> Callable[[Transaction], int]:
    """Return the work that puts a question into the queue of unanswered ones."""
    words, region = clean(question.words), clean(question.region or "")[:LONGEST_REGION] or None
    return lambda tx: asked.keep(tx, asked.Asked(words, region), now)


def _row(
    question: Question,
    kind: str,
    text: str,
    *,
    level: int | None = None,
    intent: str | None = None,
    sources: list[dict[str, Any]] | None = None,
    score: float | None = None,
) -> dict[str, Any]:
    return {
        "id": question.id,
        "kind": kind,
        "level": level,
        "intent": intent,
        "text": text,
        "sources": sources or [],
        "score": None if score is None else round(score, 4),
    }


def _source(fact: Fact) -> dict[str, Any]:
    plan = fact.plan
    return {
        "plan": plan.key,
        "title": plan.title,
        "number": plan.number,
        "year": plan.year,
        "section": fact.section or None,
        "quote": None if plan.digest else fact.text[:LONGEST_QUOTE],
        "digest": fact.text if plan.digest else None,
    }


def _by_staff(given: Given) -> dict[str, Any]:
    """Return what staff answered as a source: no plan stands behind it."""
    return {
        "plan": None,
        "title": words_of_staff.TITLE,
        "number": None,
        "year": local(given.answered_at).year,
        "section": None,
        "quote": None,
        "digest": given.draft.text,
    }


class BadLine(ValueError):
    """A line of input that is no question; the message says why."""


def questions(
    lines: BinaryIO, region: str | None, year: int | None
) -> Iterator[Question | BadLine]:
    """Read JSON lines; a line that is none is yielded as its error, and the next one follows."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _question(number, line, region, year)


def _question(number: int, line: bytes, region: str | None, year: int | None) -> Question | BadLine:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return BadLine(f"line {number} is not UTF-8")
    except (ValueError, RecursionError):
        return BadLine(f"line {number} is not JSON")
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        return BadLine(f'line {number} needs "question" as text')
    given = row.get("region")
    if given is not None and not isinstance(given, str):
        return BadLine(f'line {number} needs "region" as text')
    return Question(row["question"], given or region, year, row.get("id"))
