"""Broadcasts: a draft and its preview, a confirmation that counts once, and the way to each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from handlers import occurrences, quiet, ways
from handlers import wording_broadcast as words
from handlers.letters import Filled
from handlers.message import Reply
from handlers.outbox import Outbox, Push, days_from
from handlers.timewords import local
from handlers.wording_staff import FIRST_NAME
from knowledge.text import clean
from storage import audiences, broadcasts, deliveries, staff
from storage.audiences import Audience, Contact
from storage.broadcasts import EVERYBODY, Broadcast, State
from storage.deliveries import Letter
from storage.engine import Transaction
from storage.errors import GuanxinError
from storage.staff import Member

UNDO: Final = timedelta(seconds=60)
"""How long a confirmed broadcast is held, so that it can be undone (product: broadcast)."""

GUARD: Final = timedelta(hours=12)
"""How long the same text is not confirmed again (product: broadcast)."""

CHUNK: Final = 25
"""People for whom one transaction makes deliveries: 50 held SQLite's writer for 50 ms and more."""

MOST_TEXT: Final = 600
"""Characters of a text: one message on every channel, with who sends it below."""

MOST_SENDER: Final = 40

PURPOSE: Final = "broadcast"
WAYS: Final = ("telegram", "template", "customer_service", "page", "unreachable", "opted_out")

_SENTENCES: Final = {
    "empty": "there is no text",
    "long": "the text has {count} characters, {most} at most",
    "sender": "the sender's name has {most} characters at most",
    "nobody": "nobody is in this audience",
    "alike": "the same text was confirmed at {at}; to send it again say --again",
    "urgent": "only an admin sends what is urgent",
    "late": "the 60 seconds for undoing are over; stop ends what was not sent yet",
    "state": "the broadcast is {state}: nothing was changed",
    "unlinked": "this member of staff is known in no chat",
    "unknown": "there is no such broadcast",
}


class Refused(GuanxinError):
    """What staff asked for cannot be done, and nothing was changed.

    ``said`` is the sentence for them in Chinese, ``why`` a key of ``wording_broadcast.REFUSED``.
    """

    def __init__(self, why: str, **values: object) -> None:
        super().__init__(_SENTENCES[why].format(**values))
        shown = {**values, "state": words.STATES.get(str(values.get("state")), "")}
        self.why = why
        self.said = words.REFUSED[why].format(**shown)


@dataclass(frozen=True, slots=True)
class Preview:
    """How many people a broadcast is for, by which way each, and how it will be read."""

    count: int
    ways: Mapping[str, int]
    sample: str


def draft(
    tx: Transaction,
    text: str,
    audience: Audience,
    author: Member,
    now: datetime,
    *,
    sender: str = "",
    urgent: bool = False,
) -> Broadcast:
    """Keep a draft. The same draft of the same author is kept once. Raises Refused.

    ``sender`` is the name below the text; without one, it is the usual one.
    """
    cleaned = clean(text)
    if not cleaned:
        raise Refused("empty")
    if len(cleaned) > MOST_TEXT:
        raise Refused("long", count=len(cleaned), most=MOST_TEXT)
    _check_right(author, urgent=urgent)
    signed = " ".join(clean(sender).split()) or usual_sender(tx, author.name)
    if len(signed) > MOST_SENDER:
        raise Refused("sender", most=MOST_SENDER)
    kept = None if signed == own_name(author.name) else signed
    return broadcasts.draft(tx, cleaned, audience, author.id, now, sender=kept, urgent=urgent)


def usual_sender(tx: Transaction, author: str) -> str:
    """Return the name that was set last, by whomever; before any was, that of the author."""
    return broadcasts.last_sender(tx) or own_name(author)


def own_name(author: str) -> str:
    """Return how somebody signs; an account that is named for its role is nobody's name."""
    return words.SENDER if author == FIRST_NAME else f"{words.SENDER} {author}"


def _check_right(member: Member, *, urgent: bool) -> None:
    if urgent and member.role != "admin":
        raise Refused("urgent")


def held(broadcast: Broadcast, now: datetime) -> str:
    """Say until when a broadcast waits for people to wake up, nothing where it does not."""
    begins = max(now, (broadcast.confirmed_at or now) + UNDO)
    if broadcast.urgent or not quiet.is_quiet(begins):
        return ""
    awake = quiet.wakes(begins)
    return words.HELD.format(day=occurrences.day_words(awake), at=f"{local(awake):%H:%M}")


def sample(broadcast: Broadcast) -> str:
    """Return what a recipient of a broadcast reads."""
    return read_as(broadcast.text, broadcast.sender or own_name(broadcast.author))


def read_as(text: str, sender: str) -> str:
    """Return a text as it is read, with who sends it and the word to get no more."""
    return words.READ_AS.format(text=text, sender=sender)


def preview(tx: Transaction, broadcast: Broadcast, outbox: Outbox) -> Preview:
    """Return who would get a broadcast now, and how."""
    found = audiences.contacts(tx, broadcast.audience, outbox.clock())
    counted = Counter(_way(contact, outbox) for contact in found)
    by_way = {way: counted[way] for way in WAYS}
    return Preview(sum(by_way.values()), by_way, sample(broadcast))


def _way(contact: Contact, outbox: Outbox) -> str:
    if contact.opted_out:
        return "opted_out"
    found = ways.options(contact.addresses, outbox.reach, PURPOSE)
    return found[0].way if found else "unreachable"


def try_out(
    tx: Transaction, outbox: Outbox, broadcast: Broadcast, member: Member, now: datetime
) -> Letter:
    """Send a broadcast to the own chat of a member of staff, now. Raises Refused.

    Returns what was queued; its state tells where nothing reaches them.
    """
    person_id = staff.person_of(tx, member.id)
    if person_id is None:
        raise Refused("unlinked")
    broadcasts.get(tx, broadcast.id, lock=True)
    number = deliveries.count_of(tx, f"test:{broadcast.id}:") + 1
    push = replace(_push(broadcast, now), cause=f"test:{broadcast.id}:{number}", urgent=True)
    queued = outbox.push(tx, person_id, replace(push, broadcast_id=None, hold_until=None), now)
    if queued is None:
        raise AssertionError("a cause that was counted anew is there already")
    return queued


def _push(broadcast: Broadcast, now: datetime) -> Push:
    at = local(broadcast.confirmed_at or now)
    when = words.SENT_AT.format(
        year=at.year, month=at.month, day=at.day, hour=at.hour, minute=at.minute
    )
    return Push(
        broadcast.cause,
        "broadcast",
        Reply(sample(broadcast)),
        Filled(PURPOSE, {"what": broadcast.text, "when": when}),
        broadcast.urgent,
        hold_until=(broadcast.confirmed_at or now) + UNDO,
        broadcast_id=broadcast.id,
    )


# --- what staff do with one ---


def confirm(
    tx: Transaction, broadcast_id: int, by: Member, now: datetime, *, again: bool = False
) -> Broadcast:
    """Let a draft be sent after the time for undoing; a second time nothing changes.

    Raises Refused: the same text was confirmed to anybody in the last 12 hours, unless ``again``.
    """
    broadcasts.lock_alike(tx, _found(tx, broadcast_id).text)
    one = _found(tx, broadcast_id)
    if one.state != "draft":
        return one
    _check_right(by, urgent=one.urgent)
    last = broadcasts.sent_alike(tx, one.text, now - GUARD)
    if last is not None and not again:
        raise Refused("alike", at=f"{local(last):%H:%M}")
    if not audiences.count(tx, one.audience):
        raise Refused("nobody")
    broadcasts.confirm(tx, one.id, now)
    return _recorded(tx, one, by, "confirm", now)


def undo(tx: Transaction, broadcast_id: int, by: Member, now: datetime) -> Broadcast:
    """Take a broadcast back before anything was sent; a second time nothing changes.

    Raises Refused.
    """
    one = _found(tx, broadcast_id, lock=True)
    if one.state == "undone":
        return one
    if one.state not in ("confirmed", "paused", "running"):
        raise Refused("state", state=one.state)
    if not can_undo(one, now):
        raise Refused("late")
    broadcasts.end(tx, one.id, "undone", now)
    return _recorded(tx, one, by, "undo", now)


def can_undo(broadcast: Broadcast, now: datetime) -> bool:
    """Tell whether nothing can have been sent yet."""
    return undo_seconds(broadcast, now) > 0


def stage(broadcast: Broadcast, now: datetime) -> State:
    """Return the state as people read it: what can no more be undone is under way at once.

    Its row says so from the next round on.
    """
    is_begun = broadcast.state == "confirmed" and not can_undo(broadcast, now)
    return "running" if is_begun else broadcast.state


def undo_seconds(broadcast: Broadcast, now: datetime) -> int:
    """Return for how many seconds more a broadcast can be undone, a part of one as a whole."""
    if broadcast.confirmed_at is None:
        return 0
    return max(0, math.ceil((broadcast.confirmed_at + UNDO - now).total_seconds()))


def pause(tx: Transaction, broadcast_id: int, by: Member, now: datetime) -> Broadcast:
    """Hold a broadcast back at once; a second time nothing changes. Raises Refused."""
    one = _found(tx, broadcast_id, lock=True)
    if one.state == "paused":
        return one
    if one.state not in broadcasts.GOES_ON:
        raise Refused("state", state=one.state)
    broadcasts.pause(tx, one.id)
    return _recorded(tx, one, by, "pause", now)


def resume(tx: Transaction, broadcast_id: int, by: Member, now: datetime) -> Broadcast:
    """Go on with a paused broadcast; one that goes on is left as it is. Raises Refused."""
    one = _found(tx, broadcast_id, lock=True)
    if one.state in broadcasts.GOES_ON:
        return one
    if one.state != "paused":
        raise Refused("state", state=one.state)
    state: State = "confirmed" if can_undo(one, now) else "running"
    broadcasts.resume(tx, one.id, state, days_from(now), now)
    return _recorded(tx, one, by, "resume", now)


def stop(tx: Transaction, broadcast_id: int, by: Member, now: datetime) -> Broadcast:
    """End a broadcast at once, for good; a second time nothing changes. Raises Refused."""
    one = _found(tx, broadcast_id, lock=True)
    if one.state == "stopped":
        return one
    if one.state not in broadcasts.UNDER_WAY:
        raise Refused("state", state=one.state)
    broadcasts.end(tx, one.id, "stopped", now)
    return _recorded(tx, one, by, "stop", now)


Act = Callable[[Transaction, int, Member, datetime], Broadcast]
ACTS: Final[Mapping[str, Act]] = {"undo": undo, "pause": pause, "resume": resume, "stop": stop}
"""What staff do with a broadcast that was confirmed."""


def _found(tx: Transaction, broadcast_id: int, *, lock: bool = False) -> Broadcast:
    try:
        return broadcasts.get(tx, broadcast_id, lock=lock)
    except LookupError:
        raise Refused("unknown") from None


def _recorded(tx: Transaction, one: Broadcast, by: Member, act: str, now: datetime) -> Broadcast:
    staff.record(tx, f"staff {by.id}", f"broadcast {act}", f"broadcast {one.id}", now)
    return broadcasts.get(tx, one.id)


# --- the step of the clock ---


def expand(tx: Transaction, outbox: Outbox, now: datetime) -> bool:
    """Make the next deliveries of a broadcast; true while somebody is left without one.

    The broadcast stays locked meanwhile: nobody pauses or stops half of a chunk, and another
    process goes on behind it.
    """
    broadcasts.look_after(tx, now - UNDO, now)
    unfinished = broadcasts.unfinished(tx)
    if unfinished is None:
        return False
    one = broadcasts.get(tx, unfinished, lock=True)
    if one.state in (*broadcasts.GOES_ON, *broadcasts.IS_OVER):
        ids = audiences.after(tx, one.audience, one.cursor, CHUNK)
        made = sum(_deliver(tx, outbox, one, person_id, now) for person_id in ids)
        cursor = ids[-1] if len(ids) == CHUNK else EVERYBODY
        broadcasts.advance(tx, one.id, cursor, made)
    return True


def _deliver(
    tx: Transaction, outbox: Outbox, one: Broadcast, person_id: int, now: datetime
) -> bool:
    """Queue a broadcast for a person, or write down that it was over; false: there is a row."""
    if one.state not in broadcasts.IS_OVER:
        return outbox.push(tx, person_id, _push(one, now), now) is not None
    over = Letter(
        one.cause,
        person_id,
        None,
        None,
        "broadcast",
        "telephone",
        broadcast_id=one.id,
        state="withdrawn",
        outcome=one.state,
    )
    return deliveries.queue(tx, over, outbox.clock()) is not None
