"""My account: the password, and the chat in which I am known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from handlers import wording_staff
from storage import logins, sessions, staff, staff_codes
from storage.engine import Transaction
from web import wording_console as say
from web.console import cookies
from web.console.forms import Filled
from web.console.frame import Console, Subject, Visit, found

LEAST: Final = 8
"""Characters of a password at least (NIST SP 800-63B)."""

MOST: Final = 200
SIMPLE: Final = ("12345678", "123456789", "1234567890", "87654321", "password", "88888888")


def routes(console: Console) -> Sequence[Route]:
    """Return the routes of one's own account."""
    account = _Account(console)
    return [
        console.get("/account", account.show),
        console.post("/account/code", account.code),
        console.post("/account/unlink", account.unlink),
        console.get("/password", account.ask),
        console.post("/password", account.change),
    ]


SUBJECT: Final = Subject(say.ACCOUNT, "/account", routes)


@dataclass(frozen=True, slots=True)
class _Account:
    console: Console

    async def show(self, visit: Visit) -> Response:
        return await self._shown(visit)

    async def _shown(self, visit: Visit, code: str = "") -> Response:
        mine = await self._mine(visit)
        words = f"{wording_staff.LINK_WORD} {code}"
        return self.console.page(visit, "account.html", mine=mine, code=code, words=words)

    async def code(self, visit: Visit) -> Response:
        """Show a code for the chat, on this page alone."""
        now = self.console.clock()

        def issue(tx: Transaction) -> str:
            staff.record(tx, visit.actor, "chat code", visit.actor, now)
            return staff_codes.issue(tx, visit.member.id, now)

        return await self._shown(visit, code=await self.console.store.write(issue))

    async def unlink(self, visit: Visit) -> Response:
        now = self.console.clock()

        def unlinked(tx: Transaction) -> None:
            staff.unlink(tx, visit.member.id)
            staff.record(tx, visit.actor, "chat unlinked", visit.actor, now)

        await self.console.store.write(unlinked)
        return self.console.away("/account", "unlinked")

    async def ask(self, visit: Visit) -> Response:
        return self._asked(visit, {})

    def _asked(self, visit: Visit, wrong: Mapping[str, str], status: int = 200) -> Response:
        values = {"first": visit.must_change, "least": LEAST, "filled": Filled(problems=wrong)}
        return self.console.page(visit, "password.html", status, **values)

    async def _mine(self, visit: Visit) -> staff.Entry:
        return found(await self.console.store.read(lambda tx: staff.entry(tx, visit.member.id)))

    async def change(self, visit: Visit) -> Response:
        """Change the password; every other session of the member ends, this one gets a new token.

        Who has just come in with a one-time password is not asked for it again.
        """
        problems = await self._problems(visit)
        if problems:
            return self._asked(visit, problems, 400)
        kept = await self.console.hashed(visit.form.secret("new_password"))
        token, now, machine = cookies.new(), self.console.clock(), self.console.machine()

        def changed(tx: Transaction) -> None:
            staff.set_password(tx, visit.member.id, kept, must_change=False)
            sessions.start(tx, visit.member.id, token, machine)
            staff.record(tx, visit.actor, "password", visit.actor, now)

        await self.console.store.write(changed)
        return cookies.give(self.console.away("/", "password"), token, self.console.secure)

    async def _problems(self, visit: Visit) -> Mapping[str, str]:
        new, again = visit.form.secret("new_password"), visit.form.secret("again")
        weakness = weak(new, visit.member.name)
        if weakness:
            return {"new_password": weakness}
        if new != again:
            return {"again": say.PASSWORD_AGAIN}
        name = visit.member.name
        known = found(await self.console.store.read(lambda tx: staff.credentials(tx, name)))
        if not visit.must_change and (why := await self._not_me(visit, known.password_hash)):
            return {"password": why}
        if await self.console.fits(new, known.password_hash):
            return {"new_password": say.PASSWORD_SAME}
        return {}

    async def _not_me(self, visit: Visit, kept: str) -> str:
        """Return why the old password was not taken; tries count as those of the login do."""
        keys, now = (logins.account(visit.member.name),), self.console.machine()
        if await self.console.store.write(lambda tx: logins.attempt(tx, keys, now)):
            return say.PASSWORD_LOCKED
        if not await self.console.fits(visit.form.secret("password")[:MOST], kept):
            return say.PASSWORD_WRONG
        await self.console.store.write(lambda tx: logins.succeeded(tx, keys, now))
        return ""


def weak(password: str, name: str) -> str:
    """Return what is wrong with a new password, empty where nothing is."""
    if len(password) < LEAST:
        return say.PASSWORD_SHORT.format(least=LEAST)
    if len(password) > MOST:
        return say.PASSWORD_LONG.format(most=MOST)
    simple = password.lower() in SIMPLE or len(set(password)) < 4
    return say.PASSWORD_SIMPLE if simple or name in password else ""
