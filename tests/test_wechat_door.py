"""The way in from WeChat, as a platform that follows the published rules sees it."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest
import uvicorn
from prometheus_client import REGISTRY
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from bot.app import Guanxin
from bot.channels import wechat_door, wechat_xml
from bot.channels.wechat_crypto import WechatKeys
from bot.channels.wechat_pages import StoredPages
from handlers import letters
from handlers import wording as say
from handlers.message import Choice, Incoming, Reply
from storage import messages, people
from storage.errors import Busy
from storage.store import Store
from storage.tables import signups
from tests.conftest import NOW
from tests.doubles import wechat as double
from tests.doubles.bombs import BOMBS
from tests.doubles.wechat import UNAVAILABLE, Mode, WechatPlatform
from tests.test_wechat import HEARD, SILENT, SPOILED, wire
from web.limits import Limits

MODES: tuple[Mode, ...] = ("plain", "compatible", "safe")
WHO = "oExample_Follower-0000000002"


def keys(mode: Mode = "safe", key: str = double.KEY, previous: str = "") -> WechatKeys:
    return WechatKeys(double.APP_ID, double.TOKEN, key, previous, mode)


@dataclass
class Ear:
    """Takes messages in the dispatcher's place."""

    reply: Reply = field(default_factory=lambda: Reply("听到了"))
    heard: list[Incoming] = field(default_factory=list)
    seconds: float = 0.0
    finished: int = 0

    async def receive(self, message: Incoming) -> Reply:
        self.heard.append(message)
        await asyncio.sleep(self.seconds)
        self.finished += 1
        return self.reply


class NoPages:
    async def more(self, *_: str) -> str | None:
        return None


def now() -> datetime:
    return datetime.now(UTC)


def application(receive: Any, pages: Any, chosen: WechatKeys) -> ASGIApp:
    return Limits(Starlette(routes=wechat_door.routes(chosen, receive, pages, now)))


@asynccontextmanager
async def connected(
    app: ASGIApp, mode: Mode = "safe", **account: Any
) -> AsyncIterator[WechatPlatform]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield WechatPlatform(client, mode, **account)


@asynccontextmanager
async def talking(
    ear: Ear, mode: Mode = "safe", pages: Any = None, **account: Any
) -> AsyncIterator[WechatPlatform]:
    app = application(ear.receive, pages or NoPages(), keys(mode))
    async with connected(app, mode, **account) as platform:
        yield platform


# --- the handshake ---


@pytest.mark.parametrize("mode", MODES)
async def test_the_address_is_accepted(mode: Mode) -> None:
    async with talking(Ear(), mode) as platform:
        assert await platform.handshake()


async def test_the_handshake_is_plain_text() -> None:
    async with talking(Ear()) as platform:
        params = {**platform.signed(), "echostr": "<script>alert(1)</script>"}
        response = await platform.client.get("/wechat", params=params)
        assert response.text == "<script>alert(1)</script>"
        assert response.headers["content-type"] == "text/plain; charset=utf-8"


async def test_an_encrypted_handshake_is_decrypted() -> None:
    async with talking(Ear()) as platform:
        sealed = double.encrypt("4711")
        query, _ = platform.enclosed(platform.signed(), sealed, "")
        response = await platform.client.get("/wechat", params={**query, "echostr": sealed})
        assert (response.status_code, response.text) == (200, "4711")


@pytest.mark.parametrize("mode", MODES)
async def test_a_handshake_of_somebody_else_is_refused(mode: Mode) -> None:
    async with talking(Ear(), mode, token="another") as platform:
        response = await platform.client.get(
            "/wechat", params={**platform.signed(), "echostr": "1"}
        )
        assert response.status_code == 403
        assert (await platform.client.get("/wechat")).status_code == 403


# --- every kind in every mode ---


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", HEARD)
async def test_every_kind_is_heard_and_answered(name: str, mode: Mode) -> None:
    ear = Ear()
    async with talking(ear, mode) as platform:
        seen = await platform.push(wire(name).decode())
        assert (platform.odd, platform.deliveries) == ([], 1)
    kind, text, number = HEARD[name]
    assert [(one.kind, one.text, one.id) for one in ear.heard] == [(kind, text, number)]
    assert seen == (None if kind == "leave" else "听到了")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", sorted(SILENT))
async def test_what_needs_no_answer_gets_success(name: str, mode: Mode) -> None:
    ear = Ear()
    async with talking(ear, mode) as platform:
        response = await platform.deliver(*platform.packed(wire(name).decode()))
        assert response.content == b"success"
    assert not ear.heard


@pytest.mark.parametrize("mode", MODES)
async def test_brackets_in_name_and_text_stay_what_they_are(mode: Mode) -> None:
    ear = Ear(Reply("您是 ]]> 吗？ <b>&amp;</b>\x00\x1b", (Choice("]]>", "menu"),)))
    async with talking(ear, mode) as platform:
        seen = await platform.say("o]]>1&<", "我叫]]><xml>")
        assert platform.odd == []
    assert seen == "您是 ]]> 吗？ <b>&amp;</b>\n1. ]]>"
    assert (ear.heard[0].address, ear.heard[0].text) == ("o]]>1&<", "我叫]]><xml>")


async def test_a_long_text_is_heard_whole() -> None:
    ear = Ear()
    words = "字" * 34_000
    async with talking(ear) as platform:
        began = time.perf_counter()
        assert await platform.say(WHO, words) == "听到了"
        assert time.perf_counter() - began < 1
    assert ear.heard[0].text == words


async def test_a_reply_without_words_is_nothing_to_say() -> None:
    async with talking(Ear(Reply("\x00 "))) as platform:
        assert await platform.say(WHO, "你好") is None
        assert platform.odd == []


@pytest.mark.parametrize("words", [say.BUSY, say.APOLOGY])
async def test_a_farewell_that_was_not_taken_down_comes_again(words: str) -> None:
    async with talking(Ear(Reply(words))) as platform:
        await platform.do(WHO, "unsubscribe")
        assert platform.deliveries == 4


# --- who is not WeChat ---


def spoiled(query: dict[str, str], **changed: str | None) -> dict[str, str]:
    merged = {**query, **changed}
    return {name: value for name, value in merged.items() if value is not None}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "changed",
    [
        {"signature": "0" * 40, "msg_signature": "0" * 40},
        {"signature": "", "msg_signature": ""},
        {"signature": None, "msg_signature": None},
        {"signature": "签名", "msg_signature": "签名"},
        {"nonce": "another"},
        {"nonce": None},
        {"timestamp": None},
        {"timestamp": ""},
        {"timestamp": "soon"},
        {"timestamp": "-1"},
        {"timestamp": "9" * 30},
    ],
    ids=str,
)
async def test_a_wrong_signature_is_refused(mode: Mode, changed: dict[str, str | None]) -> None:
    ear = Ear()
    before = REGISTRY.get_sample_value("guanxin_wechat_refused_total", {"status": "403"}) or 0
    async with talking(ear, mode) as platform:
        query, body = platform.packed(wire("text").decode())
        response = await platform.deliver(spoiled(query, **changed), body)
        assert (response.status_code, response.content) == (403, b"")
    after = REGISTRY.get_sample_value("guanxin_wechat_refused_total", {"status": "403"})
    assert after == before + 1
    assert not ear.heard


@pytest.mark.parametrize("mode", MODES)
async def test_nothing_is_parsed_before_the_signature(
    mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parsed(body: bytes) -> dict[str, str]:
        raise AssertionError("parsed")

    monkeypatch.setattr(wechat_xml, "read", parsed)
    async with talking(Ear(), mode, token="another") as platform:
        response = await platform.deliver(*platform.packed(wire("text").decode()))
        assert response.status_code == 403


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("off", "status"), [(-660, 403), (-540, 200), (540, 200), (660, 403)])
async def test_a_stale_push_is_refused(mode: Mode, off: int, status: int) -> None:
    async with talking(Ear(), mode) as platform:
        query, body = platform.packed(wire("text").decode(), at=int(time.time()) + off)
        assert (await platform.deliver(query, body)).status_code == status


@pytest.mark.parametrize("mode", MODES)
async def test_a_repeated_nonce_is_a_retry_and_is_answered(mode: Mode) -> None:
    async with talking(Ear(), mode) as platform:
        xml = wire("text").decode()
        packed = platform.packed(xml)
        answers = [await platform.deliver(*packed) for _ in range(4)]
        assert [platform.read(xml, answer) for answer in answers] == ["听到了"] * 4


async def test_safe_mode_takes_nothing_in_the_clear() -> None:
    ear = Ear()
    async with talking(ear) as platform:
        xml = wire("text").decode()
        assert (await platform.deliver(platform.signed(), xml)).status_code == 403
        query, body = platform.packed(xml)
        without = {**query, "msg_signature": query["signature"]}
        assert (await platform.deliver(without, body)).status_code == 403
        assert (await platform.deliver(spoiled(query, msg_signature=None), body)).status_code == 403
        assert (await platform.deliver(query, xml)).status_code == 403
    assert not ear.heard


async def test_safe_mode_needs_the_signature_of_the_envelope_alone() -> None:
    async with talking(Ear()) as platform:
        query, body = platform.packed(wire("text").decode())
        assert (await platform.deliver(spoiled(query, signature=None), body)).status_code == 200


async def test_compatible_mode_reads_only_what_was_encrypted() -> None:
    ear = Ear()
    async with talking(ear, "compatible") as platform:
        query, body = platform.packed(platform.text(WHO, "真的"))
        assert (await platform.deliver(query, body.replace("真的", "假的"))).status_code == 200
        assert [one.text for one in ear.heard] == ["真的"]
        broken = spoiled(query, msg_signature="0" * 40)
        assert (await platform.deliver(broken, body)).status_code == 403
    assert len(ear.heard) == 1


async def test_compatible_mode_takes_the_clear_and_answers_in_the_clear() -> None:
    async with talking(Ear(), "compatible") as platform:
        xml = platform.text(WHO, "你好")
        response = await platform.deliver(platform.signed(), xml)
        assert b"<Encrypt>" not in response.content
        assert platform.read(xml, response) == "听到了"


async def test_an_envelope_that_somebody_typed_is_only_text() -> None:
    ear = Ear()
    words = f"<Encrypt>{double.encrypt('<xml/>')}</Encrypt>"
    async with talking(ear, "compatible") as platform:
        assert await platform.say(WHO, words) == "听到了"
    assert ear.heard[0].text == words


@pytest.mark.parametrize("mode", ["compatible", "safe"])
@pytest.mark.parametrize("name", SPOILED)
async def test_spoiled_envelopes_are_refused(name: str, mode: Mode) -> None:
    ear = Ear()
    async with talking(ear, mode) as platform:
        packed = platform.enclosed(platform.signed(), SPOILED[name], wire("text").decode())
        assert (await platform.deliver(*packed)).status_code == 403
    assert not ear.heard


async def test_the_key_can_be_changed_without_losing_a_message() -> None:
    ear = Ear()
    app = application(ear.receive, NoPages(), keys(key=double.OTHER_KEY, previous=double.KEY))
    for key in (double.KEY, double.OTHER_KEY):
        async with connected(app, key=key) as platform:
            assert await platform.say(WHO, "你好") == "听到了"
            assert platform.odd == []
    forgotten = application(ear.receive, NoPages(), keys(key=double.OTHER_KEY))
    async with connected(forgotten, key=double.KEY) as platform:
        assert await platform.say(WHO, "你好") == UNAVAILABLE
        assert platform.odd == ["Odd: status 403"] * 4


# --- bodies made to harm ---


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", BOMBS)
async def test_bombs_are_refused_at_once(name: str, mode: Mode) -> None:
    async with talking(Ear(), mode) as platform:
        query = platform.signed()
        body: str | bytes = BOMBS[name]
        if mode != "plain":
            room = BOMBS[name][: 700 << 10]  # an envelope is a third longer than what is in it
            query, body = platform.enclosed(query, double.encrypt(room), "<xml></xml>")
        seconds = []
        for _ in range(3):  # the quickest of three: the machine may be busy
            began = time.perf_counter()
            response = await platform.deliver(query, body)
            seconds.append(time.perf_counter() - began)
            assert response.status_code in (400, 413)
        assert min(seconds) < 0.05


async def test_the_door_itself_takes_no_more_than_a_megabyte() -> None:
    app = Starlette(routes=wechat_door.routes(keys("plain"), Ear().receive, NoPages(), now))
    async with connected(app, "plain") as platform:
        response = await platform.deliver(platform.signed(), b"<xml>" + b" " * (1 << 20))
        assert response.status_code == 413


ODDITIES = (b"]]>", b"<xml>", b"</xml>", b"<", b"&", b"&#0;", b"\x00", b"\xff", b"<MsgType>", b"{}")


def mangled(chance: random.Random, body: bytes) -> bytes:
    """Return a body with a few things gone, doubled, exchanged or put in."""
    for _ in range(chance.randrange(1, 6)):
        start = chance.randrange(len(body) + 1)
        end = min(len(body), start + chance.randrange(40))
        piece = chance.choice(
            [b"", body[start:end] * 2, chance.randbytes(8), chance.choice(ODDITIES)]
        )
        body = body[:start] + piece + body[end:]
    return body


@pytest.mark.parametrize("mode", MODES)
async def test_no_body_is_our_fault(mode: Mode) -> None:
    chance = random.Random(20261122)
    examples = [wire(name) for name in (*HEARD, *SILENT)] + [b"", b"{}", b"[]", b"\xef\xbb\xbf"]
    ear = Ear()
    statuses: set[int] = set()
    async with talking(ear, mode) as platform:
        for number in range(1000):
            body = mangled(chance, chance.choice(examples))
            query: dict[str, str] = platform.signed()
            if mode != "plain" and number % 4:
                sealed = double.encrypt(body or b" ")
                query, packed = platform.enclosed(query, sealed, "<xml></xml>")
                body = packed.encode() if number % 2 else mangled(chance, packed.encode())
            response = await platform.deliver(query, body)
            statuses.add(response.status_code)
            if response.status_code == 200:
                well = response.content == b"success" or response.content.startswith(b"<xml>")
                assert well, response.content
    assert statuses <= {200, 400, 403}
    assert {200, 400} <= statuses
    assert ear.heard


# --- time ---


class BusyPages:
    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    async def more(self, *_: str) -> str | None:
        raise self.problem


@pytest.mark.parametrize(
    ("problem", "said"), [(Busy("locked"), say.BUSY), (RuntimeError("broken"), say.APOLOGY)]
)
async def test_nobody_sees_that_the_service_is_unavailable(problem: Exception, said: str) -> None:
    async with talking(Ear(), pages=BusyPages(problem)) as platform:
        assert await platform.say(WHO, "更多") == said


@pytest.mark.parametrize("mode", ["plain", "compatible"])
def test_less_than_safe_is_said_at_the_start(mode: Mode) -> None:
    with capture_logs() as said:
        wechat_door.routes(keys(), Ear().receive, NoPages(), now)
        assert not said
        wechat_door.routes(keys(mode), Ear().receive, NoPages(), now)
    assert [(one["log_level"], one["mode"]) for one in said] == [("warning", mode)]


# --- long replies, part by part ---

LINES = [f"第{number}条：{'字' * 60}" for number in range(30)]
LONG = Reply("\n".join(LINES), (Choice("报名", "signup"),))


@dataclass
class Clerk:
    """Answers from a list, and keeps message and reply in the store as the dispatcher does."""

    store: Store
    replies: list[Reply]

    async def receive(self, message: Incoming) -> Reply:
        reply = self.replies.pop(0)

        def work(tx: Any) -> None:
            address = people.address_row(tx, message.channel, message.address)
            kept, _ = messages.receive(tx, address, message.id, message.kind, message.text, NOW)
            messages.answered(tx, kept.id, letters.written(reply))

        await self.store.write(work)
        return reply


def lines_of(parts: Sequence[str | None]) -> list[str]:
    shown = [line for part in parts for line in (part or "").split("\n")]
    return [line for line in shown if not line.startswith("回复“更多”")]


async def test_a_long_reply_is_read_to_its_end(store: Store) -> None:
    clerk = Clerk(store, [LONG, Reply("没有更多了")])
    app = application(clerk.receive, StoredPages(store), keys())
    async with connected(app) as platform:
        parts = [await platform.say(WHO, "全部")]
        while "更多" in (parts[-1] or ""):
            parts.append(await platform.say(WHO, "更多"))
        assert platform.odd == []
        assert len(parts) > 2
        assert lines_of(parts) == [*LINES, "1. 报名"]
        assert await platform.say(WHO, "更多") == "没有更多了"


async def test_copies_of_more_get_the_same_part(store: Store) -> None:
    clerk = Clerk(store, [LONG])
    app = application(clerk.receive, StoredPages(store), keys())
    async with connected(app) as platform:
        first = await platform.say(WHO, "全部")
        again = [platform.say(WHO, "更多", number=5001) for _ in range(4)]
        seconds = await asyncio.gather(*again)
        third = await platform.say(WHO, "更多", number=5002)
        assert len(set(seconds)) == 1
        assert len({first, seconds[0], third}) == 3


async def test_another_reply_ends_the_reading(store: Store) -> None:
    clerk = Clerk(store, [LONG, Reply("好的"), Reply("别的更多")])
    app = application(clerk.receive, StoredPages(store), keys())
    async with connected(app) as platform:
        await platform.say(WHO, "全部")
        await platform.say(WHO, "更多")
        await platform.say(WHO, "谢谢")
        assert await platform.say(WHO, "更多") == "别的更多"


async def test_a_new_long_reply_is_read_from_its_own_beginning(store: Store) -> None:
    other = Reply("\n".join(f"又{line}" for line in LINES))
    clerk = Clerk(store, [LONG, other])
    app = application(clerk.receive, StoredPages(store), keys())
    async with connected(app) as platform:
        await platform.say(WHO, "全部")
        await platform.say(WHO, "更多")
        parts = [await platform.say(WHO, "再来")]
        while "更多" in (parts[-1] or ""):
            parts.append(await platform.say(WHO, "更多"))
        assert lines_of(parts) == [f"又{line}" for line in LINES]


async def test_a_copy_of_a_more_that_was_answered_itself_is_no_next_part(store: Store) -> None:
    kept = Clerk(store, [LONG])
    await kept.receive(Incoming("wechat", WHO, "更多", "6001", NOW))
    assert await StoredPages(store).more(WHO, "6001") is None
    assert await StoredPages(store).more(WHO, "6002") is not None


async def test_nobody_reads_on_in_what_another_was_told(store: Store) -> None:
    await Clerk(store, [LONG]).receive(Incoming("wechat", WHO, "全部", "1", NOW))
    await Clerk(store, [LONG]).receive(Incoming("web", "somebody", "全部", "1", NOW))
    assert await StoredPages(store).more("stranger", "2") is None
    assert await StoredPages(store).more("somebody", "2") is None


async def test_what_was_forgotten_cannot_be_read_on(store: Store) -> None:
    await Clerk(store, [LONG]).receive(Incoming("wechat", WHO, "全部", "1", NOW))
    await store.write(lambda tx: messages.blank_old(tx, now().replace(year=2100)))
    assert await StoredPages(store).more(WHO, "2") is None


# --- the whole assistant behind a real socket ---


@pytest.fixture
def address(guanxin: Guanxin) -> Iterator[str]:
    receive = guanxin.dispatcher.receive
    app = application(receive, StoredPages(guanxin.store), keys())
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def number_of_signups(guanxin: Guanxin) -> int:
    return guanxin.store.read_now(
        lambda tx: int(tx.execute(select(func.count()).select_from(signups)).scalar_one())
    )


async def test_a_volunteer_signs_up_by_digits_and_cancels(guanxin: Guanxin, address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        platform = WechatPlatform(client)
        welcome = await platform.do(WHO, "subscribe", "qrscene_1")
        assert welcome
        for words in ("报名", "1", "王秀英", "13900001234", "1", "3", "3", "1"):
            await platform.say(WHO, words)
        confirmed = await platform.say(WHO, "1") or ""
        assert confirmed.startswith("报名成功！报名编号：1")
        assert "示例·河海社区校外教育辅导站" in confirmed
        assert number_of_signups(guanxin) == 1
        mine = await platform.say(WHO, "我的") or ""
        assert "已报上" in mine
        place = next(line[0] for line in mine.split("\n") if "取消" in line)
        await platform.say(WHO, place)
        assert (await platform.say(WHO, "2") or "").startswith("已经取消")
        assert await platform.do(WHO, "unsubscribe") is None
        assert platform.odd == []


async def test_four_copies_at_once_have_one_effect(guanxin: Guanxin, address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        platform = WechatPlatform(client)
        for words in ("报名", "1", "王秀英", "13900001234", "1", "3", "3", "1"):
            await platform.say(WHO, words)
        began = time.perf_counter()
        push = platform.text(WHO, "1")
        seen = await asyncio.gather(*(platform.push(push) for _ in range(4)))
        assert time.perf_counter() - began < 5
        assert set(seen) == {seen[0]}
        assert (seen[0] or "").startswith("报名成功")
        assert (platform.odd, number_of_signups(guanxin)) == ([], 1)


async def test_four_copies_of_an_event_are_one(guanxin: Guanxin, address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        platform = WechatPlatform(client)
        at = int(time.time())
        taps = (platform.do(WHO, "CLICK", "signup", at) for _ in range(4))
        seen = await asyncio.gather(*taps)
        assert set(seen) == {seen[0]}
        assert (seen[0] or "").startswith("这里给志愿者报名。您想报哪一样？\n1. ")
        kept = guanxin.store.read_now(lambda tx: messages.recent(tx, "wechat", WHO, 9))
        assert [words for _, words, _ in kept] == ["signup"]


# --- the double itself ---


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (200, b"{}"),
        (200, b"ok"),
        (200, b"<xml><MsgType>text</MsgType></xml>"),
        (200, b"<xml><Content>" + "字".encode() * 700 + b"</Content></xml>"),
    ],
)
async def test_the_platform_asks_four_times_when_an_answer_is_odd(status: int, body: bytes) -> None:
    calls = count()

    def answer(_request: httpx.Request) -> httpx.Response:
        next(calls)
        return httpx.Response(status, content=body)

    async with httpx.AsyncClient(
        transport=httpx.MockTransport(answer), base_url="http://test"
    ) as client:
        platform = WechatPlatform(client, "plain")
        assert await platform.say(WHO, "你好") == UNAVAILABLE
        assert (len(platform.odd), next(calls)) == (4, 4)


async def test_the_platform_asks_again_when_nobody_answers() -> None:
    ear = Ear(seconds=0.2)
    async with talking(ear, patience=0.02) as platform:
        assert await platform.say(WHO, "你好") == UNAVAILABLE
        assert platform.deliveries == 4
        await asyncio.sleep(0.25)
