"""Telegram's webhook: 200 only after the commit, 503 when nothing could be recorded.

Telegram tries again until it gets a 2xx, and meanwhile holds back everything else of that chat, so
what will never be readable gets its 200 too.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import metrics
from bot.channels.telegram_intake import Answers, Intake
from web.chat import Receive

log = structlog.get_logger()

PATH: Final = "/telegram"
SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
RETRY_AFTER_S: Final = 5

_HEADER: Final = "x-telegram-bot-api-secret-token"


def route(receive: Receive, answers: Answers, wake: Callable[[], None], secret: str) -> Route:
    """Return the webhook's route. Raises ValueError for a secret that Telegram does not send."""
    if not SECRET.fullmatch(secret):
        raise ValueError("the secret has 1 to 256 characters of A-Z, a-z, 0-9, _ and -")
    webhook = _Webhook(Intake(receive, answers, wake), secret.encode())
    return Route(PATH, webhook.take, methods=["POST"])


@dataclass(frozen=True, slots=True)
class _Webhook:
    intake: Intake
    secret: bytes

    async def take(self, request: Request) -> Response:
        given = request.headers.get(_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(given, self.secret):
            metrics.MESSAGES.labels("telegram", "refused").inc()
            return Response(status_code=403)
        heard = self.intake.hear(_read(await request.body()))
        if heard is None or await self.intake.take(heard):
            return Response(status_code=200)
        return Response(status_code=503, headers={"Retry-After": str(RETRY_AFTER_S)})


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
