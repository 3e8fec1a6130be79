"""Answering in a real browser: from a question that waits to the answer in the list."""

from __future__ import annotations

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.need_browser import WITHOUT, browser_path
from tests.test_console_browser import PASSWORD, SIZES, browser, served, too_small
from tests.test_page import width_beyond

__all__ = ["browser", "served"]

pytestmark = pytest.mark.skipif(not browser_path(), reason=WITHOUT)

QUESTION = "老花镜可以领吗"
ANSWER = "可以，带身份证到办公室登记。"


@pytest.fixture(scope="module")
def page(browser: Browser, served: tuple[str, str, str]) -> Page:
    """The console of an administrator, with two people who asked and one who wants a human."""
    address, name, password = served
    for user, words in enumerate((QUESTION, "请问能不能领老花镜", "人工")):
        with httpx.Client(base_url=address) as asker:
            asker.get("/")
            sent = {"id": f"question-{user}", "text": words}
            assert asker.post("/messages", json=sent).status_code == 200
    opened = browser.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    opened.set_default_timeout(8000)
    opened.goto(f"{address}/console")
    opened.fill("#name", name)
    opened.fill("#password", password)
    opened.click("main button")
    opened.fill("#new_password", PASSWORD)
    opened.fill("#again", PASSWORD)
    opened.press("#again", "Enter")
    expect(opened.locator("h1")).to_have_text("管理员，您好")
    return opened


def look(page: Page, name: str) -> None:
    """Every page fits, can be pressed with a thumb, and is without faults that axe finds."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert width_beyond(page) <= 0, name
        assert too_small(page) == [], name
        assert Axe().run(page).response["violations"] == [], name


def test_from_a_question_to_its_answer(page: Page) -> None:
    page.click("nav a:has-text('等着的事')")
    expect(page.locator("tbody tr").first).to_contain_text("2 人问过")
    page.click("tbody tr:first-child a")
    page.click("summary")
    expect(page.locator("details li")).to_have_count(2)
    look(page, "ticket")
    page.click("a:has-text('回答这个问题')")
    page.fill("#text", ANSWER)
    page.fill("#region", "亚特兰蒂斯")
    page.click("button:has-text('先看看')")
    expect(page.locator("#region-problem")).to_contain_text("不认识这个地方")
    expect(page.locator("#text")).to_have_value(ANSWER)
    page.fill("#region", "")
    look(page, "answer_form")
    page.click("button:has-text('先看看')")
    expect(page.locator("main")).to_contain_text("网页 2 人")
    look(page, "answer_preview")
    page.click("button:has-text('回去改')")
    expect(page.locator("#wordings")).to_have_value(f"请问能不能领老花镜\n{QUESTION}")
    page.click("button:has-text('先看看')")
    page.click("button:has-text('就这样回答')")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("nav [aria-current]")).to_have_text("回答过的")
    look(page, "answers")
    page.click("tbody a")
    look(page, "answer")


def test_somebody_who_wants_a_human_gets_a_reply(page: Page) -> None:
    page.click("nav a:has-text('等着的事')")
    page.click("tbody a")
    page.fill("#text", "您请说。")
    look(page, "human")
    page.click("button:has-text('先看看')")
    expect(page.locator("section")).to_contain_text("管理员回复：您请说。")
    look(page, "reply")
    page.click("button:has-text('发给对方')")
    expect(page.locator("main")).to_contain_text("现在没有等着的事")
