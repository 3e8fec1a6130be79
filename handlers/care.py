"""Words of danger: what is said at once, and who is told."""

from __future__ import annotations

from typing import Final

from handlers import wording as say
from handlers.desk import Desk
from handlers.message import Reply
from knowledge.danger import UNNAMED, Danger
from storage import tickets

_PLANNED_FOR: Final = (UNNAMED, "bullying", "neglect", "small_child", "warning", "accident")
"""The kinds of danger that committees plan for, and those that only the evidence tells of."""


def answer(desk: Desk, danger: Danger, words: str) -> Reply:
    """Give the numbers that help and alert the duty person. An open form stays as it is."""
    tickets.open_ticket(desk.tx, "danger", desk.now, person_id=desk.person.id, words=words)
    return Reply(text(danger, tickets.numbers(desk.tx)))


def is_faint(danger: Danger) -> bool:
    """Tell whether a question may only sound like danger: plans speak of it, it is not urgent.

    Nobody who says a wish to die, or of hurting themselves, is told of plans.
    """
    return danger.level == 2 and danger.kind in _PLANNED_FOR


def beside(answer: str, care: str) -> str:
    """Return the answer to a question that sounds like danger, with what is said to that."""
    return f"{answer}\n\n{care}"


def text(danger: Danger, numbers: list[tuple[str, str, int]]) -> str:
    """Say what fits the level; ``numbers`` are (number, name, level from which it is given)."""
    given = [(number, name) for number, name, level in numbers if level >= danger.level]
    lines = "\n".join(say.NUMBER_LINE.format(number=number, name=name) for number, name in given)
    words = say.DANGER_NOW if danger.level == 1 else say.DANGER_TALK
    return words.format(numbers=lines)
