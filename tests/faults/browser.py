"""Browsers that talk to servers and remember what they were told; and the people at them."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import httpx

from handlers import wording as say
from storage.signups import FIRST_NUMBER
from tests.faults.server import Server

ANSWER_S = 4.3
"""A person hears within 4 s; the rest is for the way there and back."""

AGAIN_S = 0.1
TO_CONFIRM = ("报名", "1", "李桂芳", "13900001234", "书法", "1", "1", "1")
"""What leads a stranger to the last question of the form for a station."""


@dataclass
class Answer:
    """What came back for a message, and after how long."""

    text: str
    choices: list[tuple[str, str]]
    seconds: float


@dataclass
class Browser:
    """Somebody at a browser, who sends a message again until it is acknowledged.

    ``servers`` are tried in turn. ``told`` holds what was acknowledged, by the message's id.
    """

    servers: Sequence[Server]
    client: httpx.AsyncClient
    told: dict[str, Answer] = field(default_factory=dict)
    slowest: float = 0
    busy: int = 0

    async def open(self) -> str:
        """Open the page, which also gives the browser its cookie."""
        while True:
            try:
                page = await self.client.get(self._server().url)
            except httpx.HTTPError:
                await self._next_server()
                continue
            assert page.status_code == 200
            return page.text

    async def say(self, words: str, kind: str = "text") -> Answer:
        id = uuid.uuid4().hex
        while True:
            answer = await self.once(id, words, kind)
            if answer is not None and answer.text != say.BUSY:
                self.told[id] = answer
                return answer
            await self._next_server()

    async def once(self, id: str, words: str, kind: str = "text") -> Answer | None:
        """Send a message once; None where the line broke."""
        began = time.monotonic()
        body = {"id": id, kind: words}
        try:
            heard = await self.client.post(f"{self._server().url}/messages", json=body)
        except httpx.HTTPError:
            return None
        seconds = time.monotonic() - began
        self.slowest = max(self.slowest, seconds)
        assert heard.status_code == 200, heard.text
        fields = heard.json()
        choices = [(choice["label"], choice["data"]) for choice in fields["choices"]]
        self.busy += fields["text"] == say.BUSY
        return Answer(fields["text"], choices, seconds)

    async def fill_in(self) -> Answer:
        """Go as far as the last question of the form for a station."""
        for words in TO_CONFIRM:
            answer = await self.say(words)
        return answer

    def _server(self) -> Server:
        return self.servers[0]

    async def _next_server(self) -> None:
        self.servers = (*self.servers[1:], self.servers[0])
        await asyncio.sleep(AGAIN_S)


@contextlib.asynccontextmanager
async def browsing(servers: Sequence[Server], how_many: int) -> AsyncIterator[list[Browser]]:
    """So many browsers, each with its cookie; they are spread over the servers."""
    async with contextlib.AsyncExitStack() as stack:
        browsers = []
        for number in range(how_many):
            client = httpx.AsyncClient(verify=False, timeout=20, trust_env=False)
            await stack.enter_async_context(client)
            first = number % len(servers)
            browsers.append(Browser((*servers[first:], *servers[:first]), client))
        await asyncio.gather(*(browser.open() for browser in browsers))
        yield browsers


@dataclass
class Volunteer:
    """Signs up, looks, cancels and signs up again, and remembers what was told."""

    browser: Browser
    chance: random.Random
    held: set[int] = field(default_factory=set)

    async def live(self, stop: asyncio.Event) -> None:
        """Go on until ``stop``, and finish what was begun."""
        await self.sign_up(known=False)
        while not stop.is_set():
            await self.browser.say("我的")
            if self.held and self.chance.random() < 0.4:
                await self.cancel(self.chance.choice(sorted(self.held)))
            else:
                await self.sign_up(known=True)

    async def sign_up(self, *, known: bool) -> None:
        steps = ("报名", "1") if known else ("报名", "1", "李桂芳", "13900001234", "书法")
        for words in steps:
            await self.browser.say(words)
        await self.browser.say("1")
        answer = await self.browser.say(str(self.chance.randint(1, 3)))
        while "报名编号" not in answer.text:
            assert answer.choices, answer.text  # the consent, or the last question
            answer = await self.browser.say("1")
        self.held.add(_id(answer))

    async def cancel(self, signup: int) -> None:
        answer = await self.browser.say(f"cancel:{signup}:yes", "choice")
        assert "已经取消" in answer.text
        self.held.discard(signup)


def _id(answer: Answer) -> int:
    return int(answer.text.rpartition("报名编号：")[2][:6]) - FIRST_NUMBER


@contextlib.asynccontextmanager
async def volunteering(browsers: Sequence[Browser]) -> AsyncIterator[list[Volunteer]]:
    """Let everybody sign up and cancel meanwhile; at the end each has had their answers."""
    stop = asyncio.Event()
    volunteers = [Volunteer(browser, random.Random(n)) for n, browser in enumerate(browsers)]
    async with asyncio.TaskGroup() as group:
        for volunteer in volunteers:
            group.create_task(volunteer.live(stop))
        try:
            yield volunteers
        finally:
            stop.set()
