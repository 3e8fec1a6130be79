"""How values are shown to staff: times in China's zone, telephones with their middle hidden."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from handlers import wording
from handlers.timewords import local

HEAD: Final = 3
TAIL: Final = 4


def masked(phone: str) -> str:
    """Return 138****0000 for a mobile, 0519-****0002 for a landline, stars for what is short."""
    if len(phone) < HEAD + TAIL + 1:
        return "*" * len(phone)
    area, dash, _ = phone.partition("-")
    head = area + dash if dash else phone[:HEAD]
    hidden = len(phone) - len(head) - TAIL
    return f"{head}{'*' * hidden}{phone[-TAIL:]}" if hidden > 0 else "*" * len(phone)


def moment(when: datetime) -> str:
    """Return 11月23日（周一）09:00, in China's zone."""
    here = local(when)
    day = wording.WEEKDAYS[here.weekday()]
    return f"{here.month}月{here.day}日（{day}）{here:%H:%M}"


FILTERS: Final = {"masked": masked, "moment": moment}
