"""Words left for staff: what follows a call for a human, or an answer that staff gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from handlers import answer, finder, following, front, meaning
from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.hearing import consent, wishes
from handlers.message import Choice, Reply


def keep_words(desk: Desk, words: str, choices: Sequence[Choice]) -> Reply | None:
    """Keep the words that follow a call for a human, unless they lead out or are only polite.

    ``choices`` are what was offered last. After an answer of staff, what is new is no answer to it.
    """
    if not front.listens(choices) or (front.is_of_staff(choices) and _is_new(desk, words)):
        return None
    out, call = meaning.leads_out(words), meaning.meant(words, desk.book, desk.person.region)
    if out and out.ability.name == "leave":
        return front.human(desk, Request(argument="none"))
    if call.ability.name == "welcome":
        return front.ask_words(desk)
    is_polite = (
        call.ability.name == "thanks" and call.argument in ("", "sign")
    ) or consent.says_yes(words)
    return None if is_polite else front.leave_words(desk, words)


NEW: Final = frozenset(
    {"menu", "help", "questions", "mine", "subscribe", "unsubscribe", "today", "coming", "erase"}
)
"""What is asked of the assistant and is no answer to what a member of staff wrote."""

SELF_CONTAINED: Final = 0.7
"""A question of which a plan covers so much is about the plan, not about what staff wrote."""


def _is_new(desk: Desk, words: str) -> bool:
    """Tell whether words are no answer to staff but a command, or a question that plans answer."""
    if following.heard(desk, words) or words.startswith(say.GOES_ON):
        return False
    name = meaning.meant(words, desk.book, desk.person.region).ability.name
    if name in NEW or wishes.station_named(words):
        return True
    if not meaning.is_question(words):
        return False
    found = answer.told(desk.tx, desk.book, words, desk.person.region, None, desk.now)
    is_answered = found.kind in ("answer", "ask_back") and found.score >= SELF_CONTAINED
    return is_answered or finder.asks_for_details(words)
