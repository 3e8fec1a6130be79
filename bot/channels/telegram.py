"""Telegram's updates into messages, replies into texts and buttons. Pure.

Telegram sends a person's digits as text and a tapped button as its data; a group never reaches us,
except that it has put the bot out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bot.channels.graphemes import graphemes
from bot.channels.wording import CHOSEN, SHARE_PHONE
from handlers import wording as say
from handlers.message import Choice, Incoming, Kind, Reply

MOST_TEXT: Final = 4096
"""Characters of a message. Counted in UTF-16 units, which are never fewer than characters."""
MOST_DATA: Final = 64
"""Bytes of a button's ``callback_data``."""
MOST_BUTTONS: Final = 100

COMMANDS: Final = {
    "start": "菜单",
    "baoming": say.MENU_SIGN_UP,
    "wode": say.MENU_MINE,
    "wen": say.MENU_ASK,
    "menu": "菜单",
    "help": "帮助",
}
"""A command, and the words that it stands for."""

_COMMAND: Final = re.compile(r"/(\w{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_MAINLAND: Final = re.compile(r"\+?86(1[3-9]\d{9})")
_PICTURES: Final = (
    "photo", "document", "sticker", "video", "animation", "story", "dice", "poll", "game",
    "paid_media", "checklist",
)  # fmt: skip
_VOICES: Final = ("voice", "audio", "video_note")
_ONCE: Final = re.compile(r"form:|(?:cancel:\d+|erase):yes$")
_GONE: Final = ("kicked", "left")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A message that is answered once, by a button: where it stands, and the label tapped.

    That is a step of a form, or whether something is to be deleted. A menu stays useful.
    """

    chat: int
    message_id: int
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, with what must be answered (a tapped button's query) and where it stands."""

    incoming: Incoming
    callback_id: str | None = None
    message_id: int | None = None
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """The messages to send one after another; the buttons, a row each, hang under the last.

    ``share`` is the label of a button that hands over the own telephone number.
    """

    texts: tuple[str, ...]
    buttons: tuple[Choice, ...] = ()
    share: str = ""


def parse(update: Json) -> Heard | None:
    """Return what an update says to us, None for what says nothing. Never raises."""
    number = _integer(update, "update_id")
    for name, read in _READERS.items():
        content = _object(update, name)
        if number is not None and content:
            return read(str(number), content)
    return None


def _message(update_id: str, message: Json) -> Heard | None:
    address = _private(message)
    said = _said(message)
    if address is None or said is None:
        return None
    kind, text = said
    incoming = Incoming("telegram", address, text, update_id, _time(message), kind)
    return Heard(incoming, None, _integer(message, "message_id"))


def _tapped(update_id: str, query: Json) -> Heard | None:
    """Read a tap. It has no time of its own: it is given that of the message it was made on."""
    message = _object(query, "message")
    who = _integer(_object(query, "from"), "id")
    data, callback_id = query.get("data"), query.get("id")
    if who is None or not isinstance(data, str) or not isinstance(callback_id, str):
        return None
    if _private(message) is None:
        return None
    incoming = Incoming("telegram", str(who), data, update_id, _time(message), "choice")
    question = _question(message, str(who), data)
    return Heard(incoming, callback_id, _integer(message, "message_id"), question)


def _question(message: Json, who: str, data: str) -> Question | None:
    """Read the question that was answered; one that cannot be seen any more has no buttons."""
    buttons = _buttons(_object(message, "reply_markup").get("inline_keyboard"))
    number, text = _integer(message, "message_id"), message.get("text")
    if number is None or not isinstance(text, str) or _private(message) != who:
        return None
    once = any(map(_ONCE.match, buttons))
    return Question(int(who), number, text, buttons.get(data, "")) if once else None


def _buttons(keyboard: Any) -> dict[str, str]:
    """Return label by data, of what can be read."""
    rows = keyboard if isinstance(keyboard, list) else []
    buttons = [button for row in rows if isinstance(row, list) for button in row]
    pairs = [(b.get("callback_data"), b.get("text")) for b in buttons if isinstance(b, dict)]
    return {d: words for d, words in pairs if isinstance(d, str) and isinstance(words, str)}


def _membership(update_id: str, change: Json) -> Heard | None:
    chat = _integer(_object(change, "chat"), "id")
    if chat is None or _object(change, "new_chat_member").get("status") not in _GONE:
        return None
    return Heard(Incoming("telegram", str(chat), "", update_id, _time(change), "leave"))


_READERS: Final[Mapping[str, Callable[[str, Json], Heard | None]]] = {
    "message": _message,
    "callback_query": _tapped,
    "my_chat_member": _membership,
}
UPDATES: Final = tuple(_READERS)
"""The ``allowed_updates`` that we ask for."""


def _said(message: Json) -> tuple[Kind, str] | None:
    text = message.get("text")
    if isinstance(text, str):
        return _words(text)
    if contact := _object(message, "contact"):
        return _contact(contact, _integer(_object(message, "from"), "id"))
    if place := _place(_object(message, "location")):
        return "location", place
    caption = message.get("caption")
    caption = caption if isinstance(caption, str) else ""
    if any(name in message for name in _VOICES):
        return "voice", caption
    return ("picture", caption) if any(name in message for name in _PICTURES) else None


def _words(text: str) -> tuple[Kind, str]:
    command = _COMMAND.fullmatch(text.strip())
    name, rest = (command[1].lower(), command[2] or "") if command else ("", "")
    if name == "start":
        return "follow", rest
    if name == "wen" and rest:
        return "text", rest
    return "text", COMMANDS.get(name, text)


def _contact(contact: Json, sender: int | None) -> tuple[Kind, str]:
    """Return the number of the person who shares their own; nobody's else."""
    number = contact.get("phone_number")
    if not isinstance(number, str) or sender is None or contact.get("user_id") != sender:
        return "picture", ""
    mainland = _MAINLAND.fullmatch(number.replace(" ", ""))
    return "text", mainland[1] if mainland else number


def _place(location: Json) -> str | None:
    lat, lon = location.get("latitude"), location.get("longitude")
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    return f"{lat},{lon}" if abs(lat) <= 90 and abs(lon) <= 180 else None


def _private(message: Json) -> str | None:
    chat = _object(message, "chat")
    number = _integer(chat, "id")
    return str(number) if number is not None and chat.get("type") == "private" else None


def _time(content: Json) -> datetime:
    try:
        return datetime.fromtimestamp(_integer(content, "date") or 0, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _object(holder: Json, name: str) -> Json:
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def _integer(holder: Json, name: str) -> int | None:
    found = holder.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def render(reply: Reply) -> Rendered:
    """Return a reply as texts and buttons; a choice that no button can hold keeps its number."""
    buttons: list[Choice] = []
    lines = [reply.text]
    for number, choice in enumerate(reply.choices, 1):
        label = f"{number}. {choice.label}"
        if len(buttons) < MOST_BUTTONS and 1 <= len(_bytes(choice.data)) <= MOST_DATA:
            buttons.append(Choice(_sendable(label), choice.data))
        else:
            lines.append(label)
    share = SHARE_PHONE if reply.wants == "phone" and not buttons else ""
    return Rendered(tuple(_split(_sendable("\n".join(lines)))), tuple(buttons), share)


def settled(question: Question, *, chosen: bool) -> str:
    """Return how a question reads once it is answered, or merely cannot be tapped any more."""
    if not chosen or not question.label:
        return question.text
    whole = f"{question.text}\n\n{CHOSEN.format(label=question.label)}"
    return whole if len(whole.encode("utf-16-le", "replace")) <= 2 * MOST_TEXT else question.text


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _split(text: str) -> Iterator[str]:
    """Cut at the end of a line, or of a character as people see it. No part is blank."""
    rest = text.strip()
    while rest:
        cut = _cut(rest)
        if part := rest[:cut].strip():
            yield part
        rest = rest[cut:].strip("\n")


def _cut(text: str) -> int:
    fits = units = 0
    for grapheme in graphemes(text):
        units += len(grapheme.encode("utf-16-le")) // 2
        if units > MOST_TEXT:
            break
        fits += len(grapheme)
    if fits == len(text):
        return fits
    line = text.rfind("\n", 0, fits + 1)
    return line if line > 0 else fits or MOST_TEXT // 2
