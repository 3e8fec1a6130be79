"""Sign-ups: what is on offer, what a form decided, what somebody has, and giving it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from handlers import wording as say
from handlers import wording_reminders as words
from handlers.ability import Request
from handlers.desk import Desk
from handlers.dialog import Revise
from handlers.message import Choice, Reply, Topic
from handlers.scripts.common import Contact
from handlers.scripts.mentoring import MentoringSignup
from handlers.scripts.station import Place, Slot, StationSignup
from handlers.timewords import a_day, local, times, when
from storage import absences, people, signups, stations
from storage.engine import Transaction
from storage.people import Consent
from storage.signups import Signup
from storage.stations import Shift

ECHO: Final = timedelta(minutes=10)
"""How long a second tap on the last button of a form gets the confirmation again."""


def places(desk: Desk) -> list[Place]:
    """Return the stations that want helpers."""
    found = stations.open_stations(desk.tx, desk.now)
    return [
        Place(place.id, place.name, tuple(map(_slot, place.shifts)))
        for place in found
        if place.shifts
    ]


def _slot(shift: Shift) -> Slot:
    return Slot(shift.id, times(shift), f"{times(shift)}（{free_words(shift)}）")


def free_words(shift: Shift) -> str:
    """Say how many seats a shift has left."""
    return say.SEATS_FREE.format(free=shift.free) if shift.free else say.SEATS_NONE


def take_seat(desk: Desk, decided: StationSignup) -> Reply:
    """File a sign-up for a shift. Raises Revise when it is not on offer any more."""
    details = _details(decided.contact)
    taken = signups.take_seat(desk.tx, desk.person.id, decided.shift_id, details, desk.now)
    if taken is None:
        raise Revise(say.SHIFT_GONE, shift=None, confirm=None)
    _remember(desk, decided.contact)
    return confirmation(desk, taken)


def register_mentor(desk: Desk, decided: MentoringSignup) -> Reply:
    """File an offer to mentor."""
    details = {**_details(decided.contact), "times": decided.times}
    made = signups.register(desk.tx, desk.person.id, decided.kind, details, desk.now)
    _remember(desk, decided.contact)
    return confirmation(desk, made)


def _details(contact: Contact) -> dict[str, object]:
    return {"name": contact.name, "phone": contact.phone, "subjects": contact.subjects}


def _remember(desk: Desk, contact: Contact) -> None:
    subjects = tuple(contact.subjects)
    people.remember(
        desk.tx, desk.person.id, name=contact.name, phone=contact.phone, subjects=subjects
    )
    if desk.person.consent_version != say.CONSENT_VERSION:
        given = Consent(say.CONSENT_VERSION, desk.now, desk.channel)
        people.consent(desk.tx, desk.person.id, given)


def confirmation(desk: Desk, made: Signup) -> Reply:
    """Say what came of a sign-up, with its number."""
    if made.status == "waiting":
        text = say.WAITING
    else:
        text = say.CONFIRMED if made.shift_id else say.REGISTERED
    known = {"what": what(desk, made), "first": _first_time(desk, made)}
    said = text.format(number=made.number, place=made.place, **known)
    return Reply(said, topic=_topic(desk, [made]))


def _topic(desk: Desk, made: Sequence[Signup]) -> Topic | None:
    """Return the station of sign-ups, so that a short question after them is about it."""
    shifts = [one.shift_id for one in made if one.shift_id]
    found = {stations.station_of(desk.tx, one, desk.now)[0].id for one in shifts}
    if len(found) != 1:
        return None
    return Topic(say.STATION_WORD, of_stations=True, station=found.pop())


def _first_time(desk: Desk, made: Signup) -> str:
    """Say on which day somebody comes for the first time; a single day is named already."""
    if made.shift_id is None:
        return ""
    _, shift = stations.station_of(desk.tx, made.shift_id, desk.now)
    first = when(shift.starts, shift.ends, weekly=False)
    return say.FIRST_TIME.format(time=first) if shift.weekly else ""


def what(desk: Desk, signup: Signup) -> str:
    """Say what a sign-up is for."""
    return describe(desk.tx, signup, desk.now)


def describe(tx: Transaction, signup: Signup, now: datetime) -> str:
    """Say what a sign-up is for, outside of a conversation too."""
    if signup.shift_id is None:
        return f"{dict(say.KINDS)[str(signup.kind)]}，{signup.details['times']}"
    station, shift = stations.station_of(tx, signup.shift_id, now)
    location = station.location or say.NOT_ENTERED
    return say.WHAT_STATION.format(station=station.name, times=times(shift), location=location)


def repeated(desk: Desk) -> Reply | None:
    """Return the confirmation again when somebody signed up a moment ago."""
    mine = signups.of_person(desk.tx, desk.person.id)
    if mine and desk.now - mine[-1].created_at < ECHO:
        return confirmation(desk, mine[-1])
    return None


def news(desk: Desk) -> str:
    """Return what somebody has yet to be told: that a place on a waiting list became a seat."""
    told = signups.tell(desk.tx, desk.person.id)
    return "\n\n".join(
        say.PROMOTED.format(number=signup.number, what=what(desk, signup)) for signup in told
    )


def mine(desk: Desk, _request: Request, heading: str = "") -> Reply:
    """List what somebody signed up for, each with a way to cancel it."""
    held = signups.of_person(desk.tx, desk.person.id)
    reminded = words.REMINDERS_OFF if desk.person.opted_out else words.REMINDERS_ON
    if not held:
        return Reply("\n".join(filter(None, (heading, say.MINE_NONE, reminded))))
    lines = [heading or say.MINE, *(_line(desk, signup) for signup in held), reminded]
    choices = [
        Choice(say.CANCEL_ONE.format(number=signup.number), f"cancel:{signup.id}")
        for signup in held
    ]
    return Reply("\n\n".join(lines), tuple(choices), topic=_topic(desk, held))


def _line(desk: Desk, signup: Signup) -> str:
    waiting = say.STATUS_WAITING.format(place=signup.place)
    status = waiting if signup.place else say.STATUS_CONFIRMED
    indented = what(desk, signup).replace("\n", "\n  ")
    line = say.MINE_LINE.format(number=signup.number, status=status, what=indented)
    return line + _away(desk, signup)


def _away(desk: Desk, signup: Signup) -> str:
    """Say on which days somebody said that they do not come, nothing without any."""
    days = absences.of(desk.tx, [signup.id], local(desk.now).date()).get(signup.id, ())
    return words.AWAY_DAYS.format(days="、".join(map(a_day, days))) if days else ""


def _which(desk: Desk, request: Request) -> Reply:
    """List what can be cancelled; whoever cannot come once need not give up a weekly place."""
    listed = mine(desk, request)
    held = signups.of_person(desk.tx, desk.person.id)
    has_seat = any(one.shift_id and one.status == "confirmed" for one in held)
    once = (Choice(words.ONLY_ONCE, "absent"),) if has_seat else ()
    return replace(listed, choices=(*listed.choices, *once))


def cancel(desk: Desk, request: Request) -> Reply:
    """Ask once whether a sign-up is to be cancelled, then cancel it."""
    number, _, sure = request.argument.partition(":")
    if not number:
        return _which(desk, request)
    try:
        signup = signups.get(desk.tx, desk.person.id, int(number))
    except (LookupError, ValueError):
        return Reply(say.NOT_YOURS)
    if not sure and signup.status != "cancelled":
        yes = Choice(say.CANCEL_YES, f"cancel:{signup.id}:yes")
        text = say.CANCEL_SURE.format(what=what(desk, signup))
        return Reply(text, (Choice(say.CANCEL_NO, "mine"), yes))
    signups.cancel(desk.tx, desk.person.id, signup.id, desk.now)
    return Reply(say.CANCELLED.format(number=signup.number, what=what(desk, signup)))
