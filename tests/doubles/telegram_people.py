"""Somebody who talks to the bot in a private chat."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Any

from tests.doubles.telegram import BotApi
from tests.doubles.telegram_wire import BOT, Params, Sent, private_chat


@dataclass
class Person:
    """Somebody in a private chat with the bot."""

    server: BotApi
    number: int
    name: str = "桂芳"
    read: int = 0

    def __post_init__(self) -> None:
        self.server.chats.setdefault(self.number, "open")

    @property
    def user(self) -> Params:
        return {
            "id": self.number,
            "is_bot": False,
            "first_name": self.name,
            "language_code": "zh-hans",
        }

    def membership(self, status: str) -> Params:
        """What Telegram tells when somebody blocks the bot ("kicked") or takes it back."""
        return {
            "chat": private_chat(self.number, self.name),
            "from": self.user,
            "date": int(self.server.now()),
            "new_chat_member": {"user": BOT, "status": status, "until_date": 0},
        }

    async def says(self, text: str) -> int | None:
        return await self.server.push(message=self.message(text=text))

    def message(self, **content: Any) -> Params:
        return {
            "message_id": next(self.server.messages),
            "from": self.user,
            "chat": private_chat(self.number, self.name),
            "date": int(self.server.now()),
            **content,
        }

    async def taps(self, label: str) -> int | None:
        """Tap the newest button with this label, without its number."""
        for sent in reversed(self.received):
            for button in sent.buttons:
                if button["text"].partition(". ")[2] == label:
                    return await self.taps_data(button["callback_data"], sent)
        raise AssertionError(f"there is no button {label}")

    async def taps_data(self, data: str, sent: Sent | None = None) -> int | None:
        query = str(random.randrange(10**17, 10**18))
        self.server.queries[query] = time.monotonic()
        message = self.server.as_message(sent) if sent else self.message(text="？")
        content = {"id": query, "from": self.user, "message": message}
        return await self.server.push(
            callback_query={**content, "chat_instance": "-800000000000000001", "data": data}
        )

    @property
    def keyboard(self) -> str:
        """The button that the client shows in place of the letters, until it is told otherwise."""
        for sent in reversed(self.received):
            if sent.markup and "inline_keyboard" not in sent.markup:
                return sent.shares_phone
        return ""

    async def shares(self, phone: str) -> int | None:
        """Tap the button that hands over the own telephone."""
        assert self.keyboard, "there is no button for the telephone"
        contact = {"phone_number": phone, "first_name": self.name, "user_id": self.number}
        return await self.server.push(message=self.message(contact=contact))

    @property
    def received(self) -> list[Sent]:
        return [sent for sent in self.server.sent if sent.chat == self.number]

    async def reads(self, seconds: float = 5) -> Sent:
        """Return the next message that was not read yet."""
        async with asyncio.timeout(seconds):
            await self.server.until(lambda: len(self.received) > self.read)
        self.read += 1
        return self.received[self.read - 1]
