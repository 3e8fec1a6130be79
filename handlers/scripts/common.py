"""The questions that every form asks."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Literal

from handlers import wording as say
from handlers.dialog import Ask, Options, Revise, Unclear, Value, read
from handlers.hearing import choices, consent, introductions, names, phones, subjects


@dataclass(frozen=True, slots=True)
class Known:
    """What the person told us before; None asks."""

    name: str | None
    phone: str | None
    subjects: list[str] | None
    agreed: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """The form ends without a sign-up: the person declined, or refused to give their data."""

    why: Literal["declined", "refused"]


@dataclass(frozen=True, slots=True)
class Contact:
    """Who signs up."""

    name: str
    phone: str
    subjects: list[str]


Asking = Generator[Ask[Any], Any, Any]

CONSENT: Options = ((True, say.YES), (False, say.NO))
VERDICTS: Options = (("yes", say.RIGHT), ("change", say.CHANGE), ("no", say.GIVE_UP))


def contact(known: Known) -> Generator[Ask[Any], Any, Contact]:
    """Ask who somebody is, how to reach them and what they can teach."""
    name = yield from read(Ask("name", say.ASK_NAME, names.a_name, known=known.name))
    phone = yield from read(
        Ask(
            "phone",
            say.ASK_PHONE,
            phones.a_phone,
            known=known.phone,
            find=phones.find_phone,
            wants="phone",
        )
    )
    taught = yield from read(
        Ask(
            "subjects",
            say.ASK_SUBJECTS,
            subjects.subjects,
            options=subjects.COMMON,
            known=known.subjects,
            find=introductions.find_subjects,
            free=True,
        )
    )
    return Contact(name, phone, taught)


def is_contact(words: str) -> bool:
    """Tell whether words are plainly a name or a telephone number."""
    for parse in (names.a_name, phones.a_phone):
        try:
            parse(words)
        except Unclear:
            continue
        return True
    return False


def agree(known: Known) -> Generator[Ask[Any], Any, bool]:
    """Ask for consent to keep the data, unless it was given before."""
    return (
        yield from read(
            Ask(
                "consent",
                say.ASK_CONSENT,
                consent.yes_or_no,
                CONSENT,
                known=True if known.agreed else None,
            )
        )
    )


def confirm(summary: str, fields: Options) -> Generator[Ask[Any], Any, bool]:
    """Show everything once more; ``fields`` are the (key, words) of what can be changed."""
    text = say.CONFIRM.format(summary=summary)
    verdict = yield from read(Ask("confirm", text, consent.is_right, VERDICTS))
    if verdict == "change":
        choose = choices.one_of(fields)
        yield from read(Ask("which", say.ASK_WHICH, lambda words: _again(choose(words)), fields))
    return bool(verdict == "yes")


def _again(field: Value) -> Value:
    raise Revise(**{str(field): None}, confirm=None, which=None)


FIELDS: Options = (
    ("name", say.FIELD_NAME),
    ("phone", say.FIELD_PHONE),
    ("subjects", say.FIELD_SUBJECTS),
)
