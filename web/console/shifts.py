"""Shifts: a new one at a station, and who comes to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from handlers import wording
from handlers.changes import MOST_SEATS
from handlers.timewords import SHANGHAI, local, times
from handlers.wording_broadcast import OUTCOMES
from storage import rosters, staff, stations, told
from storage.engine import Transaction
from storage.stations import Station
from web import wording_changes
from web import wording_console as say
from web.console.changes import routes as change_routes
from web.console.forms import Filled, Form, filled
from web.console.frame import Console, Subject, Visit, found

FIELDS: Final = ("repeats", "weekday", "day", "starts", "ends", "seats")
FARTHEST: Final = timedelta(days=730)


def routes(console: Console) -> Sequence[Route]:
    """Return the routes of shifts and sign-ups."""
    pages = _Shifts(console)
    return [
        console.get("/stations/{id}/shifts/new", pages.blank),
        console.post("/stations/{id}/shifts/new", pages.enter),
        console.get("/signups", pages.overview),
        console.get("/shifts/{id}", pages.show),
        console.post("/signups/{id}/phone", pages.phone),
        console.post("/answers/{id}/phone", pages.phone_of_answer),
        *change_routes(console),
    ]


SUBJECT: Final = Subject(say.SIGNUPS, "/signups", routes, beside="/shifts")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A shift as it was typed."""

    starts: datetime
    ends: datetime
    weekly: bool
    seats: int


@dataclass(frozen=True, slots=True)
class _Shifts:
    console: Console

    async def blank(self, visit: Visit) -> Response:
        shown = Filled({"repeats": "weekly", "seats": "5"})
        return self._form(visit, await self._station(visit), shown)

    async def _station(self, visit: Visit) -> Station:
        station_id, now = visit.number(), self.console.clock()
        return found(await self.console.store.read(lambda tx: stations.get(tx, station_id, now)))

    def _form(self, visit: Visit, station: Station, shown: Filled, status: int = 200) -> Response:
        values = {"station": station, "filled": shown, "weekdays": wording.WEEKDAYS}
        values["today"] = local(self.console.clock()).date().isoformat()
        return self.console.page(visit, "shift_form.html", status, **values)

    async def enter(self, visit: Visit) -> Response:
        station, now = await self._station(visit), self.console.clock()
        wanted, problems = read(visit.form, now)
        if wanted is None:
            shown = filled(visit.form, FIELDS, problems)
            return self._form(visit, station, shown, 400)

        def added(tx: Transaction) -> bool:
            if stations.has_shift(tx, station.id, wanted.starts, weekly=wanted.weekly):
                return False
            starts, ends, seats = wanted.starts, wanted.ends, wanted.seats
            new = stations.add_shift(
                tx, station.id, starts, ends, weekly=wanted.weekly, seats=seats
            )
            staff.record(tx, visit.actor, "shift add", f"shift {new}", now)
            return True

        if not await self.console.store.write(added):
            shown = filled(visit.form, FIELDS, {"starts": say.SHIFT_TAKEN})
            return self._form(visit, station, shown, 400)
        return self.console.away(f"/stations/{station.id}", "shift")

    async def overview(self, visit: Visit) -> Response:
        """Show every shift to come with how full it is, and who offered to mentor."""
        now = self.console.clock()
        places = await self.console.store.read(lambda tx: stations.open_stations(tx, now))
        taken = await self.console.store.read(rosters.taken)
        rows = [
            (station, shift, times(shift), taken.get(shift.id, rosters.Taken()))
            for station in places
            for shift in station.shifts
        ]
        mentors = await self.console.store.read(rosters.mentors)
        values = {"rows": rows, "mentors": mentors, "kinds": dict(wording.KINDS), "shown": None}
        return self.console.page(visit, "signups.html", **values)

    async def show(self, visit: Visit) -> Response:
        return await self._roster(visit, visit.number())

    async def _roster(
        self,
        visit: Visit,
        shift_id: int,
        shown: rosters.Attendee | None = None,
        called: told.Told | None = None,
    ) -> Response:
        """Show who comes and what changed; the telephone of ``shown`` or ``called`` in full."""
        now = self.console.clock()

        def looked(tx: Transaction) -> dict[str, object] | None:
            if not stations.is_known(tx, shift_id):
                return None
            station, shift = stations.station_of(tx, shift_id, now)
            return {
                "station": station,
                "shift": shift,
                "times": times(shift),
                "people": rosters.of_shift(tx, shift_id, local(now).date()),
                "results": told.results(tx, shift_id),
                "is_open": stations.shift(tx, shift_id, now) is not None,
            }

        values = found(await self.console.store.read(looked))
        values |= {"shown": shown, "called": called, "answers": wording_changes.ANSWERS}
        return self.console.page(visit, "shift.html", outcomes=OUTCOMES, **values)

    async def phone(self, visit: Visit) -> Response:
        """Show one telephone number in full; that it was looked at is written down."""
        signup_id, now = visit.number(), self.console.clock()

        def opened(tx: Transaction) -> rosters.Attendee | None:
            who = rosters.attendee(tx, signup_id)
            if who is not None:
                staff.record(tx, visit.actor, "phone shown", f"signup {signup_id}", now)
            return who

        who = found(await self.console.store.write(opened))
        if who.shift_id is not None:
            return await self._roster(visit, who.shift_id, who)
        return self.console.page(visit, "phone.html", who=who)

    async def phone_of_answer(self, visit: Visit) -> Response:
        """Show the number of one who was told of a change, likewise."""
        told_id, now = visit.number(), self.console.clock()

        def opened(tx: Transaction) -> told.Told | None:
            who = told.get(tx, told_id)
            if who is not None:
                staff.record(tx, visit.actor, "phone shown", f"answer {told_id}", now)
            return who

        who = found(await self.console.store.write(opened))
        return await self._roster(visit, who.shift_id, called=who)


def read(form: Form, now: datetime) -> tuple[Wanted | None, Mapping[str, str]]:
    """Return the shift that was typed, or what is wrong with it, by field."""
    problems: dict[str, str] = {}
    weekly = form.one("repeats") != "once"
    day = _weekday(form, problems) if weekly else _day(form, now, problems)
    starts = _time(form.one("starts"), "starts", problems)
    ends = _time(form.one("ends"), "ends", problems)
    seats = form.one("seats")
    if not (
        seats.isascii() and seats.isdecimal() and len(seats) < 5 and 1 <= int(seats) <= MOST_SEATS
    ):
        problems["seats"] = say.SHIFT_SEATS.format(most=MOST_SEATS)
    if starts and ends and ends <= starts:
        problems["ends"] = say.SHIFT_ORDER
    if day is None or starts is None or ends is None or problems:
        return None, problems
    first = _first(day, starts, now) if isinstance(day, int) else _at(day, starts)
    if first <= now:
        return None, {"starts": say.SHIFT_PAST}
    length = datetime.combine(date.min, ends) - datetime.combine(date.min, starts)
    return Wanted(first, first + length, weekly, int(seats)), {}


def _weekday(form: Form, problems: dict[str, str]) -> int | None:
    weekday = form.one("weekday")
    if weekday in ("0", "1", "2", "3", "4", "5", "6"):
        return int(weekday)
    problems["weekday"] = say.SHIFT_WEEKDAY
    return None


def _day(form: Form, now: datetime, problems: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(form.one("day"))
    except ValueError:
        problems["day"] = say.SHIFT_DAY
        return None
    today = local(now).date()
    if not today <= day <= today + FARTHEST:
        problems["day"] = say.SHIFT_PAST if day < today else say.SHIFT_FAR
        return None
    return day


def _time(typed: str, name: str, problems: dict[str, str]) -> time | None:
    try:
        return datetime.strptime(typed.replace("：", ":"), "%H:%M").time()  # noqa: DTZ007 - an hour
    except ValueError:
        problems[name] = say.SHIFT_TIME
        return None


def _first(weekday: int, starts: time, now: datetime) -> datetime:
    """Return the next such weekday and hour in China's zone, today's where it is to come."""
    today = local(now).date()
    first = _at(today + timedelta(days=(weekday - today.weekday()) % 7), starts)
    return first if first > now else first + stations.WEEK


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI)
