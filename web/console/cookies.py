"""The cookie by which the console knows a browser, and the token that each of its forms carries."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from web import pages

COOKIE: Final = "guanxin_staff"
PATH: Final = pages.CONSOLE
DONE: Final = "guanxin_done"
"""What was done, for the page that follows: a key of ``wording_console.DONE``, and a number."""

DONE_LASTS_S: Final = 60
_DONE: Final = re.compile(r"([a-z]{1,20})\.(\d{1,6})")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def new() -> str:
    """Return a token that nobody can guess (256 bits)."""
    return secrets.token_urlsafe(32)


def token(request: Request) -> str | None:
    """Return the token that a browser came with, None for none or a malformed one."""
    found = request.cookies.get(COOKIE, "")
    return found if _TOKEN.fullmatch(found) else None


def give(response: Response, value: str, secure: bool) -> Response:
    """Give a browser its token, until it is closed.

    Lax, not Strict: a link in a chat or a mail that leads here must not look logged out.
    """
    response.set_cookie(COOKIE, value, path=PATH, secure=secure, httponly=True, samesite="lax")
    return response


def say_done(response: Response, what: str, count: int, secure: bool) -> Response:
    """Let the page that follows say what was done."""
    value = f"{what}.{count}"
    response.set_cookie(
        DONE, value, DONE_LASTS_S, path=PATH, secure=secure, httponly=True, samesite="lax"
    )
    return response


def done(request: Request) -> tuple[str, int] | None:
    """Return what was done just before, and with how many; None for nothing."""
    found = _DONE.fullmatch(request.cookies.get(DONE, ""))
    return (found[1], int(found[2])) if found else None


def forget_done(response: Response, secure: bool) -> Response:
    """Say it once only."""
    response.delete_cookie(DONE, PATH, secure=secure, httponly=True, samesite="lax")
    return response


def csrf(value: str) -> str:
    """Return what the forms of a browser carry: only who has its token can know it."""
    return hashlib.sha256(f"csrf {value}".encode()).hexdigest()


def is_own(value: str | None, carried: str) -> bool:
    """Tell whether a form was made for the browser that sends it; takes the same time always."""
    wanted = csrf(value) if value else secrets.token_hex(32)
    return hmac.compare_digest(wanted.encode(), carried.encode())
