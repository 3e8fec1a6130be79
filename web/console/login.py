"""Logging in and out. A login gives a new token: one that was planted before is worth nothing."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from handlers.timewords import local
from storage import logins, sessions, staff
from storage.engine import Transaction
from storage.errors import Busy
from web import wording_console as say
from web.console import cookies, forms
from web.console.forms import Form
from web.console.frame import Console, Visit, read_form

log = structlog.get_logger()

HOME: Final = f"{cookies.PATH}/"
MOST_NAME: Final = 40
MOST_PASSWORD: Final = 200
_OURS: Final = re.compile(r"/console/[A-Za-z0-9/_-]{0,200}")


def routes(console: Console) -> Sequence[Route]:
    """Return the routes that somebody needs who is not logged in, and the way out."""
    login = _Login(console)
    return [
        Route("/login", login.ask, methods=["GET"]),
        Route("/login", login.enter, methods=["POST"]),
        console.post("/logout", login.leave),
    ]


@dataclass(frozen=True, slots=True)
class _Login:
    console: Console

    async def ask(self, request: Request) -> Response:
        token, now = cookies.token(request), self.console.machine()
        if token is not None:
            known = await self.console.store.read(lambda tx: sessions.find(tx, token, now))
            if known is not None:
                return RedirectResponse(HOME, 303)
        wanted = request.query_params.get("next", "")
        sentence = say.FIRST_LOG_IN if wanted not in ("", HOME) else ""
        return self.console.ask_to_log_in(request, sentence, Form((("next", wanted),)))

    async def enter(self, request: Request) -> Response:
        form = await read_form(request)
        if not cookies.is_own(cookies.token(request), form.one(forms.CSRF)):
            raise HTTPException(403, say.OLD_PAGE)
        try:
            return await self._enter(request, form)
        except Busy:
            return self.console.ask_to_log_in(request, say.BUSY, form, 503)

    async def _enter(self, request: Request, form: Form) -> Response:
        name, password = form.one("name")[:MOST_NAME], form.secret("password")[:MOST_PASSWORD]
        keys = (logins.account(name), logins.network(network_of(request)))
        now = self.console.machine()
        opens = await self.console.store.write(lambda tx: logins.attempt(tx, keys, now))
        if opens is not None:
            log.warning("login refused", why="too many tries", network=network_of(request))
            sentence = say.LOCKED.format(time=f"{local(opens):%H:%M}")
            return self.console.ask_to_log_in(request, sentence, form, 429)
        known = await self.console.store.read(lambda tx: staff.credentials(tx, name))
        if not await self.console.fits(password, known.password_hash if known else None):
            log.warning("login refused", why="wrong", network=network_of(request))
            await self._alarm(keys[0], known)
            return self.console.ask_to_log_in(request, say.WRONG, form, 401)
        assert known is not None  # nothing fits a missing hash
        return await self._entered(request, form, known.id, keys)

    async def _alarm(self, key: logins.Key, known: staff.Credentials | None) -> None:
        """Write down that an account is closed for a while; as much work for an unknown name."""
        now, business = self.console.machine(), self.console.clock()

        def written(tx: Transaction) -> None:
            if logins.is_closed(tx, key, now) and known is not None:
                staff.record(tx, "console", "login closed", f"staff {known.id}", business)

        await self.console.store.write(written)

    async def _entered(
        self, request: Request, form: Form, staff_id: int, keys: Sequence[logins.Key]
    ) -> Response:
        token, now, old = cookies.new(), self.console.machine(), cookies.token(request)
        business = self.console.clock()

        def start(tx: Transaction) -> sessions.Session | None:
            logins.succeeded(tx, keys, now)
            if old is not None:
                sessions.end(tx, old)
            sessions.start(tx, staff_id, token, now)
            staff.record(tx, f"staff {staff_id}", "login", "console", business)
            return sessions.find(tx, token, now)

        session = await self.console.store.write(start)
        if session is None:  # disabled in this very moment
            return self.console.ask_to_log_in(request, say.WRONG, form, 401)
        visit = Visit(request, session.member, token)
        return cookies.give(self._onward(visit, form), token, self.console.secure)

    def _onward(self, visit: Visit, form: Form) -> Response:
        """Lead to where somebody wanted to go; a form that came too late is shown again."""
        wanted = form.one("next")
        path = wanted if _OURS.fullmatch(wanted) else HOME
        if not form.has("kept"):
            return RedirectResponse(path, 303)
        kept = forms.reopened(form.one("kept"))
        return self.console.again(visit.token, path, kept, say.WELCOME_BACK, visit=visit)

    async def leave(self, visit: Visit) -> Response:
        await self.console.store.write(lambda tx: sessions.end(tx, visit.token))
        response = self.console.away("/login")
        return cookies.give(response, cookies.new(), self.console.secure)


def network_of(request: Request) -> str:
    """Return where a request comes from; of IPv6 the network, in which one may choose addresses.

    Behind a proxy on this machine that is the last address that the proxy wrote down.
    """
    peer = request.client.host if request.client else ""
    try:
        if ipaddress.ip_address(peer).is_loopback:
            forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
            peer = forwarded or peer
        address = ipaddress.ip_address(peer)
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
