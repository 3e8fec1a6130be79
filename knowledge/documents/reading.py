"""Reading the plans themselves: files of any kind as they were published, into facts.

The letterhead says whose plan it is, its number and its date; the outline gives its sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path, PurePath
from typing import Final

from knowledge.documents import closings, document, doubts, letterhead, lines, outline
from knowledge.documents.document import LARGEST, Paragraph, UnreadableDocument
from knowledge.documents.letterhead import Letterhead, Parts
from knowledge.documents.outline import Section
from knowledge.documents.passages import joined
from knowledge.plan import Fact, Plan, UnreadablePlan, digest_in

_EDITOR_MARK = re.compile(r"\[bookmark:[^\]\n]*\]|[\u200b\ufeff]")
_DIGEST: Final = b"+++\n"


@dataclass(frozen=True, slots=True)
class Original:
    """A plan that was read. ``year``: as the plan itself names it, None where it names none.

    ``doubts``: a sentence for each thing that a person should look at.
    """

    plan: Plan
    year: int | None
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a folder holds: the passages of its plans, and a sentence for each file refused."""

    facts: tuple[Fact, ...]
    refused: tuple[str, ...]


def read_folder(folder: Path, this_year: int | None = None) -> Reading:
    """Read every plan in a folder, by name; what cannot be read does not stop the others.

    ``this_year`` stands in for the year of a plan that names none; without it, that is refused.
    """
    found: dict[str, Sequence[Fact]] = {}
    refused: list[str] = []
    for path in plan_files(folder):
        try:
            if path.stem in found:
                raise UnreadablePlan(f"{path.name}: another file of that name has been read")
            found[path.stem] = read(path.name, contents(path), this_year).facts
        except UnreadablePlan as problem:
            refused.append(str(problem))
    return Reading(joined(chain.from_iterable(found.values())), tuple(refused))


def plan_files(folder: Path) -> list[Path]:
    """Return the files in a folder that can be plans, by name."""
    return sorted(path for path in folder.iterdir() if _is_plan(path))


def _is_plan(path: Path) -> bool:
    named = path.suffix.lower() in (*document.SUFFIXES, *document.REFUSED)
    return named and not path.name.startswith((".", "~$")) and not path.is_dir()


def contents(path: Path) -> bytes:
    """Return the bytes of a file that is not too large. Raises UnreadablePlan."""
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadablePlan(f"{path.name}: the file is larger than 20 MB")
        return path.read_bytes()
    except OSError as problem:
        raise UnreadablePlan(f"{path.name}: {problem.strerror or problem}") from problem


def read_text(path: Path) -> Sequence[Fact]:
    """Read one plan as it was published. Raises UnreadablePlan."""
    return read(path.name, contents(path)).facts


def read(name: str, data: bytes, this_year: int | None = None) -> Original:
    """Read the bytes of a file of this name, an original or a digest. Raises UnreadablePlan."""
    if PurePath(name).suffix.lower() == ".md" and data.replace(b"\r\n", b"\n").startswith(_DIGEST):
        return _digest(name, data)
    try:
        found = document.read(name, data)
    except UnreadableDocument as problem:
        raise UnreadablePlan(f"{name}: {problem}") from problem
    cleaned = (_without_marks(one) for one in found.paragraphs)
    paragraphs = lines.paragraphs(cleaned)
    if not paragraphs:
        raise UnreadablePlan(f"{name}: the file is empty")
    parts = letterhead.parted(paragraphs)
    head = letterhead.read(parts, closings.lines(parts.body), dict(found.about))
    year = head.year or this_year
    if year is None:
        raise UnreadablePlan(f"{name}: the plan names no year")
    body = outline.read(parts.body)
    doubted = doubts.doubts(head, [one.text for one in paragraphs], body.sections, found.doubts)
    plan = _plan(PurePath(name).stem, head, year)
    facts = _facts(plan, parts, body.passages)
    if not facts:
        raise UnreadablePlan(f"{name}: the file has no sentence besides its title")
    return Original(plan, head.year, facts, body.sections, tuple(doubted))


def _without_marks(paragraph: Paragraph) -> Paragraph:
    """Leave out what an editor has put between the words."""
    return replace(paragraph, text=_EDITOR_MARK.sub("", paragraph.text))


def _digest(name: str, data: bytes) -> Original:
    key = PurePath(name).stem
    try:
        facts = tuple(digest_in(key, data.decode("utf-8").replace("\r\n", "\n")))
    except RecursionError as problem:
        raise UnreadablePlan(f"{name}: the header is nested too deeply") from problem
    except ValueError as problem:
        raise UnreadablePlan(f"{name}: {problem}") from problem
    if not facts:
        raise UnreadablePlan(f"{name}: the digest has no line that begins with a bullet")
    named = dict.fromkeys((fact.section, fact.headings) for fact in facts if fact.section)
    sections = tuple(Section(path, titles[-1]) for path, titles in named)
    return Original(facts[0].plan, facts[0].plan.year, facts, sections, ())


def _plan(key: str, head: Letterhead, year: int) -> Plan:
    return Plan(
        key=key,
        title=head.title or key,
        issuer=head.issuer,
        place=head.place,
        year=year,
        number=head.number,
        issued=head.issued,
        digest=False,
    )


def _facts(plan: Plan, parts: Parts, body: Sequence[outline.Passage]) -> tuple[Fact, ...]:
    above = (*letterhead.passages(parts.head), *letterhead.passages(parts.below))
    return tuple(
        Fact(plan, position, passage.section, passage.headings, passage.text)
        for position, passage in enumerate((*above, *body))
    )
