"""The commands of staff for what waits for them: ``tickets``, ``answer``, ``answers``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import typer

from bot import clock, inside, shell
from bot.cli_broadcast import By as ByName
from bot.cli_broadcast import member
from handlers import answering, wording_staff
from handlers.answering import By, Preview
from handlers.timewords import local
from storage import answers, questions, staff, tickets
from storage.answers import Draft, Given
from storage.engine import Transaction
from storage.signups import LARGEST_ID
from storage.store import Store
from storage.tickets import Ticket

DAY: Final = ["%Y-%m-%d"]

Text = Annotated[str, typer.Argument(help="What people are to read.")]
Number = Annotated[
    int, typer.Argument(metavar="ANSWER", min=1, max=LARGEST_ID, help="See: guanxin staff answers.")
]
Region = Annotated[str | None, typer.Option(help="The place that it holds for.")]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="It holds for every place.")]
Until = Annotated[
    datetime | None, typer.Option(formats=DAY, help="The last day on which it holds.")
]
Wordings = Annotated[
    list[str] | None, typer.Option("--question", help="A wording that it answers; several times.")
]


def add_to(staff_cli: typer.Typer) -> None:
    """Add the commands to those of staff."""
    staff_cli.command("tickets")(tickets_command)
    staff_cli.command("answer")(answer_command)
    staff_cli.command("answers")(answers_command)
    staff_cli.command("correct")(correct_command)
    staff_cli.command("withdraw")(withdraw_command)


def tickets_command(
    as_json: shell.AsJson = False,
    wordings: Annotated[
        bool, typer.Option("--wordings", help="All the words in which a question was asked.")
    ] = False,
) -> None:
    """List what waits for staff: dangers, people who want a human, questions without an answer."""
    with shell.store_or_fail() as (_, store):
        _gather(store)
        rows = store.read_now(lambda tx: _rows(tx, wordings=wordings))
    for row in rows:
        shell.show(row) if as_json else shell.say(_line(row))


def _rows(tx: Transaction, *, wordings: bool) -> list[dict[str, Any]]:
    rows = []
    for ticket in tickets.open_tickets(tx):
        row = _row(ticket)
        if wordings:
            group = questions.of_ticket(tx, ticket.id) if ticket.question_id else None
            row["wordings"] = list(group.wordings) if group else []
        rows.append(row)
    return rows


def _row(ticket: Ticket) -> dict[str, Any]:
    opened = local(ticket.opened_at).isoformat(timespec="minutes")
    row: dict[str, Any] = {"id": ticket.id, "kind": ticket.kind, "opened": opened}
    return row | {"region": ticket.region, "words": ticket.words, "asked": ticket.asked}


def _line(row: dict[str, Any]) -> str:
    asked, wordings = row.pop("asked"), row.pop("wordings", [])
    line = "  ".join(str(value) for value in row.values() if value)
    if asked > 1:
        line += f"  {wording_staff.ASKED.format(count=asked)}"
    return "\n".join((line, *(f"  · {one}" for one in wordings)))


def _by(store: Store, name: str | None, now: datetime) -> By:
    """Return who does it: the one who is named, the only one there is, else the terminal."""
    if name is None and len(store.read_now(staff.members)) != 1:
        return By(None, now)
    return By(member(store, name), now)


def answer_command(
    ticket: Annotated[
        int,
        typer.Argument(metavar="TICKET", min=1, max=LARGEST_ID, help="See: guanxin staff tickets."),
    ],
    text: Text,
    region: Region = None,
    everywhere: Everywhere = False,
    until: Until = None,
    wordings: Wordings = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show how it reads and whom it reaches.")
    ] = False,
    by: ByName = None,
) -> None:
    """Answer a question for everybody who asked or asks it, or reply to who wants a human."""
    with shell.store_or_fail() as (chosen, store):
        _gather(store)
        who, outbox = _by(store, by, clock.starting_at(chosen.now)()), inside.outbox(chosen)
        waits = store.read_now(lambda tx: tickets.get(tx, ticket))
        if waits is not None and waits.kind in answering.REPLIED_TO:
            shell.say(answering.replied_as(waits, text, who))
            if not dry_run:
                store.write_now(lambda tx: answering.reply(tx, outbox, ticket, text, who))
            return

        def work(tx: Transaction) -> tuple[Preview, int | None]:
            group = answering.group_of(tx, ticket)
            before = answering.suggested(group)
            draft = _draft(before, text, region, until, wordings, everywhere=everywhere)
            shown = answering.preview(tx, outbox, group, draft, who)
            return shown, None if dry_run else answering.answer(tx, group, draft, who)

        shown, new = store.write_now(work)
    _say(shown, new)


def _draft(
    before: Draft,
    text: str,
    region: str | None,
    until: datetime | None,
    wordings: list[str] | None,
    *,
    everywhere: bool,
) -> Draft:
    place = None if everywhere else region or before.region
    last = until.date() if until else before.until
    return Draft(text, tuple(wordings or before.wordings), place, last)


def _say(shown: Preview, new: int | None) -> None:
    shell.say(shown.read_as)
    ways = ", ".join(f"{way} {number}" for way, number in sorted(shown.ways.items()))
    shell.say(f"asked by {shown.asked}" + (f" ({ways})" if ways else ""))
    if new is not None:
        shell.say(f"answer {new} is given")


def answers_command(as_json: shell.AsJson = False) -> None:
    """List what staff answered, the newest first."""
    with shell.store_or_fail() as (_, store):
        found = store.read_now(answers.listed)
    for given in found:
        row = _answer_row(given)
        if as_json:
            shell.show(row)
        else:
            row["wordings"] = " / ".join(row["wordings"])
            shell.say("  ".join(str(value) for value in row.values() if value))


def _answer_row(given: Given) -> dict[str, Any]:
    draft, at = given.draft, local(given.answered_at).isoformat(timespec="minutes")
    until = draft.until.isoformat() if draft.until else None
    row = {"id": given.id, "answered": at, "author": given.author, "region": draft.region}
    return row | {"until": until, "wordings": list(draft.wordings), "text": draft.text}


def correct_command(
    answer: Number,
    text: Text,
    region: Region = None,
    everywhere: Everywhere = False,
    until: Until = None,
    wordings: Wordings = None,
    by: ByName = None,
) -> None:
    """Give an answer another text, place or last day; what is not given stays."""
    with shell.store_or_fail() as (chosen, store):
        who = _by(store, by, clock.starting_at(chosen.now)())

        def work(tx: Transaction) -> None:
            given = answers.get(tx, answer)
            before = given.draft if given else Draft("", ())
            draft = _draft(before, text, region, until, wordings, everywhere=everywhere)
            answering.change(tx, answer, draft, who)

        store.write_now(work)
    shell.say(f"answer {answer} is changed")


def withdraw_command(answer: Number, by: ByName = None) -> None:
    """Say an answer no more; what was not sent yet is taken back."""
    with shell.store_or_fail() as (chosen, store):
        who = _by(store, by, clock.starting_at(chosen.now)())
        store.write_now(lambda tx: answering.withdraw(tx, answer, who))
    shell.say(f"answer {answer} is withdrawn")


def _gather(store: Store) -> None:
    """Put questions that an older version kept into their groups."""
    while store.write_now(questions.gather):
        pass
