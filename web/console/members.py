"""The members of staff: entered, given a new password, disabled. For administrators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from storage import logins, passwords, staff
from storage.engine import Transaction
from storage.staff import Entry, Role
from web import wording_console as say
from web.console.forms import Filled, filled
from web.console.frame import Console, Subject, Visit, found

MOST_NAME: Final = 40


def routes(console: Console) -> Sequence[Route]:
    """Return the routes of the members of staff."""
    pages = _Members(console)
    return [
        console.get("/staff", pages.listed, admin_only=True),
        console.post("/staff", pages.enter, admin_only=True),
        console.post("/staff/{id}/password", pages.password, admin_only=True),
        console.post("/staff/{id}/disable", pages.disable, admin_only=True),
        console.post("/staff/{id}/enable", pages.enable, admin_only=True),
    ]


SUBJECT: Final = Subject(say.STAFF, "/staff", routes, admin_only=True)


@dataclass(frozen=True, slots=True)
class _Members:
    console: Console

    async def listed(self, visit: Visit) -> Response:
        return await self._listed(visit)

    async def _listed(
        self, visit: Visit, shown: Filled | None = None, name: str = "", password: str = ""
    ) -> Response:
        """Show everybody; a new password stands on this one page and nowhere else."""
        machine = self.console.machine()

        def looked(tx: Transaction) -> tuple[Sequence[Entry], set[int]]:
            every = staff.everybody(tx)
            keys = {one.id: logins.account(one.name) for one in every}
            return every, {id for id, key in keys.items() if logins.is_closed(tx, key, machine)}

        every, closed = await self.console.store.read(looked)
        values: dict[str, object] = {"every": every, "closed": closed, "filled": shown or Filled()}
        values |= {"name": name, "given": password}
        return self.console.page(visit, "staff.html", 400 if shown else 200, **values)

    async def enter(self, visit: Visit) -> Response:
        name = visit.form.one("name")
        if not name or not name.isprintable() or len(name) > MOST_NAME:
            return await self._refused(visit, say.STAFF_NAME.format(most=MOST_NAME))
        role: Role = "admin" if visit.form.one("role") == "admin" else "staff"
        password, now = passwords.one_time(), self.console.clock()
        kept = await self.console.hashed(password)

        def added(tx: Transaction) -> int | None:
            new = staff.add(tx, name, kept, now, role)
            if new is not None:
                staff.record(tx, visit.actor, "staff add", f"staff {new}", now)
            return new

        if await self.console.store.write(added) is None:
            return await self._refused(visit, say.STAFF_TAKEN)
        return await self._listed(visit, name=name, password=password)

    async def _refused(self, visit: Visit, sentence: str) -> Response:
        return await self._listed(visit, filled(visit.form, ("name", "role"), {"name": sentence}))

    async def _other(self, visit: Visit) -> Entry:
        """Return the member that is meant; nobody disables or resets themselves here."""
        staff_id = visit.number()
        other = found(await self.console.store.read(lambda tx: staff.entry(tx, staff_id)))
        if other.id == visit.member.id:
            raise HTTPException(400, say.STAFF_ONESELF)
        return other

    async def password(self, visit: Visit) -> Response:
        """Give a new one-time password; the member's sessions end."""
        other, password, now = await self._other(visit), passwords.one_time(), self.console.clock()
        kept = await self.console.hashed(password)

        def given(tx: Transaction) -> None:
            staff.set_password(tx, other.id, kept, must_change=True)
            staff.record(tx, visit.actor, "staff password", f"staff {other.id}", now)

        await self.console.store.write(given)
        return await self._listed(visit, name=other.name, password=password)

    async def disable(self, visit: Visit) -> Response:
        other, now = await self._other(visit), self.console.clock()

        def disabled(tx: Transaction) -> None:
            staff.disable(tx, other.id, now)
            staff.record(tx, visit.actor, "staff disable", f"staff {other.id}", now)

        await self.console.store.write(disabled)
        return self.console.away("/staff", "disabled")

    async def enable(self, visit: Visit) -> Response:
        other, now = await self._other(visit), self.console.clock()

        def enabled(tx: Transaction) -> None:
            staff.enable(tx, other.id)
            staff.record(tx, visit.actor, "staff enable", f"staff {other.id}", now)

        await self.console.store.write(enabled)
        return self.console.away("/staff", "enabled")
