"""What the console says of answers; the words of the pages stand in their templates."""

from __future__ import annotations

from typing import Final

ANSWERS: Final = "回答过的"
WAYS: Final = {
    "page": "网页",
    "telegram": "Telegram",
    "template": "微信",
    "customer_service": "微信",
    "telephone": "要打电话",
    "opted_out": "退订了，不发",
}
"""The way an answer goes back to somebody who asked, as staff know it."""
