"""The doors to the platforms: opened where their settings are given, imported on first use."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import structlog
from starlette.routing import BaseRoute

from bot import clock
from bot.channels.base import Channel
from bot.channels.page import Page
from bot.channels.wechat_waiting import Unheard, left_alone
from bot.postman import Postman, Turn, at_once
from bot.pulse import Pulse
from bot.settings import Settings, SettingsError
from handlers.message import Incoming, Reply
from handlers.outbox import Outbox
from handlers.ways import Reach
from storage import leases
from storage.errors import Busy
from storage.store import Store

if TYPE_CHECKING:
    from bot.channels.wechat_sender import Template

Receive = Callable[[Incoming], Awaitable[Reply]]

log = structlog.get_logger()

BEGIN_AGAIN_S: Final = 5.0
"""Seconds before work in the background that failed is begun again."""

POLLING: Final = "telegram polling"
POLLING_LEASE_S: Final = 30.0
"""Seconds after which another process may poll when this one has gone silent."""


@dataclass
class Doors:
    """What the platforms need: routes for their calls, and work in the background."""

    routes: list[BaseRoute] = field(default_factory=list)
    work: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    close: list[Callable[[], Awaitable[Any]]] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Work until the context ends, then stop and close the connections."""
        tasks = [asyncio.create_task(_kept_up(work)) for work in self.work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for close in self.close:
                await close()


async def _kept_up(work: Callable[[], Awaitable[None]]) -> None:
    """Do what never ends, and begin again where it did through a fault of ours."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("work in the background failed")
        await asyncio.sleep(BEGIN_AGAIN_S)


@dataclass(frozen=True, slots=True)
class Within:
    """What a door needs of the house behind it. ``clock`` is the business clock."""

    settings: Settings
    store: Store
    receive: Receive
    clock: clock.Clock
    outbox: Outbox
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    def postman(self, opened: Doors, channel: Channel, turn: Turn = at_once) -> Postman:
        """Return one who sends on a channel, at work where that is a role of this process."""
        way_out = self.outbox.other_way
        postman = Postman(self.store, channel, clock.system, self.clock, turn, way_out, self.owner)
        if "postman" in self.settings.roles:
            opened.work.append(postman.run)
        return postman


def reach(chosen: Settings) -> Reach:
    """Return what can be sent with these settings. Raises SettingsError."""
    if not chosen.wechat_app_id or not chosen.wechat_app_secret:
        return Reach(telegram=bool(chosen.telegram_token))
    from bot.channels.wechat_sender import RIGHTS

    rights = RIGHTS[chosen.wechat_account]
    purposes = frozenset(_templates(chosen)) if rights.template else frozenset()
    return Reach(bool(chosen.telegram_token), rights.customer_service, purposes)


def imagined(chosen: Settings) -> Reach:
    """Return what could be sent were every platform connected; WeChat's rights as in the settings.

    Raises SettingsError.
    """
    if chosen.wechat_app_id and chosen.wechat_app_secret:
        return replace(reach(chosen), telegram=True)
    return Reach(True, True, frozenset(_templates(chosen)))


def _templates(chosen: Settings) -> Mapping[str, Template]:
    from bot.channels.wechat_sender import TemplatesError, read_templates

    path = chosen.wechat_templates
    try:
        return read_templates(path) if path else {}
    except TemplatesError as problem:
        raise SettingsError(f"GUANXIN_WECHAT_TEMPLATES cannot be used: {problem}") from None


def doors(within: Within) -> Doors:
    """Return the doors whose settings are given. Raises SettingsError."""
    opened = Doors()
    pulse = Pulse(within.store, within.owner, clock.system)
    if "postman" in within.settings.roles:
        opened.work.append(pulse.run)
        opened.close.append(pulse.leave)
    within.postman(opened, Page())
    if within.settings.telegram_token:
        _telegram(opened, within, pulse)
    if within.settings.wechat_app_id:
        _wechat(opened, within)
    return opened


def _telegram(opened: Doors, within: Within, pulse: Pulse) -> None:
    from bot.channels import telegram_webhook
    from bot.channels.telegram_bot import TelegramBot
    from bot.channels.telegram_polling import Polling

    chosen, store, receive = within.settings, within.store, within.receive
    bot = TelegramBot(chosen.telegram_token, chosen.telegram_api_url)
    postman = within.postman(opened, bot, bot.turn)
    pulse.listeners.append(bot.share)
    opened.close.append(bot.close)
    if "doors" not in chosen.roles:
        return
    if chosen.telegram_mode == "polling":
        lease = _Lease(store)
        opened.work.append(Polling(bot, receive, lease.take, postman.wake).run)
        opened.close.append(lease.release)
        return
    if not chosen.telegram_webhook_secret:
        raise SettingsError("GUANXIN_TELEGRAM_WEBHOOK_SECRET is needed in mode webhook")
    secret = chosen.telegram_webhook_secret
    opened.routes.append(telegram_webhook.route(receive, bot, postman.wake, secret))


class _Lease:
    """The right of one process to poll."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owner = secrets.token_hex(8)

    async def take(self) -> int | None:
        """Take or renew it; None while another process has it."""
        return await self._store.write(
            lambda tx: leases.take(tx, POLLING, self._owner, POLLING_LEASE_S, clock.system())
        )

    async def release(self) -> None:
        """Let another process poll at once."""
        with contextlib.suppress(Busy):
            await self._store.write(lambda tx: leases.release(tx, POLLING, self._owner))


def _wechat(opened: Doors, within: Within) -> None:
    from bot.channels import wechat_door
    from bot.channels.wechat_crypto import WechatKeys
    from bot.channels.wechat_pages import StoredPages

    chosen = within.settings
    try:
        keys = WechatKeys(
            chosen.wechat_app_id,
            chosen.wechat_token,
            chosen.wechat_aes_key,
            chosen.wechat_aes_key_previous,
            chosen.wechat_mode,
        )
    except ValueError as problem:
        raise SettingsError(f"GUANXIN_WECHAT_… cannot be used: {problem}") from None
    pages = StoredPages(within.store)
    unheard = _send_by_wechat(opened, within) if chosen.wechat_app_secret else left_alone
    if "doors" in chosen.roles:
        opened.routes += wechat_door.routes(keys, within.receive, pages, clock.system, unheard)


def _send_by_wechat(opened: Doors, within: Within) -> Unheard:
    """Open the way out; return what is done with a reply that came too late to be an answer."""
    from bot.channels.wechat_client import WeChatClient
    from bot.channels.wechat_late import StoredLate
    from bot.channels.wechat_sender import WeChatSender
    from bot.channels.wechat_token import Keys
    from bot.channels.wechat_windows import StoredWindows

    chosen, store = within.settings, within.store
    secret = Keys(chosen.wechat_app_id, chosen.wechat_app_secret)
    client = WeChatClient(secret, store, chosen.wechat_api_url)
    windows = StoredWindows(store, clock.system)
    sender = WeChatSender(client, chosen.wechat_account, _templates(chosen), windows)
    within.postman(opened, sender)
    opened.close.append(client.aclose)
    may_call = sender.capabilities.customer_service
    return StoredLate(store, clock.system).queue if may_call else left_alone
