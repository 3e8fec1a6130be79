"""What was spoken of and shown last: the reply itself carries it, and is forgotten with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from handlers import letters
from handlers.desk import Desk
from handlers.message import Choice, Reply, Topic
from storage import messages, shown

FRESH: Final = timedelta(minutes=15)
"""How long a short question is about what was spoken of before it."""


def recent(desk: Desk) -> Topic | None:
    """Return what the last reply to somebody was about, None where it was too long ago."""
    last = messages.last_reply_since(desk.tx, desk.person.id, desk.now - FRESH)
    return letters.read(last).topic if last else None


def choices(desk: Desk) -> tuple[Choice, ...]:
    """Return what stood on the screen last: of a push, where one came after the newest reply."""
    message_id, last = messages.last(desk.tx, desk.person.id)
    for push in shown.since(desk.tx, desk.person.id, message_id):
        if offered := letters.read(push.reply).choices:
            return offered
    return letters.read(last).choices if last else ()


def carried(desk: Desk, reply: Reply) -> Reply:
    """Return a reply after which one still speaks of the same as before it."""
    return replace(reply, topic=recent(desk))
