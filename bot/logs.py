"""Structured logs on standard error; what identifies a person or opens a door is struck out."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog

_TELEPHONE: Final = re.compile(
    r"(?<!\d)(?:(?:00|\+)?86[- ]?)?1[3-9]\d(?:[- ]?\d){8}(?!\d)"
    r"|(?<!\d)0(?:10|2\d|[3-9]\d\d)[- ]?\d{7,8}(?!\d)"
)
_HALF_WIDTH: Final = {0xFF10 + digit: str(digit) for digit in range(10)}
_SECRET_NAMES: Final = re.compile(r"(token|secret|password|key)$", re.IGNORECASE)
_SECRETS: Final = (
    re.compile(r"""((?:token|secret|password|key)["']?\s*[=:]\s*["']?)[^\s&'",}]+""", re.I),
    re.compile(r"(://[^\s/:@]*:)[^\s/]+(?=@)"),  # the password of a database's address
    re.compile(r"()(?<!\d)\d{6,}:[\w-]{30,}"),  # a Telegram bot's token
    re.compile(r"()(?<![\w-])[\w-]{43}="),  # 32 bytes in base64: a key of ours
)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Strike out telephone numbers, tokens and passwords, also inside tracebacks."""
    return _struck(event)


def _struck(fields: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        _redacted(str(name)): "…" if _SECRET_NAMES.search(str(name)) else _redacted(value)
        for name, value in fields.items()
    }


def _redacted(value: Any) -> Any:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, Mapping):
        return _struck(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(one) for one in value]
    text = str(value).translate(_HALF_WIDTH)
    for secret in _SECRETS:
        text = secret.sub(r"\1…", text)
    text = _TELEPHONE.sub("…", text)
    return value if text == str(value) and isinstance(value, int) else text


def set_up(*, as_json: bool, quiet: bool = False) -> None:
    """Send every log line to standard error: JSON for machines, coloured lines in a terminal.

    ``quiet``: warnings and errors only. Lines of the libraries go the same way.
    """
    level = logging.WARNING if quiet else logging.INFO
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, redact, _renderer(as_json)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _hear_libraries(shared, _renderer(as_json))


def _renderer(as_json: bool) -> Any:
    if as_json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def _hear_libraries(shared: list[Any], renderer: Any) -> None:
    """Let what uvicorn and others log look like our own lines, as redacted as they are."""
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[strip, redact, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers = [old for old in root.handlers if not _is_ours(old)] + [handler]


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
