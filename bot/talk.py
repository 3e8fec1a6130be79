"""A conversation in the terminal."""

from __future__ import annotations

import asyncio
import getpass
from itertools import count

from rich.console import Console

from bot.app import Guanxin
from bot.channels import terminal


def talk(guanxin: Guanxin, console: Console) -> None:
    """Read a line, print the reply, until the end of input."""
    user = getpass.getuser()
    console.print("guanxin: type a line; Ctrl-D ends.", style="dim")
    with asyncio.Runner() as runner:
        for number in count(1):
            try:
                line = input("> ")
            except (EOFError, KeyboardInterrupt):
                console.print()
                return
            if not line.strip():
                continue
            said = terminal.parse(line, user, number, guanxin.clock())
            reply = runner.run(guanxin.dispatcher.receive(said))
            console.print(terminal.render(reply), markup=False, highlight=False)
