"""Staff move, cancel or close something, and everybody who signed up for it is told at once.

One act is one transaction: the new time, what is taken back, and the messages stand or fall
together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from handlers import seats as news_of_seats
from handlers import telling
from handlers import wording_changes as words
from handlers.telling import Act, News, Told, lines
from handlers.timewords import a_day, local, when
from storage import changes, pauses, people, signups, stations
from storage.engine import Transaction
from storage.errors import GuanxinError
from storage.stations import Shift

T = TypeVar("T")

LONGEST: Final = timedelta(hours=12)
"""A shift that is longer is a slip of the pen."""

MOST_SEATS: Final = 500
"""A shift with more seats is one too."""


class CannotChange(GuanxinError):
    """An act that makes no sense; nothing was changed. ``said`` is for those without a terminal."""

    def __init__(self, sentence: str, said: str) -> None:
        super().__init__(sentence)
        self.said = said


def rehearsed(tx: Transaction, act: Callable[[], T]) -> T:
    """Return what an act would do, and undo it: so a preview cannot differ from what happens."""
    trial = tx.begin_nested()
    try:
        return act()
    finally:
        trial.rollback()


def cancel_day(act: Act, shift_id: int, day: date) -> Told:
    """Leave out one day (in China) of a weekly shift; a shift of that day alone is closed.

    Raises CannotChange.
    """
    station, shift = _opened(act, shift_id)
    held_then = _on(shift, day)
    if not shift.weekly:
        return close_shift(act, shift_id)
    _leave_out(act, shift_id, day)
    off = _time(held_then)
    text = lines(
        words.DAY_OFF.format(station=station, time=off),
        act.reason,
        words.NEXT.format(time=_time(_week_after(shift, held_then))),
    )
    act.record("cancel a day", f"shift {shift_id} on {day}")
    news = News("day", shift_id, text, station, off, held_then.starts, day)
    return telling.tell_all(act, news, changes.places(act.tx, shift_id))


def reinstate_day(act: Act, shift_id: int, day: date) -> Told:
    """Hold a day (in China) of a weekly shift after all that was left out.

    Raises CannotChange, also where it is held at another time: that one can be moved back.
    """
    _opened(act, shift_id)
    if not pauses.end(act.tx, shift_id, day):
        raise CannotChange(f"{day} is not left out of shift {shift_id}", words.NOT_OFF)
    station, shift = _opened(act, shift_id)
    held_then = _on(shift, day)
    on = _time(held_then)
    text = lines(words.DAY_ON.format(station=station, time=on), act.reason)
    act.record("reinstate a day", f"shift {shift_id} on {day}")
    news = News("reinstated", shift_id, text, station, on, held_then.starts, day)
    return telling.tell_all(act, news, changes.places(act.tx, shift_id))


def can_reinstate(tx: Transaction, shift: Shift) -> Sequence[date]:
    """Return the days (in China) of a weekly shift that ``reinstate_day`` takes."""
    off = pauses.off(tx, shift.id, min(shift.paused, default=date.max))
    return [day for day in shift.paused if day in off]


def set_seats(act: Act, shift_id: int, seats: int) -> Told:
    """Let a shift have more or fewer seats; who waits moves up in order, and is told.

    Raises CannotChange: nobody loses a seat by this.
    """
    station, shift = _opened(act, shift_id)
    taken = sum(not place.is_waiting for place in changes.places(act.tx, shift_id))
    if not 1 <= seats <= MOST_SEATS:
        raise CannotChange(f"1 to {MOST_SEATS} seats", words.SEATS_RANGE.format(most=MOST_SEATS))
    if seats < taken:
        raise CannotChange(f"{taken} have a seat", words.SEATS_TAKEN.format(taken=taken))
    if seats == shift.seats:
        raise CannotChange(f"it has {seats} seats already", words.SEATS_SAME.format(seats=seats))
    stations.set_seats(act.tx, shift_id, seats)
    act.record("set seats", f"shift {shift_id} from {shift.seats} to {seats}")
    letters = news_of_seats.tell_these(
        act.tx, act.outbox, signups.promote(act.tx, shift_id, act.now), act.now
    )
    text = words.SEATS.format(station=station, time=_time(shift), old=shift.seats, new=seats)
    return Told(text, letters, shift_id)


def move(act: Act, shift_id: int, starts: datetime, ends: datetime) -> Told:
    """Move a whole shift to other (aware) times; a weekly one repeats from then on.

    Raises CannotChange.
    """
    station, shift = _opened(act, shift_id)
    _check_times(act, shift, starts, ends)
    stations.move(act.tx, shift_id, starts, ends)
    changes.recall(act.tx, shift_id, None, act.now)
    act.record("move", f"shift {shift_id}")
    moved = replace(shift, starts=starts, ends=ends)
    first = words.FIRST.format(day=a_day(local(starts).date())) if shift.weekly else ""
    return _tell_moved(act, "moved", station, (shift, moved), first)


def move_day(act: Act, shift_id: int, day: date, starts: datetime, ends: datetime) -> Told:
    """Hold one day (in China) of a weekly shift at another (aware) time.

    The day is left out, and a single shift takes its place, with the same people in the same
    order: so it has its own reminders, and whoever cannot come gives up this one time alone.
    Raises CannotChange.
    """
    station, shift = _opened(act, shift_id)
    held_then = _on(shift, day)
    if not shift.weekly:
        return move(act, shift_id, starts, ends)
    _check_times(act, held_then, starts, ends)
    single = stations.add_shift(
        act.tx, shift.station_id, starts, ends, weekly=False, seats=shift.seats
    )
    _leave_out(act, shift_id, day, single)
    changes.copy_places(act.tx, shift_id, single)
    act.record("move a day", f"shift {shift_id} on {day}")
    moved = replace(held_then, id=single, starts=starts, ends=ends)
    return _tell_moved(act, "once", station, (held_then, moved))


def _tell_moved(
    act: Act, kind: changes.Kind, station: str, shifts: tuple[Shift, Shift], first: str = ""
) -> Told:
    before, after = shifts
    old, new = _time(before), _time(after)
    text = lines(words.MOVED.format(station=station, old=old, new=new) + first, act.reason)
    both = words.OLD_TO_NEW.format(old=old, new=new)
    news = News(kind, after.id, text, station, both, min(before.starts, after.starts))
    return telling.tell_all(act, news, changes.places(act.tx, after.id))


def close_shift(act: Act, shift_id: int) -> Told:
    """Close a shift for good; its sign-ups end. Raises CannotChange."""
    station, shift = _opened(act, shift_id)
    held = changes.places(act.tx, shift_id)
    _end(act, shift)
    act.record("close", f"shift {shift_id}")
    return telling.tell_all(act, _closed(act, station, [shift]), held)


def close_station(act: Act, name: str) -> Told:
    """Close a station and all its shifts; who signed up for several of them is told once.

    Raises CannotChange.
    """
    station_id = stations.open_named(act.tx, name)
    if station_id is None:
        raise CannotChange(f"there is no open station {name}", words.NO_STATION)
    shifts = [_opened(act, one.id)[1] for one in stations.shifts_of(act.tx, station_id, act.now)]
    held = {shift.id: changes.places(act.tx, shift.id) for shift in shifts}
    for shift in shifts:
        _end(act, shift)
    stations.close(act.tx, station_id, act.now)
    act.record("close", f"station {station_id}")
    written = {one.id: telling.write(act, _closed(act, name, [one])) for one in shifts}
    theirs: dict[int, list[Shift]] = {}
    for shift in shifts:
        for place in held[shift.id]:
            theirs.setdefault(place.person_id, []).append(shift)
    letters = [
        telling.tell(act, _closed(act, name, mine), written[mine[0].id], changes.Place(person_id))
        for person_id, mine in theirs.items()
    ]
    text = _closed(act, name, shifts).text if shifts else ""
    return Told(text, [letter for letter in letters if letter])


def _closed(act: Act, station: str, shifts: Sequence[Shift]) -> News:
    """Say which times are no more."""
    times = words.AND.join(map(_time, shifts))
    text = lines(words.CLOSED.format(station=station, time=times), act.reason)
    return News("closed", shifts[0].id, text, station, times, min(one.starts for one in shifts))


def _end(act: Act, shift: Shift) -> None:
    stations.close_shift(act.tx, shift.id, act.now)
    changes.end_places(act.tx, shift.id, act.now)
    changes.recall(act.tx, shift.id, None, act.now)


def _leave_out(act: Act, shift_id: int, day: date, moved_to: int | None = None) -> None:
    pauses.pause(act.tx, shift_id, day, moved_to)
    changes.recall(act.tx, shift_id, day, act.now)


def _opened(act: Act, shift_id: int) -> tuple[str, Shift]:
    """Return the station of an open shift, and the shift: its seats stand still until the end.

    Whoever holds a place is locked first: no reminder is queued beside what is done here.
    """
    people.lock(act.tx, [place.person_id for place in changes.places(act.tx, shift_id)])
    shift = stations.shift(act.tx, shift_id, act.now, lock=True)
    if shift is None:
        raise CannotChange(f"there is no open shift {shift_id}", words.NO_SHIFT)
    station, _ = stations.station_of(act.tx, shift_id, act.now)
    return station.name, shift


def _on(shift: Shift, day: date) -> Shift:
    """Return a shift as it is held on a day to come. Raises CannotChange where it is not."""
    days = (day - pauses.day_of(shift.starts)).days
    if day in shift.paused or days < 0 or (days % 7 if shift.weekly else days):
        sentence = f"shift {shift.id} is not held on {day}, but on {pauses.day_of(shift.starts)}"
        raise CannotChange(sentence, words.NOT_HELD_THEN)
    later = timedelta(days=days)
    return replace(shift, starts=shift.starts + later, ends=shift.ends + later, weekly=False)


def _week_after(shift: Shift, held: Shift) -> Shift:
    """Return the next time at which a weekly shift is held after one that is left out."""
    later = replace(held, starts=held.starts + stations.WEEK, ends=held.ends + stations.WEEK)
    is_paused = pauses.day_of(later.starts) in shift.paused
    return _week_after(shift, later) if is_paused else later


def _check_times(act: Act, shift: Shift, starts: datetime, ends: datetime) -> None:
    if starts <= act.now:
        raise CannotChange("the new time is over", words.TIME_OVER)
    if not timedelta() < ends - starts <= LONGEST:
        raise CannotChange("it must end after it begins, the same day", words.TIME_ENDS)
    if (starts, ends) == (shift.starts, shift.ends):
        raise CannotChange("it is at that time already", words.TIME_SAME)


def _time(shift: Shift) -> str:
    return when(shift.starts, shift.ends, weekly=shift.weekly)
