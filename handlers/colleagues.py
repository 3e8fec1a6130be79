"""Members of staff in a chat: known by a code from the console, and told what waits for them."""

from __future__ import annotations

import re
from typing import Final

from handlers import wording_staff as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.message import Reply
from knowledge.text import fold
from storage import calls, staff, staff_codes, tickets
from storage.staff import Member

_CODE: Final = re.compile(rf"{say.LINK_WORD}(\d{{{staff_codes.DIGITS}}})")


def code_in(words: str) -> str | None:
    """Return the code in words that are nothing but 绑定员工 and six digits."""
    said = _CODE.fullmatch(fold(words))
    return said[1] if said else None


def link(desk: Desk, request: Request) -> Reply:
    """Take a code from the console: the member it was given to is known to be this person."""
    code = code_in(request.words)
    if code is None:
        return Reply(say.LINK_HOW)
    outcome = staff_codes.redeem(desk.tx, desk.address_id, desk.person.id, code, desk.now)
    member = staff.of_person(desk.tx, desk.person.id)
    if outcome != "linked" or member is None:
        return Reply(say.LINK_LOCKED if outcome == "locked" else say.LINK_WRONG)
    actor = f"staff {member.id}"
    staff.record(desk.tx, actor, "chat linked", actor, desk.now)
    return Reply(_with(say.LINKED, member))


def who(desk: Desk, _request: Request) -> Reply:
    """Say whom one is taken for."""
    member = staff.of_person(desk.tx, desk.person.id)
    return Reply(_with(say.WHO, member) if member else say.NOBODY)


def _with(form: str, member: Member) -> str:
    return form.format(name=member.name, role=say.ROLES[member.role], offers=say.OFFERS)


def menu_line(desk: Desk) -> str:
    """Return what the menu says to members of staff besides, empty for everybody else."""
    member = staff.of_person(desk.tx, desk.person.id)
    return say.MENU_LINE.format(role=say.ROLES[member.role]) if member else ""


def backlog(desk: Desk, _request: Request) -> Reply:
    """Tell staff how much waits for them, in numbers only."""
    if staff.of_person(desk.tx, desk.person.id) is None:
        return Reply(say.NOT_STAFF)
    waiting = tickets.waiting(desk.tx)
    counted = [(name, waiting.get(kind, 0)) for kind, name in say.KINDS.items()]
    counted.append((say.CALLS, len(calls.open_calls(desk.tx))))
    lines = [say.WAITING_LINE.format(kind=name, count=count) for name, count in counted if count]
    return Reply(say.WAITING.format(lines="\n".join(lines)) if lines else say.WAITING_NONE)
