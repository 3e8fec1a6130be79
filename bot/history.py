"""What the chat page shows again: what was said, and what was pushed to its person meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bot.channels import page
from handlers import letters
from storage import messages, shown
from storage.engine import Transaction
from storage.errors import GuanxinError
from storage.shown import Push
from storage.store import Store
from web.chat import Exchange, News

log = structlog.get_logger()

MOST: Final = 20
"""Exchanges that are shown again."""


@dataclass(frozen=True, slots=True)
class History:
    """Reads for the page. Where the database is out of reach, there is nothing to show."""

    store: Store

    async def of(self, address: str) -> Sequence[Exchange]:
        """Return the last exchanges and pushes of a browser, in the order they were seen in."""
        try:
            ids = await self._seen(address, ())
            return await self.store.read(lambda tx: _exchanges(tx, address, ids))
        except GuanxinError as problem:
            log.warning("history", problem=str(problem))
            return []

    async def news(self, address: str, have: Collection[int]) -> Sequence[News]:
        """Return the pushes that a page does not have yet, oldest first."""
        try:
            ids = await self._seen(address, have)
            found = await self.store.read(lambda tx: shown.read(tx, ids)) if ids else []
        except GuanxinError as problem:
            log.warning("news", problem=str(problem))
            return []
        return [News(push.id, letters.read(push.reply)) for push in found]

    async def _seen(self, address: str, have: Collection[int]) -> Sequence[int]:
        """Return what a page is about to show, after noting when: a number may choose from it."""
        ids, unseen = await self.store.read(lambda tx: shown.on_page(tx, address))
        if unseen:
            await self.store.write(lambda tx: shown.show(tx, unseen))
        return [id for id in ids if id not in have]


def _exchanges(tx: Transaction, address: str, ids: Sequence[int]) -> list[Exchange]:
    said = messages.recent(tx, page.NAME, address, MOST)
    pushed = shown.read(tx, ids)
    turns = [((id, 0), _exchange(words, reply)) for id, words, reply in said]
    turns += [((push.after, push.id), _pushed(push)) for push in pushed]
    return [exchange for _, exchange in sorted(turns, key=lambda turn: turn[0])]


def _exchange(words: str, reply: dict[str, object] | None) -> Exchange:
    return Exchange(words, letters.read(reply) if reply else None)


def _pushed(push: Push) -> Exchange:
    return Exchange("", letters.read(push.reply), push.id)
