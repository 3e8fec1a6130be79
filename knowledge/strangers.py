"""Places and units that a question names and of which no plan speaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from knowledge import places

_COLLEGES: Final = ("学院", "大学")
_OF_NAME: Final = "(?:(?![和与跟及同的你我们咱那这在问])[\u4e00-\u9fff])"


def college_in(text: str) -> str | None:
    """Return the college or university of a known city that ``text`` names."""
    for name in places.names_in(text):
        found = re.search(rf"{name}{_OF_NAME}{{0,8}}(?:学院|大学(?!生))", text)
        if found and not places.full_name(name).endswith(_COLLEGES):
            return found[0]
    return None


def strange_college_in(text: str, is_known: Callable[[str], bool]) -> str | None:
    """Return the university whose committee ``text`` names though no plan knows its name.

    ``is_known``: as for ``strange_in``.
    """
    found = re.search(rf"({_OF_NAME}{{2,4}}大学)的?(?:关工委|关心下一代)", text)
    return found[1] if found and not is_known(found[1][-4:]) else None


def committee_in(text: str) -> str | None:
    """Return the place whose own committee ``text`` names: 遵义市关工委; None without one."""
    for name in places.names_in(text):
        if re.search(rf"{name}的?(?:教育)?(?:系统)?(?:关工委|关心下一代工作委员会)", text):
            return places.full_name(name)
    return None


def unsure_in(text: str, region: str | None, is_known: Callable[[str], bool]) -> str | None:
    """Return a place that ``text`` names though several are called so and no plan speaks of it.

    Who lives there means their own. ``is_known``: as for ``strange_in``.
    """
    for name in places.several():
        if name not in text or name in (region or ""):
            continue
        if not all(is_known(name[at : at + 2]) for at in range(len(name) - 1)):
            return name
    return None


def strange_in(
    text: str,
    is_known: Callable[[str], bool],
    is_alike: Callable[[str], bool],
    of_plans: Iterable[str] = (),
) -> str | None:
    """Return the name of a small place that ``text`` names and of which nothing is known.

    ``of_plans`` are the names for places of plans that it has (``plan_places``).

    ``is_known`` tells whether the plans have a pair of characters, ``is_alike`` whether they have
    one that sounds like it: 护苗行动县场会 is about 现场会, 正陆镇 is 郑陆镇.
    """
    small = places.data()["small"]
    known = (*places.names_in(text), *of_plans)
    for found in re.finditer(small["name"], text):
        before, last, kind = found.groups()
        has_name = is_alike(last + kind) and (not before or is_alike(before + last))
        is_name = last not in small["no_name"] and not has_name
        ends = kind + text[found.end() : found.end() + 1]
        is_slip = len(ends) > 1 and is_alike(ends) and not is_known(ends)
        if is_name and not is_slip and not any(found[0].endswith(name) for name in known):
            return found[0]
    return None
