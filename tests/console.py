"""A browser without a window at the console of staff, for tests."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import httpx

from bot import app
from bot.app import Guanxin
from storage import passwords, staff
from storage.staff import Role

PASSWORD = "银杏树下的读书声"
ONE_TIME = "one-time-secret"
SITE = "http://guanxin.test"


def enter(guanxin: Guanxin, name: str = "王老师", role: Role = "admin") -> int:
    """Enter a member who has changed the password already; return the id."""
    new = guanxin.store.write_now(
        lambda tx: staff.add(tx, name, passwords.hashed(PASSWORD), guanxin.clock(), role)
    )
    assert new is not None
    kept = passwords.hashed(PASSWORD)
    guanxin.store.write_now(lambda tx: staff.set_password(tx, new, kept, must_change=False))
    return new


class Browser:
    """Opens pages, and sends their forms with what they carry."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page = httpx.Response(204)

    async def open(self, path: str) -> str:
        """Open a page and follow where it leads."""
        self.page = await self.client.get(path, follow_redirects=True)
        return self.page.text

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form with the csrf token of the page that is open."""
        return await self.post(path, {"csrf": self.csrf(), **fields})

    async def post(self, path: str, fields: dict[str, str]) -> httpx.Response:
        """Send fields as they are."""
        answer = await self.client.post(path, data=fields, headers={"Origin": SITE})
        if "csrf" in answer.text:
            self.page = answer
        return answer

    async def do(self, path: str, **fields: str) -> str:
        """Send a form and follow where it leads."""
        answer = await self.send(path, **fields)
        if answer.is_redirect:
            return await self.open(answer.headers["location"])
        return answer.text

    def csrf(self) -> str:
        """Return the token of the page that is open."""
        carried = re.search(r'name="csrf" value="(\w+)"', self.page.text)
        assert carried, self.page.text
        return carried[1]

    async def log_in(self, name: str = "王老师", password: str = PASSWORD) -> httpx.Response:
        """Fill in the login page."""
        await self.open("/console/login")
        return await self.send("/console/login", name=name, password=password)

    def said(self) -> str:
        """Return the words of the page that is open, without its marks."""
        body = re.sub(r"(?s)<head>.*?</head>|<[^>]+>", " ", self.page.text)
        return " ".join(unescape(body).split())


@asynccontextmanager
async def browser(guanxin: Guanxin, host: str = "192.0.2.7") -> AsyncIterator[Browser]:
    """A browser that has never been here."""
    transport = httpx.ASGITransport(app.asgi(guanxin), client=(host, 5))
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
        yield Browser(client)
