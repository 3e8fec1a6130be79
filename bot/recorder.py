"""The platforms as ``simulate`` imagines them: whatever is pushed arrives, and is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot import doors
from bot.app import Guanxin
from bot.channels import page, wechat
from bot.channels.base import Unsendable
from bot.clock import Clock
from bot.postman import Postman
from bot.rounds import Rounds
from handlers import MOMENTS, STEPS
from handlers.letters import Filled
from handlers.message import Reply
from handlers.outbox import Outbox
from handlers.timewords import local
from storage import calls, claims, shown, windows
from storage.engine import Transaction
from storage.store import Store

CHANNELS: Final = ("telegram", wechat.NAME, page.NAME)
CAMPAIGN: Final = "campaign:"


@dataclass
class Record:
    """What was pushed and not shown yet, at times of ``clock``."""

    clock: Clock
    pushed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, user: str, channel: str, way: str, text: str, cause: str) -> None:
        """Write a push down."""
        row = {"at": local(self.clock()).isoformat(), "user": user, "channel": channel}
        self.pushed.append(row | {"way": way, "text": text, "occasion": occasion(cause)})

    def take(self) -> list[dict[str, Any]]:
        """Return what is new."""
        new, self.pushed = self.pushed, []
        return new


def occasion(cause: str) -> str:
    """Return the key of a campaign, and any other cause as it is."""
    if not cause.startswith(CAMPAIGN):
        return cause
    return cause.removeprefix(CAMPAIGN).partition("@")[0]


@dataclass
class Recorder:
    """A channel on which everything arrives, as far as WeChat's windows allow it."""

    name: str
    store: Store
    record: Record

    async def send(self, address: str, reply: Reply, _filled: Filled | None = None) -> None:
        """Write down a push; a reply is shown by its own line. Raises Unsendable."""
        cause, kind, way = await self.store.read(
            lambda tx: claims.in_flight(tx, self.name, address)
        )
        if way == "customer_service" and not await self._is_allowed(address):
            raise Unsendable("nothing more is allowed before the next act of the person")
        if kind != "reply":
            self.record.add(address, self.name, way, reply.text, cause)

    async def _is_allowed(self, address: str) -> bool:
        now = self.record.clock()
        return await self.store.write(lambda tx: windows.spend(tx, self.name, address, 1, now))


class Imagined:
    """The clock's rounds and the postmen of an assistant, on a clock that is moved by hand."""

    def __init__(self, guanxin: Guanxin, clock: Clock) -> None:
        self._store = guanxin.store
        self.record = Record(clock)
        outbox = Outbox(doors.imagined(guanxin.settings), clock)
        self._clock = clock
        self._rounds = Rounds(guanxin.store, outbox, clock, STEPS)
        channels = [Recorder(name, guanxin.store, self.record) for name in CHANNELS]
        self._postmen = [
            Postman(guanxin.store, channel, clock, clock, other_way=outbox.other_way)
            for channel in channels
        ]
        self._last_call = guanxin.store.read_now(calls.newest)

    async def look_after(self) -> None:
        """Do what is due now, until nothing is left; whoever has a page looks at it."""
        await self._rounds.once()
        for postman in self._postmen:
            while await postman.round():
                pass
        if self.record.pushed:
            await self._store.write(shown.show_all)
        await self._note_calls()

    async def _note_calls(self) -> None:
        found = await self._store.read(lambda tx: calls.unreachable_since(tx, self._last_call))
        for self._last_call, cause, channel, address, words in found:
            self.record.add(address, channel, "telephone", words, cause)

    async def next_moments(self) -> Sequence[Any]:
        """Return when steps may next have something to do; those within a week are known."""
        return await self._store.read(self._moments)

    def _moments(self, tx: Transaction) -> Sequence[Any]:
        found = (moment(tx, self._clock()) for moment in MOMENTS)
        return [moment for moment in found if moment is not None]
