"""Showing the other processes that this one lives, and taking over from those that do not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from storage import claims, postmen
from storage.engine import Transaction
from storage.errors import Busy
from storage.store import Store

log = structlog.get_logger()

BEAT_S: Final = 1.0
"""Seconds between two beats."""

SILENT_BEATS: Final = 6
"""Beats of ours during which another gives none before it counts as dead. Counting our own ones
needs no clock that could jump, and nobody is buried while the database takes no beats at all."""


@dataclass
class Pulse:
    """The beat of this process's postmen, and what it hears of the others."""

    store: Store
    owner: str
    clock: Callable[[], datetime]
    listeners: list[Callable[[int], None]] = field(default_factory=list)
    """They hear how many processes send, whenever that has changed."""

    _heard: dict[str, tuple[int, int]] = field(default_factory=dict)
    _living: int = 1

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await self._beat_if_possible()
            await asyncio.sleep(BEAT_S)

    async def _beat_if_possible(self) -> None:
        try:
            await self.store.write(self.beat)
        except Busy as problem:
            log.warning("no beat", owner=self.owner, problem=str(problem))
        self._tell()

    def _tell(self) -> None:
        living = 1 + len(self._heard)
        if living != self._living:
            self._living = living
            for listener in self.listeners:
                listener(living)

    async def leave(self) -> None:
        """Leave what was not sent to the others, at once; the postmen have stopped."""
        try:
            await self.store.write(lambda tx: self._bury(tx, self.owner))
        except Busy as problem:
            log.warning("left without a word", owner=self.owner, problem=str(problem))

    def beat(self, tx: Transaction) -> None:
        """Beat once, and take over from whoever has been silent for too long."""
        others = postmen.beat(tx, self.owner)
        self._heard = {other: self._counted(other, beat) for other, beat in others.items()}
        for other, (_, times) in self._heard.items():
            if times >= SILENT_BEATS:
                log.warning("took over", dead=other)
                self._bury(tx, other)

    def _counted(self, other: str, beat: int) -> tuple[int, int]:
        """Return the other's number and how often in a row it was the same."""
        last, times = self._heard.get(other, (beat, -1))
        return beat, times + 1 if beat == last else 0

    def _bury(self, tx: Transaction, owner: str) -> None:
        claims.let_go(tx, owner, self.clock())
        postmen.forget(tx, owner)
