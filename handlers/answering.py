"""Staff answer what the plans do not: to one person, or once to everybody who asked alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from handlers import answered, ways
from handlers import wording_answers as words
from handlers.message import Choice, Reply
from handlers.outbox import Outbox, Push
from knowledge import places
from knowledge.text import clean
from storage import answers, people, questions, staff, tickets
from storage.answers import Draft, Given, Untold
from storage.engine import Transaction
from storage.errors import GuanxinError
from storage.pauses import day_of
from storage.questions import Group
from storage.staff import Member
from storage.tickets import Ticket

MOST_TEXT: Final = 500
"""Characters of an answer: one message on every channel, with the question and who answered."""

MOST_WORDINGS: Final = 12
LONGEST_WORDING: Final = 100

LONGEST_ASKED: Final = 80
"""Characters of somebody's own words that stand above the answer to them."""

CHUNK: Final = 25
"""People for whom one transaction queues messages, as of a broadcast."""

REPLIED_TO: Final = ("human", "feedback")
"""Kinds of tickets to which staff reply in the chat that they came from."""

_SENTENCES: Final = {
    "empty": "there is no text",
    "long": "the text is too long: {most} characters at most",
    "wording": "there is no question left that it answers",
    "wordings": "there are too many wordings: {most} at most",
    "region": "this is no place that is known",
    "until": "this day is over",
    "gone": "there is no such ticket or answer, or somebody has dealt with it",
    "withdrawn": "this answer was withdrawn",
    "kind": "nobody can be answered here",
}


class CannotAnswer(GuanxinError):
    """What staff wrote cannot be taken, and nothing was changed. ``said`` is for the console."""

    def __init__(self, why: str, **values: object) -> None:
        super().__init__(_SENTENCES[why].format(**values))
        self.why = why
        self.said = words.REFUSED[why].format(**values)


@dataclass(frozen=True, slots=True)
class By:
    """Who of staff does it; without a member, it was done at the terminal. ``now``: business."""

    member: Member | None
    now: datetime

    @property
    def actor(self) -> str:
        """How the record of what staff did names them."""
        return f"staff {self.member.id}" if self.member else "terminal"

    @property
    def member_id(self) -> int | None:
        """The id of the member, None at the terminal."""
        return self.member.id if self.member else None


@dataclass(frozen=True, slots=True)
class Preview:
    """How an answer reads the next time, how those read it who asked, and how it reaches them."""

    read_as: str
    told_as: str
    asked: int
    ways: Mapping[str, int]


def checked(draft: Draft, now: datetime) -> Draft:
    """Return a draft as it is kept. Raises CannotAnswer."""
    wordings = tuple(dict.fromkeys(filter(None, (clean(one) for one in draft.wordings))))
    if not wordings:
        raise CannotAnswer("wording")
    if len(wordings) > MOST_WORDINGS or any(len(one) > LONGEST_WORDING for one in wordings):
        raise CannotAnswer("wordings", most=MOST_WORDINGS)
    if draft.until is not None and draft.until < day_of(now):
        raise CannotAnswer("until")
    region = places.named_exactly(draft.region.strip()) if draft.region else None
    if draft.region and region is None:
        raise CannotAnswer("region")
    return Draft(_text(draft.text), wordings, region, draft.until)


def _text(typed: str) -> str:
    text = clean(typed)
    if not text:
        raise CannotAnswer("empty")
    if len(text) > MOST_TEXT:
        raise CannotAnswer("long", most=MOST_TEXT)
    return text


def suggested(group: Group) -> Draft:
    """Return what an answer to a group begins with: its wordings, and the place it is about."""
    wordings = (one[:LONGEST_WORDING] for one in group.wordings[:MOST_WORDINGS])
    return Draft("", tuple(wordings), group.region)


def group_of(tx: Transaction, ticket_id: int) -> Group:
    """Return the open questions that a ticket stands for. Raises CannotAnswer."""
    group = questions.of_ticket(tx, ticket_id)
    if group is None:
        raise CannotAnswer("gone")
    return group


def preview(tx: Transaction, outbox: Outbox, group: Group, draft: Draft, by: By) -> Preview:
    """Show what an answer would say to whom; nothing is kept. Raises CannotAnswer."""
    author = by.member.name if by.member else None
    given = Given(0, checked(draft, by.now), author, by.now, None)
    asked = group.wordings[0] if group.wordings else None
    known = questions.askers(tx, group.id)
    by_way = Counter(_way(tx, outbox, person_id) for person_id in known)
    return Preview(answered.read_as(given), _told_as(given, asked), group.asked, by_way)


def _way(tx: Transaction, outbox: Outbox, person_id: int) -> str:
    if people.get(tx, person_id).opted_out:
        return "opted_out"
    found = ways.options(people.addresses_of(tx, person_id, outbox.clock()), outbox.reach, "")
    return found[0].way if found else "telephone"


def answer(tx: Transaction, group: Group, draft: Draft, by: By) -> int:
    """Answer a group once: it is closed, who asked is told, who asks alike hears it.

    Returns the id of the answer. Raises CannotAnswer.
    """
    new = answers.add(tx, checked(draft, by.now), by.member_id, by.now)
    if not questions.close(tx, group.id, answers.cause(new), by.now, new):
        raise CannotAnswer("gone")
    staff.record(tx, by.actor, "answer", f"answer {new}", by.now)
    return new


def change(tx: Transaction, answer_id: int, draft: Draft, by: By) -> None:
    """Change an answer; who was not told yet is told the new one. Raises CannotAnswer."""
    _open(tx, answer_id)
    answers.change(tx, answer_id, checked(draft, by.now), by.member_id, by.now)
    staff.record(tx, by.actor, "answer change", f"answer {answer_id}", by.now)


def withdraw(tx: Transaction, answer_id: int, by: By) -> None:
    """Say an answer no more; what was not sent yet is taken back. Raises CannotAnswer."""
    _open(tx, answer_id)
    answers.withdraw(tx, answer_id, by.now)
    staff.record(tx, by.actor, "answer withdraw", f"answer {answer_id}", by.now)


def _open(tx: Transaction, answer_id: int) -> Given:
    given = answers.get(tx, answer_id, lock=True)
    if given is None:
        raise CannotAnswer("gone")
    if given.withdrawn_at is not None:
        raise CannotAnswer("withdrawn")
    return given


def tell(tx: Transaction, outbox: Outbox, now: datetime) -> bool:
    """Tell some of those who asked what was answered (a Step)."""
    answer_id = answers.to_tell(tx)
    given = answers.get(tx, answer_id, lock=True) if answer_id is not None else None
    if given is None or given.withdrawn_at is not None:
        return False
    ids = {asked.person_id for asked in answers.untold(tx, given.id, CHUNK)}
    if not ids:
        answers.all_told(tx, given.id)
        return True
    people.lock(tx, list(ids))
    found = [asked for asked in answers.untold(tx, given.id, CHUNK) if asked.person_id in ids]
    for asked in found:
        outbox.push(tx, asked.person_id, _push(given, asked), now)
    answers.told(tx, [asked.ticket_id for asked in found], now)
    return True


def _push(given: Given, asked: Untold) -> Push:
    reply = Reply(_told_as(given, asked.words))
    return Push(answers.cause(given.id), "answer", reply, address_id=asked.address_id)


def _told_as(given: Given, asked: str | None) -> str:
    said = words.YOU_ASKED if asked else words.YOU_ASKED_ONCE
    text, source = given.draft.text, answered.source(given)
    return said.format(words=_short(asked or ""), text=text, source=source)


def _short(asked: str) -> str:
    line = " ".join(asked.split())
    return line if len(line) <= LONGEST_ASKED else f"{line[: LONGEST_ASKED - 1]}…"


def replied_as(ticket: Ticket, text: str, by: By) -> str:
    """Return what somebody reads to whom staff reply."""
    said = words.REPLIED if ticket.words else words.REPLIED_TO_NOTHING
    author = by.member.name if by.member else words.COLLEAGUE
    asked = _short(ticket.words or "")
    return said.format(words=asked, author=author, text=text, go_on=words.GO_ON)


def reply(tx: Transaction, outbox: Outbox, ticket_id: int, typed: str, by: By) -> None:
    """Reply to somebody who asked for a human, in the chat where they did. Raises CannotAnswer."""
    text, ticket = _text(typed), tickets.get(tx, ticket_id)
    if ticket is None:
        raise CannotAnswer("gone")
    if ticket.kind not in REPLIED_TO or ticket.person_id is None:
        raise CannotAnswer("kind")
    people.lock(tx, [ticket.person_id])
    if not tickets.close(tx, ticket_id, text, by.now):
        raise CannotAnswer("gone")
    choice = Choice(words.NOTED, words.SAYS_NOTHING_MORE)
    said = Reply(replied_as(ticket, text, by), (choice,))
    push = Push(f"human:{ticket_id}", "human", said, address_id=ticket.address_id)
    outbox.push(tx, ticket.person_id, push, by.now)
    staff.record(tx, by.actor, "reply", f"ticket {ticket_id}", by.now)
