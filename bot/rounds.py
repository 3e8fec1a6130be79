"""The clock: every few seconds, and once at the start, whatever has come due is queued."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from handlers.outbox import Outbox, Step
from storage.errors import GuanxinError
from storage.store import Store

log = structlog.get_logger()

EVERY_S: Final = 15.0
"""Seconds between two rounds; a change is told within a minute (product: changes are told)."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """Runs the steps one after another. ``clock`` is the business clock."""

    store: Store
    outbox: Outbox
    clock: Callable[[], datetime]
    steps: Sequence[Step]

    async def run(self) -> None:
        """Go round until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(EVERY_S)

    async def once(self) -> None:
        """Do every step to its end; one that fails keeps no other from its work."""
        now = self.clock()
        for step in self.steps:
            try:
                await self._to_its_end(step, now)
            except GuanxinError as problem:
                log.warning("round", step=step.__module__, problem=str(problem))
            except Exception:
                log.exception("round", step=step.__module__)

    async def _to_its_end(self, step: Step, now: datetime) -> None:
        more = True
        while more:
            more = await self.store.write(lambda tx: step(tx, self.outbox, now))
