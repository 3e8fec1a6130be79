"""Which way a message can go to somebody (the channel planner). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from storage.deliveries import Way
from storage.people import Address

PAGES: Final = ("web",)
"""Channels that show a message when their page is looked at next."""

BEST_FIRST: Final[tuple[Way, ...]] = ("telegram", "template", "customer_service", "page")
"""A template is worth a window: only words of the person open the next one (platforms: WeChat)."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What this installation may send: platforms that are connected, and rights of the account.

    ``templates`` are the purposes for which WeChat gave a template.
    """

    telegram: bool = False
    customer_service: bool = False
    templates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Option:
    """One way to one address."""

    way: Way
    address_id: int

    @property
    def place(self) -> tuple[int, int]:
        """Return where it stands among the others, the best first."""
        return BEST_FIRST.index(self.way), self.address_id


def options(addresses: Sequence[Address], reach: Reach, purpose: str) -> list[Option]:
    """Return the ways to somebody, the best first; addresses that are off have none."""
    found = [
        Option(way, address.id)
        for address in addresses
        if not address.is_off
        for way in _ways(address, reach, purpose)
    ]
    return sorted(found, key=lambda option: option.place)


def _ways(address: Address, reach: Reach, purpose: str) -> list[Way]:
    if address.channel in PAGES:
        return ["page"]
    if address.channel == "telegram":
        return ["telegram"] if reach.telegram else []
    ways: list[Way] = []
    if address.channel == "wechat" and purpose in reach.templates:
        ways.append("template")
    if address.channel == "wechat" and reach.customer_service and address.allowed:
        ways.append("customer_service")
    return ways


def after(failed: Option, found: Sequence[Option]) -> Option | None:
    """Return the next best way after one that failed, None where all have been tried."""
    return next((option for option in found if option.place > failed.place), None)
