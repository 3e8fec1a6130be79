"""What every command stands on: its settings, its database, and how it speaks."""

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
    """Say on standard error why something could not be done."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - what a command fails with


def fail(sentence: str) -> typer.Exit:
    """Complain, and return what ends the command with exit status 1."""
    complain(sentence)
    return typer.Exit(1)


def say(text: str) -> None:
    """Print for a person; a lone surrogate becomes a question mark."""
    typer.echo(text.encode("utf-8", "replace").decode())


def show(row: dict[str, Any]) -> None:
    """Print JSON; a lone surrogate, which UTF-8 cannot hold, is escaped again."""
    line = json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace")
    print(line.decode(), flush=True)  # noqa: T201 - the command's output


@contextlib.contextmanager
def settings_or_fail() -> Iterator[Settings]:
    """Yield the settings; whatever of ours goes wrong ends the command with its sentence."""
    try:
        yield settings.load()
    except GuanxinError as problem:
        raise fail(opening.first_line(problem)) from None


@contextlib.contextmanager
def store_or_fail() -> Iterator[tuple[Settings, Store]]:
    """Yield the settings and the open database, likewise."""
    with settings_or_fail() as chosen, contextlib.closing(opening.store(chosen)) as store:
        yield chosen, store
