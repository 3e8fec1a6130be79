"""What somebody may demand of their own data."""

from __future__ import annotations

from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.message import Choice, Reply
from storage import erasure


def erase(desk: Desk, request: Request) -> Reply:
    """Ask once whether everything about somebody is to be deleted, then delete it."""
    if request.argument != "yes":
        return Reply(
            say.ERASE_SURE, (Choice(say.ERASE_NO, "menu"), Choice(say.ERASE_YES, "erase:yes"))
        )
    erasure.forget_person(desk.tx, desk.person.id, "request", desk.now)
    return Reply(say.ERASED)
