"""``guanxin connect wechat``: are the keys right, can WeChat reach us, and is the menu there?"""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from bot.channels.base import Undelivered
from bot.channels.wechat_client import WeChatClient
from bot.channels.wechat_errors import NotListed
from bot.channels.wechat_sender import RIGHTS, Account
from bot.doctor import Finding
from handlers import wording as say

PORTS: Final = (80, 443)

Button = Mapping[str, str]
MENU: Final[Sequence[Button]] = (
    {"type": "click", "name": say.MENU_ASK, "key": "questions"},
    {"type": "click", "name": say.MENU_SIGN_UP, "key": "signup"},
    {"type": "click", "name": say.MENU_MINE, "key": "mine"},
)
"""Three entries without a second level; the key is what the button calls (see phrases.toml)."""

MOST_BUTTONS: Final = 3
LONGEST_NAME: Final = 16
LONGEST_KEY: Final = 128
"""Bytes of a name and a key, and how many buttons stand side by side. Source: the platform's page
on menus (a name of 16 bytes is the documented one; users have measured more)."""


async def connect(
    client: WeChatClient, account: Account, public_url: str
) -> AsyncIterator[Finding]:
    """Look at one thing after another and publish the menu; each finding says what to do.

    A halt of the channel ends with it: somebody is at work on what was wrong.
    """
    yield _address(public_url)
    problem = await _trouble(client)
    yield _keys(problem)
    yield _ip_list(problem)
    if problem is None:
        yield await _menu(client, account)


def _address(public_url: str) -> Finding:
    wrong = _wrong_with(public_url)
    seen = f"GUANXIN_PUBLIC_URL {wrong}" if wrong else f"enter {public_url}/wechat at WeChat"
    return Finding("address", not wrong, seen)


def _wrong_with(public_url: str) -> str:
    """Return why WeChat could not reach this address, empty when it could."""
    if not public_url:
        return "is not set; enter the address under which WeChat reaches this server"
    try:
        parts = urlsplit(public_url)
        port = parts.port
    except ValueError:
        return "is not an address; write it like https://guanxin.example.org"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "is not a web address; write it like https://guanxin.example.org"
    if port is not None and port not in PORTS:
        return f"has port {port}; WeChat calls 80 and 443 only: put a reverse proxy before it"
    if parts.path or parts.query or parts.fragment or parts.username:
        return "must end after the host, like https://guanxin.example.org"
    return _wrong_with_host(parts.hostname)


def _wrong_with_host(host: str) -> str:
    unreachable = "is known on this machine or network only; WeChat calls from the internet"
    try:
        private = ipaddress.ip_address(host).is_private
    except ValueError:
        private = "." not in host or host.endswith(".local")
    return unreachable if private else ""


async def _trouble(client: WeChatClient) -> Undelivered | None:
    """Fetch a token and use it once; return what went wrong."""
    try:
        await client.start_anew()
        await client.misc.get_wechat_ips()
    except Undelivered as problem:
        return problem
    return None


def _keys(problem: Undelivered | None) -> Finding:
    if problem is None:
        return Finding("keys", True, "WeChat gave an access token and accepted it")
    if isinstance(problem, NotListed):
        return Finding("keys", False, "not known before the IP list is right")
    return Finding("keys", False, str(problem))


def _ip_list(problem: Undelivered | None) -> Finding:
    if problem is None:
        return Finding("IP list", True, "this machine may call WeChat")
    if isinstance(problem, NotListed):
        return Finding("IP list", False, f"{problem}, then run this again")
    return Finding("IP list", False, "not known before the keys are right")


async def _menu(client: WeChatClient, account: Account) -> Finding:
    if not RIGHTS[account].menu:
        return Finding("menu", True, f"a {account} account has none; people type what they want")
    if wrong := wrong_with_menu(MENU):
        return Finding("menu", False, wrong)
    try:
        await client.menu.create({"button": list(MENU)})
    except Undelivered as problem:
        return Finding("menu", False, f"not published: {problem}")
    names = ", ".join(button["name"] for button in MENU)
    return Finding("menu", True, f"{names}; people see it within five minutes")


def wrong_with_menu(menu: Sequence[Button]) -> str:
    """Return why WeChat would refuse a menu, empty when it would not."""
    if not 0 < len(menu) <= MOST_BUTTONS:
        return f"{len(menu)} buttons; WeChat takes one to {MOST_BUTTONS}"
    for button in menu:
        for part, most in (("name", LONGEST_NAME), ("key", LONGEST_KEY)):
            if not 0 < len(button[part].encode()) <= most:
                return f"the {part} {button[part]!r} is empty or longer than {most} bytes"
    return ""
