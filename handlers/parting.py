"""Somebody leaves a channel."""

from __future__ import annotations

from typing import Final

from handlers.desk import Desk
from handlers.message import Reply
from storage import deliveries, erasure

DELETES: Final = ("wechat",)
"""Channels whose platform asks that the data obtained through it be deleted on unfollowing."""


def leave(desk: Desk) -> Reply:
    """Delete what the platform wants deleted, or only stop sending; nobody reads the reply."""
    if desk.channel in DELETES:
        erasure.forget_address(desk.tx, desk.address_id, desk.person.id, desk.now)
    else:
        deliveries.switch_off(desk.tx, desk.address_id, "left", desk.now)
    return Reply("")
