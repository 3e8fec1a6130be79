"""What was spoken of last: the reply itself carries it, so it is forgotten with the reply."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from handlers import letters
from handlers.desk import Desk
from handlers.message import Reply, Topic
from storage import messages

FRESH: Final = timedelta(minutes=15)
"""How long a short question is about what was spoken of before it."""


def recent(desk: Desk) -> Topic | None:
    """Return what the last reply to somebody was about, None where it was too long ago."""
    last = messages.last_reply_since(desk.tx, desk.person.id, desk.now - FRESH)
    return letters.read(last).topic if last else None


def carried(desk: Desk, reply: Reply) -> Reply:
    """Return a reply after which one still speaks of the same as before it."""
    return replace(reply, topic=recent(desk))
