"""The chat page in a real browser: tapped, typed, cut off, reloaded, and measured."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright
from starlette.applications import Starlette

from handlers.message import Choice, Incoming, Reply
from tests.need_browser import WITHOUT, browser_path
from web import pages
from web.chat import Exchange, News, routes
from web.headers import SecurityHeaders
from web.limits import Limits

PATH = browser_path()
pytestmark = pytest.mark.skipif(not PATH, reason=WITHOUT)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EVIL = "<img src=x onerror=alert(1)><script>alert(1)</script>"
WAITING = "正在回复…"


class Desk:
    """A small sign-up; the same id always gets the same reply, and counts once."""

    def __init__(self) -> None:
        self.replies: dict[tuple[str, str], Reply] = {}
        self.past: dict[str, list[Exchange]] = {}
        self.heard: list[Incoming] = []
        self.arrivals: list[str] = []
        self.delay = 0.0

    async def receive(self, message: Incoming) -> Reply:
        await asyncio.sleep(self.delay)
        self.arrivals.append(message.id)
        key = (message.address, message.id)
        if key not in self.replies:
            self.heard.append(message)
            self.replies[key] = self.think(message.text)
            exchange = Exchange(message.text, self.replies[key])
            self.past.setdefault(message.address, []).append(exchange)
        return self.replies[key]

    def think(self, text: str) -> Reply:
        if text == "报名":
            stations = (
                Choice("青果巷示例站，周六上午", "shift:1"),
                Choice("兰陵示例站", "shift:2"),
            )
            return Reply("您想去哪一个？\n按下面的按钮就行。", stations)
        if text == "shift:1":
            return Reply("请问您怎么称呼？")
        return Reply(f"{text}，报名成功。\n报名编号 A0017", (Choice("菜单", "menu"),))

    async def of(self, address: str) -> Sequence[Exchange]:
        return self.past.get(address, [])

    async def news(self, address: str, have: Collection[int]) -> Sequence[News]:
        pushed = self.past.get(address, [])
        return [
            News(one.push, one.reply)
            for one in pushed
            if one.reply and one.push and one.push not in have
        ]

    def push(self, number: int, text: str) -> None:
        """Push something to whoever spoke first."""
        choices = (
            Choice("知道了", f"notice:{number}:ok"),
            Choice("不能来", f"notice:{number}:cannot"),
        )
        told = Exchange("", Reply(text, choices), number)
        self.past[self.heard[0].address].append(told)


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    inner = Starlette(
        routes=routes(desk.receive, desk, lambda: datetime.now(UTC), secure=False),
        exception_handlers=pages.ERRORS,
    )
    config = uvicorn.Config(SecurityHeaders(Limits(inner)), port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=PATH, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def telephone(browser: Browser) -> BrowserContext:
    """A telephone of the smallest kind."""
    small = browser.new_context(
        viewport={"width": 320, "height": 568}, has_touch=True, reduced_motion="reduce"
    )
    small.set_default_timeout(8000)
    return small


@pytest.fixture
def page(telephone: BrowserContext, address: str, desk: Desk) -> Iterator[Page]:
    """The chat page as a newcomer sees it. A line in the browser's log is a failure."""
    desk.heard.clear()
    desk.arrivals.clear()
    telephone.clear_cookies()
    opened = telephone.new_page()
    logged: list[str] = []
    opened.on("console", lambda line: logged.append(line.text))
    opened.on("pageerror", lambda error: logged.append(str(error)))
    opened.on("dialog", lambda dialog: logged.append(f"a pop-up: {dialog.message}"))
    opened.goto(address)
    yield opened
    opened.evaluate("localStorage.clear()")
    opened.close()
    # A line that was cut on purpose, or an answer other than 2xx, is logged by the browser itself.
    assert [line for line in logged if "Failed to load resource" not in line] == []


def say(page: Page, text: str) -> None:
    page.fill("#words", text)
    page.press("#words", "Enter")


def expect_replies(page: Page, count: int) -> None:
    """Wait for the greeting and ``count`` replies."""
    expect(page.locator("#log .them")).to_have_count(count + 1)
    expect(page.locator("#waiting")).to_have_text("")


def sign_up(page: Page) -> None:
    page.tap("nav button:has-text('报名')")
    expect_replies(page, 1)
    page.tap(".choices button >> nth=0")
    expect_replies(page, 2)
    say(page, "王秀英")
    expect_replies(page, 3)


def width_beyond(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def too_small(page: Page) -> list[str]:
    """Return what can be pressed and is smaller than 60 x 60."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll("button, summary, textarea, a:not(.skip)")]
            .filter((e) => e.offsetParent !== null)
            .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.width < 60 || box.height < 60)
            .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)"""
        )
    )


def letters(page: Page, selector: str) -> float:
    size = page.locator(selector).first.evaluate("(e) => getComputedStyle(e).fontSize")
    return float(size.removesuffix("px"))


def test_somebody_signs_up_by_tapping_and_typing(page: Page, desk: Desk) -> None:
    sign_up(page)
    heard = [(message.kind, message.text) for message in desk.heard]
    assert heard == [("text", "报名"), ("choice", "shift:1"), ("text", "王秀英")]
    mine = page.locator("#log .me .words")
    expect(mine).to_have_text(["报名", "青果巷示例站，周六上午", "王秀英"])
    last = page.locator("#log .them .words").last
    assert last.inner_text() == "王秀英，报名成功。\n报名编号 A0017"
    expect(page.locator("#log .choices button").first).to_have_text("1. 青果巷示例站，周六上午")
    page.reload()
    expect(mine).to_have_text(["报名", "青果巷示例站，周六上午", "王秀英"])
    page.tap(".choices button >> nth=1")  # an old one
    expect(mine).to_have_count(4)
    expect(page.locator("#log .them")).to_have_count(4)
    assert (desk.heard[-1].kind, desk.heard[-1].text) == ("choice", "shift:2")


def top_and_bottom(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).last.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


def test_the_newest_reply_is_in_sight_and_nothing_lies_on_it(page: Page) -> None:
    sign_up(page)
    for _ in ("as it came", "after a reload"):
        quick, reply, composer = (
            top_and_bottom(page, part) for part in (".quick", "#log .turn", "#composer")
        )
        assert 0 <= quick[0] < quick[1] <= reply[0] < reply[1] <= composer[0] < composer[1] <= 568
        page.reload()
    page.evaluate("window.scrollTo(0, 0)")
    assert top_and_bottom(page, "#composer") == composer


def test_the_page_fits_and_its_targets_are_large(page: Page) -> None:
    sign_up(page)
    say(page, "长" * 80 + "https://guanxin.example/" + "a" * 90)
    expect_replies(page, 4)
    page.click("summary")
    for size in (20, 30):
        assert letters(page, ".words") == size
        for width, height in ((320, 568), (360, 740), (768, 1024), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            assert (width, width_beyond(page), too_small(page)) == (width, 0, [])
        for _ in range(4 if size == 20 else 0):
            page.click("#larger")


def test_letters_grow_shrink_and_are_remembered(page: Page) -> None:
    assert letters(page, ".words") == 20
    page.fill("#words", "第一行\n第二行")
    page.click("#smaller")
    assert letters(page, ".words") == 18
    page.locator("#smaller").dispatch_event("click")
    assert letters(page, ".words") == 18
    for _ in range(5):
        page.locator("#larger").dispatch_event("click")
    assert letters(page, ".words") == 30
    expect(page.locator("#size")).to_have_text("字号 30")
    hidden = page.locator("#words").evaluate("(e) => e.scrollHeight - e.clientHeight")
    assert hidden == 0
    page.reload()
    assert letters(page, ".words") == 30
    expect(page.locator("#larger")).to_have_attribute("aria-disabled", "true")


def test_no_text_is_smaller_than_18_and_lines_are_wide(page: Page) -> None:
    sign_up(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
        .filter((e) => e.offsetParent && e.innerText && !e.matches(".who, .unseen"))
        .map((e) => [e.innerText, getComputedStyle(e)])
        .filter(([, s]) => parseFloat(s.fontSize) < 18)
        .map(([text, s]) => text + s.fontSize)"""
    )
    assert small == []
    height = page.locator(".words").first.evaluate(
        "(e) => parseFloat(getComputedStyle(e).lineHeight)"
    )
    assert height >= 1.5 * letters(page, ".words")


def test_axe_finds_nothing(page: Page) -> None:
    sign_up(page)
    page.click("summary")
    for width, dark in ((320, False), (320, True), (1280, False), (1280, True)):
        page.set_viewport_size({"width": width, "height": 700})
        page.emulate_media(color_scheme="dark" if dark else "light")
        found = Axe().run(page).response["violations"]
        assert [(width, dark, rule["id"], rule["nodes"][0]["html"]) for rule in found] == []


def test_what_is_said_stays_text(page: Page) -> None:
    say(page, EVIL)
    expect_replies(page, 1)
    for _ in ("drawn by the script", "drawn by the server"):
        expect(page.locator(".me .words")).to_have_text(EVIL)
        assert page.locator("#log img, #log script").count() == 0
        page.reload()


def test_a_lost_answer_is_asked_for_again_with_the_same_id(page: Page, desk: Desk) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/messages", lose, times=1)
    say(page, "王秀英")
    expect(page.locator("#waiting")).to_have_text(WAITING)
    expect_replies(page, 1)
    assert len(desk.arrivals) == 2
    assert len(set(desk.arrivals)) == 1
    assert len(desk.heard) == 1


def test_after_three_tries_there_is_a_button_and_order_is_kept(page: Page, desk: Desk) -> None:
    tried: list[object] = []

    def refuse(route: Route) -> None:
        tried.append(route.request.post_data_json["id"])
        route.fulfill(status=503, body="busy")

    page.route("**/messages", refuse)
    page.clock.install()
    say(page, "第一句")
    page.fill("#words", "第二句")  # the input stays usable
    page.press("#words", "Enter")
    page.fill("#words", "还没写完")
    again = page.locator("button:has-text('没发出去，点这里再发')")
    while not again.is_visible():
        page.wait_for_timeout(50)
        page.clock.run_for(1000)
    assert len(tried) == 3
    assert too_small(page) == []
    page.unroute("**/messages")
    again.tap()
    expect_replies(page, 2)
    expect(again).to_have_count(0)
    assert [message.text for message in desk.heard] == ["第一句", "第二句"]
    assert {desk.heard[0].id} == set(tried)
    said = page.locator("#log .turn:not(:first-child) .words")
    expect(said).to_contain_text(["第一句", "第一句，", "第二句", "第二句，"])
    expect(page.locator("#words")).to_have_value("还没写完")


@pytest.mark.parametrize("heard", [True, False])
def test_what_was_not_answered_survives_a_reload_and_counts_once(
    page: Page, desk: Desk, heard: bool
) -> None:
    def lose(route: Route) -> None:
        if heard:
            route.fetch()
        route.abort()

    page.route("**/messages", lose)
    with page.expect_event("requestfailed"):
        say(page, "王秀英")
    page.unroute("**/messages")
    arrived = len(desk.arrivals)
    page.reload()
    said = page.locator("#log .words")
    expect(said).to_have_text(["王秀英", "王秀英，报名成功。 报名编号 A0017"])
    assert len(desk.arrivals) == arrived + 1
    assert len(desk.heard) == 1


def test_a_refusal_is_a_sentence_beside_the_message(page: Page, desk: Desk) -> None:
    say(page, "长" * 400_000)
    expect(page.locator(".me .refused")).to_have_text(
        "这条消息太长了，没有收下。请分成几条短的来发。"
    )
    say(page, "短")
    expect(page.locator("#log .them")).to_have_count(2)
    assert [message.text for message in desk.heard] == ["短"]


def test_a_draft_survives_a_reload_and_a_sent_one_is_gone(page: Page) -> None:
    page.fill("#words", "我想问问\n暑假的事")
    page.reload()
    expect(page.locator("#words")).to_have_value("我想问问\n暑假的事")
    page.press("#words", "Enter")
    expect_replies(page, 1)
    page.reload()
    expect(page.locator("#words")).to_have_value("")


def test_enter_while_composing_and_nothing_at_all_are_not_sent(page: Page, desk: Desk) -> None:
    say(page, "  ")
    page.fill("#words", "wang")
    composing = {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    page.dispatch_event("#words", "keydown", composing)
    expect(page.locator("#words")).to_have_value("wang")
    page.press("#words", "Shift+Enter")
    expect(page.locator("#words")).to_have_value("wang\n")
    assert page.locator("#log .me").count() == 0
    page.tap("#composer button")
    expect_replies(page, 1)
    assert [message.text for message in desk.heard] == ["wang"]


def test_what_is_pushed_appears_by_itself_and_keeps_what_is_being_written(
    page: Page, desk: Desk
) -> None:
    page.clock.install()
    page.reload()
    say(page, "王秀英")
    expect_replies(page, 1)
    page.fill("#words", "我还在写")
    page.focus("#words")
    desk.push(7, f"【停办】{EVIL}")
    page.clock.fast_forward(10_000)
    told = page.locator("#log [data-push='7']")
    expect(told.locator(".words")).to_have_text(f"【停办】{EVIL}")
    expect(page.locator("#log .turn").last).to_have_attribute("data-push", "7")
    assert page.get_attribute("#log", "aria-live") == "polite"
    expect(page.locator("#words")).to_have_value("我还在写")
    expect(page.locator("#words")).to_be_focused()
    assert too_small(page) == []
    for _ in range(2):
        page.clock.fast_forward(10_000)
    expect(told).to_have_count(1)
    told.locator("button", has_text="不能来").tap()
    expect_replies(page, 3)
    assert desk.heard[-1].text == "notice:7:cannot"
    page.reload()
    expect(page.locator("#log [data-push='7']")).to_have_count(1)


def test_nobody_looks_for_news_while_the_page_is_hidden(page: Page, desk: Desk) -> None:
    page.clock.install()
    page.reload()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    state = "{get: () => '%s', configurable: true}"
    hide = f"Object.defineProperty(document, 'visibilityState', {state})"
    page.evaluate(hide % "hidden")
    page.clock.fast_forward(30_000)
    assert [url for url in asked if "/news" in url] == []
    page.evaluate(hide % "visible")
    with page.expect_response("**/chat/news?have="):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_two_taps_are_one(page: Page, desk: Desk) -> None:
    word = page.locator("nav button", has_text="报名")
    word.tap()
    expect_replies(page, 1)
    word.tap()
    desk.delay = 0.5  # the first answer is still under way at the third tap
    for choice in (0, 1, 0):
        page.locator(".choices button").nth(choice).dispatch_event("click")
    expect_replies(page, 3)
    desk.delay = 0.0
    assert [message.text for message in desk.heard] == ["报名", "shift:1", "shift:2"]


def test_the_next_person_at_the_computer_sees_nothing(page: Page, desk: Desk) -> None:
    say(page, "王秀英")
    expect_replies(page, 1)
    page.fill("#words", "我的电话是")
    page.tap("summary")
    page.tap("#leave button")
    expect(page.locator("#log .me")).to_have_count(0)
    expect(page.locator("#words")).to_have_value("")
    say(page, "李建国")
    expect_replies(page, 1)
    assert desk.heard[0].address != desk.heard[1].address


def test_it_works_without_scripts(browser: Browser, address: str, desk: Desk) -> None:
    desk.heard.clear()
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 568}, has_touch=True
    )
    page = context.new_page()
    page.goto(address)
    page.tap("nav button:has-text('报名')")
    page.tap(".choices button >> nth=0")
    page.fill("#words", "王秀英")
    page.tap("#composer button")
    expect(page.locator("#log .them").last).to_contain_text("报名编号 A0017")
    expect(page.locator("#log .them").last).to_be_in_viewport()
    assert [message.text for message in desk.heard] == ["报名", "shift:1", "王秀英"]
    page.tap("summary")
    page.tap("#leave button")
    expect(page.locator("#log .me")).to_have_count(0)
    context.close()


def test_a_wrong_address_leads_back(page: Page, address: str) -> None:
    page.goto(address + "nothing")
    assert width_beyond(page) == 0
    assert too_small(page) == []
    page.tap("a")
    expect(page.locator("#words")).to_be_visible()
