"""The commands that ask the plans: ``ask`` and ``eval``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot import app as composition
from bot import asking, clock, evaluate, shell
from bot.evaluate import Verdict
from bot.settings import Settings
from handlers import answer, wording, wording_answers
from handlers.timewords import local
from knowledge import danger
from knowledge.book import Book
from knowledge.documents import reading
from storage import tickets
from storage.store import Store

Plans = Annotated[
    Path | None, typer.Option(help="Answer from the plan files in this folder instead.")
]


def add_to(cli: typer.Typer) -> None:
    """Add the commands of this file."""
    cli.command("ask")(ask_command)
    cli.command("eval")(eval_command)


def ask_command(
    question: Annotated[str, typer.Argument(help="The question, or - for JSON lines.")],
    as_json: shell.AsJson = False,
    region: Annotated[str | None, typer.Option(help="Where the asker lives.")] = None,
    year: Annotated[int | None, typer.Option(help="The year of the plan.")] = None,
    plans: Plans = None,
    intent: Annotated[bool, typer.Option("--intent", help="Tell questions from others.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Queue what failed for staff.")] = False,
) -> None:
    """Ask the plans. - reads JSON lines {"id", "question", "region"}."""
    if not question.strip():
        raise typer.BadParameter("it is empty", param_hint="question")
    with shell.store_or_fail() as (chosen, store):
        now = clock.starting_at(chosen.now)()
        numbers = store.read_now(tickets.numbers)
        book = _book(chosen, store, plans, now)
        asker = asking.Asker(book, now, numbers, by_intent=intent, store=store)
        many, bad = question == "-", 0
        single = [asking.Question(question, region, year)]
        for one in asking.questions(sys.stdin.buffer, region, year) if many else single:
            if isinstance(one, asking.BadLine):
                bad += 1
                shell.complain(str(one))
                continue
            row = asker.answer(one)
            if keep and row["kind"] in ("refusal", "related"):
                store.write_now(asking.keeping(one, now))
            shell.show(row) if as_json or many else shell.say(_readable(row))
        if bad:
            raise typer.Exit(1)


def eval_command(file: Path, plans: Plans = None, as_json: shell.AsJson = False) -> None:
    """Measure the answers to a FILE of questions with known answers."""
    with shell.store_or_fail() as (chosen, store):
        numbers = store.read_now(tickets.numbers)
        now = clock.starting_at(chosen.now)()
        asker = asking.Asker(_book(chosen, store, plans, now), now, numbers)
        told = evaluate.summary(_judged(asker, _cases(file), quiet=as_json))
    if as_json:
        shell.show(told)
    else:
        Console().print(_measures(told))
        for miss in told["misses"]:
            shell.say(f"{miss['why']}: {miss['question']} → {miss['text']}")


def _judged(asker: asking.Asker, cases: Sequence[evaluate.Case], *, quiet: bool) -> list[Verdict]:
    """Judge every case, once what is computed on first use has been: the server does so too."""
    danger.prepare()
    for words in (wording.SAMPLE_QUESTIONS[0], wording.TYPED_QUESTION):
        asker.answer(asking.Question(words, None, None))
    bar = Console(stderr=True)
    asked = track(cases, "asking", console=bar, transient=True, disable=quiet)
    return [evaluate.judge(asker, case) for case in asked]


def _cases(file: Path) -> Sequence[evaluate.Case]:
    try:
        with file.open("rb") as lines:
            found = list(evaluate.cases(lines))
    except OSError as problem:
        raise shell.fail(f"{file}: {problem.strerror or problem}") from None
    for bad in found:
        if isinstance(bad, asking.BadLine):
            raise shell.fail(f"{file}: {bad}")
    return [case for case in found if isinstance(case, evaluate.Case)]


def _measures(told: dict[str, Any]) -> Table:
    table = Table("measure", "share", "95 % interval", "of")
    rows = {
        "right passage first": told["recall"]["at_1"],
        "right passage among three": told["recall"]["at_3"],
        "reply holds the answer": told["reply"],
        "refused what no plan says": told["refusal"]["right"],
        "refused although a plan says it": told["refusal"]["false"],
        "right answer or right refusal": told["all"],
    }
    for name, share in rows.items():
        if share["of"]:
            interval = f"{share['low']:.3f} to {share['high']:.3f}"
            table.add_row(name, f"{share['share']:.3f}", interval, str(share["of"]))
    latency = told["latency"]
    table.add_row("milliseconds a question", f"{latency['p50']} / {latency['p99']}", "p50 / p99")
    return table


def _book(chosen: Settings, store: Store, folder: Path | None, now: datetime) -> Book:
    if folder is None:
        return composition.open_library(chosen, store, now).book
    if not folder.is_dir():
        raise shell.fail(f"there is no folder {folder}")
    found = reading.read_folder(folder, local(now).year)
    for sentence in found.refused:
        shell.complain(sentence)
    return Book(found.facts)


def _readable(row: dict[str, Any]) -> str:
    cited = row["sources"][:1] if row["kind"] in ("answer", "related") else []
    return "\n".join((row["text"], *map(_cited, cited)))


def _cited(source: dict[str, Any]) -> str:
    if source["plan"] is None:
        return wording_answers.SOURCE_SHORT.format(title=source["title"], year=source["year"])
    title, number, year, section = (source[k] for k in ("title", "number", "year", "section"))
    return answer.cite(title, number, year, section, is_digest=source["quote"] is None)
