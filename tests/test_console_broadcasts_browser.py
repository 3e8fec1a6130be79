"""The pages of a broadcast in a real browser: they move by themselves, also without a script."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot import app
from bot.app import Guanxin
from handlers import wording_broadcast as words
from tests.casting import TEXT, expand, someone
from tests.conftest import Clock
from tests.console import PASSWORD, enter
from tests.need_browser import WITHOUT, browser_path
from tests.test_console_browser import SIZES, small_letters, too_small
from tests.test_page import FLAGS, width_beyond

PATH = browser_path()
pytestmark = pytest.mark.skipif(not PATH, reason=WITHOUT)

PEOPLE = 3


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=PATH, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def address(guanxin: Guanxin) -> Iterator[str]:
    """The whole application, with its postmen and its rounds, and three people at the page."""
    enter(guanxin)
    for number in range(PEOPLE):
        someone(guanxin.store, f"page-{number}", channel="web", name=f"李桂芳{number}")
    server = uvicorn.Server(uvicorn.Config(app.asgi(guanxin), port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A member of staff at the list of broadcasts. A line in the browser's log is a failure."""
    within = browser.new_context(
        java_script_enabled=request.param,
        viewport={"width": 390, "height": 844},
        reduced_motion="reduce",
    )
    within.set_default_timeout(8000)
    opened, logged = within.new_page(), list[str]()
    opened.on("console", lambda line: logged.append(line.text))
    opened.on("pageerror", lambda error: logged.append(str(error)))
    opened.goto(f"{address}/console/broadcasts")
    opened.fill("#name", "王老师")
    opened.fill("#password", PASSWORD)
    opened.click("main button")
    yield opened
    within.close()
    assert logged == []


def look_around(page: Page) -> None:
    """See that a page fits, is legible, and breaks no rule that axe knows."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for dark in ("dark", "light"):
            page.emulate_media(color_scheme=dark)  # type: ignore[arg-type]
            found = Axe().run(page).response["violations"]
            assert [(width, dark, rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert (width, width_beyond(page), too_small(page), small_letters(page)) == (
            width, 0, [], [],
        )  # fmt: skip
    page.set_viewport_size({"width": 390, "height": 844})


def test_from_a_text_to_the_last_outcome(
    page: Page, guanxin: Guanxin, business_clock: Clock, request: pytest.FixtureRequest
) -> None:
    has_script = "no script" not in request.node.name

    def sees(selector: str, text: str) -> None:
        if not has_script:
            page.wait_for_load_state("networkidle")  # a reload amid a form's answer is an error
            page.reload()
        expect(page.locator(selector)).to_contain_text(text)

    def looks() -> None:
        if has_script:
            look_around(page)

    page.click("a:has-text('写一条新的')")
    looks()
    page.fill("#text", TEXT)
    page.check("input[value=all]")
    page.click("button:has-text('看看发给多少人')")
    expect(page.locator("main")).to_contain_text(f"发给 {PEOPLE} 人")
    looks()
    page.click(f"button:has-text('确认发给 {PEOPLE} 人')")
    sees("#left", "60")
    expand(guanxin.store)
    business_clock.wait(seconds=20)
    sees("#left", "40")
    sees("[data-total=waiting] strong", str(PEOPLE))
    looks()
    business_clock.wait(seconds=40)
    for _ in range(50):
        expand(guanxin.store, minutes=2)
        if not has_script:
            page.reload()
        if words.STATES["done"] in page.inner_text("h1"):
            break
        time.sleep(0.2)
    sees("h1", words.STATES["done"])
    expect(page.locator("button:has-text('撤回')")).to_have_count(0)
    sees("#settled", str(PEOPLE))
    looks()
    with page.expect_download() as downloaded:
        page.click("a:has-text('下载 Excel 表')")
    assert downloaded.value.suggested_filename == "broadcast-1.xlsx"
