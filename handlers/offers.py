"""What can be done about the programme that an answer is about: help with it, be told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from handlers import wording as say
from handlers.desk import Desk
from handlers.message import Choice, Reply
from knowledge import programmes
from knowledge.plan import Fact
from knowledge.programmes import Programme

SIGN_UP: Final[Mapping[str, Choice]] = {
    "station": Choice(say.STATION_OFFER, "signup:station"),
    "pair": Choice(say.PAIR_OFFER, "signup:mentoring"),
    "any": Choice(say.HELP_OFFER, "signup"),
}
"""What opens the form, by the way in which volunteers help with a programme."""

REMIND: Final = Choice(say.REMIND_OFFER, "subscribe")


def under(desk: Desk, question: str, facts: Sequence[Fact], reply: Reply) -> Reply:
    """Put at most two offers under an answer; who is told of everything is not asked again."""
    about = subject(question, facts)
    if about is None:
        return reply
    told = desk.person.subscribed and not desk.person.opted_out
    offers = [SIGN_UP[about.help]] if about.help else []
    if "dated" in about.kinds and not told:
        offers.append(REMIND)
    return replace(reply, choices=(*reply.choices, *offers))


def subject(question: str, facts: Sequence[Fact]) -> Programme | None:
    """Return the programme that a question asks about: a usual one, or one that its answer names.

    A question that names none is about the one that its answer and the heading above it name.
    """
    if not facts:
        return None
    text, heading = facts[0].text, "".join(facts[0].headings[-1:])
    own = [one for line in (*facts[0].headings, text) for one in programmes.read_out(line)]
    above = programmes.named_in(heading, own)
    is_told = above is not None and above == programmes.named_in(text, own)
    return programmes.named_in(question, own) or (above if is_told else None)
