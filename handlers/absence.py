"""Not coming once: the weekly place stays, and one word takes it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from handlers import filing, occurrences
from handlers import wording_reminders as words
from handlers.ability import Request
from handlers.desk import Desk
from handlers.message import Choice, Reply
from handlers.occurrences import Occurrence
from handlers.timewords import local, when
from storage import absences, calls, reminders, signups, stations
from storage.signups import Signup

AHEAD: Final = timedelta(days=14)
"""How far ahead somebody says that they do not come: this week or the next one."""

MOST: Final = 6
"""Times to choose from; more do not fit on a telephone."""

NOT_COMING: Final = "said that they do not come"
"""Why somebody is not reminded or called."""


@dataclass(frozen=True, slots=True)
class _Time:
    """One time to come of a seat that somebody has."""

    signup: Signup
    one: Occurrence

    @property
    def said(self) -> str:
        """When it is, in words."""
        return when(self.one.starts, self.one.ends, weekly=False)

    def called(self, ability: str) -> str:
        """What a button carries that is about this time."""
        return f"{ability}:{self.one.day}:{self.signup.id}"


def absent(desk: Desk, request: Request) -> Reply:
    """Let somebody not come once ("2026-11-24:5"), or ask which time, of a day or of all."""
    day, _, number = request.argument.partition(":")
    coming = _coming(desk)
    if number:
        found = _named(coming, day, number)
        return _stay_away(desk, found) if found else Reply(words.TIME_IS_OVER)
    away = _away(desk, coming)
    left = [one for one in coming if one not in away and day in ("", str(one.one.day))]
    if not left:
        return filing.mine(desk, request)
    never = Choice(words.NEVER_AGAIN, "cancel")
    return Reply(words.WHICH_TIME, (*_choices(left, "absent"), never))


def attend(desk: Desk, request: Request) -> Reply:
    """Let somebody come after all ("2026-11-24:5"); without an argument where that is plain."""
    day, _, number = request.argument.partition(":")
    coming = _coming(desk)
    away = _away(desk, coming)
    if number:
        found = _named(coming, day, number)
        return _come(desk, found) if found else Reply(words.TIME_IS_OVER)
    if len(away) > 1:
        return Reply(words.WHICH_AGAIN, _choices(away, "attend"))
    return _come(desk, away[0]) if away else filing.mine(desk, request, words.NOT_AWAY)


def _coming(desk: Desk) -> Sequence[_Time]:
    """Return the times to come of the seats that somebody has, the nearest first."""
    held = signups.of_person(desk.tx, desk.person.id)
    seats = {one.shift_id: one for one in held if one.status == "confirmed" and one.shift_id}
    found = occurrences.between(desk.tx, desk.now, desk.now + AHEAD) if seats else ()
    return [_Time(seats[one.hours.shift_id], one) for one in found if one.hours.shift_id in seats]


def _away(desk: Desk, coming: Sequence[_Time]) -> Sequence[_Time]:
    """Return the times at which somebody said that they do not come."""
    days = _days(desk, [one.signup.id for one in coming])
    return [one for one in coming if one.one.day in days.get(one.signup.id, ())]


def _days(desk: Desk, ids: Sequence[int]) -> Mapping[int, tuple[date, ...]]:
    return absences.of(desk.tx, ids, local(desk.now).date())


def _named(coming: Sequence[_Time], day: str, number: str) -> _Time | None:
    """Return the time that a button is about; None where it is over, or of somebody else."""
    named = (one for one in coming if (str(one.one.day), str(one.signup.id)) == (day, number))
    return next(named, None)


def _choices(times: Sequence[_Time], ability: str) -> tuple[Choice, ...]:
    """Offer times; the station is named where there are several."""
    several = len({one.signup.id for one in times}) > 1
    return tuple(
        Choice(f"{one.said} {one.one.hours.station}" if several else one.said, one.called(ability))
        for one in times[:MOST]
    )


def _stay_away(desk: Desk, time: _Time) -> Reply:
    """Keep that somebody does not come this once; of a single shift they give the place up."""
    one, signup = time.one, time.signup
    if not one.hours.weekly:
        return filing.cancel(desk, Request(argument=str(signup.id)))
    note(desk, signup.id, one.key, one.day)
    text = words.ABSENT.format(
        time=time.said,
        weekly=when(one.starts, one.ends, weekly=True),
        next=_next(desk, time),
    )
    return Reply(text, (Choice(words.COMES, time.called("attend")),))


def note(desk: Desk, signup_id: int, key: str, day: date) -> None:
    """Keep that somebody does not come on a day (in China) of a weekly place, whose causes begin
    with ``key``; they are not reminded of it.
    """
    absences.add(desk.tx, signup_id, day)
    for offset in ("-1d", "-2h"):
        cause = f"{key}:{offset}"
        reminders.release(desk.tx, desk.person.id, cause, desk.now, NOT_COMING)
        calls.spare(desk.tx, cause, desk.person.id, NOT_COMING, desk.now)


def _next(desk: Desk, time: _Time) -> str:
    """Say when somebody comes next, the days left out that are off or that they leave out."""
    _, shift = stations.station_of(desk.tx, time.one.hours.shift_id, desk.now)
    off = (*shift.paused, *_days(desk, [time.signup.id])[time.signup.id])
    starts = stations.next_start(time.one.starts, weekly=True, now=desk.now, paused=off)
    return when(starts, starts + (time.one.ends - time.one.starts), weekly=False)


def _come(desk: Desk, time: _Time) -> Reply:
    absences.remove(desk.tx, time.signup.id, time.one.day)
    return Reply(words.COMES_AGAIN.format(time=time.said, place=time.one.hours.station))
