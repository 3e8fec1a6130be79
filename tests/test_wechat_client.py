from __future__ import annotations

import asyncio
import logging
import shutil
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.channels import wechat_client, wechat_errors
from bot.channels.base import (
    Halted,
    TryLater,
    Uncertain,
    Undelivered,
    Unreachable,
    Unsendable,
)
from bot.channels.wechat_client import HALT_S, PAUSES_S, Keys, WeChatClient
from bot.channels.wechat_errors import (
    NotAuthorised,
    NotGranted,
    NotListed,
    OutsideWindow,
    OverQuota,
    UsedUp,
)
from bot.channels.wechat_sender import (
    LONGEST,
    SEND,
    SEND_TEMPLATE,
    Account,
    Template,
    TemplatesError,
    WeChatSender,
    fitted,
    read_templates,
)
from bot.channels.wechat_windows import StoredWindows
from bot.connect_wechat import MENU, connect, wrong_with_menu
from bot.doctor import Finding
from handlers.message import Choice, Reply
from storage import leases, schema
from storage.cipher import decode_key
from storage.store import Store
from tests.conftest import KEY, Clock, new_postgresql_database
from tests.doubles.wechat_api import APP_ID, APP_SECRET, Refusal, WeChatApi

TOKEN = "/cgi-bin/stable_token"
CALLBACK = "/cgi-bin/getcallbackip"
KEYS = Keys(APP_ID, APP_SECRET)
HELLO = Reply("您好", (Choice("报名", "signup"), Choice("问一问", "questions")))
NOON = datetime(2026, 11, 23, 4, 0, 7, tzinfo=UTC)
"""Noon and seven seconds in Beijing."""

TEMPLATES = {"shift": Template("T-1", {"thing1": "place", "time2": "when"})}
VALUES = {"place": "示例辅导站", "when": "2026年11月24日 15:30"}


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
async def api(clock: Clock) -> AsyncIterator[WeChatApi]:
    async with WeChatApi(clock=clock, templates={"T-1": {"thing1", "time2"}}) as running:
        yield running


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wechat_client, "LOOK_EVERY_S", 0.01)


@pytest.fixture
def sqlite_url(tmp_path: Path, sample_database: Path) -> str:
    shutil.copy(sample_database, tmp_path)
    return f"sqlite:///{tmp_path / sample_database.name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def shared_url(request: pytest.FixtureRequest) -> str:
    """A database that two processes share, of each engine in turn."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    return new_postgresql_database(request.getfixturevalue("postgresql"))


class Process:
    """What one process of ours holds."""

    def __init__(self, store: Store, client: WeChatClient, sender: WeChatSender) -> None:
        self.store = store
        self.client = client
        self.send = sender.send
        self.send_template = sender.send_template


class Unlimited(StoredWindows):
    """Spends nothing, so that WeChat's own count is heard (test_wechat_windows has ours)."""

    async def spend(self, address: str, count: int) -> None: ...

    async def give_back(self, address: str, count: int) -> None: ...

    async def close(self, address: str) -> None: ...


Start = Callable[..., Process]


@pytest.fixture
async def started(api: WeChatApi, clock: Clock) -> AsyncIterator[Start]:
    processes: list[Process] = []

    def start(url: str, account: Account = "service-verified", keys: Keys = KEYS) -> Process:
        store = Store(url, decode_key(KEY))
        if url.startswith("postgresql"):
            schema.migrate(store.engine)
        client = WeChatClient(keys, store, api.url, clock)
        sender = WeChatSender(client, account, TEMPLATES, Unlimited(store, clock))
        processes.append(Process(store, client, sender))
        return processes[-1]

    yield start
    for process in processes:
        await process.client.aclose()
        process.store.close()


@pytest.fixture
def process(started: Start, sqlite_url: str) -> Process:
    return started(sqlite_url)


async def outcomes(*sends: Awaitable[None]) -> list[BaseException | None]:
    return await asyncio.gather(*sends, return_exceptions=True)


def reach_everybody(api: WeChatApi, count: int) -> list[str]:
    openids = [f"openid-{number}" for number in range(count)]
    for openid in openids:
        api.acts(openid)
    return openids


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def failing(send: Awaitable[None]) -> Undelivered:
    with pytest.raises(Undelivered) as caught:
        await send
    return caught.value


# What is sent.


async def test_a_reply_arrives_with_its_choices_numbered(api: WeChatApi, process: Process) -> None:
    api.acts("openid-1")
    await process.send("openid-1", HELLO)
    assert api.texts == ["您好\n1. 报名\n2. 问一问"]
    assert "您好".encode() in api.calls[-1].raw


async def test_a_long_reply_arrives_in_parts_of_at_most_2000_bytes(
    api: WeChatApi, process: Process
) -> None:
    api.acts("openid-1")
    text = "".join(f"第{number}条：示例活动一行字。\n" for number in range(120))
    await process.send("openid-1", Reply(text))
    assert len(api.texts) == 3
    assert all(len(part.encode()) <= 2000 for part in api.texts)
    assert "".join(api.texts) == text.strip()


async def test_a_reply_cut_short_is_not_sent_again(api: WeChatApi, process: Process) -> None:
    api.acts("openid-1")
    api.windows["openid-1"].left = 1
    problem = await failing(process.send("openid-1", Reply("字" * 1500)))
    assert isinstance(problem, Uncertain)
    assert str(problem).startswith("1 of 3 parts arrived")
    assert len(api.texts) == 1


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
    monkeypatch.setattr(wechat_client, "LOOK_EVERY_S", 0.0)
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


# What came of a message.

EXPECTED: dict[int, type[Undelivered]] = {
    -1: TryLater,
    40001: Halted,
    40014: Halted,
    42001: Halted,
    40013: Halted,
    40125: Halted,
    40243: Halted,
    61004: NotListed,
    40164: NotListed,
    48004: Halted,
    40003: Unreachable,
    43004: Unreachable,
    48002: Unreachable,
    50002: Unreachable,
    45015: OutsideWindow,
    43101: NotGranted,
    48001: NotAuthorised,
    50001: NotAuthorised,
    45047: UsedUp,
    45009: OverQuota,
    45011: OverQuota,
    45002: Unsendable,
    45028: Unsendable,
    47001: Unsendable,
    47003: Unsendable,
    40036: Unsendable,
    40037: Unsendable,
    99999: Unsendable,
}


def test_every_code_of_the_table_is_tried() -> None:
    assert set(wechat_errors.TABLE) == set(EXPECTED) - {99999}


async def test_each_code_has_its_reaction(api: WeChatApi, process: Process, clock: Clock) -> None:
    for code, reaction in EXPECTED.items():
        await process.client.start_anew()
        clock.wait(days=1)  # no quota of the code before is left
        api.calls.clear()
        api.mend()
        api.fail(SEND, errcode=code, times=None)
        sender = WeChatSender(
            process.client, "service-verified", {}, Unlimited(process.store, clock)
        )
        problem = await failing(sender.send("openid-1", HELLO))
        assert type(problem) is reaction, code
        assert str(code) in str(problem) or reaction is Halted
        assert api.called(SEND) == (2 if code in (40001, 40014, 42001) else 1)


async def test_a_message_that_was_there_before_counts_as_sent(
    api: WeChatApi, process: Process
) -> None:
    api.fail("/cgi-bin/message/mass/send", raw=b'{"errcode": 45065, "msg_id": 12}')
    answer = await process.client.call("/cgi-bin/message/mass/send", {"clientmsgid": "a"})
    assert answer["msg_id"] == 12


def after(problem: BaseException) -> float:
    assert isinstance(problem, TryLater)
    return problem.after


async def test_the_days_quota_begins_anew_at_midnight_in_beijing(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    api.acts("openid-1")
    api.daily[SEND] = 1
    await process.send("openid-1", HELLO)
    assert after(await failing(process.send("openid-1", HELLO))) == 12 * 3600 - 7
    clock.wait(hours=11)
    assert after(await failing(process.send("openid-1", HELLO))) == 3600 - 7
    assert api.called(SEND) == 2, "not asked again before"
    await process.send_template("openid-1", "shift", VALUES)  # another interface has its own
    clock.wait(hours=1)
    await process.send("openid-1", HELLO)
    assert len(api.texts) == 2


async def test_the_minutes_quota_begins_anew_with_the_minute(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    api.acts("openid-1")
    api.a_minute[SEND] = 1
    await process.send("openid-1", HELLO)
    assert after(await failing(process.send("openid-1", HELLO))) == 53
    clock.wait(seconds=53)
    await process.send("openid-1", HELLO)


@pytest.mark.parametrize(
    ("act", "count", "lasts"),
    [("message", 5, timedelta(hours=48)), ("follow", 3, timedelta(minutes=1))],
)
async def test_the_window_of_an_act(
    api: WeChatApi, process: Process, clock: Clock, act: Any, count: int, lasts: timedelta
) -> None:
    api.acts("openid-1", act)
    for _ in range(count):
        await process.send("openid-1", HELLO)
    assert type(await failing(process.send("openid-1", HELLO))) is UsedUp
    api.acts("openid-1", act)
    clock.now += lasts
    assert type(await failing(process.send("openid-1", HELLO))) is OutsideWindow
    api.leaves("openid-1")
    assert type(await failing(process.send("openid-1", HELLO))) is OutsideWindow
    assert type(await failing(process.send("nobody", HELLO))) is Unreachable


UNKNOWN: list[dict[str, Any]] = [
    {"status": 502, "raw": b"bad gateway"},
    {"status": 500, "raw": b'{"errcode": 0}'},
    {"raw": b"<html>"},
    {"raw": b'"ok"'},
    {"raw": b""},
    {"raw": b'{"errcode": null}'},
    {"raw": b'{"status": "ok"}'},
    {"status": 403, "raw": b'{"errcode": 0}'},
    {"cut": "before"},
    {"cut": "after"},
]


async def test_a_message_whose_answer_is_lost_is_never_sent_again(
    api: WeChatApi, process: Process
) -> None:
    for how in UNKNOWN:
        api.acts("openid-1")
        api.calls.clear()
        api.sent.clear()
        api.fail(SEND, **how)
        assert type(await failing(process.send("openid-1", HELLO))) is Uncertain, how
        assert api.called(SEND) == 1
        assert len(api.sent) == (1 if how.get("cut") == "after" else 0)


async def test_a_message_without_an_answer_in_time_is_uncertain(
    api: WeChatApi, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.acts("openid-1")
    await process.send("openid-1", HELLO)
    monkeypatch.setattr(wechat_client, "TOTAL_S", 0.05)
    api.fail(SEND, delay=5.0)
    assert type(await failing(process.send("openid-1", HELLO))) is Uncertain


async def test_a_server_that_is_not_there_got_nothing(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    api.acts("openid-1")
    await process.send("openid-1", HELLO)
    async with WeChatApi() as other:
        away = other.url
    elsewhere = WeChatClient(KEYS, process.store, away, clock)
    problem = await failing(
        WeChatSender(elsewhere, "service-verified", {}, Unlimited(process.store, clock)).send(
            "x", HELLO
        )
    )
    await elsewhere.aclose()
    assert isinstance(problem, TryLater)
    assert problem.whole_channel
    assert problem.__suppress_context__, "httpx knows the address with the token"


async def test_nothing_secret_is_said(
    api: WeChatApi, process: Process, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpcore")
    told: list[str] = []
    with capture_logs() as logged:
        for how in (*UNKNOWN, {"errcode": 40001, "times": None}, {"errcode": 99999}):
            await process.client.start_anew()
            await process.client.call(CALLBACK, repeatable=True)
            token = api.tokens[-1].value
            api.mend()
            api.fail(SEND, errmsg=f"{token} {APP_SECRET} {APP_ID}", **how)
            problem = await failing(process.send("openid-1", HELLO))
            told += [str(problem), repr(problem), *traceback.format_exception(problem)]
    told += [str(logged), caplog.text, repr(KEYS)]
    text = "\n".join(told)
    assert "99999" in text
    for token in [one.value for one in api.tokens] + [APP_SECRET]:
        assert token not in text


def test_an_unknown_code_is_told_with_its_words_but_without_secrets() -> None:
    problem = wechat_errors.problem(12345, "no such\nthing  0f1e2d3c4b5a69788796", NOON)
    assert str(problem) == "WeChat 12345: a code that is not in our table (no such thing …)"


def test_the_field_that_does_not_suit_is_named() -> None:
    problem = wechat_errors.problem(47003, "argument invalid! data.thing7.value invalid", NOON)
    assert str(problem).endswith("(thing7)")


# What the account may do.


@pytest.mark.parametrize(
    ("account", "texts", "templates"),
    [
        ("subscription", False, False),
        ("subscription-verified", True, False),
        ("service", False, False),
        ("service-verified", True, True),
    ],
)
async def test_an_account_asks_only_for_what_it_may(
    api: WeChatApi,
    started: Start,
    sqlite_url: str,
    account: Account,
    texts: bool,
    templates: bool,
) -> None:
    api.account = account
    api.acts("openid-1")
    ours = started(sqlite_url, account)
    results = await outcomes(
        ours.send("openid-1", HELLO), ours.send_template("openid-1", "shift", VALUES)
    )
    assert [result is None for result in results] == [texts, templates]
    assert all(result is None or isinstance(result, OutsideWindow) for result in results)
    assert bool(api.calls) == (texts or templates)
    assert api.called(SEND) == texts
    assert api.called(SEND_TEMPLATE) == templates


async def test_a_right_that_is_missing_is_asked_for_once(api: WeChatApi, process: Process) -> None:
    api.account = "service"
    api.acts("openid-1")
    with capture_logs() as logged:
        for _ in range(3):
            assert type(await failing(process.send("openid-1", HELLO))) is NotAuthorised
    assert api.called(SEND) == 1
    assert [line["event"] for line in logged] == ["capability off"]


# Templates.


async def test_a_template_is_filled(api: WeChatApi, process: Process) -> None:
    api.acts("openid-1")
    await process.send_template(
        "openid-1", "shift", {"place": "示例路\n1号" + "很" * 30, "when": "2026年11月24日 15:30"}
    )
    values = {name: field["value"] for name, field in api.sent[0]["data"].items()}
    assert values["time2"] == "2026年11月24日 15:30"
    assert values["thing1"] == "示例路 1号" + "很" * 13 + "…"


async def test_a_template_that_cannot_be_filled(api: WeChatApi, process: Process) -> None:
    assert isinstance(
        await failing(process.send_template("openid-1", "shift", {"place": "x", "when": ""})),
        Unsendable,
    )
    assert isinstance(await failing(process.send_template("x", "unknown", {})), OutsideWindow)
    assert not api.calls


@given(
    kind=st.sampled_from([*LONGEST, "keyword", "time"]), number=st.integers(1, 99), text=st.text()
)
def test_a_value_is_one_line_and_fits(kind: str, number: int, text: str) -> None:
    value = fitted(f"{kind}{number}", text)
    assert value.isprintable()
    assert kind == "time" or len(value) <= LONGEST.get(kind, 20)


def test_a_time_is_never_cut() -> None:
    span = "2026年11月24日 15:30~2026年11月24日 17:00"
    assert fitted("time3", span) == span


def test_templates_are_read(tmp_path: Path) -> None:
    file = tmp_path / "templates.toml"
    file.write_text('[shift]\nid = "T-1"\nfields = {thing1 = "place", time2 = "when"}\n', "utf-8")
    assert read_templates(file) == TEMPLATES


@pytest.mark.parametrize(
    "content",
    [b"[shift", b"\xff", b"shift = 1", b"[shift]\nid = 1", b'[shift]\nid = "T"\nfields = {a = 1}'],
)
def test_templates_that_cannot_be_used_are_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "templates.toml"
    file.write_bytes(content)
    with pytest.raises(TemplatesError, match=r"templates\.toml"):
        read_templates(file)


def test_a_missing_file_of_templates_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplatesError, match="none"):
        read_templates(tmp_path / "none")


# guanxin connect wechat.

HOME = "https://guanxin.example.org"


async def found(process: Process, account: Account, url: str = HOME) -> dict[str, Finding]:
    return {one.what: one async for one in connect(process.client, account, url)}


async def test_connecting_publishes_the_menu(api: WeChatApi, process: Process) -> None:
    findings = await found(process, "service-verified")
    assert list(findings) == ["address", "keys", "IP list", "menu"]
    assert all(finding.well for finding in findings.values())
    assert api.menu is not None
    shown = [(button["name"], button["key"]) for button in api.menu["button"]]
    assert shown == [("问一问", "questions"), ("报名", "signup"), ("我的", "mine")]


async def test_a_subscription_account_has_no_menu(api: WeChatApi, process: Process) -> None:
    findings = await found(process, "subscription")
    assert findings["menu"].well
    assert not api.called("/cgi-bin/menu/create")


@pytest.mark.parametrize("code", [40164, 61004])
async def test_the_address_for_the_ip_list_is_shown(
    api: WeChatApi, process: Process, code: int
) -> None:
    api.allowed_ips, api.unlisted_code = {"203.0.113.9"}, code
    findings = await found(process, "service-verified")
    assert not findings["IP list"].well
    assert "enter 127.0.0.1 there" in findings["IP list"].seen
    assert not findings["keys"].well
    assert "menu" not in findings
    api.allowed_ips = None
    assert (await found(process, "service-verified"))["keys"].well, "the halt ends with connect"


async def test_a_wrong_secret_is_told(api: WeChatApi, started: Start, sqlite_url: str) -> None:
    wrong = started(sqlite_url, keys=Keys(APP_ID, "not-the-secret"))
    findings = await found(wrong, "service-verified")
    assert "GUANXIN_WECHAT_APP_SECRET" in findings["keys"].seen
    assert not findings["keys"].well
    assert "not-the-secret" not in str(findings)


async def test_a_menu_that_is_refused_is_told(api: WeChatApi, process: Process) -> None:
    api.account = "subscription"
    findings = await found(process, "service-verified")
    assert not findings["menu"].well
    assert "48001" in findings["menu"].seen


PUBLIC_URLS: list[tuple[str, bool]] = [
    (HOME, True),
    ("http://guanxin.example.org", True),
    ("https://guanxin.example.org:443", True),
    ("http://guanxin.example.org:80", True),
    ("", False),
    ("guanxin.example.org", False),
    ("ftp://guanxin.example.org", False),
    ("https://guanxin.example.org:8443", False),
    ("https://guanxin.example.org:x", False),
    ("https://guanxin.example.org/bot", False),
    ("https://", False),
    ("http://127.0.0.1", False),
    ("http://192.168.1.7", False),
    ("http://localhost", False),
]


async def test_the_public_address(process: Process) -> None:
    for url, well in PUBLIC_URLS:
        finding = (await found(process, "service-verified", url))["address"]
        assert finding.well is well, url
        assert well or finding.seen.startswith("GUANXIN_PUBLIC_URL ")


def test_a_menu_is_measured_before_it_is_sent() -> None:
    button = {"type": "click", "name": "报名", "key": "signup"}
    assert not wrong_with_menu(MENU)
    assert not wrong_with_menu([{**button, "name": "五个汉字啊", "key": "k" * 128}])
    assert wrong_with_menu([])
    assert wrong_with_menu([button] * 4)
    assert wrong_with_menu([{**button, "name": "六个汉字太长"}])
    assert wrong_with_menu([{**button, "key": "k" * 129}])
    assert wrong_with_menu([{**button, "name": ""}])


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
