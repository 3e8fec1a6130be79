"""Plans as the assistant reads them: a header, an outline, and one fact a line.

A digest is Markdown: a TOML header between two lines of ``+++``, headings that keep the numbering
of the original, and a bullet for each fact.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from knowledge import places

SHIPPED: Final = Path(__file__).parent / "plans"
"""The folder of the digests that come with the assistant."""

PAPER: Final = ("落款", "文号", "印发通知")
"""What the sections are called of a plan's signature, number and date."""

_HEADING = re.compile(r"(#{2,4}) +(.+)")
_NUMBER = re.compile(r"([一二三四五六七八九十]+)、|（([一二三四五六七八九十]+)）|(\d+)[.．、]\s*")


_BRACKETS = re.compile(r"[\s\u3014\u3015\uff3b\uff3d（）()\[\]【】〈〉]+")


class UnreadablePlan(ValueError):
    """A plan that cannot be read; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan says of itself. ``key`` is the file's stem; None where it says nothing.

    ``digest``: its facts are in our own words, not the plan's.
    """

    key: str
    title: str
    issuer: str
    place: str
    year: int
    number: str | None
    issued: str | None
    digest: bool = True

    @property
    def identity(self) -> tuple[str, ...]:
        """Return what makes it the same plan in another file: its number, else what it is called.

        A number is the same in any brackets.
        """
        if self.number:
            return ("number", _BRACKETS.sub("|", self.number))
        return ("title", self.issuer, _letters(self.title), str(self.year))

    def is_of(self, digest: Plan) -> bool:
        """Tell whether this is the plan that a digest stands for."""
        if self.number and digest.number:
            return self.identity == digest.identity
        same_title = (_letters(self.title), self.year) == (_letters(digest.title), digest.year)
        near = places.nearness(digest.place, self.place) is not None
        return same_title and (self.issuer == digest.issuer or near)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a plan. ``section`` is a path such as 二/打造历史文化名片, below ``headings``."""

    plan: Plan
    position: int
    section: str
    headings: tuple[str, ...]
    text: str


def _letters(title: str) -> str:
    return "".join(title.split())


@cache
def shipped() -> tuple[Fact, ...]:
    """Return every fact of the digests that come with the assistant."""
    return tuple(fact for path in sorted(SHIPPED.glob("*.md")) for fact in read_digest(path))


def read_digest(path: Path) -> Sequence[Fact]:
    """Read one digest. Raises UnreadablePlan."""
    try:
        return digest_in(path.stem, path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise UnreadablePlan(f"{path.name}: {problem}") from problem


def digest_in(key: str, text: str) -> Sequence[Fact]:
    """Return the facts of a digest. Raises ValueError."""
    try:
        _, header, body = text.split("+++\n", 2)
        return list(_facts(_plan(key, tomllib.loads(header)), body))
    except KeyError as problem:
        raise UnreadablePlan(f"the header has no {problem}") from problem


def _plan(key: str, header: dict[str, object]) -> Plan:
    title, issuer, place = (str(header[name]) for name in ("title", "issuer", "place"))
    year = header["year"]
    if not isinstance(year, int):
        raise UnreadablePlan("the year is not a number")
    number, issued = (str(header.get(name) or "") or None for name in ("number", "issued"))
    return Plan(key, title, issuer, place, year, number, issued)


def _facts(plan: Plan, body: str) -> Iterator[Fact]:
    headings: list[str] = []
    position = 0
    for line in body.splitlines():
        if heading := _HEADING.fullmatch(line):
            del headings[len(heading[1]) - 2 :]
            headings.append(heading[2])
        elif line.startswith("- "):
            section = "/".join(_short(heading) for heading in headings)
            yield Fact(plan, position, section, tuple(headings), line[2:].strip())
            position += 1


def _short(heading: str) -> str:
    """Return the number of a heading, or the heading where it has none."""
    numbered = _NUMBER.match(heading)
    if not numbered:
        return heading
    chapter, bracketed, item = numbered.groups()
    return chapter or (f"（{bracketed}）" if bracketed else item)


def is_of_paper(fact: Fact) -> bool:
    """Tell whether a fact is about a plan as a paper: its number, its date, who signed it."""
    return any(name in fact.section for name in PAPER)
