"""Broadcasts: a new one, its preview, its way through confirming and sending, and its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handlers import broadcast, broadcast_result
from handlers import wording_broadcast as words
from handlers.broadcast import Refused
from handlers.broadcast_result import Line, Result
from storage import audiences, broadcasts, outcomes, stations
from storage.audiences import Audience, Role
from storage.broadcasts import Broadcast
from storage.engine import Transaction
from web import wording_console as say
from web.console.forms import Filled, Form, filled
from web.console.frame import Console, Subject, Visit, found

FIELDS: Final = ("text", "sender", "role", "region", "station", "urgent")
MOST_LISTED: Final = 50
MOST_LINES: Final = 200
"""Recipients on the page; all are in the workbook."""

EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def routes(console: Console) -> Sequence[Route]:
    """Return the routes of broadcasts."""
    pages = _Broadcasts(console)
    acts = [console.post(f"/broadcasts/{{id}}/{act}", pages.act) for act in broadcast.ACTS]
    return [
        console.get("/broadcasts", pages.listed),
        console.get("/broadcasts/new", pages.blank),
        console.post("/broadcasts/new", pages.enter),
        console.get("/broadcasts/{id}", pages.show),
        console.get("/broadcasts/{id}/edit", pages.edit),
        console.get("/broadcasts/{id}/progress", pages.progress),
        console.get("/broadcasts/{id}/excel", pages.excel),
        console.post("/broadcasts/{id}/test", pages.try_out),
        console.post("/broadcasts/{id}/confirm", pages.confirm),
        *acts,
    ]


SUBJECT: Final = Subject(say.SENDING, "/broadcasts", routes)


@dataclass(frozen=True, slots=True)
class _Broadcasts:
    console: Console

    async def listed(self, visit: Visit) -> Response:
        def looked(tx: Transaction) -> tuple[Sequence[Broadcast], Mapping[int, Any]]:
            newest = broadcasts.newest(tx, MOST_LISTED)
            return newest, outcomes.totals(tx, newest)

        newest, totals = await self.console.store.read(looked)
        now = self.console.clock()
        said = {one.id: words.STATES[broadcast.stage(one, now)] for one in newest}
        values = {"broadcasts": newest, "totals": totals, "said": said}
        return self.console.page(visit, "broadcasts.html", **values)

    # a new one

    async def blank(self, visit: Visit) -> Response:
        name = visit.member.name
        sender = await self.console.store.read(lambda tx: broadcast.usual_sender(tx, name))
        return await self._form(visit, Filled({"role": "volunteers", "sender": sender}))

    async def edit(self, visit: Visit) -> Response:
        """Show the form with what a broadcast says: what is sent from it is another one."""
        one = await self._one(visit)
        typed = {"text": one.text, "role": one.audience.role, "region": one.audience.region or ""}
        typed["station"] = str(one.audience.station_id or "")
        typed["sender"] = one.sender or broadcast.own_name(one.author)
        typed["urgent"] = "yes" if one.urgent else ""
        return await self._form(visit, Filled(typed))

    async def _form(self, visit: Visit, shown: Filled, status: int = 200) -> Response:
        now = self.console.clock()
        regions = await self.console.store.read(audiences.regions)
        places = await self.console.store.read(lambda tx: stations.open_stations(tx, now))
        values = {"filled": shown, "regions": regions, "stations": places, "roles": words.ROLES}
        return self.console.page(
            visit,
            "broadcast_form.html",
            status,
            most=broadcast.MOST_TEXT,
            longest=broadcast.MOST_SENDER,
            **values,
        )

    async def enter(self, visit: Visit) -> Response:
        form, now = visit.form, self.console.clock()
        urgent = form.one("urgent") == "yes"
        try:
            draft = await self.console.store.write(
                lambda tx: broadcast.draft(
                    tx,
                    form.one("text"),
                    _audience(form),
                    visit.member,
                    now,
                    sender=form.one("sender"),
                    urgent=urgent,
                )
            )
        except Refused as problem:
            where = problem.why if problem.why in ("urgent", "sender") else "text"
            return await self._form(visit, filled(form, FIELDS, {where: problem.said}), 400)
        return self.console.away(f"/broadcasts/{draft.id}", "draft")

    # one of them

    async def _one(self, visit: Visit) -> Broadcast:
        number = visit.number()

        def looked(tx: Transaction) -> Broadcast | None:
            try:
                return broadcasts.get(tx, number)
            except LookupError:
                return None

        return found(await self.console.store.read(looked))

    async def show(self, visit: Visit) -> Response:
        return await self._show(visit)

    async def _show(
        self, visit: Visit, sentence: str = "", status: int = 200, **values: object
    ) -> Response:
        one = await self._one(visit)
        if one.state == "draft":
            return await self._preview(visit, one, sentence, status, **values)
        return await self._result(visit, one, sentence, status)

    async def _preview(
        self, visit: Visit, one: Broadcast, sentence: str, status: int, **values: object
    ) -> Response:
        outbox = self.console.outbox
        preview = await self.console.store.read(lambda tx: broadcast.preview(tx, one, outbox))
        place = await self._station(one)
        values = {"again": False, "tried": "", **values}
        values |= {"one": one, "preview": preview, "sentence": sentence, "ways": words.WAYS}
        held = broadcast.held(one, self.console.clock())
        values |= {"roles": words.ROLES, "station": place, "held": held}
        return self.console.page(visit, "broadcast_draft.html", status, **values)

    async def _station(self, one: Broadcast) -> str:
        """Return the name of the station whose people a broadcast is for, empty where it is any."""
        chosen, now = one.audience.station_id, self.console.clock()
        if chosen is None:
            return ""
        place = await self.console.store.read(lambda tx: stations.get(tx, chosen, now))
        return place.name if place else say.NO_STATION

    async def _result(self, visit: Visit, one: Broadcast, sentence: str, status: int) -> Response:
        result = await self.console.store.read(lambda tx: broadcast_result.result(tx, one.id))
        wanted = visit.request.query_params.get("state", "")
        lines = [line for line in result.lines if wanted in ("", line.code)]
        values = {"one": result.broadcast, "result": result, "lines": lines[:MOST_LINES]}
        values |= {"wanted": wanted, "outcomes": words.OUTCOMES, "more": len(lines) > MOST_LINES}
        values |= {"sample": broadcast.sample(one), "now": self._progress(result)}
        still = one.state in broadcasts.GOES_ON
        values["held"] = broadcast.held(one, self.console.clock()) if still else ""
        return self.console.page(visit, "broadcast.html", status, sentence=sentence, **values)

    async def progress(self, visit: Visit) -> Response:
        """Return in JSON what moves on the page of a broadcast."""
        one = await self._one(visit)
        totals = await self.console.store.read(lambda tx: outcomes.totals(tx, [one]))
        counted = broadcast_result.in_order(totals[one.id])
        no_lines: Sequence[Line] = ()
        return JSONResponse(self._progress(Result(one, counted, no_lines)))

    def _progress(self, result: Result) -> dict[str, Any]:
        one, totals = result.broadcast, result.totals
        left = broadcast.undo_seconds(one, self.console.clock())
        return {
            "state": one.state,
            "said": words.STATES[broadcast.stage(one, self.console.clock())],
            "open": one.state in broadcasts.UNDER_WAY,
            "undo": left if one.state in broadcasts.UNDER_WAY else 0,
            "count": one.recipients,
            "settled": sum(n for state, n in totals.items() if state not in outcomes.OPEN),
            "totals": totals,
        }

    async def excel(self, visit: Visit) -> Response:
        one = await self._one(visit)
        result = await self.console.store.read(lambda tx: broadcast_result.result(tx, one.id))
        name = f'attachment; filename="broadcast-{one.id}.xlsx"'
        content = broadcast_result.workbook(result)
        return Response(content, headers={"Content-Disposition": name}, media_type=EXCEL)

    # what is done with it

    async def try_out(self, visit: Visit) -> Response:
        one, now, outbox = await self._one(visit), self.console.clock(), self.console.outbox
        try:
            queued = await self.console.store.write(
                lambda tx: broadcast.try_out(tx, outbox, one, visit.member, now)
            )
        except Refused as problem:
            return await self._show(visit, problem.said, 409)
        return await self._show(visit, tried=words.TRIED.get(queued.state, words.NOT_TRIED))

    async def confirm(self, visit: Visit) -> Response:
        """Confirm a draft, if it is still for as many people as the page said."""
        one, now = await self._one(visit), self.console.clock()
        again, seen = visit.form.one("again") == "yes", visit.form.one("count")

        def confirmed(tx: Transaction) -> bool:
            if one.state == "draft" and seen != str(audiences.count(tx, one.audience)):
                return False
            broadcast.confirm(tx, one.id, visit.member, now, again=again)
            return True

        try:
            if not await self.console.store.write(confirmed):
                return await self._show(visit, words.OTHER_COUNT, 409)
        except Refused as problem:
            return await self._show(visit, problem.said, 409, again=problem.why == "alike")
        return self.console.away(f"/broadcasts/{one.id}", "confirm")

    async def act(self, visit: Visit) -> Response:
        """Undo, pause, resume or stop, as the end of the address says."""
        one, now = await self._one(visit), self.console.clock()
        name = visit.request.url.path.rpartition("/")[2]
        try:
            await self.console.store.write(
                lambda tx: broadcast.ACTS[name](tx, one.id, visit.member, now)
            )
        except Refused as problem:
            return await self._show(visit, problem.said, 409)
        return self.console.away(f"/broadcasts/{one.id}", name)


def _audience(form: Form) -> Audience:
    """Return the audience that was chosen; what is no choice of ours is the smallest one."""
    role, station = form.one("role"), form.one("station")
    known = role if role in get_args(Role) else "volunteers"
    is_id = station.isascii() and station.isdecimal() and len(station) < 10
    number = int(station) if is_id else None
    return Audience(cast(Role, known), form.one("region") or None, number)
