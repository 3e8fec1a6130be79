"""The terminal as a channel: a line in, text with numbered choices out."""

from __future__ import annotations

from datetime import datetime

from handlers.message import Incoming, Reply, numbered


def parse(line: str, user: str, number: int, at: datetime) -> Incoming:
    """Return what somebody typed as their message number ``number``."""
    return Incoming("terminal", user, line, f"{at.timestamp():.6f}-{number}", at)


def render(reply: Reply) -> str:
    """Return a reply as text; choices stand below it with their numbers."""
    return "\n".join((reply.text, *numbered(reply.choices)))
