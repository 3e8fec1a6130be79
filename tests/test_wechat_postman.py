"""What WeChat does to messages that are sent by a call: each has one outcome, and none is lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.app import Guanxin
from bot.channels.wechat_client import WeChatClient
from bot.channels.wechat_sender import WeChatSender
from bot.postman import Postman
from handlers import letters
from handlers.message import Incoming, Reply
from storage import deliveries, people, signups
from storage.deliveries import Letter
from storage.engine import Transaction
from storage.outgoing import deliveries as rows
from storage.tables import addresses
from tests.conftest import NOW, Clock
from tests.doubles.wechat_api import WeChatApi
from tests.faults.server import TO_CONFIRM
from tests.wechat_processes import KEYS, SEND, TOKEN, Unlimited

CROWD = [f"openid-{number}" for number in range(20)]


@dataclass
class Office:
    """A postman with WeChat's server, or with a line on which nobody answers."""

    guanxin: Guanxin
    api: WeChatApi
    clock: Clock
    postman: Postman

    def queue(self, *openids: str, count: int = 1) -> None:
        """Queue so many messages to each, whose acts allow five."""

        def work(tx: Transaction) -> None:
            for number in range(count):
                for openid in openids:
                    address = people.address_row(tx, "wechat", openid)
                    person = people.locked(tx, address, NOW).id
                    words = letters.written(Reply(f"{openid} {number}"))
                    cause, way = f"t:{number}", "customer_service"
                    letter = Letter(cause, person, address, words, way=way)
                    deliveries.queue(tx, letter, self.clock())

        for openid in openids:
            self.api.acts(openid)
        self.guanxin.store.write_now(work)

    async def works(self) -> None:
        """Send what can be sent now."""
        while await self.postman.round():
            pass

    async def works_for(self, **how_long: float) -> None:
        """Look fifty times in so long."""
        whole = timedelta(**how_long)
        for _ in range(50):
            await self.works()
            self.clock.now += whole / 50

    def states(self) -> dict[str, int]:
        return self.guanxin.store.read_now(deliveries.counts)

    def off(self) -> dict[str, str | None]:
        query = select(addresses.c.address, addresses.c.off)
        found = self.guanxin.store.read_now(lambda tx: tx.execute(query).all())
        return {row.address: row.off for row in found}

    def outcomes(self) -> list[str]:
        query = select(rows.c.outcome).order_by(rows.c.id)
        return list(self.guanxin.store.read_now(lambda tx: tx.execute(query).scalars()))


@asynccontextmanager
async def office(guanxin: Guanxin, api: WeChatApi, clock: Clock) -> AsyncIterator[Office]:
    client = WeChatClient(KEYS, guanxin.store, api.url, clock)
    windows = Unlimited(guanxin.store, clock)
    sender = WeChatSender(client, "service-verified", {}, windows)
    yield Office(guanxin, api, clock, Postman(guanxin.store, sender, clock, guanxin.clock))
    await client.aclose()


@pytest.fixture
async def wechat(guanxin: Guanxin) -> AsyncIterator[Office]:
    clock = Clock()
    async with WeChatApi(clock=clock) as api, office(guanxin, api, clock) as opened:
        yield opened


# --- who cannot be reached, and what is used up ---


@pytest.mark.parametrize(
    ("code", "state", "is_off"),
    [
        (40003, "failed", True),
        (43004, "failed", True),
        (48002, "failed", True),
        (45015, "failed", False),
        (43101, "failed", False),
        (45047, "waiting", False),
        (45009, "waiting", False),
        (45011, "waiting", False),
        (-1, "waiting", False),
        (45002, "failed", False),
    ],
)
async def test_each_refusal_is_told_apart_and_the_totals_add_up(
    wechat: Office, code: int, state: str, is_off: bool
) -> None:
    wechat.queue("openid-0")
    wechat.api.fail(SEND, errcode=code, times=1)
    await wechat.works()
    assert wechat.states() == {state: 1}
    assert (str(code) in (wechat.off()["openid-0"] or "")) == is_off
    assert str(code) in wechat.outcomes()[0]
    wechat.queue("openid-1", "openid-2")
    await wechat.works_for(hours=25)
    expected = Counter({"sent": 2}) + Counter({"sent" if state == "waiting" else state: 1})
    assert wechat.states() == expected
    assert len(wechat.api.sent) == expected["sent"]


async def test_who_cannot_be_reached_keeps_the_sign_up(wechat: Office) -> None:
    receive, openid = wechat.guanxin.dispatcher.receive, "openid-0"
    for number, words in enumerate((*TO_CONFIRM, "1")):
        await receive(Incoming("wechat", openid, words, str(number), NOW))
    wechat.queue(openid, count=3)
    wechat.api.leaves(openid)
    wechat.api.fail(SEND, errcode=43004, times=None)
    await wechat.works()
    assert wechat.states() == {"failed": 3}
    assert wechat.api.called(SEND) == 1
    assert wechat.guanxin.store.read_now(signups.counts) == {"confirmed": 1}
    wechat.api.mend()
    wechat.api.acts(openid)
    await receive(Incoming("wechat", openid, "", "back", NOW, "follow"))
    wechat.queue(openid, count=4)
    await wechat.works()
    assert wechat.api.texts == [f"{openid} 3"]


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_line_cut_after_the_request_is_unknown_and_not_sent_again(
    wechat: Office, cut: str
) -> None:
    wechat.queue(*CROWD)
    wechat.api.fail(SEND, cut=cut, times=3)
    await wechat.works_for(minutes=30)
    assert wechat.states() == {"sent": 17, "unknown": 3}
    assert wechat.api.called(SEND) == 20
    assert all(count == 1 for count in Counter(wechat.api.texts).values())


# --- storms, keys and a network that is gone ---


async def test_a_storm_of_minute_limits_delays_and_loses_none(wechat: Office) -> None:
    wechat.queue(*CROWD)
    wechat.api.a_minute[SEND] = 5
    await wechat.works_for(minutes=10)
    assert wechat.states() == {"sent": 20}
    assert sorted(wechat.api.texts) == sorted(f"{openid} 0" for openid in CROWD)
    assert wechat.api.called(SEND) <= 20 + 15 + 10 + 5, "each asks once a minute"


async def test_a_token_that_ends_in_the_middle_skips_nobody(wechat: Office) -> None:
    wechat.queue(*CROWD)
    await wechat.works()
    wechat.api.revoke()
    wechat.queue(*(f"other-{number}" for number in range(20)))
    await wechat.works()
    assert wechat.states() == {"sent": 40}
    assert wechat.api.token_requests == 2


@pytest.mark.parametrize("code", [40001, 40164, 61004, 40243])
async def test_wrong_keys_pause_the_channel_and_tell_the_operator(
    wechat: Office, code: int
) -> None:
    wechat.queue(*CROWD)
    wechat.api.fail(TOKEN, errcode=code, errmsg="invalid ip 203.0.113.9", times=None)
    with capture_logs() as told:
        await wechat.works_for(minutes=20)
    assert wechat.states() == {"waiting": 20}
    assert wechat.api.token_requests <= 2
    (halted,) = [line for line in told if line["event"] == "channel halted"]
    assert str(code) in halted["why"]
    assert ("203.0.113.9" in halted["why"]) == (code in (40164, 61004))
    wechat.api.mend()
    await wechat.works_for(minutes=15)
    assert wechat.states() == {"sent": 20}


async def test_ten_minutes_without_a_network_drain_in_order(
    guanxin: Guanxin, wechat: Office
) -> None:
    """Nobody answers at the port; later WeChat does, at the same one."""
    nobody = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = nobody.sockets[0].getsockname()[1]
    nobody.close()
    await nobody.wait_closed()
    wechat.api.url = f"http://127.0.0.1:{port}"
    async with office(guanxin, wechat.api, wechat.clock) as cut_off:
        cut_off.queue(*CROWD, count=3)
        await cut_off.works_for(minutes=10)
        assert cut_off.states() == {"waiting": 60}
        assert wechat.api.calls == []
        async with await asyncio.start_server(wechat.api._talk, "127.0.0.1", port):
            await cut_off.works_for(minutes=10)
    assert wechat.states() == {"sent": 60}
    for openid in CROWD:
        mine = [text for text in wechat.api.texts if text.startswith(f"{openid} ")]
        assert mine == [f"{openid} {number}" for number in range(3)]
