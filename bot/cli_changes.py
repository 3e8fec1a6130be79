"""The commands by which staff change what people signed up for, and see whom to call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import typer

from bot import clock, inside
from bot.shell import AsJson, fail, say, show, store_or_fail
from handlers import changes as acts
from handlers.telling import Act, Told
from handlers.timewords import SHANGHAI, local, times
from storage import calls, staff, stations
from storage import changes as kept
from storage.engine import Transaction
from storage.signups import LARGEST_ID
from storage.stations import Shift, Station

commands: Final = typer.Typer(rich_markup_mode=None)

ACTOR: Final = "terminal"
DAY: Final = ["%Y-%m-%d"]
MOMENT: Final = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
HOUR: Final = ["%H:%M"]

ShiftId = Annotated[
    int,
    typer.Argument(metavar="SHIFT", min=1, max=LARGEST_ID, help="See: guanxin staff shifts."),
]
Because = Annotated[str, typer.Option("--because", help="Why, as people read it.")]


def _do(act: Callable[[Act], Told], because: str) -> None:
    """Do something for staff in one transaction, and print what was told to how many."""
    with store_or_fail() as (chosen, store):
        now, outbox = clock.starting_at(chosen.now)(), inside.outbox(chosen)
        told = store.write_now(lambda tx: act(Act(tx, outbox, ACTOR, now, because)))
    say(told.text)
    ways = Counter(letter.way for letter in told.letters)
    by_way = ", ".join(f"{way} {number}" for way, number in sorted(ways.items()))
    say(f"{len(told.letters)} told" + (f" ({by_way})" if by_way else ""))


@commands.command("cancel")
def cancel(
    shift: ShiftId,
    day: Annotated[datetime, typer.Argument(metavar="DAY", formats=DAY)],
    because: Because = "",
) -> None:
    """Leave out one DAY (2027-04-07) of a weekly SHIFT, and tell everybody who signed up."""
    _do(lambda act: acts.cancel_day(act, shift, day.date()), because)


@commands.command("reinstate")
def reinstate(
    shift: ShiftId,
    day: Annotated[datetime, typer.Argument(metavar="DAY", formats=DAY)],
    because: Because = "",
) -> None:
    """Hold a DAY of a weekly SHIFT after all that was left out, and tell everybody."""
    _do(lambda act: acts.reinstate_day(act, shift, day.date()), because)


@commands.command("seats")
def seats(
    shift: ShiftId,
    number: Annotated[int, typer.Argument(metavar="SEATS", min=1, max=acts.MOST_SEATS)],
) -> None:
    """Let a SHIFT have so many SEATS; who waits moves up in order, and is told."""
    _do(lambda act: acts.set_seats(act, shift, number), "")


@commands.command("move")
def move(
    shift: ShiftId,
    starts: Annotated[datetime, typer.Argument(metavar="STARTS", formats=MOMENT)],
    ends: Annotated[
        datetime | None, typer.Option("--ends", formats=HOUR, help="Else it lasts as long.")
    ] = None,
    only: Annotated[
        datetime | None, typer.Option("--only", formats=DAY, help="Move this one day alone.")
    ] = None,
    because: Because = "",
) -> None:
    """Move a SHIFT to STARTS (2027-04-09T15:00 in China), and tell everybody who signed up."""
    begins = starts.replace(tzinfo=SHANGHAI)
    until = ends and datetime.combine(begins.date(), ends.time(), SHANGHAI)

    def moved(act: Act) -> Told:
        last = until or begins + _length(act, shift)
        if only is None:
            return acts.move(act, shift, begins, last)
        return acts.move_day(act, shift, only.date(), begins, last)

    _do(moved, because)


def _length(act: Act, shift_id: int) -> timedelta:
    """Return how long a shift lasts; what is not there is complained about by the act itself."""
    shift = stations.shift(act.tx, shift_id, act.now)
    return shift.ends - shift.starts if shift else timedelta()


@commands.command("close-shift")
def close_shift(shift: ShiftId, because: Because = "") -> None:
    """Close a SHIFT for good: its sign-ups end, and everybody who signed up is told."""
    _do(lambda act: acts.close_shift(act, shift), because)


@commands.command("close-station")
def close_station(name: str, because: Because = "") -> None:
    """Close the station NAME with all its shifts, and tell everybody who signed up."""
    _do(lambda act: acts.close_station(act, name), because)


@commands.command("shifts")
def shifts(as_json: AsJson = False) -> None:
    """List the shifts to come: number, station, time, seats taken."""
    with store_or_fail() as (chosen, store):
        now = clock.starting_at(chosen.now)()
        rows = store.read_now(lambda tx: _shifts(tx, now))
    for row in rows:
        words = row.pop("times")
        if as_json:
            show(row)
        else:
            seats = f"{row['confirmed']}/{row['seats']}"
            waiting = f" +{row['waiting']}" if row["waiting"] else ""
            say(f"{row['id']}  {row['station']}  {words}  {seats}{waiting}")


def _shifts(tx: Transaction, now: datetime) -> list[dict[str, Any]]:
    found = stations.open_stations(tx, now)
    return [_shift(tx, station, shift) for station in found for shift in station.shifts]


def _shift(tx: Transaction, station: Station, shift: Shift) -> dict[str, Any]:
    waits = [place.is_waiting for place in kept.places(tx, shift.id)]
    return {
        "id": shift.id,
        "station": station.name,
        "starts": local(shift.starts).isoformat(),
        "ends": local(shift.ends).isoformat(),
        "weekly": shift.weekly,
        "seats": shift.seats,
        "confirmed": len(waits) - sum(waits),
        "waiting": sum(waits),
        "paused": [day.isoformat() for day in shift.paused],
        "times": times(shift),
    }


@commands.command("calls")
def list_calls(as_json: AsJson = False) -> None:
    """List whom to call: number, name, telephone, why, what to tell."""
    with store_or_fail() as (chosen, store):
        now = clock.starting_at(chosen.now)()
        waiting = store.write_now(lambda tx: _calls(tx, now))
    for call in waiting:
        opened = local(call.opened_at).isoformat(timespec="minutes")
        row = {"id": call.id, "name": call.name, "phone": call.phone, "why": call.why}
        row |= {"opened": opened, "words": call.words}
        if as_json:
            show(row)
        else:
            say("  ".join(str(value).replace("\n", " ") for value in row.values() if value))


def _calls(tx: Transaction, now: datetime) -> list[calls.Call]:
    """Return the list, and record that its telephone numbers were seen."""
    staff.record(tx, ACTOR, "see telephones", "calls", now)
    return list(calls.open_calls(tx))


@commands.command("called")
def called(
    call: Annotated[int, typer.Argument(metavar="ID", min=1, max=LARGEST_ID)],
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME")],
) -> None:
    """Note the OUTCOME of the call ID; it leaves the list."""
    with store_or_fail() as (chosen, store):
        now = clock.starting_at(chosen.now)()
        if not store.write_now(lambda tx: _called(tx, call, outcome, now)):
            raise fail(f"there is no open call {call}")
    say(f"call {call} is closed")


def _called(tx: Transaction, call: int, outcome: str, now: datetime) -> bool:
    closed = calls.close(tx, call, outcome, now)
    if closed:
        staff.record(tx, ACTOR, "called", f"call {call}", now)
    return closed
