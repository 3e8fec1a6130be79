"""What people tell of themselves before a form asks: 我叫王建国，想教书法，电话13900001234."""

from __future__ import annotations

import re
from typing import Final

from handlers.dialog import Unclear, Value
from handlers.hearing import names, phones
from handlers.hearing import subjects as skills

_CLAUSE_END = re.compile(r"[\s,，。.;；!！?？、]+")
_NAMED = re.compile(r"(?:您好|你好)?(?:(?:我|本人)(?:的名字)?叫|姓名|名字[叫是]?|我的名字是?)")
_REACHED = re.compile(r"电话|手机|号码|联系")
_NOT_OWN = re.compile(r"打不通|没人接|空号|打过|谁的")
_TEACHES = re.compile(r"教(?!师|育|室|材|书(?!法))|(?<![不机开])会(?![不议员计])|擅长|特长|老师$")


def told(words: str) -> dict[str, Value]:
    """Return the answers to ``name``, ``phone`` and ``subjects`` that words plainly hold."""
    found = {"name": _name(words), "phone": _phone(words), "subjects": find_subjects(words)}
    return {key: value for key, value in found.items() if value}


def find_subjects(words: str) -> list[str] | None:
    """Return what the clauses that tell of a skill say, None where none does."""
    found: list[str] = []
    for clause in _CLAUSE_END.split(words):
        if _TEACHES.search(clause):
            try:
                found += skills.subjects(clause)
            except Unclear:
                continue
    return list(dict.fromkeys(found)) or None


def _name(words: str) -> str | None:
    clauses = _CLAUSE_END.split(words)
    number = phones.find_phone(words)
    named = [clause for clause in clauses if _NAMED.match(clause)]
    if not named and number and len(clauses) <= BARE:
        named = [words]
    for clause in named:
        try:
            return names.a_name(clause)
        except Unclear:
            continue
    return None


BARE: Final = 2
"""Nothing but a name and a number: 王建国 13900001234."""


def _phone(words: str) -> str | None:
    is_own = _REACHED.search(words) or _name(words) or len(_CLAUSE_END.split(words)) == 1
    return phones.find_phone(words) if is_own and not _NOT_OWN.search(words) else None
