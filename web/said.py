"""What a browser sends, read with suspicion: JSON from the page's script, a form without it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import parse_qsl

from web import wording

_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_IDS: Final = re.compile(r"[0-9]{1,10}(,[0-9]{1,10}){0,99}")
_MOST_CHOICE_BYTES: Final = 64


class Refused(Exception):
    """The message cannot be taken: the HTTP status, and a sentence that says what to do."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a browser."""

    id: str
    kind: Literal["text", "choice"]
    text: str


def from_json(content_type: str, body: bytes) -> Said:
    """Read ``{"id", "text"}`` or ``{"id", "choice"}``."""
    _expect("application/json", content_type)
    try:
        fields = json.loads(body.decode("utf-8"), object_pairs_hook=_unrepeated)
    except (ValueError, RecursionError) as error:
        raise Refused(400, wording.BROKEN) from error
    if not isinstance(fields, dict):
        raise Refused(400, wording.BROKEN)
    return _read(fields)


def from_form(content_type: str, body: bytes) -> Said:
    """Read the same fields from a form.

    The id is made of the page's nonce and of what was said: a form sent twice counts once, and
    another answer from a page that the browser had kept is not taken for the first one.
    """
    _expect("application/x-www-form-urlencoded", content_type)
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=4
        )
        said = _read(_unrepeated(pairs))
    except ValueError as error:
        raise Refused(400, wording.BROKEN) from error
    text = said.text.replace("\r\n", "\n")
    digest = hashlib.sha256(f"{said.id} {said.kind} {text}".encode()).hexdigest()
    return Said(digest[:32], said.kind, text)


def ids(listed: str) -> frozenset[int] | None:
    """Return the ids that a page says it has, such as "3,17"; None for what is no such list."""
    if not listed:
        return frozenset()
    return frozenset(map(int, listed.split(","))) if _IDS.fullmatch(listed) else None


def _expect(media_type: str, content_type: str) -> None:
    if content_type.partition(";")[0].strip().lower() != media_type:
        raise Refused(415, wording.WRONG_TYPE)


def _unrepeated(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is given twice")
    return fields


def _read(fields: Mapping[str, object]) -> Said:
    kind: Literal["text", "choice"] = "choice" if "choice" in fields else "text"
    id, text = fields.get("id"), fields.get(kind)
    if set(fields) != {"id", kind} or not isinstance(id, str) or not isinstance(text, str):
        raise Refused(400, wording.BROKEN)
    if not _ID.fullmatch(id):
        raise Refused(400, wording.BROKEN)
    return Said(id, kind, _sound(text, kind))


def _sound(text: str, kind: str) -> str:
    """Return ``text`` as valid Unicode without NUL, which no database keeps."""
    kept = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    if not kept.strip():
        raise Refused(400, wording.EMPTY)
    if kind == "choice" and len(kept.encode()) > _MOST_CHOICE_BYTES:
        raise Refused(400, wording.STALE_CHOICE)
    return kept
