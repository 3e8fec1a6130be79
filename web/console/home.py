"""The first page: what waits for staff, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from handlers import wording_staff
from handlers.timewords import SHANGHAI, local
from storage import backlog
from storage.backlog import Backlog
from web import wording_console as say
from web.console.frame import Console, Subject, Visit


def routes(console: Console) -> Sequence[Route]:
    """Return the first page's route."""
    return [console.get("/", _Home(console).show)]


SUBJECT: Final = Subject(say.HOME, "/", routes)


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that leads to a subject, where there is one at ``path``."""

    words: str
    count: int
    path: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class _Home:
    console: Console

    async def show(self, visit: Visit) -> Response:
        today = local(self.console.clock()).date()
        midnight = datetime.combine(today, time(), SHANGHAI)
        seen = await self.console.store.read(lambda tx: backlog.look(tx, midnight))
        values = {"tiles": _tiles(seen), "paths": {one.path for one in self.console.subjects}}
        return self.console.page(visit, "home.html", **values)


def _tiles(seen: Backlog) -> list[Tile]:
    of_kind = [
        Tile(words, seen.tickets.get(kind, 0), "/tickets", kind == "danger")
        for kind, words in wording_staff.KINDS.items()
    ]
    return [
        *of_kind,
        Tile(say.CALLS, seen.calls, "/calls"),
        Tile(say.SIGNUPS_TODAY, seen.signups_today, "/signups"),
        Tile(say.BROADCASTS, seen.broadcasts, "/broadcasts"),
    ]
