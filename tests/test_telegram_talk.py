"""Whole conversations over Telegram: the real dispatcher, polling, and what the person reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from bot.app import Guanxin
from bot.channels.telegram_bot import TelegramBot
from handlers import wording
from handlers.message import Incoming, Reply
from tests.doubles.telegram import BotApi
from tests.doubles.telegram_people import Person
from tests.test_telegram_polling import polled


@dataclass
class Post:
    """Handles with the real dispatcher and sends the replies."""

    guanxin: Guanxin
    replies: asyncio.Queue[tuple[str, Reply]] = field(default_factory=asyncio.Queue)

    async def receive(self, message: Incoming) -> Reply:
        reply = await self.guanxin.dispatcher.receive(message)
        await self.replies.put((message.address, reply))
        return reply

    @asynccontextmanager
    async def sends(self, bot: TelegramBot) -> AsyncIterator[None]:
        async def send() -> None:
            while True:
                await bot.send(*await self.replies.get())

        task = asyncio.create_task(send())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_whole_sign_up_by_buttons_and_its_cancelling(guanxin: Guanxin) -> None:
    post = Post(guanxin)
    async with BotApi(burst_in_a_chat=1000, each_second=1000) as server:
        li = Person(server, 800000017)

        async def then(tapped: str = "", said: str = "") -> str:
            await (li.taps(tapped) if tapped else li.says(said))
            return (await li.reads()).text

        async with polled(server, post.receive) as bot, post.sends(bot):
            assert wording.WELCOME in await then(said="/start")
            assert await then("报名") == wording.PROGRAMMES
            assert "姓名" in await then("去辅导站帮忙")
            assert "电话" in await then(said="李桂芳")
            assert "计划" in await then(said="四点钟课堂是什么")
            await li.shares("+8613900001234")
            assert "能教什么" in (await li.reads()).text
            assert wording.ASK_STATION in await then(said="书法")
            assert "什么时间" in await then("示例·河海社区校外教育辅导站")
            assert "同意吗" in await then(said="周六")
            assert "13900001234" in await then("同意")
            assert wording.CONFIRMED.split("！")[0] in await then("对，提交")
            assert li.keyboard == ""
            number = "".join(c for c in li.received[-1].text.split("\n")[0] if c.isdigit())
            assert number in await then(said="/wode")
            assert wording.CANCEL_SURE.split("\n")[0] in await then(f"取消 {number}")
            assert f"已经取消 {number}" in await then("确定取消")
            assert (await then(said="/wode")).startswith(wording.MINE_NONE)
    assert len(server.answered) == 7
