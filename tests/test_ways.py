"""Which way reaches somebody, and what comes after one that failed."""

from __future__ import annotations

import pytest

from handlers.ways import Option, Reach, after, options
from storage.people import Address

WEB = Address(1, "web", False, 0)
TELEGRAM = Address(2, "telegram", False, 0)
WECHAT = Address(3, "wechat", False, 0)
OPEN = Address(3, "wechat", False, 2)
ALL = Reach(True, True, frozenset({"shift"}))


@pytest.mark.parametrize(
    ("addresses", "reach", "ways"),
    [
        ([], ALL, []),
        ([WEB], Reach(), ["page"]),
        ([WEB, TELEGRAM], ALL, ["telegram", "page"]),
        ([TELEGRAM], Reach(), []),
        ([WECHAT], ALL, ["template"]),
        ([OPEN], ALL, ["template", "customer_service"]),
        ([OPEN], Reach(customer_service=True), ["customer_service"]),
        ([WECHAT], Reach(customer_service=True), []),
        ([WEB, OPEN, TELEGRAM], ALL, ["telegram", "template", "customer_service", "page"]),
        ([Address(2, "telegram", True, 0), WEB], ALL, ["page"]),
        ([Address(4, "terminal", False, 0)], ALL, []),
    ],
)
def test_the_best_way_comes_first(addresses: list[Address], reach: Reach, ways: list[str]) -> None:
    assert [option.way for option in options(addresses, reach, "shift")] == ways


def test_a_template_is_for_one_purpose() -> None:
    assert options([WECHAT], ALL, "campaign") == []


def test_after_a_failure_each_other_way_is_tried_once() -> None:
    found = options([WEB, OPEN, TELEGRAM], ALL, "shift")
    tried, option = [], found[0]
    while option is not None:
        tried.append(option.way)
        option = after(option, found)  # type: ignore[assignment]
    assert tried == ["telegram", "template", "customer_service", "page"]


def test_the_next_way_is_found_though_the_failed_one_is_gone() -> None:
    left = options([WEB, WECHAT], ALL, "shift")
    assert after(Option("telegram", 2), left) == Option("template", 3)
