"""Tutoring stations: the list, a new one, one with its shifts, and what is changed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from handlers.dialog import Unclear
from handlers.hearing import phones
from handlers.timewords import times
from storage import rosters, staff, stations
from storage.engine import Transaction
from storage.stations import Station
from web import wording_console as say
from web.console.forms import Filled, Form, filled
from web.console.frame import Console, Subject, Visit, found

FIELDS: Final = ("name", "region", "location", "phone", "subjects")
LONGEST: Final = {"name": 60, "region": 40, "location": 120, "phone": 20, "subjects": 200}
"""Characters that a field holds, as its column does."""

NEEDED: Final = {"name": say.STATION_NAME, "region": say.STATION_REGION}


def routes(console: Console) -> Sequence[Route]:
    """Return the routes of the stations."""
    pages = _Stations(console)
    return [
        console.get("/stations", pages.listed),
        console.get("/stations/new", pages.blank),
        console.post("/stations/new", pages.enter),
        console.get("/stations/{id}", pages.show),
        console.get("/stations/{id}/edit", pages.edit),
        console.post("/stations/{id}/edit", pages.change),
    ]


SUBJECT: Final = Subject(say.STATIONS, "/stations", routes)


@dataclass(frozen=True, slots=True)
class _Stations:
    console: Console

    async def listed(self, visit: Visit) -> Response:
        now = self.console.clock()
        every = await self.console.store.read(lambda tx: stations.open_stations(tx, now))
        return self.console.page(visit, "stations.html", stations=every)

    async def blank(self, visit: Visit) -> Response:
        return self._form(visit, Filled())

    def _form(
        self, visit: Visit, shown: Filled, station: Station | None = None, status: int = 200
    ) -> Response:
        values = {"filled": shown, "station": station, "longest": LONGEST}
        return self.console.page(visit, "station_form.html", status, **values)

    async def enter(self, visit: Visit) -> Response:
        wanted, problems = _read(visit.form)
        if problems:
            return self._form(visit, filled(visit.form, FIELDS, problems), status=400)
        now = self.console.clock()

        def added(tx: Transaction) -> int | None:
            new = stations.add(tx, wanted)
            if new is not None:
                staff.record(tx, visit.actor, "station add", f"station {new}", now)
            return new

        new = await self.console.store.write(added)
        if new is None:
            taken = filled(visit.form, FIELDS, {"name": say.STATION_TAKEN})
            return self._form(visit, taken, status=400)
        return self.console.away(f"/stations/{new}", "station")

    async def show(self, visit: Visit) -> Response:
        station = await self._station(visit)
        taken = await self.console.store.read(rosters.taken)
        rows = [
            (shift, times(shift), taken.get(shift.id, rosters.Taken())) for shift in station.shifts
        ]
        return self.console.page(visit, "station.html", station=station, rows=rows)

    async def _station(self, visit: Visit) -> Station:
        station_id, now = visit.number(), self.console.clock()
        return found(await self.console.store.read(lambda tx: stations.get(tx, station_id, now)))

    async def edit(self, visit: Visit) -> Response:
        station = await self._station(visit)
        shown = Filled({name: getattr(station, name) or "" for name in FIELDS})
        return self._form(visit, shown, station)

    async def change(self, visit: Visit) -> Response:
        station = await self._station(visit)
        wanted, problems = _read(visit.form)
        if problems:
            return self._form(visit, filled(visit.form, FIELDS, problems), station, 400)
        changed, now = replace(wanted, id=station.id), self.console.clock()

        def entered(tx: Transaction) -> bool:
            if not stations.change(tx, changed):
                return False
            staff.record(tx, visit.actor, "station change", f"station {station.id}", now)
            return True

        if not await self.console.store.write(entered):
            taken = filled(visit.form, FIELDS, {"name": say.STATION_TAKEN})
            return self._form(visit, taken, station, 400)
        return self.console.away(f"/stations/{station.id}", "station")


def _read(form: Form) -> tuple[Station, Mapping[str, str]]:
    """Return the station that was typed, and what is wrong with it, by field."""
    typed = {name: " ".join(form.one(name).split()) for name in FIELDS}
    phone, wrong = _phone(typed["phone"])
    problems = {"phone": wrong} if wrong else {}
    problems |= {name: sentence for name, sentence in NEEDED.items() if not typed[name]}
    problems |= {
        name: say.TOO_LONG.format(most=most)
        for name, most in LONGEST.items()
        if len(typed[name]) > most
    }
    subjects = "、".join(_split(typed["subjects"])) or None
    place = Station(0, typed["name"], typed["region"], typed["location"] or None, phone, subjects)
    return place, problems


def _phone(typed: str) -> tuple[str | None, str]:
    """Return the number that was typed, none for nothing, or what is wrong with it."""
    try:
        return phones.a_phone(typed) if typed else None, ""
    except Unclear:
        return None, say.STATION_PHONE


def _split(typed: str) -> list[str]:
    """Return what stands between commas of any kind, spaces and 、."""
    for mark in "，,;；/ ":
        typed = typed.replace(mark, "、")
    return [one for one in typed.split("、") if one]
