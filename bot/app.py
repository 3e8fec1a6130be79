"""The composition root: everything is joined here and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from bot import clock, doors, learning, settings
from bot.dispatch import Dispatcher
from bot.history import History
from bot.library import Library
from bot.rounds import Rounds
from bot.settings import Settings
from handlers import STEPS, answered, campaigns, meaning, wording
from handlers.outbox import Outbox
from knowledge import danger
from knowledge.book import Book
from storage import dialogs, facts, messages, questions, schema, shown, tickets
from storage.engine import Transaction
from storage.errors import GuanxinError
from storage.store import Store
from web import chat, console, headers, limits, pages

log = structlog.get_logger()

TIDY_EVERY_S: Final = 3600
"""Seconds between two rounds of forgetting what is too old."""


@dataclass(frozen=True, slots=True)
class Guanxin:
    """The assistant, joined together."""

    settings: Settings
    store: Store
    library: Library
    clock: clock.Clock
    dispatcher: Dispatcher

    @property
    def book(self) -> Book:
        """Return the book of this moment."""
        return self.library.book


def open_store(chosen: Settings) -> Store:
    """Open the database; an empty or older SQLite file is migrated, PostgreSQL must be already.

    Raises SettingsError, WrongKey, NotMigrated or Busy.
    """
    store = Store(settings.database_url(chosen), settings.key(chosen))
    try:
        if store.engine.dialect.name == "sqlite":
            schema.migrate(store.engine)
        store.read_now(schema.check)
        store.write_now(facts.check_key)
    except BaseException:
        store.close()
        raise
    return store


def open_library(chosen: Settings, store: Store, now: datetime) -> Library:
    """Learn what has changed in GUANXIN_PLANS, and return the library of all that is known.

    What is refused is logged. Raises Busy.
    """
    if chosen.plans is not None:
        for sentence in learning.learn_folder(store, chosen.plans, now):
            log.warning("plan refused", problem=sentence)
    library = Library(store)
    library.refresh()
    return library


def build(chosen: Settings, business_clock: clock.Clock | None = None) -> Guanxin:
    """Join everything. Raises GuanxinError with a sentence for the person at the terminal.

    A given clock is the machine's too.
    """
    store = open_store(chosen)
    now = business_clock or clock.starting_at(chosen.now)
    wall_clock = business_clock or clock.system
    library = open_library(chosen, store, now())
    dispatcher = Dispatcher(store, lambda: library.book, now, wall_clock)
    return Guanxin(chosen, store, library, now, dispatcher)


def asgi(guanxin: Guanxin) -> ASGIApp:
    """Return the web application; limits and headers stand outside of it, for its errors too."""
    secure = guanxin.settings.public_url.startswith("https://")
    receive = guanxin.dispatcher.receive
    outbox = Outbox(doors.reach(guanxin.settings), clock.system)
    within = doors.Within(guanxin.settings, guanxin.store, receive, guanxin.clock, outbox)
    opened = doors.doors(within)
    opened.work.append(guanxin.library.run)
    if "clock" in guanxin.settings.roles:
        opened.work.append(Rounds(guanxin.store, outbox, guanxin.clock, STEPS).run)
        opened.work.append(lambda: _tidy_now_and_then(guanxin))
    app = Starlette(
        routes=[
            *opened.routes,
            *_pages(guanxin, outbox, secure=secure),
            Route("/healthz", _Health(guanxin).show),
            Route("/metrics", _metrics),
        ],
        exception_handlers=pages.ERRORS,
        lifespan=lambda _app: _lifespan(guanxin, opened),
    )
    return headers.SecurityHeaders(limits.Limits(app))


def _pages(guanxin: Guanxin, outbox: Outbox, *, secure: bool) -> Sequence[BaseRoute]:
    if "doors" not in guanxin.settings.roles:
        return ()
    store, now = guanxin.store, guanxin.clock
    return [
        *chat.routes(guanxin.dispatcher.receive, History(store), now, secure),
        *console.routes(store, outbox, now, clock.system, secure),
    ]


@contextlib.asynccontextmanager
async def _lifespan(guanxin: Guanxin, opened: doors.Doors) -> AsyncIterator[None]:
    _warm_up(guanxin.book, guanxin.clock())
    with contextlib.suppress(GuanxinError):  # else the first question pays for it
        await guanxin.store.read(lambda tx: _warm_up_answers(tx, guanxin.clock()))
    async with opened.open():
        yield


def _warm_up(book: Book, now: datetime) -> None:
    """Compute what is kept after its first use: eight threads at once would need seconds."""
    danger.prepare()
    for first_use in (danger.hear, meaning.exactly, meaning.leads_out, book.ask):
        for question in (wording.SAMPLE_QUESTIONS[0], wording.TYPED_QUESTION):
            first_use(question)
    meaning.meant(wording.SAMPLE_QUESTIONS[0], book)
    list(campaigns.tellings(now))


def _warm_up_answers(tx: Transaction, now: datetime) -> None:
    """Take apart what staff answered, likewise: three hundred answers need a fifth of a second."""
    answered.is_known(tx, wording.SAMPLE_QUESTIONS[0], None, now)


async def _tidy_now_and_then(guanxin: Guanxin) -> None:
    while True:
        try:
            await tidy(guanxin.store, guanxin.clock())
        except GuanxinError as problem:
            log.warning("not tidied", problem=str(problem))
        await asyncio.sleep(TIDY_EVERY_S)


async def tidy(store: Store, now: datetime) -> None:
    """Blank old messages, tickets and pushes, drop forms that nobody took up again.

    Questions that an older version kept come into their groups.
    """
    blanked = await store.write(lambda tx: messages.blank_old(tx, now))
    dropped = await store.write(lambda tx: dialogs.forget_old(tx, now))
    forgotten = await store.write(lambda tx: shown.forget_old(tx, now))
    closed = await store.write(lambda tx: tickets.blank_old(tx, now))
    while await store.write(questions.gather):
        pass
    if blanked or dropped or forgotten or closed:
        log.info("tidied", messages=blanked, forms=dropped, pushes=forgotten, tickets=closed)


@dataclass(frozen=True, slots=True)
class _Health:
    guanxin: Guanxin

    async def show(self, request: Request) -> Response:
        """200 when the database can be read, else 503; numbers only for this machine."""
        try:
            waiting = await self.guanxin.store.read(tickets.waiting)
        except GuanxinError as problem:
            details = {"status": "unavailable", "problem": str(problem)}
            return JSONResponse(details if _is_here(request) else {"status": "unavailable"}, 503)
        if not _is_here(request):
            return JSONResponse({"status": "ok"})
        plans = len(self.guanxin.book.plans)
        return JSONResponse({"status": "ok", "plans": plans, "waiting_for_staff": waiting})


async def _metrics(request: Request) -> Response:
    if not _is_here(request):
        return Response(status_code=403)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _is_here(request: Request) -> bool:
    """Tell whether the request comes from this machine itself and not through a proxy."""
    proxied = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return (
        not proxied and request.client is not None and request.client.host in ("127.0.0.1", "::1")
    )
