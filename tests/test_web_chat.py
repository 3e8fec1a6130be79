"""The HTTP side of the chat page: what is taken, what is refused and how, and who is who."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.types import ASGIApp

from handlers.message import Choice, Incoming, Reply
from web import pages, wording
from web.chat import Exchange, News, routes
from web.headers import SecurityHeaders
from web.limits import MOST_BYTES, Limits

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ID = "0123456789abcdef"
HOST = "http://guanxin.test"
EVIL = "<img src=x onerror=alert(1)>"


class Desk:
    """Remembers what came in, and answers each with its own words."""

    def __init__(self) -> None:
        self.heard: list[Incoming] = []
        self.past: dict[str, list[Exchange]] = {}
        self.pushed: dict[str, list[News]] = {}

    async def receive(self, message: Incoming) -> Reply:
        self.heard.append(message)
        return Reply(f"收到：{message.text[:20]}", (Choice("好的", "yes"), Choice("不用了", "no")))

    async def of(self, address: str) -> Sequence[Exchange]:
        return self.past.get(address, [])

    async def news(self, address: str, have: Collection[int]) -> Sequence[News]:
        return [one for one in self.pushed.get(address, []) if one.push not in have]


def app(desk: Desk, secure: bool = False, seconds: float = 10.0) -> ASGIApp:
    inner = Starlette(
        routes=routes(desk.receive, desk, lambda: NOW, secure),
        exception_handlers=pages.ERRORS,
    )
    return SecurityHeaders(Limits(inner, seconds=seconds))


def client(asgi: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(asgi), base_url=HOST)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def browser(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    async with client(app(desk)) as opened:
        yield opened


async def post_json(
    browser: httpx.AsyncClient, body: str | bytes, kind: str = "application/json"
) -> httpx.Response:
    return await browser.post("/messages", content=body, headers={"content-type": kind})


async def test_text_goes_in_and_the_reply_comes_out(desk: Desk, browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/messages", json={"id": ID, "text": "您好"})
    assert answer.status_code == 200
    assert answer.json() == {
        "text": "收到：您好",
        "choices": [{"label": "好的", "data": "yes"}, {"label": "不用了", "data": "no"}],
    }
    (message,) = desk.heard
    assert (message.channel, message.kind, message.text, message.id) == ("web", "text", "您好", ID)
    assert message.at == NOW


async def test_a_choice_is_a_choice(desk: Desk, browser: httpx.AsyncClient) -> None:
    await browser.post("/messages", json={"id": ID, "choice": "yes"})
    assert (desk.heard[0].kind, desk.heard[0].text) == ("choice", "yes")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"12",
        b'{"id": "0123456789abcdef"}',
        b'{"text": "a"}',
        b'{"id": "0123456789abcdef", "text": 5}',
        b'{"id": "0123456789abcdef", "text": null}',
        b'{"id": "0123456789abcdef", "text": ["a"]}',
        b'{"id": 123456789, "text": "a"}',
        b'{"id": "short", "text": "a"}',
        b'{"id": "0123456789abcdef\\n", "text": "a"}',
        b'{"id": "' + b"a" * 65 + b'", "text": "a"}',
        b'{"id": "0123456789abcdef", "text": "a", "choice": "b"}',
        b'{"id": "0123456789abcdef", "text": "a", "more": 1}',
        b'{"id": "0123456789abcdef", "text": "a", "text": "b"}',
        b'{"id": "0123456789abcdef", "text": "\xff\xfe"}',
        b'{"id": "0123456789abcdef", "text": ' + b"9" * 5000 + b"}",
        b'{"id": "0123456789abcdef", "text": 1e999}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        '{"id": "0123456789abcdef", "text": "a"}'.encode("utf-16"),
    ],
    ids=lambda body: repr(body[:60]),
)
async def test_what_cannot_be_read_is_400_with_a_sentence(
    desk: Desk, browser: httpx.AsyncClient, body: bytes
) -> None:
    answer = await post_json(browser, body)
    assert answer.status_code == 400
    assert answer.json() == {"error": wording.BROKEN}
    assert not desk.heard


@pytest.mark.parametrize("text", ["", "  ", "\n\t", "\u3000", "\x00"])
async def test_nothing_said_is_400(desk: Desk, browser: httpx.AsyncClient, text: str) -> None:
    answer = await browser.post("/messages", json={"id": ID, "text": text})
    assert (answer.status_code, answer.json()) == (400, {"error": wording.EMPTY})
    assert not desk.heard


async def test_a_choice_longer_than_any_of_ours_is_stale(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/messages", json={"id": ID, "choice": "选" * 22})
    assert (answer.status_code, answer.json()) == (400, {"error": wording.STALE_CHOICE})


async def test_lone_surrogates_and_nul_become_valid_text(
    desk: Desk, browser: httpx.AsyncClient
) -> None:
    body = b'{"id": "0123456789abcdef", "text": "a\\ud800b\\u0000c\\ud83d\\ude00"}'
    answer = await post_json(browser, body)
    assert answer.status_code == 200
    assert desk.heard[0].text == "a?bc😀"


async def test_a_long_text_is_passed_on_whole(desk: Desk, browser: httpx.AsyncClient) -> None:
    text = "话" * 34_000
    answer = await browser.post("/messages", json={"id": ID, "text": text})
    assert answer.status_code == 200
    assert desk.heard[0].text == text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=[])), as_form=st.booleans())
async def test_no_text_at_all_breaks_it(text: str, as_form: bool) -> None:
    desk = Desk()
    async with client(app(desk)) as browser:
        if as_form:
            sendable = text.encode("utf-8", "replace").decode()
            answer = await browser.post("/say", data={"id": ID, "text": sendable})
        else:
            answer = await post_json(browser, json.dumps({"id": ID, "text": text}))
    said_something = bool(text.replace("\x00", "").strip())
    assert answer.status_code == ((303 if as_form else 200) if said_something else 400)
    assert all(message.text.encode() for message in desk.heard)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/json"])
async def test_another_content_type_is_415(browser: httpx.AsyncClient, kind: str) -> None:
    answer = await post_json(browser, json.dumps({"id": ID, "text": "a"}), kind)
    assert (answer.status_code, answer.json()) == (415, {"error": wording.WRONG_TYPE})


async def test_a_charset_beside_the_content_type_is_fine(browser: httpx.AsyncClient) -> None:
    kind = "Application/JSON; charset=utf-8"
    answer = await post_json(browser, json.dumps({"id": ID, "text": "a"}), kind)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://guanxin.test.evil.example"},
        {"origin": "http://guanxin.test:8080"},
        {"origin": "null"},
        {"origin": "http://[broken"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/messages", "/say", "/leave"])
async def test_another_sites_page_is_403_and_gets_no_cookie(
    desk: Desk, browser: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    said = {"id": ID, "text": "a"}
    body = {"json": said} if path == "/messages" else {"data": said}
    answer = await browser.post(path, headers=headers, **body)
    assert answer.status_code == 403
    assert wording.FOREIGN in answer.text
    assert "set-cookie" not in answer.headers
    assert not desk.heard


@pytest.mark.parametrize(
    "headers", [{}, {"origin": HOST}, {"origin": HOST, "sec-fetch-site": "same-origin"}]
)
async def test_our_own_page_is_heard(browser: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await browser.post("/messages", json={"id": ID, "text": "a"}, headers=headers)
    assert answer.status_code == 200


async def test_our_own_form_may_come_without_a_name(browser: httpx.AsyncClient) -> None:
    """The referrer policy makes browsers say "null"; the SameSite cookie then speaks for it."""
    say = {"id": ID, "text": "a"}
    anonymous = {"origin": "null"}
    assert (await browser.post("/say", data=say, headers=anonymous)).status_code == 403
    modern = anonymous | {"sec-fetch-site": "same-origin"}
    assert (await browser.post("/say", data=say, headers=modern)).status_code == 303
    assert (await browser.post("/say", data=say, headers=anonymous)).status_code == 303
    foreign = anonymous | {"sec-fetch-site": "cross-site"}
    assert (await browser.post("/say", data=say, headers=foreign)).status_code == 403


async def test_the_cookie_is_the_person_and_is_never_passed_on(
    desk: Desk, browser: httpx.AsyncClient
) -> None:
    page = await browser.get("/")
    cookie = page.headers["set-cookie"]
    assert re.match(r"guanxin=[A-Za-z0-9_-]{43};", cookie)
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=34560000"):
        assert part in cookie
    assert "Secure" not in cookie
    first = await browser.post("/messages", json={"id": ID, "text": "a"})
    await browser.post("/messages", json={"id": ID, "text": "b"})
    assert "set-cookie" not in first.headers
    one, other = desk.heard
    assert one.address == other.address
    assert re.fullmatch(r"[0-9a-f]{64}", one.address)
    assert browser.cookies["guanxin"] not in repr(desk.heard)


async def test_over_https_the_cookie_is_secure(desk: Desk) -> None:
    async with client(app(desk, secure=True)) as browser:
        assert "Secure" in (await browser.get("/")).headers["set-cookie"]


@pytest.mark.parametrize("cookie", ["", "short", "a" * 44, "a" * 42 + "!", "\x22" * 43])
async def test_a_malformed_cookie_is_replaced(desk: Desk, cookie: str) -> None:
    async with client(app(desk)) as browser:
        headers = {"cookie": f"guanxin={cookie}"}
        answer = await browser.post("/messages", json={"id": ID, "text": "a"}, headers=headers)
    assert answer.status_code == 200
    assert re.match(r"guanxin=[A-Za-z0-9_-]{43};", answer.headers["set-cookie"])


async def test_leaving_makes_another_person(desk: Desk, browser: httpx.AsyncClient) -> None:
    await browser.post("/messages", json={"id": ID, "text": "a"})
    answer = await browser.post("/leave")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    await browser.post("/messages", json={"id": ID, "text": "b"})
    one, other = desk.heard
    assert one.address != other.address


async def test_the_form_works_without_a_script(desk: Desk, browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    nonces = set(re.findall(r'name="id" value="([^"]+)"', page.text))
    assert len(nonces) == 1
    said = {"id": nonces.pop(), "text": "第一行\r\n第二行"}
    first = await browser.post("/say", data=said)
    await browser.post("/say", data=said)
    await browser.post("/say", data=said | {"text": "另一句"})
    assert (first.status_code, first.headers["location"].partition("#")[0]) == (303, "/")
    one, again, other = desk.heard
    assert one == again
    assert one.text == "第一行\n第二行"
    assert other.id != one.id
    assert re.fullmatch(r"[A-Za-z0-9_-]{8,64}", one.id)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"id=0123456789abcdef",
        b"id=0123456789abcdef&text=a&choice=b",
        b"id=0123456789abcdef&text=a&text=b",
        b"id=0123456789abcdef&text=%FF",
        b"id=0123456789abcdef&text=\xff",
        b"id=0123456789abcdef&text=",
        b"id=bad&text=a",
        b"&".join(b"a%d=1" % n for n in range(5000)),
    ],
    ids=lambda body: repr(body[:60]),
)
async def test_a_broken_form_gets_a_page_that_leads_back(
    desk: Desk, browser: httpx.AsyncClient, body: bytes
) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = await browser.post("/say", content=body, headers=kind)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert 'href="/"' in answer.text
    assert not desk.heard


async def chunks(size: int, count: int, pause: float = 0.0) -> AsyncIterator[bytes]:
    for _ in range(count):
        await asyncio.sleep(pause)
        yield b"a" * size


async def test_too_large_is_413_by_its_length_and_by_counting(
    desk: Desk, browser: httpx.AsyncClient
) -> None:
    announced = await post_json(browser, b"a" * (MOST_BYTES + 1))
    counted = await browser.post("/messages", content=chunks(1 << 16, 17))
    for answer in (announced, counted):
        assert (answer.status_code, answer.json()) == (413, {"error": wording.TOO_LARGE})
    just_right = await post_json(browser, b"a" * MOST_BYTES)
    assert just_right.status_code == 400
    assert not desk.heard


async def test_a_length_is_believed_before_the_body_comes(desk: Desk) -> None:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        assert sent, "the body was read before the answer was given"
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(b"content-length", str(20 << 20).encode())]
    scope = {"type": "http", "method": "POST", "path": "/messages", "headers": headers}
    await app(desk)(scope, receive, send)
    assert sent[0]["status"] == 413


async def test_a_body_that_dribbles_in_is_408(desk: Desk) -> None:
    async with client(app(desk, seconds=0.1)) as browser:
        answer = await browser.post("/messages", content=chunks(1, 100, pause=0.02))
    assert (answer.status_code, answer.json()) == (408, {"error": wording.TOO_SLOW})
    assert not desk.heard


async def test_every_answer_carries_the_headers(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/nothing", "/static/chat.css", "/favicon.ico"):
        headers = (await browser.get(path)).headers
        policy = headers["content-security-policy"].split("; ")
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert not any("unsafe" in rule or "http" in rule for rule in policy)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in headers["permissions-policy"]
    for path in ("/", "/nothing"):
        assert (await browser.get(path)).headers["cache-control"] == "no-store"


async def test_the_page_loads_nothing_from_elsewhere(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/")).text
    assert not re.search(r"""(src|href|action)=["'](?!/|#)""", page)
    assert not re.search(r"<style|\s(style|on\w+)=|<script(?! src=)", page)


async def test_the_history_is_shown_and_inert(desk: Desk, browser: httpx.AsyncClient) -> None:
    await browser.get("/")
    await browser.post("/messages", json={"id": ID, "text": "a"})
    evil = "<script>alert(1)</script>\"'{{ 7*7 }}"
    offered = Reply(evil, (Choice(evil, 'x" autofocus onfocus="alert(1)'), Choice("去", "go")))
    desk.past[desk.heard[0].address] = [
        Exchange(evil, offered),
        Exchange("go", None),
        Exchange("", Reply("我先说的")),
    ]
    page = (await browser.get("/")).text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3
    assert "{{ 7*7 }}" in page
    assert 'onfocus="' not in page
    log = page.partition("<template")[0]
    said = re.findall(r'class="turn me">.*?class="words">(.*?)</p>', log)
    assert said[1:] == ["去"], "the data of a button is shown as its words"
    assert "我先说的" in page


async def test_what_was_pushed_stands_among_what_was_said(
    desk: Desk, browser: httpx.AsyncClient
) -> None:
    await browser.post("/messages", json={"id": ID, "text": "您好"})
    address = desk.heard[0].address
    told = Reply(f"【停办】{EVIL}", (Choice("知道了", "notice:1:ok"),))
    desk.past[address] = [Exchange("您好", Reply("您好")), Exchange("", told, 7)]
    page = (await browser.get("/")).text
    assert EVIL not in page
    assert re.search(
        r'id="newest" data-push="7">.*?【停办】&lt;img.*?value="notice:1:ok"', page, re.S
    )
    assert page.count("data-push") == 1


async def test_news_are_what_the_page_does_not_have(desk: Desk, browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/chat/news")).json() == []
    await browser.post("/messages", json={"id": ID, "text": "您好"})
    pushes = [News(3, Reply("一")), News(12, Reply("二", (Choice("知道了", "notice:1:ok"),)))]
    desk.pushed[desk.heard[0].address] = pushes
    both = (await browser.get("/chat/news")).json()
    assert [one["push"] for one in both] == [3, 12]
    answer = await browser.get("/chat/news?have=3,4")
    assert answer.json() == [
        {"push": 12, "text": "二", "choices": [{"label": "知道了", "data": "notice:1:ok"}]}
    ]
    assert answer.headers["cache-control"] == "no-store"
    assert (await browser.get("/chat/news?have=3,12")).json() == []
    async with client(app(desk)) as other:
        assert (await other.get("/chat/news")).json() == []


@pytest.mark.parametrize(
    "have", ["x", "1,", "1,,2", "-1", "1" * 11, "1 2", "٣", ",".join("1" * 101)]
)
async def test_news_for_no_list_of_ids_are_refused(browser: httpx.AsyncClient, have: str) -> None:
    assert (await browser.get("/chat/news", params={"have": have})).status_code == 400


async def test_another_site_cannot_look_for_news(browser: httpx.AsyncClient) -> None:
    foreign = {"sec-fetch-site": "cross-site"}
    assert (await browser.get("/chat/news", headers=foreign)).status_code == 403


async def test_static_files_are_kept_by_their_digest(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/")).text
    for address in set(re.findall(r'"(/static/[^"]+)"', page)):
        first = await browser.get(address)
        assert first.status_code == 200
        assert "immutable" in first.headers["cache-control"]
        seen = {"if-none-match": first.headers["etag"]}
        assert (await browser.get(address, headers=seen)).status_code == 304
        plain = await browser.get(address.partition("?")[0])
        assert plain.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/nothing", "/static/", "/static/nothing.js", "/static/../chat.py", "/static/%00"]
)
async def test_an_unknown_path_is_a_page_that_leads_back(
    browser: httpx.AsyncClient, path: str
) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 404
    assert wording.NO_PAGE in answer.text
    assert 'href="/"' in answer.text


async def test_the_wrong_method_says_so(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/messages")
    assert (answer.status_code, answer.json()) == (405, {"error": wording.WRONG_METHOD})
    assert answer.headers["allow"] == "POST"
    assert (await browser.post("/")).status_code == 405


async def test_head_works(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/favicon.ico", "/static/chat.css"):
        answer = await browser.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


async def test_an_error_of_ours_is_a_sentence(desk: Desk) -> None:
    class Broken(Desk):
        async def of(self, address: str) -> Sequence[Exchange]:
            raise OSError(f"disk of {address}")

    inner = Starlette(
        routes=routes(desk.receive, Broken(), lambda: NOW, False), exception_handlers=pages.ERRORS
    )
    transport = httpx.ASGITransport(inner, raise_app_exceptions=False)
    cookies = {"guanxin": "a" * 43}
    async with httpx.AsyncClient(transport=transport, base_url=HOST, cookies=cookies) as browser:
        answer = await browser.get("/")
    assert answer.status_code == 500
    assert wording.OUR_FAULT in answer.text
    assert "disk" not in answer.text


def test_each_sentence_of_the_door_says_what_to_do() -> None:
    sentences = [value for name, value in vars(wording).items() if name.isupper()]
    assert len(sentences) > 5
    assert all("请" in sentence for sentence in sentences)
