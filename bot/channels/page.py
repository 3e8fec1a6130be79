"""The chat page as a channel: a message is there once it is kept, and the page shows it."""

from __future__ import annotations

from typing import Final

from handlers.letters import Filled
from handlers.message import Reply

NAME: Final = "web"


class Page:
    """Nothing is called: what was sent to the page is read from the deliveries."""

    name = NAME

    async def send(self, _address: str, _reply: Reply, _filled: Filled | None = None) -> None:
        """Leave the message where it is."""
