"""The commands for what the assistant answers from: ``plans`` lists it, ``forget`` takes back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from bot import clock, learning, shell
from bot.library import Library
from handlers.timewords import local
from knowledge.plan import Plan
from storage import plans
from storage.store import Store

Name = Annotated[str, typer.Argument(metavar="PLAN", help="Its name, see: guanxin plans.")]


def add_to(cli: typer.Typer) -> None:
    """Add the commands of this file."""
    cli.command("plans")(plans_command)
    cli.command("forget")(forget_command)


def plans_command(as_json: shell.AsJson = False) -> None:
    """List the plans that the assistant answers from."""
    with shell.store_or_fail() as (_, store):
        found = _rows(store)
    for row in found:
        shell.show(row) if as_json else shell.say(_line(row))


def _rows(store: Store) -> list[dict[str, Any]]:
    library = Library(store)
    library.refresh()
    learned = store.read_now(plans.learned)
    return [_row(plan, learned.get(plan.key)) for plan in library.book.plans]


def _row(plan: Plan, learned_at: datetime | None) -> dict[str, Any]:
    return {
        "plan": plan.key,
        "title": plan.title,
        "issuer": plan.issuer or None,
        "place": plan.place or None,
        "year": plan.year,
        "number": plan.number,
        "learned": local(learned_at).isoformat(timespec="minutes") if learned_at else None,
    }


def _line(row: dict[str, Any]) -> str:
    since = f"learned {row['learned']}" if row["learned"] else "digest"
    told = (row["plan"], since, row["title"], row["issuer"], row["number"], str(row["year"]))
    return "  ".join(filter(None, told))


def forget_command(name: Name) -> None:
    """Forget a plan that was learned; where guanxin has its digest, that answers again."""
    with shell.store_or_fail() as (chosen, store):
        now = clock.starting_at(chosen.now)()
        mark = store.write_now(lambda tx: plans.forget(tx, name, "terminal", now))
        if mark is None:
            raise shell.fail(f"no plan was learned by the name {name}; see: guanxin plans")
        shell.say(f"{name}: forgotten")
        again = learning.file_of(chosen.plans, mark) if chosen.plans else None
    if again is not None:
        shell.say(f"  {again} says the same and is learned again at the next start: take it away")
