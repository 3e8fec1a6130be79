"""A conversation in the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
from collections.abc import Iterator

from rich.console import Console

from bot.app import Guanxin
from bot.channels import terminal

with contextlib.suppress(ImportError):
    import readline  # noqa: F401 - input() edits lines with it


def talk(guanxin: Guanxin, console: Console) -> None:
    """Read a line, print the reply, until the end of input."""
    user = _user()
    console.print("guanxin: type a line; Ctrl-D ends.", style="dim")
    with asyncio.Runner() as runner:
        for number, line in enumerate(_lines(), 1):
            said = terminal.parse(line, user, number, guanxin.clock())
            guanxin.library.refresh()
            reply = runner.run(guanxin.dispatcher.receive(said))
            shown = terminal.render(reply)
            console.print(shown, markup=False, highlight=False, emoji=False, soft_wrap=True)
    console.print()


def _user() -> str:
    """Return who is logged in; a container may have no name for its user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "terminal"


def _lines() -> Iterator[str]:
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        while True:
            if line := input("> ").strip():
                yield line
