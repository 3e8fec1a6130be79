"""The way in from WeChat: it pushes, and what we answer to the push is what the person reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import structlog
from prometheus_client import Counter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels import wechat, wechat_crypto, wechat_xml
from bot.channels.wechat_crypto import Letter, Refused, WechatKeys
from bot.channels.wechat_waiting import Unheard, Waiting, left_alone
from bot.channels.wechat_xml import Unreadable
from handlers import wording as say
from handlers.message import Incoming, Reply
from storage.errors import GuanxinError
from web.limits import MOST_BYTES

log = structlog.get_logger()

PATH: Final = "/wechat"

REFUSED = Counter("guanxin_wechat_refused", "Pushes that were refused", ["status"])

Receive = Callable[[Incoming], Awaitable[Reply]]
"""Handle one message; never raises."""


class Pages(Protocol):
    """Where somebody has got to in a reply that is too long for one answer."""

    async def more(self, address: str, message_id: str) -> str | None:
        """Return the next part of the last reply, None where there is none.

        The same message gets the same part again. Raises GuanxinError.
        """


def routes(
    keys: WechatKeys,
    receive: Receive,
    pages: Pages,
    clock: Callable[[], datetime],
    unheard: Unheard = left_alone,
) -> list[BaseRoute]:
    """Return the routes of the channel. ``clock`` is the machine's."""
    if keys.mode != "safe":
        log.warning("wechat without obligatory encryption", mode=keys.mode)
    door = _Door(keys, clock, Waiting(_Ear(receive, pages).say, unheard))
    return [
        Route(PATH, door.handshake, methods=["GET"]),
        Route(PATH, door.push, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class _Door:
    keys: WechatKeys
    clock: Callable[[], datetime]
    waiting: Waiting

    async def handshake(self, request: Request) -> Response:
        try:
            return PlainTextResponse(
                wechat_crypto.echo(self.keys, request.query_params, self.clock())
            )
        except Refused as refusal:
            return _refuse(403, refusal)

    async def push(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > MOST_BYTES:
            return _refuse(413, Unreadable("too large"))
        try:
            letter = wechat_crypto.open_push(self.keys, request.query_params, body, self.clock())
            fields = wechat_xml.read(letter.text)
            message = wechat.parse(fields)
        except Refused as refusal:
            return _refuse(403, refusal)
        except Unreadable as problem:
            return _refuse(400, problem)
        text = await self._outcome(request, message) if message else ""
        if text is None:
            return Response(status_code=503)
        if message and message.kind == "leave":
            return _farewell(text)
        return self._answer(letter, fields, text)

    def _answer(self, letter: Letter, fields: Mapping[str, str], text: str) -> Response:
        if not text:
            return PlainTextResponse("success")
        now = self.clock()
        answer = wechat_xml.write(
            {
                "ToUserName": fields["FromUserName"].strip(),
                "FromUserName": fields["ToUserName"].strip(),
                "CreateTime": int(now.timestamp()),
                "MsgType": "text",
                "Content": text,
            }
        )
        if letter.key is not None:
            answer = wechat_crypto.seal(self.keys, letter.key, answer, now)
        return Response(answer, media_type="application/xml")

    async def _outcome(self, request: Request, message: Incoming) -> str | None:
        async def gone() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass

        return await self.waiting.outcome(message, gone)


@dataclass(frozen=True, slots=True)
class _Ear:
    receive: Receive
    pages: Pages

    async def say(self, message: Incoming) -> str:
        try:
            return await self._page(message)
        except GuanxinError as problem:
            log.warning("busy", channel=wechat.NAME, problem=str(problem))
            return say.BUSY
        except Exception:
            log.exception("failed", channel=wechat.NAME, message=message.id)
            return say.APOLOGY

    async def _page(self, message: Incoming) -> str:
        if wechat.asks_for_more(message):
            part = await self.pages.more(message.address, message.id)
            if part is not None:
                return part
        return wechat.paged(await self.receive(message))[0]


def _farewell(text: str) -> Response:
    """Answer somebody who left and reads nothing; what did not succeed is to be pushed again."""
    failed = text in (say.BUSY, say.APOLOGY)
    return Response(status_code=503) if failed else PlainTextResponse("success")


def _refuse(status: int, why: Exception) -> Response:
    """Answer with nothing but a status; who is not WeChat learns no more."""
    REFUSED.labels(str(status)).inc()
    log.info("refused", channel=wechat.NAME, status=status, why=str(why))
    return Response(status_code=status)
