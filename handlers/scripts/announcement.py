"""Sending a message to many from a chat: the text, whom it is for, and their number typed back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handlers import wording_broadcast as words
from handlers.dialog import Ask, Revise, Script, Unclear, read
from handlers.hearing import choices, numerals

_COUNT = re.compile(r"(\w+?)(?:个?人|位|个)?")


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a member of staff decided to send. ``role`` is a key of ``wording_broadcast.ROLES``."""

    text: str
    role: str


@dataclass(frozen=True, slots=True)
class Sending:
    """How many people each role has now, how a text will read, and the most characters of one."""

    counts: Mapping[str, int]
    sample: Callable[[str], str]
    most: int


def announce(sending: Sending) -> Script[Announcement]:
    """What, to whom, and the number of people as a confirmation that no slip of a finger gives."""
    text = yield from read(Ask("text", words.ASK_TEXT, _a_text(sending.most)))
    options = tuple(
        (role, words.ROLE_OPTION.format(role=said, count=sending.counts[role]))
        for role, said in words.ROLES.items()
    )
    role = str((yield from read(Ask("role", words.ASK_ROLE, choices.one_of(options), options))))
    count, said = sending.counts[role], words.ROLES[role]
    if not count:
        raise Revise(words.NOBODY_THERE.format(role=said), role=None)
    shown = words.ASK_COUNT.format(role=said, count=count, sample=sending.sample(text))
    typed = yield from read(Ask("count", shown, _the_number(count)))
    if typed != count:  # somebody came or left since
        raise Revise(words.WRONG_COUNT, count=None)
    return Announcement(text, role)


def _a_text(most: int) -> Callable[[str], str]:
    def parse(said: str) -> str:
        if not said.strip():
            raise Unclear(words.REFUSED["empty"])
        if len(said) > most:
            raise Unclear(words.REFUSED["long"].format(count=len(said), most=most))
        return said.strip()

    return parse


def _the_number(count: int) -> Callable[[str], int]:
    def parse(said: str) -> int:
        typed = _COUNT.fullmatch(numerals.level(said))
        digits = numerals.digits(typed[1]) if typed else ""
        number = int(digits) if digits.isdecimal() else numerals.number(digits)
        if number != count:
            raise Unclear(words.WRONG_COUNT)
        return count

    return parse
