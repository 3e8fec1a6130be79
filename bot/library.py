"""The live book: what any process learns, this one answers from within a second.

Each process looks for learned plans beside the messages; a question uses the book of its moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

import structlog

from handlers import wording
from knowledge import plan
from knowledge.book import Book
from knowledge.documents.passages import joined
from knowledge.plan import Fact
from storage import plans
from storage.errors import GuanxinError
from storage.store import Store

log = structlog.get_logger()

LOOK_S: Final = 0.5
"""Seconds between two looks whether a plan was learned."""


def make_book(learned: Iterable[tuple[Fact, ...]], before: Book | None = None) -> Book:
    """Return the book of the shipped digests and the learned plans.

    A plan that was learned takes the place of its digest. What the book ``before`` holds as well is
    not built again.
    """
    told = list(learned)
    known = [facts[0].plan for facts in told if facts]
    digests: dict[plan.Plan, list[Fact]] = {}
    for fact in plan.shipped():
        digests.setdefault(fact.plan, []).append(fact)
    keys = {one.key for one in known}
    left = (
        facts
        for digest, facts in digests.items()
        if digest.key not in keys and not any(one.is_of(digest) for one in known)
    )
    return Book([fact for facts in (*left, *told) for fact in facts], before)


class Library:
    """The book of this process, and how it is kept up with what was learned."""

    def __init__(self, store: Store, book: Book | None = None) -> None:
        self._store = store
        self._learned: dict[int, tuple[Fact, ...]] = {}
        self.book: Book = book or make_book(())

    def refresh(self) -> bool:
        """Take up what was learned since, in the calling thread; tell whether anything was.

        The new book takes the place of the old one at once, whole. Raises Busy.
        """
        known = self._store.read_now(plans.ids)
        if known == self._learned.keys():
            return False
        new = known - self._learned.keys()
        found = self._store.read_now(lambda tx: plans.facts(tx, new))
        found = {one: joined(facts) for one, facts in found.items()}
        kept = {one: facts for one, facts in self._learned.items() if one in known}
        learned = {**kept, **found}
        fresh = make_book((learned[one] for one in sorted(learned)), self.book)
        fresh.ask(wording.SAMPLE_QUESTIONS[0])  # what is computed at the first question, is now
        self.book = fresh
        self._learned = learned
        return True

    async def run(self) -> None:
        """Look every LOOK_S until cancelled, in a thread: no message waits for it."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                if await asyncio.to_thread(self.refresh):
                    log.info("plans taken up", plans=len(self.book.plans))
            except GuanxinError as problem:
                log.warning("plans not looked for", problem=str(problem))
            except Exception:
                log.exception("plans not taken up")
