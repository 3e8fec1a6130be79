"""Sending through WeChat: what an account may do, customer-service texts, and templates."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

import structlog

from bot.channels import wechat
from bot.channels.base import Halted, TryLater, Uncertain, Undelivered, Unsendable
from bot.channels.wechat_client import WeChatClient
from bot.channels.wechat_errors import NotAuthorised, OutsideWindow, UsedUp
from bot.channels.wechat_windows import StoredWindows
from handlers.letters import Filled
from handlers.message import Reply
from storage.errors import GuanxinError

log = structlog.get_logger()

Account = Literal["subscription", "subscription-verified", "service", "service-verified"]
Way = Literal["customer_service", "menu", "template"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an account may use beyond receiving messages and answering them."""

    customer_service: bool = False
    menu: bool = False
    template: bool = False


RIGHTS: Final[Mapping[Account, Capabilities]] = MappingProxyType(
    {
        "subscription": Capabilities(),
        "subscription-verified": Capabilities(customer_service=True, menu=True),
        "service": Capabilities(menu=True),
        "service-verified": Capabilities(customer_service=True, menu=True, template=True),
    }
)
"""Rights by type of account. Source: the platform's page on the privileges of official accounts."""

LONGEST: Final[Mapping[str, int]] = MappingProxyType(
    {
        "thing": 20,
        "number": 32,
        "letter": 32,
        "symbol": 5,
        "character_string": 32,
        "phone_number": 17,
        "car_number": 8,
        "name": 10,
        "phrase": 5,
    }
)
"""Characters that a field of each kind takes; its name is the kind and a number (thing2). Source:
the table of values on the page of subscription messages, which holds for templates too."""

OTHERWISE: Final = 20
"""Characters for a kind that is not in the table, such as ``keyword1`` of an older template."""

_WHOLE: Final = ("time", "date", "amount")
"""Kinds that have a form instead of a length; cutting them would make another value."""


class TemplatesError(GuanxinError):
    """The file of templates cannot be used; the message says where."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template of the account: its id, and which of our values stands in which field."""

    id: str
    fields: Mapping[str, str]


def read_templates(path: Path) -> dict[str, Template]:
    """Read a table for each purpose: ``id = "…"`` and ``fields = {thing1 = "place"}``.

    Raises TemplatesError.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise TemplatesError(f"{path} cannot be read: {problem}") from None
    return {purpose: _template(path, purpose, table) for purpose, table in tables.items()}


def _template(path: Path, purpose: str, table: object) -> Template:
    values = table if isinstance(table, dict) else {}
    id, fields = values.get("id"), values.get("fields")
    if not isinstance(id, str) or not id or not isinstance(fields, dict) or not fields:
        example = f'[{purpose}] with id = "…" and fields = {{thing1 = "place"}}'
        raise TemplatesError(f"{path} needs {example}")
    if not all(isinstance(value, str) for value in fields.values()):
        raise TemplatesError(f"{path}: each of the fields of [{purpose}] is a name in quotes")
    return Template(id, fields)


def fitted(field: str, value: str) -> str:
    """Return a value as a field takes it: one line without control characters, not too long."""
    kind = field.rstrip("0123456789")
    line = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    most = LONGEST.get(kind, OTHERWISE)
    if kind in _WHOLE or len(line) <= most:
        return line
    return line[:most] if kind == "phrase" else f"{line[: most - 1]}…"


class WeChatSender:
    """The channel: replies as customer-service texts, and what is due through templates."""

    name = wechat.NAME

    def __init__(
        self,
        client: WeChatClient,
        account: Account,
        templates: Mapping[str, Template],
        windows: StoredWindows,
    ) -> None:
        self.capabilities = RIGHTS[account]
        self._client = client
        self._templates = templates
        self._windows = windows

    async def send(self, address: str, reply: Reply, filled: Filled | None = None) -> None:
        """Send a reply, in parts where it is long, or a template. Raises Undelivered."""
        if filled is not None:
            await self.send_template(address, filled.purpose, filled.values)
        else:
            await self._send_text(address, reply)

    async def _send_text(self, address: str, reply: Reply) -> None:
        """Send all parts of a text.

        When a later part fails, the first ones are there already: that is Uncertain, because
        sending all of it again would repeat them.
        """
        parts = wechat.split(wechat.render(reply))
        self._check_right("customer_service")
        await self._windows.spend(address, len(parts))
        for count, part in enumerate(parts):
            try:
                await self._call("customer_service", self._client.message.send_text, address, part)
            except Undelivered as problem:
                if not count:
                    await self._settle(address, len(parts), problem)
                    raise
                with contextlib.suppress(TryLater):
                    await self._settle(address, len(parts) - count, problem)
                raise Uncertain(f"{count} of {len(parts)} parts arrived; {problem}") from problem

    async def _settle(self, address: str, unsent: int, problem: Undelivered) -> None:
        """Bring what we count in line with the platform's own count."""
        if isinstance(problem, OutsideWindow | UsedUp):
            await self._windows.close(address)
        elif isinstance(problem, TryLater | Halted):
            await self._windows.give_back(address, unsent)

    async def send_template(self, address: str, purpose: str, values: Mapping[str, str]) -> None:
        """Send the template for a purpose, filled with values. Raises Undelivered."""
        template = self._templates.get(purpose)
        if template is None:
            raise OutsideWindow(f"GUANXIN_WECHAT_TEMPLATES has no template for {purpose}")
        missing = sorted({value for value in template.fields.values() if not values.get(value)})
        if missing:
            raise Unsendable(f"the template for {purpose} lacks {', '.join(missing)}")
        data = {
            field: {"value": fitted(field, values[value])}
            for field, value in template.fields.items()
        }
        send = self._client.message.send_template
        await self._call("template", send, address, template.id, data)

    def _check_right(self, way: Way) -> None:
        if not getattr(self.capabilities, way):
            raise NotAuthorised(f"this account may not use WeChat's {way} interface")

    async def _call(self, way: Way, send: Callable[..., Awaitable[Any]], *what: Any) -> None:
        self._check_right(way)
        try:
            await send(*what)
        except NotAuthorised as problem:
            # Until the next start: an operator sees it, and nobody is asked in vain.
            self.capabilities = replace(self.capabilities, **{way: False})
            log.error("capability off", channel=self.name, way=way, why=str(problem))
            raise
