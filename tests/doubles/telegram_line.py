"""The whole assistant on a line to the Bot API server of the tests, as ``bot.doors`` joins it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot import clock
from bot.app import Guanxin
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_pace import Rates
from bot.channels.telegram_polling import Pauses, Polling
from bot.postman import Postman
from tests.doubles.telegram import BotApi
from tests.doubles.telegram_wire import TOKEN

PAUSES = Pauses(poll=1, renew=0.02, others=0.02, busy=0.02, trouble=0.02, halted=0.05)
RATES = Rates(each_second=5000, each_second_in_a_chat=500)


async def always_ours() -> int:
    return 1


@asynccontextmanager
async def on_the_line(guanxin: Guanxin, server: BotApi) -> AsyncIterator[TelegramBot]:
    """Poll, handle, and send what was queued, without a pace."""
    bot = TelegramBot(TOKEN, server.url, RATES)
    postman = Postman(guanxin.store, bot, clock.system, guanxin.clock, bot.turn)
    receive = guanxin.dispatcher.receive
    polling = Polling(bot, receive, always_ours, postman.wake, PAUSES)
    work = [asyncio.create_task(run()) for run in (postman.run, polling.run)]
    try:
        yield bot
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await bot.close()
