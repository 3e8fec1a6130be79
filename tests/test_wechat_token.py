"""One access token for all processes: fetched once, renewed in time, never asked for in vain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels import wechat_client, wechat_token
from bot.channels.base import Halted, TryLater
from bot.channels.wechat_token import HALT_S, PAUSES_S, Keys
from storage import leases
from tests.conftest import Clock
from tests.doubles.wechat_api import APP_ID, APP_SECRET, Refusal, WeChatApi
from tests.wechat_processes import (
    HELLO,
    SEND,
    TOKEN,
    Process,
    Start,
    after,
    everything_in,
    failing,
    outcomes,
    reach_everybody,
)

# One token for everybody.


async def test_fifty_senders_ask_for_one_token(api: WeChatApi, process: Process) -> None:
    openids = reach_everybody(api, 50)
    assert await outcomes(*(process.send(openid, HELLO) for openid in openids)) == [None] * 50
    assert api.token_requests == 1
    assert {message["touser"] for message in api.sent} == set(openids)


async def test_two_processes_ask_for_one_token(
    api: WeChatApi, started: Start, shared_url: str
) -> None:
    first, second = started(shared_url), started(shared_url)
    openids = reach_everybody(api, 50)
    api.fail(TOKEN, delay=0.1)  # the other process has to wait
    sends = [(first, second)[n % 2].send(openid, HELLO) for n, openid in enumerate(openids)]
    assert await outcomes(*sends) == [None] * 50
    assert api.token_requests == 1


async def test_a_process_that_starts_later_asks_for_none(
    api: WeChatApi, started: Start, sqlite_url: str
) -> None:
    api.acts("openid-1")
    await started(sqlite_url).send("openid-1", HELLO)
    await started(sqlite_url).send("openid-1", HELLO)
    assert api.token_requests == 1
    assert len(api.sent) == 2


async def test_the_token_lies_encrypted(api: WeChatApi, process: Process, tmp_path: Path) -> None:
    api.acts("openid-1")
    await process.send("openid-1", HELLO)
    process.store.close()
    token = api.tokens[0].value.encode()
    kept = everything_in(tmp_path)
    assert len(token) == 512
    assert token not in kept
    assert APP_SECRET.encode() not in kept


async def test_the_lease_of_a_process_that_died_ends(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    name = f"wechat:{APP_ID}"
    process.store.write_now(lambda tx: leases.take(tx, name, "dead", 15, clock()))
    clock.wait(seconds=16)
    api.acts("openid-1")
    await process.send("openid-1", HELLO)
    assert api.token_requests == 1


async def test_nobody_waits_for_ever_for_another_process(
    api: WeChatApi, process: Process, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wechat_token, "LOOK_EVERY_S", 0.0)
    name = f"wechat:{APP_ID}"
    process.store.write_now(lambda tx: leases.take(tx, name, "frozen", 15, clock()))
    assert isinstance(await failing(process.send("openid-1", HELLO)), TryLater)
    assert api.token_requests == 0


# A token grows old.


async def test_the_token_is_renewed_before_its_end(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    asked = []
    for _ in range(16):  # two hours and a half, ten minutes at a time
        api.acts("openid-1")
        await process.send("openid-1", HELLO)
        asked.append(api.token_requests)
        clock.wait(minutes=10)
    # After 110 minutes WeChat gives the same token again, five minutes later another one.
    assert asked == [1] * 11 + [2] + [3] * 4
    assert len(api.tokens) == 2
    assert len(api.sent) == 16


async def test_the_same_token_again_is_no_reason_to_ask_at_each_message(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    openids = reach_everybody(api, 20)
    await process.send(openids[0], HELLO)
    clock.wait(seconds=6650)
    for openid in openids:
        await process.send(openid, HELLO)
    assert (api.token_requests, len(api.tokens)) == (2, 1)
    clock.wait(seconds=6935 - 6650)  # within the last 300 seconds there is another one
    await process.send(openids[0], HELLO)
    assert (api.token_requests, len(api.tokens)) == (3, 2)


async def test_a_process_that_was_frozen_does_not_undo_what_others_fetched(
    api: WeChatApi, started: Start, shared_url: str, clock: Clock
) -> None:
    frozen, other = started(shared_url), started(shared_url)
    api.acts("openid-1")
    api.fail(TOKEN, delay=0.5)
    sending = asyncio.create_task(frozen.send("openid-1", HELLO))
    while not api.tokens:  # noqa: ASYNC110 - the double has no event for it
        await asyncio.sleep(0.01)
    clock.wait(seconds=16)
    api.revoke()
    await other.send("openid-1", HELLO)
    await sending
    await started(shared_url).send("openid-1", HELLO)
    assert api.token_requests == 2
    assert api.called(SEND) == len(api.texts) == 3, "nobody used the revoked token"


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_renewed_and_no_message_is_lost(
    api: WeChatApi, process: Process, code: int
) -> None:
    openids = reach_everybody(api, 30)
    for number, openid in enumerate(openids):
        if number in (10, 20):
            api.fail(SEND, errcode=code)
        await process.send(openid, HELLO)
    assert [message["touser"] for message in api.sent] == openids
    assert api.token_requests == 3


async def test_a_token_that_ends_in_the_middle_of_fifty_sends_costs_one_request(
    api: WeChatApi, started: Start, shared_url: str
) -> None:
    first, second = started(shared_url), started(shared_url)
    openids = reach_everybody(api, 50)
    await first.send(openids[0], HELLO)
    await second.send(openids[1], HELLO)
    api.revoke()
    sends = [(first, second)[n % 2].send(openid, HELLO) for n, openid in enumerate(openids)]
    assert await outcomes(*sends) == [None] * 50
    assert api.token_requests == 2
    assert len(api.sent) == 52


async def test_while_the_old_token_is_good_a_failed_renewal_waits(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    openids = reach_everybody(api, 10)
    await process.send(openids[0], HELLO)
    clock.wait(seconds=6650)
    api.fail(TOKEN, status=503, times=None)
    assert await outcomes(*(process.send(openid, HELLO) for openid in openids)) == [None] * 10
    assert api.token_requests == 2


# Failures that last.


async def test_a_token_that_is_always_refused_costs_two_requests_in_all(
    api: WeChatApi, started: Start, shared_url: str
) -> None:
    first, second = started(shared_url), started(shared_url)
    openids = reach_everybody(api, 50)
    api.fail(SEND, errcode=40001, times=None)
    with capture_logs() as logged:
        sends = [(first, second)[n % 2].send(openid, HELLO) for n, openid in enumerate(openids)]
        results = await outcomes(*sends)
    assert {type(result) for result in results} == {Halted}
    assert api.token_requests == 2
    assert [line["event"] for line in logged].count("channel halted") == 1
    calls = len(api.calls)
    await outcomes(*(sender.send(openids[0], HELLO) for sender in (first, second) * 10))
    assert len(api.calls) == calls


async def test_after_the_halt_one_request_is_made_and_then_all_is_well(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    api.acts("openid-1")
    api.fail(SEND, errcode=40001, times=None)
    for _ in range(3):
        assert isinstance(await failing(process.send("openid-1", HELLO)), Halted)
    clock.wait(seconds=HALT_S + 1)
    for _ in range(3):
        assert isinstance(await failing(process.send("openid-1", HELLO)), Halted)
    assert api.token_requests == 3
    api.mend()
    clock.wait(seconds=HALT_S + 1)
    await process.send("openid-1", HELLO)
    api.fail(SEND, errcode=42001)  # and it may be renewed again
    await process.send("openid-1", HELLO)
    assert len(api.sent) == 2


async def test_keys_that_are_not_accepted_are_tried_once(
    api: WeChatApi, started: Start, shared_url: str
) -> None:
    first, second = started(shared_url), started(shared_url)
    for requests, code in enumerate((40001, 40013, 40125, 40243, 61004, 40164), 1):
        await first.client.start_anew()
        api.mend()
        api.fail(TOKEN, errcode=code, errmsg="invalid ip 203.0.113.9, not in list", times=None)
        results = await outcomes(*(one.send("openid-1", HELLO) for one in (first, second) * 25))
        assert all(isinstance(result, Halted) and str(code) in str(result) for result in results)
        assert api.token_requests == requests
    assert not api.called(SEND)


async def test_a_ban_halts_everybody_and_is_told_once(
    api: WeChatApi, started: Start, shared_url: str
) -> None:
    first, second = started(shared_url), started(shared_url)
    api.fail(SEND, errcode=48004, times=None)
    with capture_logs() as logged:
        results = await outcomes(*(one.send("openid-1", HELLO) for one in (first, second) * 10))
    assert {type(result) for result in results} == {Halted}
    assert [line["event"] for line in logged] == ["channel halted"]


async def test_when_the_days_tokens_are_used_up_nobody_asks_before_midnight(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    api.daily[TOKEN] = 0
    for left in (12 * 3600 - 7, 3600 - 7):
        assert after(await failing(process.send("openid-1", HELLO))) == left
        clock.wait(hours=11)
    assert api.token_requests == 1


async def test_after_a_halt_nothing_is_sent_without_a_token(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    api.acts("openid-1")
    await process.send("openid-1", HELLO)
    api.fail(SEND, errcode=48004)
    assert isinstance(await failing(process.send("openid-1", HELLO)), Halted)
    clock.wait(seconds=HALT_S + 1)
    api.fail(TOKEN, status=503)
    assert isinstance(await failing(process.send("openid-1", HELLO)), TryLater)
    assert api.called(SEND) == 2


async def test_another_secret_ends_the_halt(
    api: WeChatApi, started: Start, sqlite_url: str
) -> None:
    api.acts("openid-1")
    wrong = started(sqlite_url, keys=Keys(APP_ID, "not-the-secret"))
    assert isinstance(await failing(wrong.send("openid-1", HELLO)), Halted)
    await started(sqlite_url).send("openid-1", HELLO)
    assert len(api.sent) == 1


DOWN: list[dict[str, Any]] = [
    {"errcode": -1},
    {"status": 503, "raw": b"<html>unavailable</html>"},
    {"raw": b"not json"},
    {"raw": b"[]"},
    {"raw": b"{}"},
    {"raw": b'{"errcode": "40001"}'},
    {"cut": "before"},
    {"cut": "after"},
]


async def test_when_no_token_can_be_had_everybody_waits(
    api: WeChatApi, started: Start, shared_url: str, clock: Clock
) -> None:
    first, second = started(shared_url), started(shared_url)
    api.acts("openid-1")
    pauses = (*PAUSES_S, *[PAUSES_S[-1]] * len(DOWN))
    for requests, (how, pause) in enumerate(zip(DOWN, pauses, strict=False), 1):
        api.mend()
        api.fail(TOKEN, **how, times=None)
        results = await outcomes(*(one.send("openid-1", HELLO) for one in (first, second) * 10))
        assert {type(result) for result in results} == {TryLater}
        clock.wait(seconds=pause - 1)
        assert isinstance(await failing(first.send("openid-1", HELLO)), TryLater)
        assert api.token_requests == requests
        clock.wait(seconds=2)
    api.mend()
    await second.send("openid-1", HELLO)
    assert len(api.texts) == 1


async def test_a_slow_answer_is_not_waited_for(
    api: WeChatApi, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wechat_client, "TOTAL_S", 0.05)
    api.fail(TOKEN, delay=5.0)
    assert isinstance(await failing(process.send("openid-1", HELLO)), TryLater)


# The double keeps the rules.


@pytest.fixture
def ask(api: WeChatApi) -> Iterator[Callable[..., dict[str, Any]]]:
    def asked(**more: Any) -> dict[str, Any]:
        body = {"grant_type": "client_credential", "appid": APP_ID, "secret": APP_SECRET, **more}
        return api._stable_token(body, "127.0.0.1")

    return asked


def test_a_forced_renewal_lets_the_old_token_live_for_five_minutes(
    api: WeChatApi, clock: Clock, ask: Callable[..., dict[str, Any]]
) -> None:
    old = ask()["access_token"]
    assert ask()["access_token"] == old
    new = ask(force_refresh=True)["access_token"]
    assert new != old
    assert ask(force_refresh=True)["access_token"] == new, "30 seconds apart"
    clock.wait(seconds=299)
    api._check_token(old)
    clock.wait(seconds=1)
    with pytest.raises(Refusal, match="42001"):
        api._check_token(old)
    api._check_token(new)
