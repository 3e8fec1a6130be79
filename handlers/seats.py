"""Telling those who moved up from a waiting list, within a minute (product: 我的)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from handlers import filing, occurrences, quiet
from handlers import wording_reminders as words
from handlers.letters import Filled
from handlers.message import Choice, Reply
from handlers.outbox import Outbox, Push
from handlers.timewords import local
from storage import people, signups, stations
from storage.deliveries import Letter
from storage.engine import Transaction
from storage.signups import Signup

CHUNK: Final = 50
"""People in one transaction."""


def tell(tx: Transaction, outbox: Outbox, now: datetime) -> bool:
    """Queue the good news for the first people who do not know it yet (a Step).

    Whom nothing reaches hears it with the next reply, as before.
    """
    ids = [one.person_id for one in signups.untold(tx, CHUNK)]
    if not ids:
        return False
    people.lock(tx, ids)
    tell_these(tx, outbox, ids, now)
    return len(ids) == CHUNK


def tell_these(
    tx: Transaction, outbox: Outbox, ids: Sequence[int], now: datetime
) -> Sequence[Letter]:
    """Queue the good news for some people, who are locked; return what was queued for each."""
    queued: list[Letter] = []
    for one in signups.untold(tx, len(ids), ids):
        letter = outbox.push(tx, one.person_id, _push(tx, one, now), now)
        if letter is not None and letter.state == "waiting":
            signups.mark_told(tx, one.id)
        queued += [letter] if letter else []
    return queued


def _push(tx: Transaction, signup: Signup, now: datetime) -> Push:
    what = filing.describe(tx, signup, now)
    text = words.SEAT.format(number=signup.number, what=what)
    choices = Choice(words.NOTED, "noted"), Choice(words.CANNOT, f"cancel:{signup.id}")
    cause, reply = f"seat:{signup.id}", Reply(text, choices)
    if signup.shift_id is None:
        return Push(cause, "change", reply)
    station, shift = stations.station_of(tx, signup.shift_id, now)
    when = f"{occurrences.day_words(shift.starts)}{local(shift.starts):%H:%M}"
    filled = Filled("change", {"place": station.name, "when": when, "what": words.SEAT_WHAT})
    urgent = quiet.cannot_wait(now, shift.starts)
    expires = None if shift.weekly else shift.starts
    return Push(cause, "change", reply, filled, urgent, expires_at=expires)
