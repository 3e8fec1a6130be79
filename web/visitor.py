"""Who sits at the browser: a random cookie, and a guard against other sites that would use it."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

COOKIE: Final = "guanxin"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_SECONDS_KEPT: Final = 400 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser. ``known`` means that it came with a cookie of ours."""

    token: str
    known: bool

    @property
    def address(self) -> str:
        """What the rest of the assistant may know and keep of the cookie."""
        return hashlib.sha256(self.token.encode()).hexdigest()


def newcomer() -> Visitor:
    """Return a visitor whom nobody has seen before."""
    return Visitor(secrets.token_urlsafe(32), known=False)


def of(request: Request) -> Visitor:
    """Return who sent the request; a missing or malformed cookie is a newcomer's."""
    token = request.cookies.get(COOKIE, "")
    return Visitor(token, known=True) if _TOKEN.fullmatch(token) else newcomer()


def remember(visitor: Visitor, response: Response, secure: bool) -> Response:
    """Give the browser its cookie, for 400 days from now."""
    response.set_cookie(
        COOKIE,
        visitor.token,
        max_age=_SECONDS_KEPT,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return response


def is_foreign(request: Request) -> bool:
    """Tell whether another site's page made the browser send this."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("origin")
    return origin is not None and _host(origin) != request.headers.get("host", "").lower()


def is_foreign_form(request: Request) -> bool:
    """Tell the same of a form: under no-referrer our own forms come with the origin "null".

    A browser that names no site with it is trusted when the SameSite cookie came along.
    """
    if request.headers.get("origin") != "null":
        return is_foreign(request)
    site = request.headers.get("sec-fetch-site")
    return site != "same-origin" if site else not of(request).known


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
