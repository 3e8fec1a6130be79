"""The chat page and its routes: words in, the reply out, with a script in the page or without."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from handlers.message import Incoming, Reply
from web import pages, said, visitor, wording
from web.said import Refused, Said
from web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said, and what came back. Empty words: the assistant spoke first.

    ``push`` is the id of what was pushed, 0 for a reply.
    """

    said: str
    reply: Reply | None
    push: int = 0


@dataclass(frozen=True, slots=True)
class News:
    """What came without being asked for, by its id."""

    push: int
    reply: Reply


Receive = Callable[[Incoming], Awaitable[Reply]]
"""Handle one message; never raises."""


class History(Protocol):
    """What the page shows that was said before or pushed; never raises."""

    async def of(self, address: str) -> Sequence[Exchange]:
        """Return the last exchanges of an address, oldest first."""

    async def news(self, address: str, have: Collection[int]) -> Sequence[News]:
        """Return what was pushed to an address and is not among those of these ids."""


def routes(
    receive: Receive, history: History, clock: Callable[[], datetime], secure: bool
) -> list[BaseRoute]:
    """Return the chat page's routes; ``secure`` says that the page is served over https."""
    chat = _Chat(receive, history, clock, secure)
    return [
        Route("/", chat.show),
        Route(pages.MESSAGES, chat.message, methods=["POST"]),
        Route("/chat/news", chat.news),
        Route("/say", chat.say, methods=["POST"]),
        Route("/leave", chat.leave, methods=["POST"]),
        Route("/favicon.ico", _icon),
        Mount("/static", pages.Files(directory=pages.STATIC)),
    ]


@dataclass(frozen=True, slots=True)
class _Chat:
    receive: Receive
    history: History
    clock: Callable[[], datetime]
    secure: bool

    async def show(self, request: Request) -> Response:
        who = visitor.of(request)
        exchanges = await self.history.of(who.address) if who.known else ()
        nonce = secrets.token_urlsafe(16)
        response = pages.page("chat.html", exchanges=_readable(exchanges), nonce=nonce)
        return visitor.remember(who, response, self.secure)

    async def message(self, request: Request) -> Response:
        try:
            _refuse_if(visitor.is_foreign(request))
            heard = said.from_json(_content_type(request), await request.body())
        except Refused as refusal:
            return _refused(request, refusal)
        who = visitor.of(request)
        reply = await self.receive(self._incoming(who, heard))
        return self._greeted(who, JSONResponse(_as_json(reply)))

    async def news(self, request: Request) -> Response:
        """What was pushed since the page was opened; the script asks while somebody looks."""
        who, have = visitor.of(request), said.ids(request.query_params.get("have", ""))
        if visitor.is_foreign(request) or have is None:
            return Response(status_code=403 if have is not None else 400)
        news = await self.history.news(who.address, have) if who.known else ()
        return JSONResponse([{"push": one.push, **_as_json(one.reply)} for one in news])

    async def say(self, request: Request) -> Response:
        try:
            _refuse_if(visitor.is_foreign_form(request))
            heard = said.from_form(_content_type(request), await request.body())
        except Refused as refusal:
            return _refused(request, refusal)
        who = visitor.of(request)
        await self.receive(self._incoming(who, heard))
        return self._greeted(who, RedirectResponse("/#newest", 303))

    async def leave(self, request: Request) -> Response:
        try:
            _refuse_if(visitor.is_foreign_form(request))
        except Refused as refusal:
            return _refused(request, refusal)
        return self._greeted(visitor.newcomer(), RedirectResponse("/", 303))

    def _incoming(self, who: Visitor, heard: Said) -> Incoming:
        return Incoming("web", who.address, heard.text, heard.id, self.clock(), heard.kind)

    def _greeted(self, who: Visitor, response: Response) -> Response:
        return response if who.known else visitor.remember(who, response, self.secure)


async def _icon(_: Request) -> Response:
    return FileResponse(pages.STATIC / "icon.svg", headers={"Cache-Control": "max-age=86400"})


def _readable(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Return the exchanges with a button's own words in place of its data."""
    labels: dict[str, str] = {}
    readable = []
    for exchange in exchanges:
        readable.append(replace(exchange, said=labels.get(exchange.said, exchange.said)))
        offered = exchange.reply.choices if exchange.reply else ()
        labels.update((choice.data, choice.label) for choice in offered)
    return readable


def _as_json(reply: Reply) -> dict[str, object]:
    choices = [{"label": choice.label, "data": choice.data} for choice in reply.choices]
    return {"text": reply.text, "choices": choices}


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "")


def _refuse_if(foreign: bool) -> None:
    if foreign:
        raise Refused(403, wording.FOREIGN)


def _refused(request: Request, refusal: Refused) -> Response:
    return pages.refuse(request.url.path, refusal.status, refusal.sentence)
