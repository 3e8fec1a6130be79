"""The staff's console in the browser. A new subject is a module and a line here."""

from __future__ import annotations

from typing import Final

from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router

from handlers.outbox import Outbox
from storage.errors import GuanxinError
from storage.store import Store
from web import pages
from web import wording_console as say
from web.console import (
    account,
    answers,
    broadcasts,
    calls,
    cookies,
    home,
    login,
    members,
    shifts,
    stations,
    tickets,
)
from web.console.frame import Clock, Console

SUBJECTS: Final = (
    home.SUBJECT,
    tickets.SUBJECT,
    answers.SUBJECT,
    calls.SUBJECT,
    stations.SUBJECT,
    shifts.SUBJECT,
    broadcasts.SUBJECT,
    members.SUBJECT,
    account.SUBJECT,
)
"""The console's table of contents, in the order of its navigation."""


def routes(
    store: Store, outbox: Outbox, clock: Clock, machine: Clock, secure: bool
) -> list[BaseRoute]:
    """Return the console's routes; ``secure`` says that it is served over https.

    ``clock`` is the business clock, ``machine`` that of sessions and logins.
    """
    console = Console(store, outbox, clock, machine, secure, SUBJECTS)
    inside = [*login.routes(console)]
    for subject in SUBJECTS:
        inside += subject.routes(console)
    router = Router(inside, redirect_slashes=False)
    guarded = ExceptionMiddleware(router, handlers={HTTPException: _refused, GuanxinError: _busy})
    return [Route(cookies.PATH, _with_slash), Mount(cookies.PATH, guarded)]


async def _with_slash(_: Request) -> Response:
    return RedirectResponse(f"{cookies.PATH}/", 307)


_SENTENCES: Final = {404: say.NO_PAGE, 405: say.WRONG_METHOD}


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = _SENTENCES.get(error.status_code, error.detail)
    return pages.refuse(request.url.path, error.status_code, sentence, error.headers)


async def _busy(request: Request, _error: Exception) -> Response:
    return pages.refuse(request.url.path, 503, say.BUSY)
