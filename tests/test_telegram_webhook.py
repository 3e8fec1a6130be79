from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from bot import serve
from bot.app import Guanxin
from bot.channels import telegram_webhook
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_pace import Rates
from handlers import wording
from handlers.message import Incoming, Reply
from storage import deliveries
from tests.doubles.telegram import BotApi
from tests.doubles.telegram_people import Person
from tests.doubles.telegram_wire import TOKEN
from tests.test_telegram import wire
from tests.test_telegram_polling import Ear, until
from web import limits

SECRET = "sample-secret_1"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@asynccontextmanager
async def served(
    receive: Callable[[Incoming], Awaitable[Reply]],
    bot: TelegramBot,
    wake: Callable[[], None] = lambda: None,
    seconds: float = 5,
) -> AsyncIterator[str]:
    """Serve the webhook behind the real limits on a real socket; its address."""
    route = telegram_webhook.route(receive, bot, wake, SECRET)
    app = limits.Limits(Starlette(routes=[route]), most_bytes=1 << 20, seconds=seconds)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    listening = serve.listen("127.0.0.1", 0)
    task = asyncio.create_task(server._serve([listening]))
    await until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/telegram"
    finally:
        server.should_exit = True
        await task
        listening.close()


@asynccontextmanager
async def webhook(ear: Ear, second: float = 0.02) -> AsyncIterator[tuple[BotApi, str]]:
    """A Bot API server, and our webhook with its address; not yet told to one another."""
    async with BotApi(second=second) as server:
        bot = TelegramBot(TOKEN, server.url, Rates(each_second=1000))
        async with served(ear.receive, bot, ear.wake) as url:
            yield server, url
            await server.do_deletewebhook({})
        await bot.close()


async def post(url: str, content: bytes, secret: str | None = SECRET) -> httpx.Response:
    headers = {"Content-Type": "application/json"} | ({HEADER: secret} if secret else {})
    async with httpx.AsyncClient() as client:
        return await client.post(url, content=content, headers=headers)


async def test_telegram_delivers_and_gets_its_200_after_the_handling() -> None:
    ear = Ear()
    async with webhook(ear) as (server, url):
        await server.do_setwebhook({"url": url, "secret_token": SECRET})
        await Person(server, 1).says("报名")
        await until(lambda: not server.waiting)
        assert ear.texts == ["报名"]
        assert ear.woken == 1
        assert server.webhook is not None
        assert server.webhook.error == ""


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", "ü"])
async def test_without_the_secret_nothing_is_read(
    secret: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_webhook, "_read", lambda _: pytest.fail("it was read"))
    ear = Ear()
    async with webhook(ear) as (_, url), httpx.AsyncClient() as client:
        headers = {} if secret is None else {HEADER.encode(): secret.encode("latin-1")}
        answer = await client.post(url, content=json.dumps(wire("text")), headers=headers)
        assert answer.status_code == 403
        assert answer.content == b""
    assert ear.heard == []


async def test_a_wrong_secret_is_answered_before_the_body_matters() -> None:
    async with webhook(Ear()) as (_, url):
        assert (await post(url, b"garbage", "wrong")).status_code == 403
        async with httpx.AsyncClient() as client:
            assert (await client.get(url)).status_code == 405


@pytest.mark.parametrize("secret", ["", "with space", "x" * 257, "密"])
def test_a_secret_that_telegram_cannot_send_is_refused(secret: str) -> None:
    bot = TelegramBot(TOKEN, "http://127.0.0.1:9")
    with pytest.raises(ValueError, match="secret"):
        telegram_webhook.route(Ear().receive, bot, lambda: None, secret)


DEEP = b'{"update_id":1,"message":' + b"[" * 200_000
POISON = [
    b"", b"{", b"null", b"[]", b"7", b"\xff\xfe", DEEP, b'{"update_id":1}', b'{"update_id":"x"}',
    b'{"update_id":1,"message":[]}', b'{"update_id":1,"message":{"chat":{"id":NaN}}}',
]  # fmt: skip


@pytest.mark.parametrize("body", POISON, ids=range(len(POISON)))
async def test_poison_is_acknowledged(body: bytes) -> None:
    ear = Ear()
    async with webhook(ear) as (_, url):
        assert (await post(url, body)).status_code == 200
    assert ear.heard == []


async def test_a_body_beyond_the_limit_is_refused_and_others_are_served() -> None:
    ear = Ear()
    async with webhook(ear) as (_, url):
        assert (await post(url, b"x" * ((1 << 20) + 1))).status_code == 413
        assert (await post(url, json.dumps(wire("text")).encode())).status_code == 200
    assert ear.texts == ["四点钟课堂几点开始"]


async def test_who_sends_too_slowly_is_cut_off() -> None:
    async with BotApi() as server:
        bot = TelegramBot(TOKEN, server.url)
        async with served(Ear().receive, bot, seconds=0.2) as url:
            host, port = url.removeprefix("http://").removesuffix("/telegram").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"POST /telegram HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n{")
            assert b"408" in await asyncio.wait_for(reader.readline(), 3)
            writer.close()
        await bot.close()


async def test_when_nothing_is_recorded_telegram_comes_again_when_asked_to() -> None:
    refusals = 3

    async def busy(message: Incoming) -> Reply | None:
        nonlocal refusals
        if message.text == "一" and refusals:
            refusals -= 1
            return Reply(wording.BUSY)
        return None

    ear = Ear(before=busy)
    async with webhook(ear) as (server, url):
        answer = await post(url, json.dumps(_update(server, "一")).encode())
        assert answer.status_code == 503
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        await server.do_setwebhook({"url": url, "secret_token": SECRET})
        li, wang = Person(server, 1), Person(server, 2)
        for text in ("一", "二"):
            await li.says(text)
        await wang.says("王")
        await until(lambda: not server.waiting)
        own = [message.text for message in ear.heard if message.address == "1"]
        assert own == ["一", "一", "一", "一", "二"]
        assert ear.texts.index("王") < 4
        assert ear.woken == 3


def _update(server: BotApi, text: str) -> dict[str, object]:
    return {"update_id": 1, "message": Person(server, 1).message(text=text)}


async def test_when_handling_breaks_it_is_not_acknowledged() -> None:
    async def breaks(_message: Incoming) -> None:
        raise RuntimeError("broken")

    ear = Ear(before=breaks)
    async with webhook(ear) as (server, url):
        answer = await post(url, json.dumps(_update(server, "一")).encode())
        assert answer.status_code == 500
        assert ear.woken == 0


async def test_a_tap_is_answered() -> None:
    ear = Ear()
    async with webhook(ear) as (server, url):
        await server.do_setwebhook({"url": url, "secret_token": SECRET})
        await Person(server, 1).taps_data("signup:station")
        await until(lambda: not server.waiting)
        assert len(server.answered) == 1
        assert ear.heard[0].kind == "choice"


async def test_the_same_update_again_has_one_effect(guanxin: Guanxin) -> None:
    async with BotApi() as server:
        bot = TelegramBot(TOKEN, server.url)
        async with served(guanxin.dispatcher.receive, bot) as url:
            body = json.dumps(wire("tap")).encode()
            answers = await asyncio.gather(*(post(url, body) for _ in range(4)))
            assert [answer.status_code for answer in answers] == [200] * 4
            last = json.dumps({**wire("text"), "update_id": 7}).encode()
            assert (await post(url, last)).status_code == 200
        await bot.close()
    assert guanxin.store.read_now(deliveries.counts) == {"waiting": 2}
