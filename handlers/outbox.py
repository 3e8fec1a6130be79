"""The way out of every message that nobody asked for: a cause, a person, a way, an hour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Final

from handlers import letters, numbering, quiet, ways
from handlers.letters import Filled
from handlers.message import Reply
from handlers.timewords import local
from handlers.ways import Option, Reach
from storage import calls, claims, deliveries, people
from storage.deliveries import CAN_BE_STOPPED, Delivery, Kind, Letter
from storage.engine import Transaction

ONE_A_DAY: Final = ("answer", "campaign", "thanks", "broadcast")
"""Kinds of which a person gets one a day, unless it is urgent (product: one non-urgent message)."""

BY_TELEPHONE: Final = ("human", "change", "reminder", "answer")
"""Kinds for which staff call when nothing else reaches somebody."""

RESCUER: Final = "rescue"
"""Who holds a push while another way is found for it, within one transaction."""

RESCUED_AT_ONCE: Final = 25

NEXT_DAY: Final = time(9)
MOST_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Push:
    """What one person is to read, and why.

    ``cause`` names thing, day and offset, and is sent once. ``hold_until`` and ``expires_at`` are
    of the business clock. ``urgent``: also in the quiet hours, and not counted. ``address_id`` is
    the chat that it belongs to: where it can go there, it does.
    """

    cause: str
    kind: Kind
    reply: Reply
    filled: Filled = field(default_factory=Filled)
    urgent: bool = False
    hold_until: datetime | None = None
    expires_at: datetime | None = None
    broadcast_id: int | None = None
    address_id: int | None = None


@dataclass(frozen=True, slots=True)
class Outbox:
    """Queues pushes. ``clock`` is the machine's, for when tries are made."""

    reach: Reach
    clock: Callable[[], datetime]

    def push(self, tx: Transaction, person_id: int, push: Push, now: datetime) -> Letter | None:
        """Queue a push for a person the best way there is; ``now`` is the business clock.

        Returns what was queued, also where nothing reaches them or they want none; None where the
        cause had its row already.
        """
        if deliveries.is_queued(tx, push.cause, person_id):
            return None
        letter = self._letter(tx, person_id, push)
        if letter.state == "unreachable":
            self._call(tx, push.cause, person_id, push.kind, push.reply.text, now)
        if letter.state != "waiting" or push.urgent or push.kind not in ONE_A_DAY:
            return self._queued(tx, letter)
        return self._on_a_free_day(tx, letter, now)

    def _letter(self, tx: Transaction, person_id: int, push: Push) -> Letter:
        kept = letters.written(numbering.told_apart(push.reply), push.filled)
        letter = Letter(
            push.cause,
            person_id,
            None,
            kept,
            push.kind,
            "telephone",
            push.urgent,
            push.hold_until,
            push.expires_at,
            broadcast_id=push.broadcast_id,
        )
        if push.kind in CAN_BE_STOPPED and people.get(tx, person_id).opted_out:
            return replace(letter, reply=None, state="opted_out")
        found = self._options(tx, person_id, push.filled.purpose)
        found.sort(key=lambda option: option.address_id != push.address_id)
        if not found:
            return replace(letter, reply=None, state="unreachable", outcome="nothing reaches them")
        return replace(letter, address_id=found[0].address_id, way=found[0].way)

    def _options(self, tx: Transaction, person_id: int, purpose: str) -> list[Option]:
        return ways.options(people.addresses_of(tx, person_id, self.clock()), self.reach, purpose)

    def _queued(self, tx: Transaction, letter: Letter) -> Letter | None:
        return letter if deliveries.queue(tx, letter, self.clock()) is not None else None

    def _on_a_free_day(self, tx: Transaction, letter: Letter, now: datetime) -> Letter | None:
        """Queue for the first day on which the person gets nothing else of the kind."""
        for at in days_from(max(now, letter.hold_until or now)):
            if letter.expires_at is not None and at >= letter.expires_at:
                break
            that_day = replace(letter, hold_until=at, on_day=local(at).date())
            if self._queued(tx, that_day) is not None:
                return that_day
        none = replace(letter, reply=None, state="dropped", outcome=deliveries.NO_FREE_DAY)
        return self._queued(tx, none)

    def _call(
        self, tx: Transaction, cause: str, person_id: int, kind: Kind, words: str, now: datetime
    ) -> None:
        if kind in BY_TELEPHONE:
            calls.ask_for(tx, cause, person_id, "unreachable", words, now)

    def other_way(self, tx: Transaction, delivery: Delivery, owner: str, why: str) -> bool:
        """Let a push that failed go the next best way, or end it as unreachable; not a reply.

        Whoever was deleted while it was on its way needs none.
        """
        if delivery.kind == "reply":
            return False
        person_id = deliveries.person_of(tx, delivery.id)
        if person_id is None:
            return True
        now, purpose = self.clock(), letters.filled(delivery.reply).purpose
        failed = Option(delivery.way, delivery.address_id)
        option = ways.after(failed, self._options(tx, person_id, purpose))
        if option is not None:
            claims.reroute(tx, delivery.id, owner, option.address_id, option.way, now)
            return True
        words = letters.read(delivery.reply).text
        self._call(tx, delivery.cause, person_id, delivery.kind, words, now)
        claims.done(tx, delivery.id, owner, "unreachable", why, now)
        return True


def days_from(now: datetime) -> Sequence[datetime]:
    """Return the moments, one a day in China, at which what is not urgent may go: first now."""
    first = local(quiet.wakes(now))
    days = (first.date() + timedelta(days=number) for number in range(1, MOST_DAYS))
    return [first, *(datetime.combine(day, NEXT_DAY, first.tzinfo) for day in days)]


Step = Callable[[Transaction, Outbox, datetime], bool]
"""Queue a part of what is due by the business clock, small enough for one transaction; return
whether more is left. Doing it twice, or in two processes at once, queues nothing twice."""

Moment = Callable[[Transaction, datetime], datetime | None]
"""Return when, after a time of the business clock, a step may next have something to do; None where
that is not within a week."""


def rescue(tx: Transaction, outbox: Outbox, _now: datetime) -> bool:
    """Let pushes whose address has gone off while they waited go another way (a Step)."""
    found = claims.stranded(tx, RESCUER, RESCUED_AT_ONCE)
    for delivery in found:
        outbox.other_way(tx, delivery, RESCUER, "the address is off")
    return len(found) == RESCUED_AT_ONCE


def next_moment(tx: Transaction, now: datetime) -> datetime | None:
    """Return when something that waits may go out: after its hold, a pause, or the quiet hours."""
    moments = deliveries.waiting_for(tx, now)
    woken = [quiet.wakes(now)] if quiet.is_quiet(now) and deliveries.is_any_waiting(tx) else []
    return min((*moments, *woken), default=None)
