"""What comes in and what goes out, the same for every channel. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.dialog import Wants

Kind = Literal["text", "choice", "voice", "picture", "location", "follow", "leave"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as a channel understood it.

    ``address`` is what the platform vouches for (an openid, a chat id, a hashed cookie), ``id``
    is unique within the address, ``at`` is aware. For ``kind`` "choice", ``text`` is the data of
    the button.
    """

    channel: str
    address: str
    text: str
    id: str
    at: datetime
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to tap, or to choose by its number. ``data`` has at most 64 bytes (Telegram)."""

    label: str
    data: str


def numbered(choices: Sequence[Choice]) -> Sequence[str]:
    """Return choices as lines, each with the number that chooses it."""
    return [f"{number}. {choice.label}" for number, choice in enumerate(choices, 1)]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a reply is about, for the short question that may follow it (南通的呢, 收费不).

    ``question`` is the question as it was understood whole, ``fact`` the id of the fact of a plan
    that answered it; ``of_stations``: the stations that staff entered answered it, ``station`` is
    the id of the only one, 0 without one. ``asks`` are words that were asked of nothing yet: the
    person was asked back of what.
    """

    question: str = ""
    fact: str = ""
    of_stations: bool = False
    station: int = 0
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person reads. Choices stand in the order that 1, 2, 3 choose."""

    text: str
    choices: tuple[Choice, ...] = ()
    wants: Wants = ""
    topic: Topic | None = None
