"""One person on two doors: a six-digit code joins them, never a telephone number."""

from __future__ import annotations

import re
import secrets
from typing import Final

from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.message import Reply
from knowledge.text import fold
from storage import links, tickets

DIGITS: Final = 6
_CODE: Final = re.compile(rf"(?:{say.LINK_WORD})?(\d{{{DIGITS}}})")


def code_in(words: str) -> str | None:
    """Return the code in words that are nothing but 绑定 and six digits."""
    found = _CODE.fullmatch(fold(words))
    return found[1] if found and say.LINK_WORD in words else None


def link(desk: Desk, request: Request) -> Reply:
    """Take a code from another door, or give one out."""
    code = code_in(request.words) or request.argument
    return _redeem(desk, code) if code else _issue(desk)


def _issue(desk: Desk) -> Reply:
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    links.issue(desk.tx, desk.person.id, code, desk.now)
    return Reply(say.LINK_CODE.format(code=code))


def _redeem(desk: Desk, code: str) -> Reply:
    outcome = links.redeem(desk.tx, desk.address_id, desk.person.id, code, desk.now)
    if outcome == "locked":
        tickets.open_ticket(desk.tx, "human", desk.now, person_id=desk.person.id)
    return Reply(_SAID[outcome])


_SAID: Final = {
    "linked": say.LINKED,
    "wrong": say.LINK_WRONG,
    "locked": say.LINK_LOCKED,
    "same": say.LINK_SAME,
}
