"""What every page of the console stands on: who asks, what they sent, and what they get back.

A subject is a module with a ``SUBJECT``; its routes are made by ``Console.get`` and
``Console.post``, which let nobody through who is not logged in.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from handlers.outbox import Outbox
from storage import passwords, sessions, staff
from storage.errors import Busy
from storage.sessions import Session
from storage.signups import LARGEST_ID
from storage.staff import Member
from storage.store import Store
from web import pages, visitor
from web import wording_console as say
from web.console import cookies, forms, shown
from web.console.forms import Form

log = structlog.get_logger()

pages.TEMPLATES.filters.update(shown.FILTERS)

T = TypeVar("T")
Clock = Callable[[], datetime]

LOGIN: Final = f"{cookies.PATH}/login"
PASSWORD: Final = f"{cookies.PATH}/password"
LOGOUT: Final = f"{cookies.PATH}/logout"
AT_LOGIN: Final = (PASSWORD, LOGOUT)
"""The only pages for somebody who still has a one-time password."""

HEADERS: Final = {"Referrer-Policy": "same-origin"}
"""Lets our own forms name their origin, which ``no-referrer`` would turn into "null"."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A member of staff at a page, and what they sent.

    ``must_change``: they still have a one-time password.
    """

    request: Request
    member: Member
    token: str
    form: Form = field(default_factory=Form)
    must_change: bool = False

    @property
    def actor(self) -> str:
        """How the record of what staff did names this member."""
        return f"staff {self.member.id}"

    def number(self, name: str = "id") -> int:
        """Return an id from the address. Raises HTTPException 404 for what can be none."""
        digits = self.request.path_params[name]
        if not digits.isascii() or not digits.isdecimal() or len(digits) > 10:
            raise HTTPException(404)
        number = int(digits)
        return number if 0 < number <= LARGEST_ID else found(None)


def found(value: T | None) -> T:
    """Return what is there. Raises HTTPException 404 where nothing is."""
    if value is None:
        raise HTTPException(404)
    return value


Act = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Subject:
    """A part of the console: its line in the navigation, and its routes (without /console).

    ``beside``: where pages of it lie that do not begin with ``path``.
    """

    title: str
    path: str
    routes: Callable[[Console], Sequence[Route]]
    admin_only: bool = False
    beside: str = ""

    def holds(self, address: str) -> bool:
        """Tell whether a page of the console is one of this part."""
        path = address.removeprefix(cookies.PATH)
        under = [f"{one}/" for one in (self.path, self.beside) if one.strip("/")]
        return path == self.path or path.startswith(tuple(under))


@dataclass(frozen=True, slots=True)
class Console:
    """What pages may use. ``clock`` is the business clock, ``machine`` that of the sessions."""

    store: Store
    outbox: Outbox
    clock: Clock
    machine: Clock
    secure: bool
    subjects: Sequence[Subject]
    _hashing: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, "guanxin-password")
    )

    def get(self, path: str, show: Act, *, admin_only: bool = False) -> Route:
        """Return the route of a page for staff."""
        return Route(path, self._guarded(show, admin_only), methods=["GET"])

    def post(self, path: str, act: Act, *, admin_only: bool = False) -> Route:
        """Return the route of a form of staff."""
        return Route(path, self._guarded(act, admin_only), methods=["POST"])

    def page(
        self, visit: Visit | None, name: str, status: int = 200, /, **values: object
    ) -> Response:
        """Return ``console/name`` as a page with its frame."""
        member = visit.member if visit else None
        anywhere = self.subjects if visit and not visit.must_change else ()
        parts = [one for one in anywhere if member and may(member, one.admin_only)]
        frame = {
            "member": member,
            "subjects": parts,
            "here": visit.request.url.path if visit else "",
            "csrf": cookies.csrf(visit.token) if visit else "",
        }
        done = cookies.done(visit.request) if visit else None
        frame["done"] = said(*done) if done else ""
        response = pages.page(f"console/{name}", status, **(frame | values))
        response.headers.update(HEADERS)
        return cookies.forget_done(response, self.secure) if done else response

    def away(self, path: str, done: str = "", count: int = 0) -> Response:
        """Lead to another page of the console after a form was taken.

        ``done``: what that page says first, a key of ``wording_console.DONE``; ``count``: how many
        it is sent to.
        """
        response = RedirectResponse(cookies.PATH + path, 303)
        return cookies.say_done(response, done, count, self.secure) if done else response

    async def record(self, visit: Visit, act: str, thing: str) -> None:
        """Write down what a member of staff did, where nothing else is written."""
        now = self.clock()
        await self.store.write(lambda tx: staff.record(tx, visit.actor, act, thing, now))

    async def hashed(self, password: str) -> str:
        """Hash a password beside the event loop, one at a time: each takes 64 MiB."""
        return await self._beside(lambda: passwords.hashed(password))

    async def fits(self, password: str, kept: str | None) -> bool:
        """Hold a password against a hash, likewise."""
        return await self._beside(lambda: passwords.fits(password, kept))

    async def _beside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._hashing, work)

    def _guarded(self, act: Act, admin_only: bool) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            form = await read_form(request)
            token = cookies.token(request)
            try:
                session = await self._session(token)
            except Busy:
                return self._unread(request, token, form)
            if token is None or session is None:
                return self._over(request, form)
            if request.method == "POST" and not cookies.is_own(token, form.one(forms.CSRF)):
                raise HTTPException(403, say.OLD_PAGE)
            visit = Visit(request, session.member, token, form, session.must_change)
            if visit.must_change and request.url.path not in AT_LOGIN:
                return RedirectResponse(PASSWORD, 303)
            return await self._admitted(visit, act, admin_only)

        return guarded

    async def _admitted(self, visit: Visit, act: Act, admin_only: bool) -> Response:
        if not may(visit.member, admin_only):
            raise HTTPException(403, say.ADMIN_ONLY)
        try:
            return await act(visit)
        except Busy:
            return self._unread(visit.request, visit.token, visit.form, visit)

    def _unread(
        self, request: Request, token: str | None, form: Form, visit: Visit | None = None
    ) -> Response:
        """Say that the database is busy; a form of this browser's own is kept, whoever it is."""
        is_own = cookies.is_own(token, form.one(forms.CSRF))
        if token is None or request.method != "POST" or not is_own:
            raise HTTPException(503, say.BUSY) from None
        return self.again(token, request.url.path, form, say.BUSY_KEPT, 503, visit)

    async def _session(self, token: str | None) -> Session | None:
        if token is None:
            return None
        now = self.machine()
        session = await self.store.read(lambda tx: sessions.find(tx, token, now))
        if session is not None and session.is_stale:
            with contextlib.suppress(Busy):  # the next page writes it down
                await self.store.write(lambda tx: sessions.touch(tx, token, now))
        return session

    def _over(self, request: Request, form: Form) -> Response:
        """Lead to the login; what was filled in is kept there and is not lost."""
        if request.method != "POST":
            wanted = quote(request.url.path, safe="/")
            return RedirectResponse(f"{LOGIN}?next={wanted}", 303)
        kept = Form((("next", request.url.path), ("kept", form.kept())))
        return self.ask_to_log_in(request, say.OVER_KEPT, kept, 401)

    def ask_to_log_in(
        self, request: Request, sentence: str, form: Form, status: int = 200
    ) -> Response:
        """Return the login page; what ``form`` says of name, next and kept is kept in it."""
        token = cookies.token(request) or cookies.new()
        csrf = cookies.csrf(token)
        values = {"csrf": csrf, "sentence": sentence, "wrong": status != 200, "form": form}
        response = self.page(None, "login.html", status, **values)
        return cookies.give(response, token, self.secure)

    def again(
        self,
        token: str,
        path: str,
        form: Form,
        sentence: str,
        status: int = 200,
        visit: Visit | None = None,
    ) -> Response:
        """Return a page from which a form that was not taken is sent once more.

        ``token`` is the browser's; without ``visit`` nobody is known yet.
        """
        fields = [pair for pair in form.pairs if pair[0] not in forms.NEVER_KEPT]
        values = {"csrf": cookies.csrf(token), "path": path, "fields": fields}
        return self.page(visit, "again.html", status, sentence=sentence, **values)


def said(done: str, count: int) -> str:
    """Return the sentence for what was done; what is no key of ours says nothing."""
    return say.DONE.get(done, "").format(told=say.TOLD.format(count=count) if count else "")


def may(member: Member, admin_only: bool) -> bool:
    """Tell whether a page is for this member."""
    return not admin_only or member.role == "admin"


async def read_form(request: Request) -> Form:
    """Return what was sent. Raises HTTPException for what another site made a browser send."""
    if request.method != "POST":
        return Form()
    if visitor.is_foreign(request):
        log.warning("form refused", path=request.url.path, why="another site's")
        raise HTTPException(403, say.FOREIGN)
    return forms.read(request.headers.get("content-type", ""), await request.body())
