"""Whom to call: the list, a number when it is needed, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from storage import calls, staff
from storage.calls import Call
from storage.engine import Transaction
from web import wording_changes as words
from web.console.frame import Console, Subject, Visit, found

MOST_NOTE: Final = 200
MOST_DONE: Final = 100
OUTCOMES: Final = {"reached": words.REACHED, "missed": words.MISSED}


def routes(console: Console) -> Sequence[Route]:
    """Return the routes of calls."""
    pages = _Calls(console)
    return [
        console.get("/calls", pages.listed),
        console.get("/calls/done", pages.done),
        console.post("/calls/{id}/phone", pages.phone),
        console.post("/calls/{id}/close", pages.close),
    ]


SUBJECT: Final = Subject(words.CALLS, "/calls", routes)


@dataclass(frozen=True, slots=True)
class _Calls:
    console: Console

    async def listed(self, visit: Visit) -> Response:
        return await self._list(visit)

    async def _list(self, visit: Visit, shown: int = 0, problem: str = "") -> Response:
        waiting = await self.console.store.read(calls.open_calls)
        values = {"calls": waiting, "shown": shown, "why": words.WHY, "longest": MOST_NOTE}
        status = 400 if problem else 200
        return self.console.page(visit, "calls.html", status, problem=problem, **values)

    async def done(self, visit: Visit) -> Response:
        """Show the calls that were made, or that nobody has to make any more."""
        last = await self.console.store.read(lambda tx: calls.closed_calls(tx, MOST_DONE))
        values = {"calls": last, "why": words.WHY, "outcomes": words.OUTCOMES, "most": MOST_DONE}
        return self.console.page(visit, "calls_done.html", **values)

    async def phone(self, visit: Visit) -> Response:
        """Show one telephone number in full; that it was looked at is written down."""
        call_id, now = visit.number(), self.console.clock()

        def opened(tx: Transaction) -> Call | None:
            call = calls.get(tx, call_id)
            if call is not None:
                staff.record(tx, visit.actor, "phone shown", f"call {call_id}", now)
            return call

        return await self._list(visit, found(await self.console.store.write(opened)).id)

    async def close(self, visit: Visit) -> Response:
        """Take a call off the list, with what came of it."""
        call_id, now, note = visit.number(), self.console.clock(), visit.form.one("note")
        reached = OUTCOMES.get(visit.form.one("outcome"))
        if reached is None or len(note) > MOST_NOTE:
            sentence = words.OUTCOME_LONG if reached else words.OUTCOME_NONE
            return await self._list(visit, problem=sentence.format(most=MOST_NOTE))

        def closed(tx: Transaction) -> bool:
            if not calls.close(tx, call_id, "：".join(filter(None, (reached, note))), now):
                return False
            staff.record(tx, visit.actor, "call close", f"call {call_id}", now)
            return True

        if not await self.console.store.write(closed):
            raise HTTPException(404)
        return self.console.away("/calls", "called")
