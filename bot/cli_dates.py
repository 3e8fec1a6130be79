"""The commands that look at time: the calendar of a year, and what a plan dates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from bot.shell import AsJson, complain, fail, say, show
from knowledge import calendar, places
from knowledge.calendar import Observance
from knowledge.dates.items import Item, items
from knowledge.documents import reading
from knowledge.plan import UnreadablePlan

commands: Final = typer.Typer(rich_markup_mode=None)


@commands.command("calendar")
def calendar_command(
    year: Annotated[int, typer.Option(help="The year.")],
    region: Annotated[
        str | None, typer.Option(help="Also what is kept in this place alone.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the observances of a year, in order."""
    try:
        found = calendar.observances(year, region)
    except calendar.UnknownYear as problem:
        raise fail(str(problem)) from None
    if region and not places.is_known(region):
        complain(f"{region} is not known: only what is kept everywhere is listed")
    if as_json:
        for one in found:
            show({"key": one.key, "title": one.title, "day": f"{one.day}", "kind": one.kind})
    else:
        _print_table(("day", "observance"), [_row(group) for _, group in calendar.by_day(found)])


@commands.command("dates")
def dates_command(file: Path, as_json: AsJson = False) -> None:
    """List what the plan in FILE dates. A past plan's dates are templates: none is ever sent."""
    try:
        facts = reading.read_text(file)
    except UnreadablePlan as problem:
        raise fail(str(problem)) from None
    found = items(facts[0].plan, facts)
    if as_json:
        for item in found:
            show(item.row())
    else:
        _print_table(("when", "kind", "what", "where", "remarks"), [*map(_told, found)])


def _told(item: Item) -> tuple[str, ...]:
    """Return a line for an item: a single day once, a range with both ends."""
    days = dict.fromkeys(f"{day}" for day in (item.start, item.end) if day)
    flags = ("tentative", "tbd", "past", "corrupted")
    remarks = [flag for flag in flags if getattr(item, flag)]
    if item.recurrence:
        remarks.insert(0, item.recurrence)
    return ("—".join(days), item.kind, item.title, item.place or "", ", ".join(remarks))


def _row(group: list[Observance]) -> tuple[str, str]:
    """Return a line for what begins on a day: it is one reminder; what goes on says until when."""
    return f"{group[0].day}", "、".join(map(_named, group))


def _named(one: Observance) -> str:
    return f"{one.title}（—{one.end}）" if one.end > one.day else one.title


def _print_table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print a table on a terminal, else a line for each row with tabs between."""
    console = Console()
    if not console.is_terminal:
        for row in rows:
            say("\t".join(row).rstrip())
        return
    table = Table(*titles)
    for row in rows:
        table.add_row(*row)
    console.print(table)
