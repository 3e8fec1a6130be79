"""Telephone numbers as they are shown: known again by their owner, of no use to others."""

from __future__ import annotations

from typing import Final

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
