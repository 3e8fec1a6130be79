"""Staff send a message to many from their own chat; nobody else does."""

from __future__ import annotations

import re
from typing import Final

from handlers import announcement, broadcast, forms
from handlers import wording_broadcast as words
from handlers.ability import Request
from handlers.broadcast import Refused
from handlers.desk import Desk
from handlers.message import Reply
from knowledge.text import fold
from storage import broadcasts, outcomes, staff
from storage.broadcasts import Broadcast
from storage.staff import Member

FORM: Final = "announcement"
_SAID: Final = re.compile(words.SAID, re.DOTALL)
_WORDS: Final = {words.UNDO: "undo", words.STOP: "stop"}
_DIGITS: Final = re.compile(r"[0-9]{1,10}")


def announce(desk: Desk, request: Request) -> Reply:
    """Ask a member of staff what to send, or do what a button of theirs says."""
    member = staff.of_person(desk.tx, desk.person.id)
    if member is None:
        return Reply(words.NOT_STAFF)
    act, _, number = request.argument.partition(":")
    if act and _DIGITS.fullmatch(number):
        return _act(desk, member, act, int(number))
    return forms.open_form(desk, FORM)


def hear(desk: Desk, said: str) -> Reply | None:
    """Take 群发 with its text, and 撤回 and 停止 of somebody who has sent something."""
    given, act = _SAID.fullmatch(said), _WORDS.get(fold(said))
    if given is None and act is None:
        return None
    member = staff.of_person(desk.tx, desk.person.id)
    if given is not None:
        return _begin(desk, given[1].strip()) if member else Reply(words.NOT_STAFF)
    last = broadcasts.newest_of(desk.tx, member.id) if member else None
    return _act(desk, member, str(act), last.id) if member and last else None


def _begin(desk: Desk, text: str) -> Reply:
    if len(text) > broadcast.MOST_TEXT:
        return Reply(Refused("long", count=len(text), most=broadcast.MOST_TEXT).said)
    return forms.open_form(desk, FORM, (("text", text),))


def _act(desk: Desk, member: Member, act: str, broadcast_id: int) -> Reply:
    if act == "again":
        return announcement.confirm(desk, broadcast_id, member, again=True)
    do = {"undo": broadcast.undo, "stop": broadcast.stop}.get(act)
    if do is None:
        return forms.open_form(desk, FORM)
    try:
        one = do(desk.tx, broadcast_id, member, desk.now)
    except Refused as problem:
        return Reply(problem.said)
    return Reply(_over(desk, one))


def _over(desk: Desk, one: Broadcast) -> str:
    if one.state == "undone":
        return words.UNDONE.format(number=one.id)
    sent = outcomes.totals(desk.tx, [one])[one.id].get("sent", 0)
    return words.STOPPED.format(number=one.id, sent=sent, left=one.recipients - sent)
