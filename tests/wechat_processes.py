"""Processes of ours that call one WeChat server: what the tests of the client share."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels import wechat_token
from bot.channels.base import TryLater, Undelivered
from bot.channels.wechat_client import WeChatClient
from bot.channels.wechat_sender import Account, Template, WeChatSender
from bot.channels.wechat_token import Keys
from bot.channels.wechat_windows import StoredWindows
from handlers.message import Choice, Reply
from storage import schema
from storage.cipher import decode_key
from storage.store import Store
from tests.conftest import KEY, Clock, new_postgresql_database
from tests.doubles.wechat_api import APP_ID, APP_SECRET, WeChatApi

TOKEN = "/cgi-bin/stable_token"
CALLBACK = "/cgi-bin/getcallbackip"
CREATE_MENU = "/cgi-bin/menu/create"
SEND = "/cgi-bin/message/custom/send"
SEND_TEMPLATE = "/cgi-bin/message/template/send"
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
async def started(
    api: WeChatApi, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Start]:
    monkeypatch.setattr(wechat_token, "LOOK_EVERY_S", 0.01)
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


def after(problem: BaseException) -> float:
    assert isinstance(problem, TryLater)
    return problem.after
