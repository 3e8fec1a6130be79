"""What staff answer: a question once for everybody, and a reply to one person in their chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from handlers import answering
from handlers import wording_answers as words
from handlers.answering import By, CannotAnswer, Preview
from storage import answers, tickets
from storage.answers import Draft, Given
from storage.engine import Transaction
from storage.questions import Group
from web import wording_answers as say
from web.console.forms import Filled, Form, filled
from web.console.frame import Console, Subject, Visit, found

FIELDS: Final = ("text", "wordings", "region", "until")


def routes(console: Console) -> Sequence[Route]:
    """Return the routes of answers."""
    pages = _Answers(console)
    return [
        console.get("/answers", pages.listed),
        console.get("/answers/{id}", pages.show),
        console.post("/answers/{id}", pages.change),
        console.post("/answers/{id}/withdraw", pages.withdraw),
        console.get("/tickets/{id}/answer", pages.ask),
        console.post("/tickets/{id}/answer", pages.answer),
        console.post("/tickets/{id}/reply", pages.reply),
    ]


SUBJECT: Final = Subject(say.ANSWERS, "/answers", routes)


@dataclass(frozen=True, slots=True)
class _Answers:
    console: Console

    def _by(self, visit: Visit) -> By:
        return By(visit.member, self.console.clock())

    async def listed(self, visit: Visit) -> Response:
        given = await self.console.store.read(answers.listed)
        return self.console.page(visit, "answers.html", answers=given)

    # an answer that was given

    async def _given(self, visit: Visit) -> Given:
        number = visit.number()
        given = found(await self.console.store.read(lambda tx: answers.get(tx, number)))
        return found(None if given.withdrawn_at else given)

    async def show(self, visit: Visit) -> Response:
        given = await self._given(visit)
        return self._edit(visit, given, _typed(given.draft))

    def _edit(self, visit: Visit, given: Given, shown: Filled, status: int = 200) -> Response:
        values = {"given": given, "filled": shown, "most": answering.MOST_TEXT}
        return self.console.page(visit, "answer.html", status, **values)

    async def change(self, visit: Visit) -> Response:
        """Take the other words of an answer; what is wrong stands beside its field."""
        given, by = await self._given(visit), self._by(visit)
        try:
            draft = _draft(visit.form)
            await self.console.store.write(lambda tx: answering.change(tx, given.id, draft, by))
        except CannotAnswer as problem:
            return self._edit(visit, given, _wrong(visit.form, problem), 400)
        return self.console.away("/answers")

    async def withdraw(self, visit: Visit) -> Response:
        given, by = await self._given(visit), self._by(visit)
        try:
            await self.console.store.write(lambda tx: answering.withdraw(tx, given.id, by))
        except CannotAnswer:
            return found(None)
        return self.console.away("/answers")

    # a question that waits for one

    async def _group(self, visit: Visit) -> Group:
        ticket_id = visit.number()

        def looked(tx: Transaction) -> Group | None:
            try:
                return answering.group_of(tx, ticket_id)
            except CannotAnswer:
                return None

        return found(await self.console.store.read(looked))

    async def ask(self, visit: Visit) -> Response:
        group = await self._group(visit)
        return self._form(visit, group, _typed(answering.suggested(group)))

    def _form(self, visit: Visit, group: Group, shown: Filled, status: int = 200) -> Response:
        values = {"group": group, "filled": shown, "most": answering.MOST_TEXT}
        values["ticket_id"] = visit.number()
        return self.console.page(visit, "answer_form.html", status, **values)

    async def answer(self, visit: Visit) -> Response:
        """Show how an answer reads and whom it reaches, or give it where that was confirmed."""
        group, by, outbox = await self._group(visit), self._by(visit), self.console.outbox
        wanted = visit.form.one("do")
        if wanted == "back":
            return self._form(visit, group, filled(visit.form, FIELDS, {}))

        def work(tx: Transaction) -> Preview:
            draft = _draft(visit.form)
            shown = answering.preview(tx, outbox, group, draft, by)
            if wanted == "give":
                answering.answer(tx, group, draft, by)
            return shown

        try:
            shown = await self.console.store.write(work)
        except CannotAnswer as problem:
            return self._form(visit, group, _wrong(visit.form, problem), 400)
        return self.console.away("/answers") if wanted == "give" else self._shown(visit, shown)

    def _shown(self, visit: Visit, shown: Preview) -> Response:
        fields = [(name, visit.form.one(name)) for name in FIELDS]
        by_way = {say.WAYS[way]: number for way, number in shown.ways.items()}
        values = {"preview": shown, "ways": by_way, "fields": fields, "ticket_id": visit.number()}
        return self.console.page(visit, "answer_preview.html", **values)

    # somebody who waits for a human

    async def reply(self, visit: Visit) -> Response:
        """Show how a reply reads, or send it where that was confirmed."""
        ticket_id, by, outbox = visit.number(), self._by(visit), self.console.outbox
        ticket = found(await self.console.store.read(lambda tx: tickets.get(tx, ticket_id)))
        text, problem = visit.form.one("text"), ""
        if visit.form.one("do") == "give":
            try:
                await self.console.store.write(
                    lambda tx: answering.reply(tx, outbox, ticket_id, text, by)
                )
                return self.console.away("/tickets")
            except CannotAnswer as refused:
                problem = refused.said
        elif not 0 < len(text) <= answering.MOST_TEXT:
            why = "long" if text else "empty"
            problem = words.REFUSED[why].format(most=answering.MOST_TEXT)
        values: dict[str, object] = {"ticket": ticket, "text": text, "problem": problem}
        values |= {"most": answering.MOST_TEXT, "read_as": answering.replied_as(ticket, text, by)}
        return self.console.page(visit, "reply.html", 400 if problem else 200, **values)


def _typed(draft: Draft) -> Filled:
    """Return a draft as its form shows it."""
    until = draft.until.isoformat() if draft.until else ""
    typed = {"text": draft.text, "wordings": "\n".join(draft.wordings)}
    return Filled(typed | {"region": draft.region or "", "until": until})


def _draft(form: Form) -> Draft:
    """Return what a form wants answered. Raises CannotAnswer for a day that is none."""
    until = None
    if typed := form.one("until"):
        try:
            until = date.fromisoformat(typed)
        except ValueError:
            raise CannotAnswer("until") from None
    lines = tuple(form.one("wordings").splitlines())
    return Draft(form.one("text"), lines, form.one("region") or None, until)


_FIELD: Final[Mapping[str, str]] = {
    "empty": "text",
    "long": "text",
    "wording": "wordings",
    "wordings": "wordings",
    "region": "region",
    "until": "until",
}


def _wrong(form: Form, problem: CannotAnswer) -> Filled:
    """Return a form as it was typed, with what is wrong beside its field, or above all."""
    return filled(form, FIELDS, {_FIELD.get(problem.why, "all"): problem.said})
