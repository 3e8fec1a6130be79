"""Offering to mentor a young person or a young teacher."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import wording as say
from handlers.dialog import Ask, Script, read
from handlers.hearing import choices, weekly
from handlers.scripts import common
from handlers.scripts.common import Contact, Known, Stopped


@dataclass(frozen=True, slots=True)
class MentoringSignup:
    """What somebody decided. ``kind`` is a key of ``wording.KINDS``, ``times`` their own words."""

    contact: Contact
    kind: str
    times: str


def sign_up(known: Known) -> Script[MentoringSignup | Stopped]:
    """Who, what, which kind, when; then consent and a last look."""
    who = yield from common.contact(known)
    kind = yield from read(Ask("kind", say.ASK_KIND, choices.one_of(say.KINDS), say.KINDS))
    times = yield from read(Ask("times", say.ASK_WEEKLY, weekly.weekly, weekly.COMMON, free=True))
    if not (yield from common.agree(known)):
        return Stopped("refused")
    if not (yield from common.confirm(_summary(who, str(kind), times), FIELDS)):
        return Stopped("declined")
    return MentoringSignup(who, str(kind), times)


FIELDS = (*common.FIELDS, ("kind", say.FIELD_KIND), ("times", say.FIELD_SHIFT))


def _summary(who: Contact, kind: str, times: str) -> str:
    return say.CONFIRM_MENTORING.format(
        name=who.name,
        phone=who.phone,
        subjects="、".join(who.subjects),
        kind=dict(say.KINDS)[kind],
        times=times,
    )
