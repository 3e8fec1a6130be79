"""The commands of staff for broadcasts: ``guanxin staff broadcast``, ``result`` and the others."""

from __future__ import annotations

import enum
import textwrap
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bot import clock, inside, shell
from handlers import broadcast, broadcast_result
from handlers.broadcast import Preview, Refused
from handlers.broadcast_result import Result
from handlers.outbox import Outbox
from handlers.timewords import local
from storage import broadcasts, outcomes, staff, stations
from storage.audiences import Audience
from storage.broadcasts import Broadcast
from storage.engine import Transaction
from storage.staff import Member
from storage.store import Store

MOST_LISTED: Final = 50
SHOWN: Final = 20
"""Characters of a text in the list."""

By = Annotated[str | None, typer.Option("--as", help="The member of staff who does it.")]


class To(enum.StrEnum):
    """Whom a broadcast is for."""

    volunteers = "volunteers"
    subscribers = "subscribers"
    all = "all"


def add_to(staff_cli: typer.Typer) -> None:
    """Add the commands to those of staff."""
    staff_cli.command("broadcast")(broadcast_command)
    staff_cli.command("broadcasts")(list_command)
    staff_cli.command("result")(result_command)
    for name, act in broadcast.ACTS.items():
        staff_cli.command(name, help=HELP[name])(_command(act))


HELP: Final = {
    "undo": "Take a broadcast back within 60 seconds of its confirmation.",
    "pause": "Hold back what a broadcast has not sent yet.",
    "resume": "Go on with a paused broadcast.",
    "stop": "End a broadcast for good; what was sent stays sent.",
}


def broadcast_command(
    text: Annotated[str, typer.Argument(help="What everybody is to read.")],
    role: Annotated[To, typer.Option(help="Whom it is for.")] = To.volunteers,
    region: Annotated[str | None, typer.Option(help="Only who lives or helps there.")] = None,
    station: Annotated[str | None, typer.Option(help="Only who signed up there.")] = None,
    urgent: Annotated[
        bool, typer.Option("--urgent", help="At night too, and beside other messages of the day.")
    ] = False,
    sender: Annotated[
        str, typer.Option(help="The name below the text; else the one that was used last.")
    ] = "",
    test: Annotated[bool, typer.Option("--test", help="Send it to your own chat first.")] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help="Send it in 60 seconds.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Even if the same was sent within 12 hours.")
    ] = False,
    by: By = None,
) -> None:
    """Show whom TEXT would reach and how it reads; with --confirm, send it."""
    with shell.store_or_fail() as (chosen, store):
        now = clock.starting_at(chosen.now)
        outbox = inside.outbox(chosen)
        author = member(store, by)
        audience = Audience(role.value, region, _station_id(store, station))
        draft = store.write_now(
            lambda tx: broadcast.draft(
                tx, text, audience, author, now(), sender=sender, urgent=urgent
            )
        )
        _say_preview(store.read_now(lambda tx: broadcast.preview(tx, draft, outbox)))
        if test:
            _try_out(store, outbox, draft, author, now())
        if confirm:
            draft = store.write_now(
                lambda tx: broadcast.confirm(tx, draft.id, author, now(), again=again)
            )
        shell.say(_said_last(draft))


def member(store: Store, name: str | None) -> Member:
    """Return the member of staff of a name, or the only one there is; else end the command."""
    found = store.read_now(staff.members)
    named = [one for one in found if name is None or one.name == name]
    if len(named) == 1:
        return named[0]
    if name is not None:
        raise shell.fail(f"{name} is no member of staff")
    several = "several members of staff could be meant; say which one: --as NAME"
    raise shell.fail(several if found else "there is no member of staff: guanxin staff add NAME")


def _station_id(store: Store, name: str | None) -> int | None:
    """Return the station whose name has these words in it; end the command where not one does."""
    if name is None:
        return None
    found = store.read_now(lambda tx: stations.with_name(tx, name))
    if len(found) != 1:
        raise shell.fail(f"{len(found)} stations have {name} in their name; one is needed")
    return found[0]


def _say_preview(shown: Preview) -> None:
    ways = ", ".join(f"{way} {number}" for way, number in shown.ways.items() if number)
    shell.say(f"{shown.count} people{': ' if ways else ''}{ways}")
    shell.say(textwrap.indent(shown.sample, "  "))


def _try_out(store: Store, outbox: Outbox, draft: Broadcast, author: Member, now: datetime) -> None:
    queued = store.write_now(lambda tx: broadcast.try_out(tx, outbox, draft, author, now))
    sent = queued.state == "waiting"
    shell.say(f"test to {author.name}: {'on its way' if sent else queued.state}")


def _said_last(one: Broadcast) -> str:
    if one.confirmed_at is None:
        return f"broadcast {one.id} is a draft: the same command with --confirm sends it"
    ends = local(one.confirmed_at + broadcast.UNDO)
    return f"broadcast {one.id} is {one.state}; until {ends:%H:%M:%S}: guanxin staff undo {one.id}"


def list_command(as_json: shell.AsJson = False) -> None:
    """List the broadcasts, the newest first."""
    with shell.store_or_fail() as (_, store):
        listed, totals = store.read_now(_listed)
    for one in listed:
        counted = broadcast_result.in_order(totals[one.id])
        if as_json:
            shell.show(_summary(one, counted) | {"text": one.text})
        else:
            parts = [str(one.id), one.state, _numbers(counted), one.author, _short(one.text)]
            shell.say("  ".join(part for part in parts if part))


def _listed(tx: Transaction) -> tuple[list[Broadcast], dict[int, dict[str, int]]]:
    listed = list(broadcasts.newest(tx, MOST_LISTED))
    return listed, outcomes.totals(tx, listed)


def _summary(one: Broadcast, totals: Mapping[str, int]) -> dict[str, Any]:
    confirmed = local(one.confirmed_at).isoformat(timespec="seconds") if one.confirmed_at else None
    row = {"id": one.id, "state": one.state, "author": one.author, "urgent": one.urgent}
    return row | {"confirmed": confirmed, "count": one.recipients, "totals": dict(totals)}


def _numbers(totals: Mapping[str, int]) -> str:
    return ", ".join(f"{state} {number}" for state, number in totals.items())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def result_command(
    number: Annotated[int, typer.Argument(metavar="ID", help="The number of the broadcast.")],
    as_json: shell.AsJson = False,
    excel: Annotated[Path | None, typer.Option(help="Write it into this new Excel file.")] = None,
) -> None:
    """Show what became of a broadcast: totals, then a line for each recipient."""
    with shell.store_or_fail() as (_, store):
        try:
            found = store.read_now(lambda tx: broadcast_result.result(tx, number))
        except LookupError:
            raise Refused("unknown") from None
        if excel is not None:
            _write(found, excel)
    _show_result(found, as_json=as_json)


def _write(found: Result, path: Path) -> None:
    try:
        with path.open("xb") as file:
            file.write(broadcast_result.workbook(found))
    except OSError as problem:
        raise shell.fail(f"{path} cannot be written: {problem.strerror}") from None


def _show_result(found: Result, *, as_json: bool) -> None:
    one = found.broadcast
    if as_json:
        shell.show(_summary(one, found.totals))
    else:
        shell.say(f"broadcast {one.id} is {one.state}: {found.count} people")
        shell.say(_numbers(found.totals))
    for line in found.lines:
        row = asdict(line)
        code = row.pop("code")
        if as_json:
            shell.show(row | {"state": code, "outcome": line.state})
        else:
            shell.say("  ".join(value for value in row.values() if value))


def _command(act: broadcast.Act) -> Any:
    def command(
        number: Annotated[int, typer.Argument(metavar="ID", help="The number of the broadcast.")],
        by: By = None,
    ) -> None:
        with shell.store_or_fail() as (chosen, store):
            who, now = member(store, by), clock.starting_at(chosen.now)()
            one = store.write_now(lambda tx: act(tx, number, who, now))
        shell.say(f"broadcast {one.id} is {one.state}")

    return command
