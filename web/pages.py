"""Values into pages: the templates, the static files, and the page that leads out of a dead end."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web import wording

MESSAGES: Final = "/messages"
CONSOLE: Final = "/console"
STATIC: Final = Path(__file__).parent / "static"
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@cache
def asset(name: str) -> str:
    """Return the address of a static file; it changes with the file, so it may be kept long."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


TEMPLATES.globals["asset"] = asset


class Files(StaticFiles):
    """The static files: kept for a year at their ``asset`` address, else asked for each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file with what a browser may do with its copy."""
        response = await super().get_response(path, scope)
        named = f"/static/{path}?{scope['query_string'].decode('latin-1')}"
        lasting = (STATIC / path).is_file() and named == asset(path)
        kept = "public, max-age=31536000, immutable" if lasting else "no-cache"
        response.headers["Cache-Control"] = kept
        return response


def page(name: str, status: int = 200, /, **values: object) -> HTMLResponse:
    """Return a template as a response."""
    return HTMLResponse(TEMPLATES.get_template(name).render(**values), status)


def refuse(
    path: str, status: int, sentence: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Say why not, as JSON where a script asks and as a page where a person does."""
    response: Response
    if path == MESSAGES:
        response = JSONResponse({"error": sentence}, status)
    else:
        is_staff = path.startswith(f"{CONSOLE}/")
        response = page("problem.html", status, sentence=sentence, is_staff=is_staff)
    response.headers.update(headers or {})
    return response


_SENTENCES: Final = {404: wording.NO_PAGE, 405: wording.WRONG_METHOD}


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return refuse(request.url.path, 500, wording.OUR_FAULT)
    sentence = _SENTENCES.get(error.status_code, wording.BROKEN)
    return refuse(request.url.path, error.status_code, sentence, error.headers)


ERRORS: Final = {404: _refused, 405: _refused, 500: _refused}
"""The application's ``exception_handlers``."""
