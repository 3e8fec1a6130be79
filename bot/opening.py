"""Opening the database: whatever is wrong with it becomes one sentence."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from bot import app, settings
from bot.settings import Settings
from storage.errors import GuanxinError, NotMigrated, WrongKey
from storage.store import Store


class CannotOpen(GuanxinError):
    """The database cannot be used; the message says which and why."""


@contextlib.contextmanager
def telling(chosen: Settings) -> Iterator[None]:
    """Turn what the engine says into CannotOpen; settings and a wrong key speak for themselves."""
    name = settings.shown_database(chosen)
    try:
        yield
    except NotMigrated as problem:
        way_out = "; run: guanxin migrate" if name.startswith("postgresql") else ""
        raise CannotOpen(f"{name}: {problem}{way_out}") from problem
    except WrongKey:
        raise CannotOpen(f"{name} was encrypted with another GUANXIN_KEY") from None
    except settings.SettingsError:
        raise
    except Exception as problem:
        raise CannotOpen(f"the database {name} cannot be used: {first_line(problem)}") from problem


def store(chosen: Settings) -> Store:
    """Open the database. Raises SettingsError or CannotOpen."""
    with telling(chosen):
        return app.open_store(chosen)


def first_line(problem: BaseException) -> str:
    """Return what a driver says, without its module's name and without advice for programmers."""
    line = (str(problem).splitlines() or [type(problem).__name__])[0]
    return re.sub(r"^\([\w.]+\) ", "", line)
