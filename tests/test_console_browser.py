"""The console in a real browser, from the password that is printed to the first shift."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.need_browser import WITHOUT, browser_path
from tests.test_page import FLAGS, letters, width_beyond

PATH = browser_path()
pytestmark = pytest.mark.skipif(not PATH, reason=WITHOUT)

ROOT = Path(__file__).parent.parent
SIZES = ((390, 844), (1280, 800))
PASSWORD = "银杏树下的读书声"
PAGES = (
    "", "tickets", "tickets/done", "stations", "stations/new", "stations/1", "stations/1/edit",
    "stations/1/shifts/new", "stations/1/close", "signups", "shifts/1", "shifts/1/change",
    "answers", "calls", "calls/done", "broadcasts", "broadcasts/new",
    "staff", "account", "password",
)  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """A server on an empty database: its address, and the name and password that it prints."""
    folder = tmp_path_factory.mktemp("console")
    environment = {"PATH": os.environ["PATH"], "GUANXIN_DATA_DIR": str(folder)}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "serve"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment | {"GUANXIN_PORT": "0"},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        printed = "".join(server.stdout.readline() for _ in range(3))
        said = re.search(r"Staff: (http://\S+)/console  name (\S+)  password (\S+)", printed)
        assert said, printed
        yield said[1], said[2], said[3]
        server.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=PATH, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def page(browser: Browser, served: tuple[str, str, str]) -> Iterator[Page]:
    """The console of the first administrator. A line in the browser's log is a failure."""
    opened = browser.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    opened.set_default_timeout(8000)
    logged: list[str] = []
    opened.on("console", lambda line: logged.append(line.text))
    opened.on("pageerror", lambda error: logged.append(str(error)))
    opened.on("dialog", lambda dialog: logged.append(f"a pop-up: {dialog.message}"))
    address, name, password = served
    opened.goto(f"{address}/console")
    opened.fill("#name", name)
    opened.fill("#password", password)
    opened.click("main button")
    yield opened
    assert [line for line in logged if "Failed to load resource" not in line] == []


def test_from_the_printed_password_to_the_first_shift(page: Page) -> None:
    expect(page.locator("h1")).to_have_text("请换成您自己的密码")
    expect(page.locator("nav")).to_have_count(0)
    page.fill("#new_password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.press("#again", "Enter")
    expect(page.locator("h1")).to_have_text("管理员，您好")
    page.click("nav a:has-text('辅导站')")
    page.click("a:has-text('加一个站')")
    page.fill("#name", "和平社区校外教育辅导站")
    page.fill("#region", "常州市")
    page.fill("#phone", "123")
    page.click("button:has-text('保存')")
    expect(page.locator("#phone-problem")).to_contain_text("0519-80000002")
    expect(page.locator("#name")).to_have_value("和平社区校外教育辅导站")
    page.fill("#phone", "0519-80000002")
    page.click("button:has-text('保存')")
    expect(page.locator("h1")).to_have_text("和平社区校外教育辅导站")
    page.click("a:has-text('加一个时间')")
    expect(page.locator("#day")).to_be_hidden()
    page.check("#once")
    expect(page.locator("#weekday")).to_be_hidden()
    page.check("input[value=weekly]")
    page.select_option("#weekday", "2")
    page.fill("#starts", "16:00")
    page.fill("#ends", "17:30")
    page.fill("#seats", "3")
    page.click("button:has-text('保存')")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("每周三 16:00—17:30")


def choose(page: Page, section: str, fields: dict[str, str]) -> None:
    """Fill in one form of the page of changes, and confirm what its preview shows."""
    page.goto(page.url.split("/console")[0] + "/console/shifts/1/change")
    form = page.locator(f"section[aria-labelledby={section}] form")
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("(e) => e.tagName") == "SELECT":
            field.select_option(index=int(value))
        else:
            field.fill(value)
    form.locator("button").click()
    expect(page.locator("h1")).to_have_text("看一看对不对")
    page.click("button:has-text('确定，就这样改')")
    expect(page.locator("#done")).to_have_text("改好了。")


def test_a_day_is_left_out_and_held_after_all_and_more_people_are_wanted(page: Page) -> None:
    choose(page, "cancel", {"day": "1", "because": "老师开会"})
    expect(page.locator("main")).to_contain_text("这一次不办了")
    choose(page, "reinstate", {"day": "1"})
    expect(page.locator("main")).to_contain_text("这一次不停了，照常办")
    choose(page, "change-seats", {"seats": "8"})
    expect(page.locator("main")).to_contain_text("要 8 个人")
    page.reload()
    expect(page.locator("#done")).to_have_count(0)


def too_small(page: Page) -> list[str]:
    """Return what can be pressed and is smaller than 44 x 44."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll(
            "button, a:not(.skip), select, textarea, input:not([type=hidden])")]
            .map((e) => e.matches("[type=radio], [type=checkbox]") ? e.closest("label") : e)
            .filter((e) => e.offsetParent !== null)
            .map((e) => [e.textContent.trim() || e.name, e.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44)
            .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)"""
        )
    )


def small_letters(page: Page) -> list[str]:
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll("body *")]
            .filter((e) => e.offsetParent && e.innerText && !e.matches(".unseen, thead, thead *"))
            .map((e) => [e.innerText, getComputedStyle(e)])
            .filter(([, s]) => parseFloat(s.fontSize) < 18)
            .map(([text, s]) => text + s.fontSize)"""
        )
    )


@pytest.mark.parametrize("part", PAGES)
def test_a_page_fits_is_legible_and_axe_finds_nothing(
    page: Page, served: tuple[str, str, str], part: str
) -> None:
    page.goto(f"{served[0]}/console/{part}")
    expect(page.locator("nav a[aria-current]")).to_have_count(0 if part == "password" else 1)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for dark in (False, True):
            page.emulate_media(color_scheme="dark" if dark else "light")
            found = Axe().run(page).response["violations"]
            assert [(width, dark, rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert (width, width_beyond(page), too_small(page), small_letters(page)) == (
            width, 0, [], [],
        )  # fmt: skip


def test_letters_grow_to_thirty_and_the_pages_still_fit(
    page: Page, served: tuple[str, str, str]
) -> None:
    page.goto(f"{served[0]}/console/stations/1")
    page.set_viewport_size({"width": 390, "height": 844})
    for _ in range(4):
        page.click("#larger")
    for part in PAGES:
        page.goto(f"{served[0]}/console/{part}")
        assert letters(page, "main") == 30
        assert (part, width_beyond(page), too_small(page)) == (part, 0, [])
    page.evaluate("localStorage.clear()")


def test_everything_can_be_reached_with_the_keyboard(
    page: Page, served: tuple[str, str, str]
) -> None:
    page.goto(f"{served[0]}/console/stations/new")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "直接看内容"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "name"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_after_the_logout_the_way_back_shows_nothing(
    page: Page, served: tuple[str, str, str]
) -> None:
    page.goto(f"{served[0]}/console/signups")
    page.click("button:has-text('退出登录')")
    expect(page.locator("h1")).to_have_text("工作人员登录")
    page.go_back()
    expect(page.locator("h1")).to_have_text("工作人员登录")
