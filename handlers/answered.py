"""What staff answered before, said to whoever asks the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers import wording_answers as words
from handlers.timewords import local
from knowledge.answered import NEARLY_THE_SAME, best
from storage import answers
from storage.answers import Given
from storage.engine import Transaction
from storage.pauses import day_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what the plans say to it: a kind of ``handlers.answer`` and its score."""

    question: str
    region: str | None
    kind: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """An answer of staff that fits a question better than the plans do."""

    given: Given
    likeness: float


def instead(tx: Transaction, asked: Asked, now: datetime) -> Found | None:
    """Return what staff answered to the same question, None where the plans know better.

    Where the plans answer, or ask back, only nearly the same question counts, and only where it is
    more alike than the best of the plans covers.
    """
    is_open = asked.kind in ("refusal", "related")
    if not is_open and asked.score >= 1:
        return None
    match = best(asked.question, asked.region, answers.holding(tx, now), day_of(now))
    if match is None:
        return None
    if not is_open and (match.likeness < NEARLY_THE_SAME or match.likeness <= asked.score):
        return None
    given = answers.get(tx, match.id)
    return None if given is None else Found(given, match.likeness)


def is_known(tx: Transaction, question: str, region: str | None, now: datetime) -> bool:
    """Tell whether staff answered nearly the same question."""
    match = best(question, region, answers.holding(tx, now), day_of(now))
    return match is not None and match.likeness >= NEARLY_THE_SAME


def source(given: Given) -> str:
    """Say who answered and when, in place of a plan's title."""
    at = local(given.answered_at)
    said = words.SOURCE.format(author=given.author or "", year=at.year, month=at.month, day=at.day)
    until = given.draft.until
    if until is None:
        return said
    return said + words.SOURCE_UNTIL.format(month=until.month, day=until.day)


def read_as(given: Given) -> str:
    """Return an answer as the next one who asks reads it."""
    return f"{given.draft.text}\n\n{source(given)}"
