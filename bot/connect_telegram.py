"""``guanxin connect telegram``: try the token, publish the commands, set or remove the webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Final, Literal, TypeVar
from urllib.parse import urlsplit

from telegram import BotCommand, User, WebhookInfo

from bot.channels import telegram_webhook
from bot.channels.base import Undelivered
from bot.channels.telegram import COMMANDS, UPDATES
from bot.channels.telegram_bot import TelegramBot, errors_as_ours
from bot.doctor import Finding

T = TypeVar("T")

PORTS: Final = (443, 80, 88, 8443)
"""Where Telegram delivers to."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How Telegram shall reach us."""

    token: str
    api_url: str
    mode: Literal["polling", "webhook"]
    public_url: str
    secret: str


async def connect(wanted: Wanted) -> list[Finding]:
    """Set everything up; the first thing that is not well is the last one done."""
    if not wanted.token:
        return [Finding("telegram token", False, "set GUANXIN_TELEGRAM_TOKEN; @BotFather has it")]
    bot = TelegramBot(wanted.token, wanted.api_url)
    findings: list[Finding] = []
    try:
        async for finding in _steps(bot, wanted):
            findings.append(finding)
            if not finding.well:
                break
    except Undelivered as problem:
        findings.append(Finding("telegram", False, str(problem)))
    finally:
        await bot.close()
    return findings


async def _steps(bot: TelegramBot, wanted: Wanted) -> AsyncIterator[Finding]:
    me: User = await _asked(bot.api.get_me())
    yield Finding("telegram token", True, f"the bot is {me.name}, number {me.id}")
    commands = [BotCommand(name, words) for name, words in COMMANDS.items() if name != "menu"]
    await _asked(bot.api.set_my_commands(commands))
    yield Finding("telegram commands", True, " ".join(f"/{c.command}" for c in commands))
    if wanted.mode == "polling":
        await _asked(bot.api.delete_webhook())
        yield Finding("telegram webhook", True, "none, the updates are polled")
        return
    yield _address(wanted)
    yield await _set_webhook(bot, wanted)


def _address(wanted: Wanted) -> Finding:
    """Look at the address and the secret, which Telegram would refuse in fewer words."""
    parts = urlsplit(wanted.public_url)
    what = "telegram address"
    if parts.scheme != "https":
        return Finding(what, False, "a webhook needs GUANXIN_PUBLIC_URL with https://")
    if (parts.port or 443) not in PORTS:
        return Finding(what, False, f"Telegram delivers to the ports {PORTS} only")
    if not telegram_webhook.SECRET.fullmatch(wanted.secret):
        why = "GUANXIN_TELEGRAM_WEBHOOK_SECRET needs 1 to 256 of A-Z, a-z, 0-9, _ and -"
        return Finding(what, False, why)
    return Finding(what, True, wanted.public_url + telegram_webhook.PATH)


async def _set_webhook(bot: TelegramBot, wanted: Wanted) -> Finding:
    url = wanted.public_url + telegram_webhook.PATH
    await _asked(
        bot.api.set_webhook(url, allowed_updates=list(UPDATES), secret_token=wanted.secret)
    )
    info: WebhookInfo = await _asked(bot.api.get_webhook_info())
    seen = f"{info.url}, {info.pending_update_count} updates waiting"
    if info.last_error_message:
        seen += f"; the last delivery failed: {info.last_error_message}"
    return Finding("telegram webhook", info.url == url, seen)


async def _asked(request: Awaitable[T]) -> T:
    with errors_as_ours():
        return await request
