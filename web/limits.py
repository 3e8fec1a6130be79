"""How much, and for how long, a browser or a platform may talk before anybody listens."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import pages, wording

MOST_BYTES: Final = 1 << 20
MOST_SECONDS: Final = 10.0
_MOST_DISCARDED: Final = 32 << 20


class _TooLarge(Exception):
    pass


class _Gone(Exception):
    pass


class Limits:
    """Reads the whole body before the application starts, so that it never sees half of one."""

    def __init__(
        self, app: ASGIApp, most_bytes: int = MOST_BYTES, seconds: float = MOST_SECONDS
    ) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or answer 413 or 408 in the application's place."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check_announced(scope)
            async with asyncio.timeout(self._seconds):
                body = await self._read(receive)
        except _Gone:
            return
        except _TooLarge:
            await self._refuse_large(scope, receive, send)
        except TimeoutError:
            refusal = pages.refuse(scope["path"], 408, wording.TOO_SLOW, {"Connection": "close"})
            await refusal(scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)

    def _check_announced(self, scope: Scope) -> None:
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced[:20]) > self._most_bytes:
            raise _TooLarge

    async def _read(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            body += message.get("body", b"")
            if len(body) > self._most_bytes:
                raise _TooLarge
            if not message.get("more_body", False):
                return bytes(body)

    async def _refuse_large(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once, then drain: closing on unread bytes would make the answer unreadable."""

        async def send_then_drain(message: Message) -> None:
            if message["type"] == "http.response.body":
                await send({**message, "more_body": True})
                await self._drain(receive)
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        refusal = pages.refuse(scope["path"], 413, wording.TOO_LARGE, {"Connection": "close"})
        await refusal(scope, receive, send_then_drain)

    async def _drain(self, receive: Receive) -> None:
        discarded, more = 0, True
        try:
            async with asyncio.timeout(self._seconds):
                while more and discarded < _MOST_DISCARDED:
                    message = await receive()
                    discarded += len(message.get("body", b""))
                    more = message.get("more_body", False)
        except TimeoutError:
            pass


def _replay(body: bytes, receive: Receive) -> Receive:
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return first.pop() if first else await receive()

    return replayed
