"""The business clock: the machine's, or one that starts at GUANXIN_NOW and then runs on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def system() -> datetime:
    """Return the machine's time (UTC, aware)."""
    return datetime.now(UTC)


def starting_at(start: datetime | None) -> Clock:
    """Return a clock that shows ``start`` now and runs on; without a start, the machine's."""
    if start is None:
        return system
    began = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)
