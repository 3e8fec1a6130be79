"""Structured logs on standard error; what identifies a person or opens a door is struck out."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_TELEPHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_SECRET_NAMES = re.compile(r"(token|secret|password|key)$", re.IGNORECASE)
_SECRETS = re.compile(r"((?:token|secret|password|key)=)[^\s&'\"]+|\d{6,}:[\w-]{30,}", re.I)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Strike out telephone numbers, tokens and passwords, also inside tracebacks."""
    return {
        name: "…" if _SECRET_NAMES.search(name) else _redacted(value)
        for name, value in event.items()
    }


def _redacted(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _SECRETS.sub(r"\1…", _TELEPHONE.sub("1…", value))


def set_up(*, as_json: bool) -> None:
    """Send every log line to standard error: JSON for machines, coloured lines in a terminal."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if as_json else []),
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
