"""The parts of a long reply, found again in what is kept under the message."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels import wechat
from handlers import letters
from storage import pages
from storage.store import Store


@dataclass(frozen=True, slots=True)
class StoredPages:
    """Remembers in the database where somebody has got to."""

    store: Store

    async def more(self, address: str, message_id: str) -> str | None:
        """Return the next part of the last reply, None where there is none. Raises Busy."""
        return await self.store.write(
            lambda tx: pages.turn(
                tx, wechat.NAME, address, message_id, lambda kept: wechat.paged(letters.read(kept))
            )
        )
