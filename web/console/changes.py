"""Moving, cancelling and closing: first who would be told what, then it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from handlers import changes, telling
from handlers.changes import CannotChange
from handlers.telling import LONGEST_REASON, Act, Told
from handlers.timewords import SHANGHAI, a_whole_day, times
from storage import people, stations
from storage.engine import Transaction
from storage.pauses import day_of
from storage.stations import Shift, Station
from web import wording_changes as words
from web.console.forms import Filled, Form, filled
from web.console.frame import Console, Visit, found

FIELDS: Final = ("what", "day", "to", "starts", "ends", "seats", "because")
MOST_DAYS: Final = 12
"""How many of the next days of a weekly shift can be chosen: three months."""

Do = Callable[[Act], Told]


class Unfit(Exception):
    """What was typed cannot be done; the message says what to type."""


def routes(console: Console) -> Sequence[Route]:
    """Return the routes of changes."""
    pages = _Changes(console)
    return [
        console.get("/shifts/{id}/change", pages.ask),
        console.post("/shifts/{id}/change", pages.change),
        console.get("/stations/{id}/close", pages.ask_to_close),
        console.post("/stations/{id}/close", pages.close),
    ]


@dataclass(frozen=True, slots=True)
class _Changes:
    console: Console

    async def ask(self, visit: Visit) -> Response:
        return await self._asked(visit, "")

    async def _asked(self, visit: Visit, problem: str) -> Response:
        """Show the forms of a shift; what was typed stays."""
        shift_id, now = visit.number(), self.console.clock()

        def looked(tx: Transaction) -> tuple[Station, Shift, Sequence[date]] | None:
            shift = stations.shift(tx, shift_id, now)
            if shift is None:
                return None
            station = stations.station_of(tx, shift_id, now)[0]
            return station, shift, changes.can_reinstate(tx, shift)

        station, shift, off = found(await self.console.store.read(looked))
        shown = filled(visit.form, FIELDS, {}) if visit.form.pairs else Filled()
        values = {"station": station, "shift": shift, "times": times(shift), "days": _days(shift)}
        values |= {"off": _by_date(off), "most": changes.MOST_SEATS}
        values |= {"filled": shown, "problem": problem, "longest": LONGEST_REASON}
        return self.console.page(visit, "change.html", 400 if problem else 200, **values)

    async def change(self, visit: Visit) -> Response:
        shift_id = visit.number()
        try:
            return await self._done(visit, wanted(visit.form, shift_id))
        except Unfit as problem:
            return await self._asked(visit, str(problem))
        except CannotChange as problem:
            return await self._asked(visit, problem.said)

    async def ask_to_close(self, visit: Visit) -> Response:
        station, now = visit.number(), self.console.clock()
        place = found(await self.console.store.read(lambda tx: stations.get(tx, station, now)))
        values = {"station": place, "problem": "", "filled": Filled(), "longest": LONGEST_REASON}
        return self.console.page(visit, "station_close.html", **values)

    async def close(self, visit: Visit) -> Response:
        station, now = visit.number(), self.console.clock()
        place = found(await self.console.store.read(lambda tx: stations.get(tx, station, now)))
        try:
            return await self._done(visit, lambda act: changes.close_station(act, place.name))
        except CannotChange:
            return found(None)

    async def _done(self, visit: Visit, do: Do) -> Response:
        """Show what would be told, or do it where that was confirmed."""
        now, because = self.console.clock(), visit.form.one("because")[:LONGEST_REASON]
        sure = visit.form.one("sure") == "yes"

        def work(tx: Transaction) -> tuple[Told, Sequence[str]]:
            act = Act(tx, self.console.outbox, visit.actor, now, because)
            told = do(act) if sure else changes.rehearsed(tx, lambda: do(act))
            ids = [letter.person_id for letter in told.letters]
            return told, [people.get(tx, id).name or "" for id in ids]

        told, names = await self.console.store.write(work)
        if not sure:
            return self._preview(visit, told, names)
        path = f"/shifts/{told.shift_id}" if told.shift_id else "/stations"
        return self.console.away(path, "changed", sum(copy.count for copy in telling.copies(told)))

    def _preview(self, visit: Visit, told: Told, names: Sequence[str]) -> Response:
        ways = Counter(words.WAYS[letter.way] for letter in told.letters)
        fields = [(name, visit.form.one(name)) for name in FIELDS if visit.form.has(name)]
        values = {"path": visit.request.url.path, "fields": fields, "told": told}
        values["copies"] = telling.copies(told)
        return self.console.page(visit, "change_preview.html", names=names, ways=ways, **values)


def _days(shift: Shift) -> Mapping[str, str]:
    """Return the next days on which a weekly shift is held, by their ISO dates."""
    first = day_of(shift.starts)
    days = [first + timedelta(weeks=number) for number in range(MOST_DAYS if shift.weekly else 1)]
    return _by_date([day for day in days if day not in shift.paused])


def _by_date(days: Sequence[date]) -> Mapping[str, str]:
    """Return days as staff choose them, by their ISO dates."""
    return {day.isoformat(): a_whole_day(day) for day in days}


def wanted(form: Form, shift_id: int) -> Do:
    """Return what a form wants done to a shift. Raises Unfit."""
    what = form.one("what")
    if what == "close":
        return lambda act: changes.close_shift(act, shift_id)
    if what == "cancel":
        day = _day(form.one("day"), words.DAY)
        return lambda act: changes.cancel_day(act, shift_id, day)
    if what == "reinstate":
        back = _day(form.one("day"), words.DAY)
        return lambda act: changes.reinstate_day(act, shift_id, back)
    if what == "seats":
        seats = _number(form.one("seats"))
        return lambda act: changes.set_seats(act, shift_id, seats)
    if what != "move":
        raise Unfit(words.WHAT)
    starts, ends = _moment(form, "starts"), _moment(form, "ends")
    if not form.one("day"):
        return lambda act: changes.move(act, shift_id, starts, ends)
    only = _day(form.one("day"), words.DAY)
    return lambda act: changes.move_day(act, shift_id, only, starts, ends)


def _day(typed: str, sentence: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Unfit(sentence) from None


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 5):
        raise Unfit(words.SEATS)
    return int(typed)


def _moment(form: Form, hour: str) -> datetime:
    """Return the new day at an hour, in China's zone."""
    day = _day(form.one("to"), words.TIME)
    try:
        at = datetime.strptime(form.one(hour).replace("：", ":"), "%H:%M")  # noqa: DTZ007 - an hour
    except ValueError:
        raise Unfit(words.TIME) from None
    return datetime.combine(day, at.time(), SHANGHAI)
