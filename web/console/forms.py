"""Forms as browsers send them, read with suspicion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.exceptions import HTTPException

from web import wording_console as say

MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 400
CSRF: Final = "csrf"
NEVER_KEPT: Final = (CSRF, "password", "new_password", "again")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, in the order in which they were sent."""

    pairs: Sequence[tuple[str, str]] = ()

    def one(self, name: str) -> str:
        """Return a field without spaces around it, empty where it is missing."""
        return next((value.strip() for key, value in self.pairs if key == name), "")

    def secret(self, name: str) -> str:
        """Return a password as it was typed, empty where it is missing."""
        return next((value for key, value in self.pairs if key == name), "")

    def has(self, name: str) -> bool:
        """Tell whether a field was sent at all."""
        return any(key == name for key, _ in self.pairs)

    def all(self, name: str) -> list[str]:
        """Return every value of a field that may stand there several times."""
        return [value.strip() for key, value in self.pairs if key == name]

    def kept(self) -> str:
        """Return the fields, without any password, for a form that is sent again."""
        return urlencode([(key, value) for key, value in self.pairs if key not in NEVER_KEPT])


def read(content_type: str, body: bytes) -> Form:
    """Read a form. Raises HTTPException 415 or 400."""
    if content_type.partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise HTTPException(415, say.BROKEN)
    try:
        return Form(_pairs(body.decode("utf-8")))
    except ValueError as problem:
        raise HTTPException(400, say.BROKEN) from problem


def reopened(kept: str) -> Form:
    """Return the form behind ``Form.kept``. Raises HTTPException 400."""
    return read(MEDIA_TYPE, kept.encode())


def _pairs(text: str) -> list[tuple[str, str]]:
    """Return the fields as valid Unicode without NUL, which no database keeps."""
    found = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    return [(key, value.replace("\x00", "").replace("\r\n", "\n")) for key, value in found]


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled in, and what is wrong with it: shown again beside each field."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Return what to show in a field."""
        return self.values.get(name, "")

    def problem(self, name: str) -> str:
        """Return the sentence beside a field, empty where it is well."""
        return self.problems.get(name, "")


def filled(form: Form, names: Sequence[str], problems: Mapping[str, str]) -> Filled:
    """Return the fields of a form as they were typed, with what is wrong with them."""
    return Filled({name: form.one(name) for name in names}, problems)
