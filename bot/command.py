"""What every command of the command line stands on: settings, store, and what is printed where."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from bot import opening, settings
from bot.settings import Settings
from storage.errors import GuanxinError
from storage.store import Store

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only, one object a line.")]


def complain(sentence: str) -> None:
    """Print a sentence on standard error."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - what a command fails with


def fail(sentence: str) -> typer.Exit:
    """Print the sentence that a command fails with; raise what is returned."""
    complain(sentence)
    return typer.Exit(1)


def say(text: str) -> None:
    """Print for people."""
    typer.echo(text.encode("utf-8", "replace").decode())


def show(row: dict[str, Any]) -> None:
    """Print JSON; a lone surrogate, which UTF-8 cannot hold, is escaped again."""
    line = json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace")
    print(line.decode(), flush=True)  # noqa: T201 - the command's output


@contextlib.contextmanager
def open_settings() -> Iterator[Settings]:
    """The settings; whatever of ours goes wrong ends the command with its sentence."""
    try:
        yield settings.load()
    except GuanxinError as problem:
        raise fail(opening.first_line(problem)) from None


@contextlib.contextmanager
def open_store() -> Iterator[tuple[Settings, Store]]:
    """The settings and the database, likewise."""
    with open_settings() as chosen, contextlib.closing(opening.store(chosen)) as store:
        yield chosen, store
