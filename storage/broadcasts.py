"""Broadcasts: messages of staff to many, from a draft to the end of the sending.

draft -> confirmed -> running -> done; confirmed -> undone; paused and back; stopped. Everybody in
the audience gets a delivery, also where it was stopped or undone before their turn: so the
outcomes add up to the audience. ``now`` is the business clock, unless it says otherwise.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, Select, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from knowledge.text import fold
from storage import deliveries as letters
from storage.audiences import Audience
from storage.columns import cipher_of
from storage.engine import Transaction
from storage.errors import Busy
from storage.outgoing import broadcasts, deliveries
from storage.signups import LARGEST_ID
from storage.tables import staff

State = Literal["draft", "confirmed", "running", "paused", "stopped", "undone", "done"]

EVERYBODY: Final = LARGEST_ID
"""The cursor once everybody has a delivery."""

GOES_ON: Final = ("confirmed", "running")
UNDER_WAY: Final = (*GOES_ON, "paused")
IS_OVER: Final = ("stopped", "undone")

TRIES: Final = 5
"""How often a day is taken for many at once before somebody has to try again."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A message to many. ``recipients`` have a delivery, or had one before they were deleted.

    ``sender`` is the name below the text, empty where it is the author's.
    """

    id: int
    text: str
    audience: Audience
    urgent: bool
    state: State
    author_id: int
    author: str
    sender: str
    created_at: datetime
    confirmed_at: datetime | None
    cursor: int
    recipients: int

    @property
    def cause(self) -> str:
        """The cause of its deliveries."""
        return f"broadcast:{self.id}"


def draft(
    tx: Transaction,
    text: str,
    audience: Audience,
    author_id: int,
    now: datetime,
    *,
    sender: str | None,
    urgent: bool,
) -> Broadcast:
    """Keep a draft; the same one of the same author is taken up again."""
    mark = _fingerprint(tx, text)
    values = {"text": text, "audience": asdict(audience), "urgent": urgent, "author_id": author_id}
    values["sender"] = sender
    wanted = (text, audience, urgent, author_id, sender or "", "draft")
    for made in _read(tx, _all().where(broadcasts.c.fingerprint == mark)):
        told = (made.text, made.audience, made.urgent, made.author_id, made.sender, made.state)
        if told == wanted:
            return made
    row = insert(broadcasts).values(
        **values, fingerprint=mark, state="draft", created_at=now, cursor=0, recipients=0
    )
    return get(tx, int(tx.execute(row.returning(broadcasts.c.id)).scalar_one()))


def _fingerprint(tx: Transaction, text: str) -> str:
    """Return what is equal for texts that differ in spaces, punctuation and width only."""
    return cipher_of(tx).index(f"broadcast {fold(text) or text}")


def get(tx: Transaction, broadcast_id: int, *, lock: bool = False) -> Broadcast:
    """Return a broadcast; with ``lock``, nobody changes it until the transaction ends.

    Raises LookupError where there is none.
    """
    if not 0 < broadcast_id <= LARGEST_ID:
        raise LookupError(f"{broadcast_id} is no id")
    mine = broadcasts.c.id == broadcast_id
    if lock:
        tx.execute(select(broadcasts.c.id).where(mine).with_for_update(key_share=True))
    found = _read(tx, _all().where(mine))
    if not found:
        raise LookupError(f"there is no broadcast {broadcast_id}")
    return found[0]


def newest(tx: Transaction, most: int) -> Sequence[Broadcast]:
    """Return the last broadcasts, the newest first."""
    return _read(tx, _all().order_by(broadcasts.c.id.desc()).limit(most))


def newest_of(tx: Transaction, author_id: int) -> Broadcast | None:
    """Return the last broadcast of somebody that is more than a draft."""
    sent = (broadcasts.c.author_id == author_id) & (broadcasts.c.state != "draft")
    found = _read(tx, _all().where(sent).order_by(broadcasts.c.id.desc()).limit(1))
    return found[0] if found else None


def last_sender(tx: Transaction) -> str:
    """Return the name below the newest text, empty where none was ever set."""
    query = select(broadcasts.c.sender).where(broadcasts.c.sender.is_not(None))
    return tx.execute(query.order_by(broadcasts.c.id.desc()).limit(1)).scalar() or ""


def _all() -> Select[Any]:
    return select(broadcasts, staff.c.name.label("author")).join(
        staff, staff.c.id == broadcasts.c.author_id
    )


def _read(tx: Transaction, query: Select[Any]) -> list[Broadcast]:
    return [_broadcast(row) for row in tx.execute(query)]


def _broadcast(row: Row[Any]) -> Broadcast:
    return Broadcast(
        row.id,
        row.text,
        Audience(**row.audience),
        row.urgent,
        row.state,
        row.author_id,
        row.author,
        row.sender or "",
        row.created_at,
        row.confirmed_at,
        row.cursor,
        row.recipients,
    )


def lock_alike(tx: Transaction, text: str) -> None:
    """Lock every broadcast of a text, in one order: who confirms it second sees the first."""
    alike = broadcasts.c.fingerprint == _fingerprint(tx, text)
    ids = select(broadcasts.c.id).where(alike).order_by(broadcasts.c.id)
    tx.execute(ids.with_for_update(key_share=True))


def sent_alike(tx: Transaction, text: str, since: datetime) -> datetime | None:
    """Return when a text was last confirmed to anybody after ``since``, None for never.

    What was undone does not count: nobody read it.
    """
    alike = broadcasts.c.fingerprint == _fingerprint(tx, text)
    counts = (broadcasts.c.state != "undone") & (broadcasts.c.confirmed_at > since)
    query = select(broadcasts.c.confirmed_at).where(alike, counts)
    return tx.execute(query.order_by(broadcasts.c.confirmed_at.desc()).limit(1)).scalar()


def confirm(tx: Transaction, broadcast_id: int, now: datetime) -> None:
    """Let a draft be sent."""
    mine = update(broadcasts).where(broadcasts.c.id == broadcast_id)
    tx.execute(mine.values(state="confirmed", confirmed_at=now))


def pause(tx: Transaction, broadcast_id: int) -> None:
    """Hold back what was not sent yet, whoever has claimed it."""
    _set(tx, broadcast_id, "paused")
    _turn(tx, broadcast_id, "waiting", "paused")


def resume(
    tx: Transaction,
    broadcast_id: int,
    state: State,
    moments: Sequence[datetime],
    wall_now: datetime,
) -> None:
    """Send what was held back; ``state`` is confirmed or running.

    What was to be somebody's one message of an earlier day is that of the first of ``moments``
    (in China's zone, from now on, one a day) on whose day they get no other. Raises Busy.
    """
    _set(tx, broadcast_id, state)
    held = (deliveries.c.broadcast_id == broadcast_id) & (deliveries.c.state == "paused")
    late = held & (deliveries.c.on_day < moments[0].date())
    for at in moments:
        if not _is_any(tx, late):
            break
        _take_day(tx, late, at)
    letters.end(tx, late, "dropped", letters.NO_FREE_DAY, wall_now)
    _turn(tx, broadcast_id, "paused", "waiting")


def _is_any(tx: Transaction, which: ColumnElement[bool]) -> bool:
    return tx.execute(select(deliveries.c.id).where(which).limit(1)).first() is not None


def _take_day(tx: Transaction, late: ColumnElement[bool], at: datetime) -> None:
    """Give a day to those who get nothing else on it; others may queue beside this."""
    other = deliveries.alias("other")
    theirs = (other.c.person_id == deliveries.c.person_id) & (other.c.on_day == at.date())
    taken = update(deliveries).where(late, ~exists().where(theirs))
    for _ in range(TRIES):
        with contextlib.suppress(IntegrityError), tx.begin_nested():
            tx.execute(taken.values(on_day=at.date(), hold_until=at))
            return
    raise Busy("others queue for the same people just now")


def end(tx: Transaction, broadcast_id: int, state: State, wall_now: datetime) -> None:
    """Stop or undo: end what was not sent yet. ``wall_now`` is the machine's clock."""
    _set(tx, broadcast_id, state)
    which = deliveries.c.broadcast_id == broadcast_id
    letters.withdraw(tx, which, wall_now, "withdrawn", state)


def _set(tx: Transaction, broadcast_id: int, state: State) -> None:
    tx.execute(update(broadcasts).where(broadcasts.c.id == broadcast_id).values(state=state))


def _turn(tx: Transaction, broadcast_id: int, before: str, after: str) -> None:
    mine = (deliveries.c.broadcast_id == broadcast_id) & (deliveries.c.state == before)
    tx.execute(update(deliveries).where(mine).values(state=after, owner=None))


def unfinished(tx: Transaction) -> int | None:
    """Return the first broadcast for which somebody has no delivery yet, the paused left out."""
    wants = broadcasts.c.state.in_((*GOES_ON, *IS_OVER)) & (broadcasts.c.cursor < EVERYBODY)
    query = select(broadcasts.c.id).where(wants).order_by(broadcasts.c.id).limit(1)
    return tx.execute(query).scalar()


def advance(tx: Transaction, broadcast_id: int, cursor: int, made: int) -> None:
    """Remember up to whom there is a delivery, and for how many more one was made."""
    mine = update(broadcasts).where(broadcasts.c.id == broadcast_id)
    tx.execute(mine.values(cursor=cursor, recipients=broadcasts.c.recipients + made))


def look_after(tx: Transaction, undo_ended: datetime, wall_now: datetime) -> None:
    """Let states follow the time and the outcomes.

    What was confirmed before ``undo_ended`` runs; what has no open delivery left is done; what came
    back to waiting after its broadcast was paused or ended goes where the others are.
    """
    late = (broadcasts.c.state == "confirmed") & (broadcasts.c.confirmed_at <= undo_ended)
    tx.execute(update(broadcasts).where(late).values(state="running"))
    unsent = exists().where(
        deliveries.c.broadcast_id == broadcasts.c.id,
        deliveries.c.state.in_(("waiting", "sending", "paused")),
    )
    all_told = (broadcasts.c.state == "running") & (broadcasts.c.cursor == EVERYBODY) & ~unsent
    tx.execute(update(broadcasts).where(all_told).values(state="done"))
    for row in tx.execute(_stragglers()).all():
        if row.state == "paused":
            _turn(tx, row.id, "waiting", "paused")
        else:
            end(tx, row.id, row.state, wall_now)


def _stragglers() -> Select[Any]:
    waits = exists().where(
        deliveries.c.broadcast_id == broadcasts.c.id, deliveries.c.state == "waiting"
    )
    held = broadcasts.c.state.in_((*IS_OVER, "paused"))
    return select(broadcasts.c.id, broadcasts.c.state).where(held, waits)
