"""How many customer-service messages somebody may still be sent, kept for all processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot.channels import wechat
from bot.channels.base import TryLater
from bot.channels.wechat_errors import BUSY_S, OutsideWindow
from storage import windows
from storage.errors import Busy
from storage.job import Work
from storage.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredWindows:
    """Spends before each call, so that nothing is asked in vain. ``clock`` is the machine's."""

    store: Store
    clock: Callable[[], datetime]

    async def spend(self, address: str, count: int) -> None:
        """Take ``count`` messages from what is allowed. Raises OutsideWindow or TryLater."""
        now = self.clock()
        if not await self._write(lambda tx: windows.spend(tx, wechat.NAME, address, count, now)):
            raise OutsideWindow(f"{count} more messages are not allowed before the next act")

    async def give_back(self, address: str, count: int) -> None:
        """Return what was spent on messages that were not sent for sure. Raises TryLater."""
        await self._write(lambda tx: windows.give_back(tx, wechat.NAME, address, count))

    async def close(self, address: str) -> None:
        """Note that the platform allows no more. Raises TryLater."""
        await self._write(lambda tx: windows.close(tx, wechat.NAME, address))

    async def _write(self, work: Work[T]) -> T:
        try:
            return await self.store.write(work)
        except Busy:
            raise TryLater("the database with the windows is busy", BUSY_S) from None
