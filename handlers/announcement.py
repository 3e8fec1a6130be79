"""What a form to send a message to many needs to know, and what is done with its result."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from handlers import broadcast
from handlers import wording_broadcast as words
from handlers.broadcast import MOST_TEXT, Refused
from handlers.desk import Desk
from handlers.dialog import Script
from handlers.message import Choice, Reply
from handlers.scripts import announcement
from handlers.scripts.announcement import Announcement, Sending
from storage import audiences, staff
from storage.audiences import Audience, Role
from storage.broadcasts import Broadcast
from storage.staff import Member

ABILITY = "announce"


def script(desk: Desk) -> Callable[[], Script[Any]] | None:
    """Return the form for a member of staff, None for anybody else."""
    member = staff.of_person(desk.tx, desk.person.id)
    if member is None:
        return None
    counts = {role: audiences.count(desk.tx, _audience(role)) for role in words.ROLES}

    sender = broadcast.usual_sender(desk.tx, member.name)

    def sample(text: str) -> str:
        return broadcast.read_as(text, sender)

    return partial(announcement.announce, Sending(counts, sample, MOST_TEXT))


def _audience(role: str) -> Audience:
    return Audience(cast(Role, role))


def file(desk: Desk, decided: Announcement) -> Reply:
    """Send what was decided, or say why not."""
    member = staff.of_person(desk.tx, desk.person.id)
    if member is None:
        return Reply(words.NO_LONGER_STAFF)
    audience = _audience(decided.role)
    draft = broadcast.draft(desk.tx, decided.text, audience, member, desk.now)
    return confirm(desk, draft.id, member)


def confirm(desk: Desk, broadcast_id: int, member: Member, *, again: bool = False) -> Reply:
    """Confirm a draft; the same text within 12 hours takes a button more."""
    try:
        one = broadcast.confirm(desk.tx, broadcast_id, member, desk.now, again=again)
    except Refused as problem:
        alike = problem.why == "alike"
        button = Choice(words.AGAIN, f"{ABILITY}:again:{broadcast_id}")
        return Reply(problem.said, (button,) if alike else ())
    return _confirmed(desk, one)


def _confirmed(desk: Desk, one: Broadcast) -> Reply:
    count = audiences.count(desk.tx, one.audience)
    buttons = (
        Choice(words.UNDO, f"{ABILITY}:undo:{one.id}"),
        Choice(words.STOP, f"{ABILITY}:stop:{one.id}"),
    )
    said = words.CONFIRMED.format(count=count, number=one.id)
    late = broadcast.held(one, desk.now)
    return Reply(f"{said}\n{late}" if late else said, buttons)
