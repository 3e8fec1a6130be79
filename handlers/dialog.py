"""Scripted conversations that read top to bottom and survive a restart.

A script is a plain generator: it yields questions and receives values.  Words are parsed once,
when they are heard; what is remembered is the value (an option's id, a name), so a list that
changes between two answers never changes what somebody chose.  To resume, the script runs again
from its first line with the remembered values.  A script touches neither clock nor network nor
database: what it needs to know comes in as arguments, what it decides goes out as its return
value.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Value = str | int | bool | list[str] | None
Answers = tuple[tuple[str, Any], ...]
"""(key, value) in the order in which they were heard. None: the person wants to be asked again."""
Options = tuple[tuple[Value, str], ...]
Wants = Literal["", "phone"]
"""What a question asks for that a platform may let people hand over with one tap."""


class Unclear(Exception):
    """The words cannot be used; the message tells the person what to send instead."""


class Revise(Exception):
    """Earlier answers change: each key takes the value given with it, None asks again."""

    def __init__(self, hint: str = "", /, **changes: Value) -> None:
        super().__init__(hint)
        self.changes = changes


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One question.

    ``parse`` turns the words into a value or raises ``Unclear``; ``options`` are the (id, words)
    that may be chosen; ``known`` answers it without asking; ``find`` recognises the answer inside
    words that were said to the question before; ``wants`` says what a platform may hand over.
    """

    key: str
    text: str
    parse: Callable[[str], T]
    options: Options = ()
    known: T | None = None
    find: Callable[[str], T | None] | None = None
    free: bool = False
    wants: Wants = ""


Script = Generator[Ask[Any], Any, R]


@dataclass(frozen=True, slots=True)
class Turn(Generic[R]):
    """Where the conversation stands: an open question, or a result.

    ``hint`` says why the words were not taken; ``asked`` are the keys passed on the way.
    """

    answers: Answers
    ask: Ask[Any] | None
    hint: str = ""
    result: R | None = None
    asked: tuple[str, ...] = ()


def read(ask: Ask[T]) -> Generator[Ask[T], T, T]:
    """Ask one question; ``name = yield from read(...)`` has the type that its parse returns."""
    return (yield ask)


def play(script: Callable[[], Script[R]], answers: Answers, words: str | None = None) -> Turn[R]:
    """Resume ``script`` after ``answers`` and let the person say ``words``.

    Where the script took an answer back, the words were said to another question than the one
    that is open now, so they are not taken.
    """
    turn = _resume(script, answers)
    if words is None or turn.ask is None or turn.hint:
        return turn
    try:
        value = turn.ask.parse(words)
    except Unclear as unclear:
        return replace(turn, hint=str(unclear))
    except Revise as change:
        return replace(_resume(script, revised(turn.answers, change)), hint=str(change))
    turn = _resume(script, revised(turn.answers, Revise(**{turn.ask.key: value})))
    return _overheard(script, turn, words)


def _overheard(script: Callable[[], Script[R]], turn: Turn[R], words: str) -> Turn[R]:
    """Take the answers to the next questions that were already in the same words."""
    while turn.ask is not None and turn.ask.find is not None:
        value = turn.ask.find(words)
        if value is None:
            break
        turn = _resume(script, revised(turn.answers, Revise(**{turn.ask.key: value})))
    return turn


def revised(answers: Answers, change: Revise) -> Answers:
    """Return ``answers`` with the changes at their end; None asks again even what was known."""
    kept = tuple(answer for answer in answers if answer[0] not in change.changes)
    return (*kept, *change.changes.items())


def back(turn: Turn[R]) -> Answers | None:
    """Return the answers without the last one; None when there is none to take back."""
    values = dict(turn.answers)
    given = [key for key in turn.asked if values.get(key) is not None]
    return revised(turn.answers, Revise(**{given[-1]: None})) if given else None


def _resume(script: Callable[[], Script[R]], answers: Answers) -> Turn[R]:
    """Run the script from its first line; a script may take answers back with ``Revise``."""
    hint = ""
    while True:
        try:
            return replace(_run(script, answers), hint=hint)
        except Revise as change:
            remaining = revised(answers, change)
            if dict(remaining) == dict(answers):
                raise RuntimeError(f"a script revises {list(change.changes)} for ever") from change
            answers, hint = remaining, str(change)


def _run(script: Callable[[], Script[R]], answers: Answers) -> Turn[R]:
    running, given = script(), dict(answers)
    asked: tuple[str, ...] = ()
    try:
        ask = next(running)
        while True:
            value = given.get(ask.key, ask.known)
            if value is None:
                return Turn(answers, ask, asked=asked)
            asked = (*asked, ask.key)
            ask = running.send(value)
    except StopIteration as done:
        return Turn(answers, None, result=done.value, asked=asked)
