"""What every channel that sends by a call has in common.

Undelivered (GuanxinError)
├── Unreachable     never for this address: blocked, unfollowed, unknown; the address goes off
├── Moved           the address is another one now; send once more there
├── TryLater        not now; ``after`` seconds say when
├── Unsendable      this message never: too long, malformed; the fault is ours
├── Uncertain       perhaps sent, perhaps not: the line was cut after the request
└── Halted          nothing can be sent until a person acts: wrong secret, address not allowed
"""

from __future__ import annotations

from typing import Protocol

from handlers.letters import Filled
from handlers.message import Reply
from storage.errors import GuanxinError


class Undelivered(GuanxinError):
    """A message that did not arrive for sure."""


class Unreachable(Undelivered):
    """Nothing will ever reach this address."""


class Moved(Undelivered):
    """The address has changed to ``address``."""

    def __init__(self, address: str) -> None:
        super().__init__(f"moved to {address}")
        self.address = address


class TryLater(Undelivered):
    """The platform asks to wait ``after`` seconds; ``whole_channel``: with everything."""

    def __init__(self, why: str, after: float, *, whole_channel: bool = False) -> None:
        super().__init__(why)
        self.after = after
        self.whole_channel = whole_channel


class Unsendable(Undelivered):
    """This message cannot be sent to anybody."""


class Uncertain(Undelivered):
    """Nobody knows whether it arrived."""


class Halted(Undelivered):
    """The channel cannot send until an operator acts; the message says what to do."""


class Channel(Protocol):
    """A way to reach people by calls."""

    name: str

    async def send(self, address: str, reply: Reply, filled: Filled | None = None, /) -> None:
        """Send a reply and return once the platform took it. Raises Undelivered.

        ``filled``: by a template of the platform, filled with these values.
        """
