"""WeChat's messages into ours and ours into theirs. Pure; ``wechat_door`` is the way in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.channels import wording
from bot.channels.graphemes import graphemes
from bot.channels.wechat_xml import Unreadable, speakable
from handlers.message import Incoming, Kind, Reply, numbered
from knowledge.text import fold

NAME: Final = "wechat"

MOST_BYTES: Final = 2000
"""Of one answer. WeChat takes 2048 as measured (github MamaShip/Observer#77); no page says so."""

AFTER_WORDS: Final = (5, timedelta(hours=48))
AFTER_A_TAP: Final = (3, timedelta(minutes=1))
"""Customer-service messages that an act of somebody allows, and for how long: after whatever they
send, and after following, scanning and tapping. Source: the platform's page on customer-service
messages (a tap on a numbered list in the chat counts as a tap)."""

_HINT_BYTES: Final = len(wording.MORE_BELOW.format(count=10**6).encode()) + 1

_NAME = re.compile(r"[\x21-\x7e]{1,128}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_SECONDS = re.compile(r"[0-9]{1,10}")
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?")
_SCENE: Final = "qrscene_"


def parse(fields: Mapping[str, str]) -> Incoming | None:
    """Return what was said or done; None for an event to which there is nothing to say.

    Raises Unreadable when a field is missing or is not what WeChat writes there.
    """
    kind = _field(fields, "MsgType", _NAME).lower()
    _field(fields, "ToUserName", _NAME)
    return _event(fields) if kind == "event" else _message(kind, fields)


def _message(kind: str, fields: Mapping[str, str]) -> Incoming:
    number = _field(fields, "MsgId", _NUMBER)
    match kind:
        case "text" if fields.get("Content", "") != wording.STICKER:
            return _incoming(fields, "text", fields.get("Content", ""), number)
        case "voice":
            return _incoming(fields, "voice", fields.get("Recognition", ""), number)
        case "location":
            return _incoming(fields, "location", _place(fields), number)
    return _incoming(fields, "picture", "", number)


def _event(fields: Mapping[str, str]) -> Incoming | None:
    """Return the events that somebody did on purpose. They have no MsgId; a retry repeats all."""
    event = _field(fields, "Event", _NAME).lower()
    key = fields.get("EventKey", "").strip()
    number = f"{_field(fields, 'CreateTime', _SECONDS)}-{event}-{key}"
    match event:
        case "subscribe":
            return _incoming(fields, "follow", _scene(key), number)
        case "unsubscribe":
            return _incoming(fields, "leave", "", number)
        case "scan":
            return _incoming(fields, "choice", f"scene:{key}", number)
        case "click":
            return _incoming(fields, "choice", key, number)
    return None


def _incoming(fields: Mapping[str, str], kind: Kind, text: str, number: str) -> Incoming:
    at = datetime.fromtimestamp(int(_field(fields, "CreateTime", _SECONDS)), UTC)
    return Incoming(NAME, _field(fields, "FromUserName", _NAME), text, number, at, kind)


def _scene(key: str) -> str:
    return key.removeprefix(_SCENE) if key.startswith(_SCENE) else ""


def _place(fields: Mapping[str, str]) -> str:
    latitude = _field(fields, "Location_X", _DEGREES)
    longitude = _field(fields, "Location_Y", _DEGREES)
    return f"{latitude},{longitude} {fields.get('Label', '')}".strip()


def _field(fields: Mapping[str, str], name: str, looks: re.Pattern[str]) -> str:
    value = fields.get(name, "").strip()
    if not looks.fullmatch(value):
        raise Unreadable(f"{name} is missing or odd")
    return value


def allowance(kind: Kind) -> tuple[int, timedelta]:
    """Return how many customer-service messages an act allows, and for how long."""
    return AFTER_A_TAP if kind in ("choice", "follow") else AFTER_WORDS


def asks_for_more(message: Incoming) -> bool:
    """Tell whether somebody wants to read on."""
    return message.kind in ("text", "voice") and fold(message.text[:20]) == wording.MORE


def render(reply: Reply) -> str:
    """Return a reply as WeChat shows it: the choices stand below with their numbers."""
    return speakable("\n".join((reply.text, *numbered(reply.choices)))).strip()


def paged(reply: Reply) -> list[str]:
    """Return a reply in parts that fit; each but the last says how to read on."""
    text = render(reply)
    if len(text.encode()) <= MOST_BYTES:
        return [text]
    parts = split(text, MOST_BYTES - _HINT_BYTES)
    left = range(len(parts) - 1, 0, -1)
    hints = (wording.MORE_BELOW.format(count=count) for count in left)
    shown = (f"{part.rstrip()}\n{hint}" for part, hint in zip(parts, hints, strict=False))
    return [*shown, parts[-1]]


def split(text: str, most_bytes: int = MOST_BYTES) -> list[str]:
    """Cut ``text`` into parts of at most ``most_bytes`` (4 or more), best at the end of a line.

    A character as people see it is never cut, unless it alone is too long.
    """
    parts: list[str] = []
    current: list[str] = []
    size = 0
    for piece in _pieces(text, most_bytes):
        size += len(piece.encode())
        while size > most_bytes:
            kept = _line_end(current)
            parts.append("".join(current[:kept]))
            size -= len(parts[-1].encode())
            current = current[kept:]
        current.append(piece)
    return [*parts, "".join(current)]


def _pieces(text: str, most_bytes: int) -> Sequence[str]:
    pieces: list[str] = []
    for grapheme in graphemes(text):
        fits = len(grapheme.encode()) <= most_bytes
        pieces.extend([grapheme] if fits else grapheme)
    return pieces


def _line_end(pieces: Sequence[str]) -> int:
    """Return how many pieces to keep: up to the last line end, if it is in the second half."""
    for place in range(len(pieces), len(pieces) // 2, -1):
        if pieces[place - 1].endswith("\n"):
            return place
    return len(pieces)
