"""The first page: what waits for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from web import wording_console as say
from web.console.frame import Console, Subject, Visit


def routes(console: Console) -> Sequence[Route]:
    """Return the first page's route."""
    return [console.get("/", _Home(console).show)]


SUBJECT: Final = Subject(say.HOME, "/", routes)


@dataclass(frozen=True, slots=True)
class _Home:
    console: Console

    async def show(self, visit: Visit) -> Response:
        return self.console.page(visit, "home.html")
