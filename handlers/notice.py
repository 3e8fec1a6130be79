"""What people answer to a change, and putting those who do not answer on the list of calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from handlers import absence, quiet
from handlers import wording_changes as words
from handlers.ability import Request
from handlers.desk import Desk
from handlers.hearing import consent
from handlers.message import Choice, Reply
from handlers.outbox import Outbox
from handlers.timewords import times, when
from knowledge.text import fold
from storage import absences, calls, changes, shown, signups, stations
from storage.changes import Change
from storage.engine import Transaction
from storage.shown import Answer

PATIENCE: Final = timedelta(hours=3)
"""How long somebody may leave a change unanswered (product: changes are told).

The quiet hours do not count: what comes at 20:00 may be answered until 10:00, and nobody is put on
a list at night that nobody works on before the morning.
"""

LASTS: Final = timedelta(days=30)
"""How long a change can be answered; longer ago, a button only says so."""

CHUNK: Final = 25
"""People in one transaction."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """Somebody answers a change; ``before`` is what they answered earlier."""

    desk: Desk
    change: Change
    before: Answer

    def keep(self, given: str) -> None:
        """Write the answer down; whoever answers need not be called any more."""
        desk, cause = self.desk, self.change.cause
        shown.answered(desk.tx, self.before.push_id, given, desk.now)
        calls.spare(desk.tx, cause, desk.person.id, f"answered: {given}", desk.now)

    @property
    def place(self) -> int | None:
        """The sign-up that is still held, None where it was given back."""
        return changes.place_of(self.desk.tx, self.change.shift_id, self.desk.person.id)


def answer(desk: Desk, request: Request) -> Reply:
    """Do what a button below a change says; an old or a foreign one changes nothing."""
    number, _, given = request.argument.partition(":")
    change = _change(desk, number)
    told = change and shown.answer_to(desk.tx, change.cause, desk.person.id)
    act = _ANSWERS.get(given)
    if not (change and told and act):
        return Reply(words.NOT_YOURS)
    heard = _Heard(desk, change, told)
    if changes.is_superseded(desk.tx, change):
        return Reply(words.SUPERSEDED)
    return Reply(words.OVER) if _is_over(heard) else act(heard)


def seen(choices: Sequence[Choice], said: str) -> Choice | None:
    """Return the button for 知道了 where words below a change mean just that."""
    means_it = consent.says_yes(said) or fold(said) in words.SEEN
    is_ok = choices and choices[0].data.startswith("notice:")
    return choices[0] if is_ok and means_it else None


def _change(desk: Desk, number: str) -> Change | None:
    is_id = number.isascii() and number.isdecimal() and 0 < int(number[:12]) <= signups.LARGEST_ID
    return changes.get(desk.tx, int(number)) if is_id else None


def _is_over(heard: _Heard) -> bool:
    """Tell whether it is too late for an answer: long ago, or what it speaks of is past."""
    change, now = heard.change, heard.desk.now
    if change.at < now - LASTS:
        return True
    coming = stations.shift(heard.desk.tx, change.shift_id, now)
    return change.kind in ("once", "moved") and coming is None


def _ok(heard: _Heard) -> Reply:
    if heard.before.given == "cannot" and heard.place is None:
        return Reply(words.SAID_CANNOT_ONCE if _keeps_a_week(heard) else words.SAID_CANNOT)
    if heard.place and heard.change.day:
        absences.remove(heard.desk.tx, heard.place, heard.change.day)
    heard.keep("ok")
    return Reply(words.NOTED)


def _cannot(heard: _Heard) -> Reply:
    if heard.change.kind == "closed":
        heard.keep("cannot")
        return Reply(words.ALREADY_ENDED)
    return _not_that_day(heard) if heard.change.kind in _ABOUT_A_DAY else _give_back(heard)


def _not_that_day(heard: _Heard) -> Reply:
    """Ask about the weeks to come: nobody loses the place in them by a slip."""
    place, day, shift_id = heard.place, heard.change.day, heard.change.shift_id
    if place is None:
        return Reply(words.OVER)
    heard.keep("cannot")
    if heard.change.kind == "reinstated" and day:
        absence.note(heard.desk, place, f"shift:{shift_id}@{day}", day)
    _, shift = stations.station_of(heard.desk.tx, shift_id, heard.desk.now)
    weekly = when(shift.starts, shift.ends, weekly=True)
    stays = Choice(words.STILL_COMES, "mine")
    leaves = Choice(words.COMES_NO_MORE, f"cancel:{place}:yes")
    text = _ABOUT_A_DAY[heard.change.kind].format(time=weekly)
    return Reply(text, (stays, leaves))


_ABOUT_A_DAY: Final = {"day": words.DAY_IS_OFF, "reinstated": words.DAY_WITHOUT}
"""What is said to whoever cannot come, where a change is about one day of a weekly shift."""


def _give_back(heard: _Heard) -> Reply:
    """Give the place back; the next in line gets it. A second tap gets the same reply."""
    desk, place = heard.desk, heard.place
    again = heard.before.given == "cannot"
    if again != (place is None):
        return Reply(words.OVER)
    if place is not None:
        signups.cancel(desk.tx, desk.person.id, place, desk.now)
        heard.keep("cannot")
    if _keeps_a_week(heard):
        _, single = stations.station_of(desk.tx, heard.change.shift_id, desk.now)
        return Reply(words.GIVEN_BACK_ONCE.format(time=times(single)))
    given_back = changes.place_once(desk.tx, heard.change.shift_id, desk.person.id)
    number = signups.get(desk.tx, desk.person.id, given_back).number
    return Reply(words.GIVEN_BACK.format(number=number))


def _keeps_a_week(heard: _Heard) -> bool:
    """Tell whether what is given up is one time beside a weekly place at the same station."""
    if heard.change.kind != "once":
        return False
    desk = heard.desk
    return signups.has_weekly(desk.tx, desk.person.id, heard.change.shift_id)


def _call(heard: _Heard) -> Reply:
    """Put somebody on the list of calls; what they said about coming stays."""
    desk, change = heard.desk, heard.change
    calls.ask_again(desk.tx, change.cause, desk.person.id, "asked", change.text, desk.now)
    if heard.before.given != "cannot":
        heard.keep("call")
    return Reply(words.WILL_CALL)


_ANSWERS: Final[dict[str, Callable[[_Heard], Reply]]] = {
    "ok": _ok,
    "cannot": _cannot,
    "call": _call,
}


def chase(tx: Transaction, _outbox: Outbox, now: datetime) -> bool:
    """Put on the list of calls who was told of a change and did not answer in time (a Step)."""
    silent = changes.unanswered(tx, quiet.awake_before(now, PATIENCE), CHUNK)
    for one in silent:
        why: calls.Why = "no answer" if one.sent_at else "unreachable"
        calls.ask_for(tx, one.cause, one.person_id, why, one.text, now)
    return len(silent) == CHUNK


def next_moment(tx: Transaction, now: datetime) -> datetime | None:
    """Return when the silence of somebody becomes too long."""
    told = changes.first_unanswered(tx)
    too_long = quiet.awake_after(told, PATIENCE) if told else now
    return too_long if too_long > now else None
