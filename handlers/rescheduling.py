"""Coming at another time than one is signed up for: the other times, or staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from handlers import filing
from handlers import wording as say
from handlers.desk import Desk
from handlers.hearing import rescheduling as hearing
from handlers.message import Choice, Reply
from handlers.timewords import local, times
from storage import signups, stations
from storage.signups import Signup
from storage.stations import Shift, Station

HUMAN: Final = Choice(say.OTHER_TIME_HUMAN, "human:said")


def reschedule(desk: Desk, words: str) -> Reply | None:
    """Show how to change one's own time; None where somebody has none, or wants nothing of it."""
    if not hearing.wants_another_time(words):
        return None
    held = [one for one in signups.of_person(desk.tx, desk.person.id) if one.shift_id]
    if not held:
        return None
    listed = "\n".join(filing.what(desk, one) for one in held)
    text = say.OTHER_TIME.format(held=listed)
    station = _station(desk, held[0]) if len(held) == 1 else None
    if station is None:
        return Reply(f"{text}\n\n{say.OTHER_TIME_HOW}", (HUMAN, Choice(say.MENU_MINE, "mine")))
    lines = _others(station, held[0], words)
    return Reply("\n\n".join((text, *lines, say.OTHER_TIME_HOW)), _choices(station, held[0]))


def _station(desk: Desk, held: Signup) -> Station | None:
    """Return the station of a sign-up with its times to come, None where it is closed."""
    station, _ = stations.station_of(desk.tx, held.shift_id or 0, desk.now)
    return stations.get(desk.tx, station.id, desk.now)


def _others(station: Station, held: Signup, words: str) -> list[str]:
    """Say at which other times a station wants helpers, those first that are wished for."""
    others = [shift for shift in station.shifts if shift.id != held.shift_id]
    wished = hearing.weekdays(words)
    fitting = [shift for shift in others if local(shift.starts).weekday() in wished]
    lines = []
    if wished and not fitting:
        day = "、".join(say.WEEKDAYS[day] for day in sorted(wished))
        lines.append(say.OTHER_TIME_NONE.format(day=day))
    if others:
        lines.append(say.OTHER_TIME_FREE.format(times=_listed(fitting or others)))
    return lines


def _listed(shifts: Sequence[Shift]) -> str:
    return "；".join(f"{times(shift)}（{filing.free_words(shift)}）" for shift in shifts)


def _choices(station: Station, held: Signup) -> tuple[Choice, ...]:
    another = Choice(say.OTHER_TIME_SIGN_UP, f"signup:station:{station.id}")
    give_up = Choice(say.CANCEL_ONE.format(number=held.number), f"cancel:{held.id}")
    return another, HUMAN, give_up
