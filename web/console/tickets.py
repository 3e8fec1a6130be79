"""What waits for staff: dangers first, then the oldest. Words of danger are read when opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from handlers import answering, wording_staff
from storage import people, questions, staff, tickets
from storage.engine import Transaction
from storage.people import Person
from storage.questions import Group
from storage.tickets import Ticket
from web import wording_console as say
from web.console.frame import Console, Subject, Visit, found

MOST_NOTE: Final = 500
MOST_DONE: Final = 100


def routes(console: Console) -> Sequence[Route]:
    """Return the routes of what waits for staff."""
    pages = _Tickets(console)
    return [
        console.get("/tickets", pages.listed),
        console.get("/tickets/done", pages.done),
        console.get("/tickets/{id}", pages.show),
        console.post("/tickets/{id}/phone", pages.phone),
        console.post("/tickets/{id}/close", pages.close),
    ]


SUBJECT: Final = Subject(say.TICKETS, "/tickets", routes)


@dataclass(frozen=True, slots=True)
class _Tickets:
    console: Console

    async def listed(self, visit: Visit) -> Response:
        waiting = await self.console.store.read(tickets.open_tickets)
        values = {"tickets": waiting, "kinds": wording_staff.KINDS}
        return self.console.page(visit, "tickets.html", **values)

    async def done(self, visit: Visit) -> Response:
        """Show what was dealt with; words of danger are read where they were opened only."""
        last = await self.console.store.read(lambda tx: tickets.closed_tickets(tx, MOST_DONE))
        values = {"tickets": last, "kinds": wording_staff.KINDS, "most": MOST_DONE}
        return self.console.page(visit, "tickets_done.html", **values)

    async def show(self, visit: Visit) -> Response:
        """Show one; that words of danger were read is written down."""
        return await self._shown(visit, "danger opened")

    async def phone(self, visit: Visit) -> Response:
        """Show the telephone number of who asked, in full; that is written down."""
        return await self._shown(visit, "phone shown", with_phone=True)

    async def _shown(
        self, visit: Visit, act: str, *, with_phone: bool = False, problem: str = ""
    ) -> Response:
        ticket_id, now = visit.number(), self.console.clock()

        def looked(tx: Transaction) -> tuple[Ticket, Person | None, Group | None] | None:
            ticket = tickets.get(tx, ticket_id)
            if ticket is None:
                return None
            if with_phone or ticket.kind == "danger":
                staff.record(tx, visit.actor, act, f"ticket {ticket_id}", now)
            person = people.get(tx, ticket.person_id) if ticket.person_id else None
            return ticket, person, questions.of_ticket(tx, ticket_id)

        ticket, person, group = found(await self.console.store.write(looked))
        values: dict[str, object] = {"ticket": ticket, "person": person, "with_phone": with_phone}
        values |= {"kinds": wording_staff.KINDS, "problem": problem, "longest": MOST_NOTE}
        values |= {
            "wordings": group.wordings if group else (),
            "asked": group.asked if group else 1,
        }
        values["can_reply"] = bool(person) and ticket.kind in answering.REPLIED_TO
        status, note = 400 if problem else 200, visit.form.one("note")
        return self.console.page(visit, "ticket.html", status, note=note, **values)

    async def close(self, visit: Visit) -> Response:
        ticket_id, now, note = visit.number(), self.console.clock(), visit.form.one("note")
        if not note or len(note) > MOST_NOTE:
            sentence = say.NOTE_LONG.format(most=MOST_NOTE) if note else say.NOTE_NONE
            return await self._shown(visit, "danger opened", problem=sentence)

        def closed(tx: Transaction) -> bool:
            group = questions.of_ticket(tx, ticket_id)
            if group is not None:
                is_closed = questions.close(tx, group.id, note, now)
            else:
                is_closed = tickets.close(tx, ticket_id, note, now)
            if not is_closed:
                return False
            staff.record(tx, visit.actor, "ticket close", f"ticket {ticket_id}", now)
            return True

        if not await self.console.store.write(closed):
            raise HTTPException(404)
        return self.console.away("/tickets", "closed")
