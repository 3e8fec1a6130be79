"""The command that learns plans: ``learn``."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from bot import clock, learning, shell
from bot.learning import Learned
from knowledge.plan import UnreadablePlan
from storage.errors import Busy


def add_to(cli: typer.Typer) -> None:
    """Add the command of this file."""
    cli.command("learn")(learn_command)


def learn_command(
    files: Annotated[list[Path], typer.Argument(help="Plans: .docx, .pdf, .html, .md or .txt.")],
    as_json: shell.AsJson = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read them, store nothing.")] = False,
) -> None:
    """Learn plans from FILES; the assistant answers from them at once."""
    refused = done = 0
    with shell.store_or_fail() as (chosen, store), _stoppable() as stop:
        now = clock.starting_at(chosen.now)()
        for file in _with_progress(files, hidden=as_json):
            if stop.is_set():
                break
            done += 1
            try:
                learned = learning.learn(store, file, "terminal", now, keep=not dry_run)
            except (UnreadablePlan, Busy) as problem:
                refused += 1
                shell.complain(str(problem))
                continue
            if as_json:
                shell.show(learning.row(file, learned.original))
            else:
                _tell(file, learned)
    if done < len(files):
        raise shell.fail(f"stopped after {done} of {len(files)} files; the same command goes on")
    if refused:
        raise typer.Exit(1)


def _with_progress(files: Sequence[Path], *, hidden: bool) -> Iterator[Path]:
    """Return the files, with a bar on a terminal while there are several."""
    console = Console(stderr=True)
    hidden = hidden or len(files) < 2 or not console.is_terminal
    yield from track(files, "learning", console=console, transient=True, disable=hidden)


@contextlib.contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """Let Ctrl-C set an event instead of ending the file that is being learned."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


SAID = {
    None: "read, nothing stored",
    "new": "learned",
    "again": "learned again, in the place of what was known of it",
    "unchanged": "known already",
}


def _tell(file: Path, learned: Learned) -> None:
    original, plan = learned.original, learned.original.plan
    of = ", ".join(filter(None, (plan.issuer, plan.number, str(original.year or "no year"))))
    shell.say(f"{file.name}: {SAID[learned.kept]}: {plan.title} ({of})")
    shell.say(f"  {len(original.sections)} sections, {len(original.facts)} passages")
    for doubt in original.doubts:
        shell.say(f"  doubt: {doubt}")
