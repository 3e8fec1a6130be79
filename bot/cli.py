"""The commands. Exit status: 0 done, 1 could not be done (one sentence on stderr), 2 wrong use."""

from __future__ import annotations

import contextlib
import io
import json
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import structlog
import typer
from rich.console import Console

from bot import app as composition
from bot import asking, clock, doctor, logs, samples, serve, settings
from bot import backup as backups
from bot.settings import Settings
from bot.simulate import SimulatedClock, Simulation
from handlers import answer
from knowledge import reading
from knowledge.book import Book
from storage import schema, staff, stations, tickets
from storage.errors import GuanxinError, NotMigrated, WrongKey
from storage.store import Store

cli = typer.Typer(
    name="guanxin",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
staff_cli = typer.Typer(no_args_is_help=True, help="Members of staff.", rich_markup_mode=None)
cli.add_typer(staff_cli, name="staff")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only, one object a line.")]
ONE_TIME_BYTES: Final = 9
LONGEST_NAME: Final = 40


def main() -> None:
    """Run the command line."""
    for stream, errors in ((sys.stdin, "replace"), *((s, "backslashreplace") for s in _OUT)):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    _log(quiet=True)
    try:
        cli(prog_name="guanxin")
    except Exception as problem:
        structlog.get_logger().exception("failed")
        print(f"guanxin made a mistake: {first_line(problem)}", file=sys.stderr)
        sys.exit(1)


@cli.command()
def migrate() -> None:
    """Bring the database to the tables of this version."""
    with _settings() as chosen:
        store = Store(settings.database_url(chosen), settings.key(chosen))
        try:
            before = schema.migrate(store.engine)
        except Exception as problem:
            raise _fail(f"not migrated, nothing was changed: {problem}") from None
        finally:
            store.close()
        _say(f"from {before or 'nothing'} to {schema.newest()}")


@cli.command("samples")
def samples_command(
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Only where there is no station yet.")
    ] = False,
) -> None:
    """Load stations and shifts marked 示例."""
    with _store() as (chosen, store):
        if if_empty and store.read_now(stations.count):
            return
        _say(f"{_load_samples(chosen, store)} sample stations loaded")


@cli.command("doctor")
def doctor_command(as_json: AsJson = False) -> None:
    """Look whether everything is as it must be."""
    with _settings() as chosen:
        findings = list(doctor.examine(chosen))
    for finding in findings:
        if as_json:
            _show({"what": finding.what, "well": finding.well, "seen": finding.seen})
        else:
            _say(f"{'✓' if finding.well else '✗'} {finding.what}: {finding.seen}")
    if not all(finding.well for finding in findings):
        raise _fail("something is not as it must be; see the lines marked ✗")


@cli.command()
def backup(file: Path) -> None:
    """Write the whole database into a new FILE. The key is not in it: keep both."""
    with _store() as (chosen, store):
        backups.backup(store, settings.key(chosen), file, _progress)
        _say(f"backed up to {file}; it can be read only with the same GUANXIN_KEY")


@cli.command()
def restore(file: Path) -> None:
    """Read a backup FILE into an empty database."""
    with _store() as (chosen, store):
        backups.restore(store, settings.key(chosen), file, _progress)
        _say(f"restored from {file}")


def _progress(table: str, rows: int) -> None:
    typer.echo(f"  {table}: {rows}", err=True)


@staff_cli.command("add")
def staff_add(name: str) -> None:
    """Enter a member of staff NAME; prints a password that is shown once."""
    password = secrets.token_urlsafe(ONE_TIME_BYTES)
    with _store() as (chosen, store):
        now = clock.starting_at(chosen.now)()

        def add(tx: Any) -> bool:
            new = staff.add(tx, name, password, now)
            if new is not None:
                staff.record(tx, "terminal", "staff add", f"staff {new}", now)
            return new is not None

        if not name.strip():
            raise _fail("a name is needed, for example: guanxin staff add 王老师")
        if not store.write_now(add):
            raise _fail(f"{name} is entered already")
    _say(f"{name} may log in with the password {password} and must change it then.")


@cli.command("ask")
def ask_command(
    question: Annotated[str, typer.Argument(help="The question, or - for JSON lines.")],
    as_json: AsJson = False,
    region: Annotated[str | None, typer.Option(help="Where the asker lives.")] = None,
    year: Annotated[int | None, typer.Option(help="The year of the plan.")] = None,
    plans: Annotated[
        Path | None, typer.Option(help="Answer from the plan files in this folder instead.")
    ] = None,
    intent: Annotated[bool, typer.Option("--intent", help="Tell questions from others.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Queue what failed for staff.")] = False,
) -> None:
    """Ask the plans. - reads JSON lines {"id", "question", "region"}."""
    with _store() as (chosen, store):
        now = clock.starting_at(chosen.now)()
        numbers = store.read_now(tickets.numbers)
        asker = asking.Asker(_book(chosen, plans), now, numbers, by_intent=intent)
        single = [asking.Question(question, region, year)]
        asked = asking.questions(sys.stdin, region, year) if question == "-" else single
        for one in asked:
            if isinstance(one, asking.BadLine):
                typer.echo(str(one), err=True)
                continue
            row = asker.answer(one)
            if keep and row["kind"] in ("refusal", "related"):
                store.write_now(_keeping(one, now))
            _show(row) if as_json or question == "-" else _say(_readable(row))


def _keeping(question: asking.Question, now: Any) -> Callable[[Any], int]:
    return lambda tx: tickets.open_ticket(
        tx, "unanswered", now, words=question.words, region=question.region
    )


def _book(chosen: Settings, folder: Path | None) -> Book:
    if folder is None:
        return composition.open_book(chosen)
    if not folder.is_dir():
        raise _fail(f"there is no folder {folder}")
    found = reading.read_folder(folder)
    for sentence in found.refused:
        typer.echo(sentence, err=True)
    return Book(found.facts)


def _readable(row: dict[str, Any]) -> str:
    cited = row["sources"][:1] if row["kind"] in ("answer", "related") else []
    return "\n".join((row["text"], *map(_cited, cited)))


def _cited(source: dict[str, Any]) -> str:
    title, number, year, section = (source[k] for k in ("title", "number", "year", "section"))
    return answer.cite(title, number, year, section, is_digest=source["quote"] is None)


@cli.command()
def simulate() -> None:
    """Play JSON lines from standard input; one JSON line out for each."""
    with _settings() as chosen:
        own_clock = SimulatedClock(clock.starting_at(chosen.now)())
        with _assistant(chosen, own_clock) as guanxin:
            _load_samples_if_empty(guanxin.store, own_clock)
            simulation = Simulation(guanxin, own_clock, cli)
            with contextlib.closing(simulation):
                for line in sys.stdin.buffer:
                    if line.strip():
                        _show(simulation.play(line))
