"""What goes over the line between a bot and the Bot API server of the tests."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

Params = dict[str, Any]
TOKEN = "700000001:AAH-sample_token-for_tests_only_0000000"
DAY = 86_400
MOST_TEXT = 4096
MOST_DATA = 64
MOST_BUTTONS = 100
MOST_WAIT = 50
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
BOT = {"id": 700000001, "is_bot": True, "first_name": "关心", "username": "guanxin_sample_bot"}
SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
WEBHOOK_SET = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)

State = Literal["open", "blocked", "deactivated", "kicked"]
FORBIDDEN = {
    "blocked": "Forbidden: bot was blocked by the user",
    "deactivated": "Forbidden: user is deactivated",
    "kicked": "Forbidden: bot was kicked from the group chat",
}


class Refusal(Exception):
    def __init__(self, code: int, description: str, **parameters: int | float) -> None:
        super().__init__(description)
        self.code = code
        self.body: Params = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.body["parameters"] = parameters


@dataclass
class Fault:
    """What shall go wrong with the next ``times`` calls of ``method``.

    "taken": the line is reset after the call was carried out; "lost": before. "slow": the call is
    carried out, the answer comes after ``seconds``. A number is an HTTP status; "html": a page.
    """

    method: str
    kind: Literal["taken", "lost", "slow", "400", "429", "500", "502", "html"]
    times: int = 1
    seconds: float = 1


@dataclass
class Sent:
    chat: int
    text: str
    markup: Params | None
    at: float
    number: int

    @property
    def shares_phone(self) -> str:
        """The label of the button that asks for the telephone, if there is one."""
        rows = (self.markup or {}).get("keyboard", [])
        asked = [button["text"] for row in rows for button in row if button.get("request_contact")]
        return asked[0] if asked else ""

    @property
    def buttons(self) -> list[Params]:
        return [button for row in (self.markup or {}).get("inline_keyboard", []) for button in row]


@dataclass
class Stored:
    content: Params
    kind: str
    queue: int
    at: float


def call(target: str, kind: str, body: bytes) -> tuple[str, Params]:
    parts = urlsplit(target)
    params: Params = dict(parse_qsl(parts.query, keep_blank_values=True))
    if kind.startswith("application/json"):
        params |= json.loads(body or b"{}")
    else:
        params |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return parts.path.rpartition("/")[2].lower(), params


def content_of(params: Params) -> tuple[str, Params | None]:
    text = params.get("text", "").strip()
    if not text:
        raise Refusal(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > MOST_TEXT:
        raise Refusal(400, "Bad Request: message is too long")
    return text, markup_of(params)


def markup_of(params: Params) -> Params | None:
    """Return what hangs under a message. Raises Refusal where the real server refuses it."""
    markup: Params | None = parsed(params["reply_markup"]) if params.get("reply_markup") else None
    inline = [button for row in (markup or {}).get("inline_keyboard", []) for button in row]
    below = [button for row in (markup or {}).get("keyboard", []) for button in row]
    if len(inline) > MOST_BUTTONS:
        raise Refusal(400, "Bad Request: reply markup is too long")
    if any(not 1 <= len(button["callback_data"].encode()) <= MOST_DATA for button in inline):
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    for name, buttons in (("inline keyboard", inline), ("keyboard", below)):
        if any(not button["text"].strip() for button in buttons):
            raise Refusal(400, f"Bad Request: {name} button text must be non-empty")
    return markup


def editable(everything: list[Sent], chat: int, params: Params) -> Sent:
    """Return the message that an edit means. Raises Refusal."""
    number = int(params.get("message_id", 0))
    found = [sent for sent in everything if (sent.chat, sent.number) == (chat, number)]
    if not found:
        raise Refusal(400, "Bad Request: message to edit not found")
    if found[0].markup and "inline_keyboard" not in found[0].markup:
        raise Refusal(400, "Bad Request: message can't be edited")
    return found[0]


def edit(sent: Sent, text: str, markup: Params | None) -> None:
    """Put other content into a message; without ``markup`` its buttons go. Raises Refusal."""
    if markup and "inline_keyboard" not in markup:
        raise Refusal(400, "Bad Request: inline keyboard expected")
    if (text, markup) == (sent.text, sent.markup):
        raise Refusal(400, SAME)
    sent.text, sent.markup = text, markup


def parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def reset(writer: asyncio.StreamWriter) -> None:
    """Cut the line so that the other side sees a reset and not an orderly end."""
    plug: socket.socket = writer.get_extra_info("socket")
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def private_chat(number: int, name: str = "桂芳") -> Params:
    return {"id": number, "first_name": name, "type": "private"}


def queue_of(content: Any) -> int:
    """Return the chat in whose order an update stands."""
    holder = content if isinstance(content, dict) else {}
    holder = holder.get("message", holder) if isinstance(holder.get("message"), dict) else holder
    chat = holder.get("chat")
    number = chat.get("id") if isinstance(chat, dict) else None
    return number if isinstance(number, int) else 0
