"""The names that only the plans at hand give to places: their units, and which 铁西区 is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from knowledge import places
from knowledge.text import keeping, sound

SHORTEST: Final = 3
"""A shorter name could be a word: 和平 for 和平区."""

_BEHIND: Final = frozenset("的关和跟与、，。？?呢都教")
_BEFORE: Final = frozenset("和跟与、，")
"""What stands beside a name that could be the beginning of a word, or a word."""

_AROUND: Final = ("省", "市", "区", "县")


_NUMBERED = re.compile("((?:(?![关委党教办工])[\u4e00-\u9fff]){2,4})[关委党教办]")
_SHORTER: Final = (("职业技术学院", "职院"), ("职业学院", "职院"), ("大学", "大"))


class PlanPlaces:
    """What the places of some plans are called, beyond what ``places`` knows."""

    def __init__(self, plans: Sequence[tuple[str, str | None]]) -> None:
        """``plans`` are the place and the number of each."""
        self._names: dict[str, str] = {}
        for place, number in plans:
            for name in (*_called(place), *_numbered(place, number)):
                if places.named_exactly(name) is None:
                    self._names.setdefault(name, place)
        self._by_beginning = places.begun(self._names)
        own = {name for place, _ in plans for name in (place, *places.chain(place))}
        self._sounds = {"".join(sound(name)) for name in own if len(name) >= SHORTEST}
        self.names_in = keeping(most=16, longest=300)(self._names_in)

    def _names_in(self, text: str) -> tuple[str, ...]:
        """Return such names as a text has, in its order; 鞍山铁西区 is not 沈阳市铁西区."""
        known = places.names_in(text)
        found: list[str] = []
        at = 0
        while at < len(text) - 1:
            names = self._by_beginning.get(text[at : at + 2], ())
            name = next((name for name in names if _is_named(text, at, name)), "")
            found += [name] if name and not self._is_of_another(name, known) else []
            at += len(name) or 1
        return tuple(found)

    def _is_of_another(self, name: str, known: Sequence[str]) -> bool:
        """Tell whether a name is only the end of another place's, of those that are known."""
        place = self._names[name]
        return any(name in other and places.nearness(place, other) is None for other in known)

    def sounds_like_one(self, name: str) -> bool:
        """Tell whether a name ends like that of a place of the plans: 查郑路镇 for 郑陆镇."""
        heard = sound(name)
        return any("".join(heard[at:]) in self._sounds for at in range(len(heard) - 2))

    def named_in(self, text: str, shortest: int = 2) -> list[str]:
        """Return the places that a text names so, with ``shortest`` characters at least."""
        return [self._names[name] for name in self.names_in(text) if len(name) >= shortest]


def _is_named(text: str, at: int, name: str) -> bool:
    """Tell whether a name stands in a text as one: 平安 for 平安县 does not in 平安校园."""
    if not text.startswith(name, at):
        return False
    if len(name) >= SHORTEST and not name.endswith("大"):
        return True
    end = at + len(name)
    return end == len(text) or text[end] in _BEHIND or text[at - 1 : at] in _BEFORE


def _numbered(place: str, number: str | None) -> Iterator[str]:
    """Yield what a unit calls itself in the number of a paper: 酒钢 in 酒钢关工委发〔2012〕4号."""
    found = _NUMBERED.match(number or "")
    if found and found[1] not in place and set(found[1]) <= set(place):
        yield found[1]


def _called(place: str) -> Iterator[str]:
    """Yield what a place of a plan is called: 沈阳市铁西区, 铁西区, 沈阳铁西; 长汀县, 长汀."""
    if len(place) < 2:
        return
    yield place
    for kind, short in _SHORTER:
        if place.endswith(kind):
            yield place.removesuffix(kind) + short
    if places.is_place(place) and len(place) > 2 and not places.is_ordinary(place):
        yield places.bare(place)
    for at in range(2, len(place) - 2):
        outer, inner = place[:at], place[at:]
        around = places.named_in(outer) if outer.endswith(_AROUND) else None
        if around:
            short = places.bare(inner)
            yield inner
            yield from (f"{name[:-1]}{short}" for name in places.chain(around))
            if len(short) >= SHORTEST:
                yield short
