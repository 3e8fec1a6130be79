"""The book: every plan that is known, and what it says to a question."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Literal

from knowledge import places
from knowledge.facets import Wish, wishes
from knowledge.papers import asks_of_paper, asks_which_plan, named_years, without_years
from knowledge.plan import Fact, Plan
from knowledge.scope import Scope, Shelf
from knowledge.search import Cover, Hit, Index
from knowledge.segment import Segment
from knowledge.sums import Allowed
from knowledge.text import fold

ENOUGH: Final = 0.4
"""A fact that covers this much of a question answers it (measured on questions of our own)."""

NEAR: Final = 0.22
"""A fact that covers this much is near the question; below, the plans do not speak of it."""

PLENTY: Final = 12.0
"""So much rare matter in common makes a near fact an answer: the question was only wordy."""

RIVALS: Final = 0.75
"""Another plan whose best fact reaches this share of the best one could be meant as well."""

ABROAD: Final = 0.68
"""A region's best fact below this share of another region's best is not what was asked for."""

A_STEP_AWAY: Final = 0.96
"""What a plan of the next larger or smaller place is worth against one of the asker's own."""

TELLS: Final = 1.16
"""What a fact gains that tells a kind of detail that was asked for."""

SURELY: Final = 0.85
"""A region's fact that covers this much is meant, whatever other regions' plans say."""

Kind = Literal["answer", "related", "ask_back", "refusal"]
Lacks = Literal["", "place", "year", "detail", "here"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the plans say. ``lacks`` names what they do not: a place, a year, a kind of detail.

    ``lacks_kind`` "here": the plans of the asker's place do not speak of it, those of another
    place do. ``by_plan``: it was asked which plans say it, one hit stands for each.
    """

    kind: Kind
    hits: tuple[Hit, ...] = ()
    lacks: str = ""
    lacks_kind: Lacks = ""
    by_plan: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it was understood; ``topic`` is what it is about, without year and place."""

    question: str
    topic: str
    region: str | None
    years: frozenset[int]
    wishes: tuple[Wish, ...]
    of_paper: bool


def fact_id(fact: Fact) -> str:
    """Return a short name of a fact that outlives a restart, fit for a button."""
    return f"{_short(fact.plan)}-{fact.position}"


def _short(plan: Plan) -> str:
    return f"{zlib.crc32(plan.key.encode()):08x}"


class Book:
    """All facts, ready to be asked. A book never changes: what is learned makes a new one."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.index = Index([Segment(facts)])
        self.plans: tuple[Plan, ...] = tuple(dict.fromkeys(fact.plan for fact in facts))
        self._homes = {place for plan in self.plans for place in places.chain(plan.place)}
        self._starts = {_short(fact.plan): n for n, fact in enumerate(facts) if not fact.position}
        self._shelf = Shelf(self.plans, facts)

    def fact(self, name: str) -> Fact | None:
        """Return the fact with this id, None where no plan has it any more."""
        plan, _, position = name.partition("-")
        number = self._starts.get(plan, -1) + int(position) if position.isdecimal() else -1
        known = self.index.facts[number] if 0 <= number < len(self.index.facts) else None
        return known if known and fact_id(known) == name else None

    def beside(self, fact: Fact) -> list[Fact]:
        """Return the facts of the same section, in the plan's order."""
        first = self._starts[_short(fact.plan)]
        plan = takewhile(lambda other: other.plan == fact.plan, self.index.facts[first:])
        return [other for other in plan if other.section == fact.section]

    def ask(self, question: str, region: str | None = None, year: int | None = None) -> Finding:
        """Return what the plans say; ``region`` is the asker's, ``year`` the one they mean."""
        college = places.college_in(question)
        if college and not self.index.has(fold(college)):
            return Finding("refusal", lacks=college, lacks_kind="place")
        asked = self._understood(question, region, year)
        scope = self._shelf.scope(asked.region, asked.years, paper=asked.of_paper)
        if not scope.steps:
            return Finding("refusal", lacks=asked.region or "", lacks_kind="place")
        cover = self.index.cover(asked.topic, scope.near | scope.abroad)
        finding = _judged(asked, self._search(asked, cover, scope.near, scope.steps))
        if asked.years and finding.kind != "answer" and not scope.has_year:
            lacks = f"{asked.region or ''}{min(asked.years)}"
            return Finding("refusal", lacks=lacks, lacks_kind="year")
        return self._abroad(asked, finding, cover, scope)

    def _understood(self, question: str, region: str | None, year: int | None) -> _Asked:
        topic = self._topic(question)
        return _Asked(
            question,
            topic,
            places.meant(question, region),
            frozenset({year} if year else named_years(question)),
            tuple(wishes(question)),
            asks_of_paper(topic),
        )

    def _search(
        self, asked: _Asked, cover: Cover, allowed: Allowed, steps: Mapping[str, int]
    ) -> tuple[Hit, ...]:
        found = self.index.best(cover, allowed)
        hits = [_weighed(hit, steps.get(hit.fact.plan.key, 0), asked) for hit in found]
        return tuple(sorted(hits, key=lambda hit: (-hit.score, len(hit.fact.text))))

    def _topic(self, question: str) -> str:
        """Return a question without the year and place it is asked for."""
        question = without_years(question)
        for name in places.names_in(question):
            if places.named_exactly(name) in self._homes or not self.index.has(fold(name)):
                question = self._without(question, name)
        return question

    def _without(self, question: str, name: str) -> str:
        """Leave a place out, except inside a name that plans have (书香常州)."""
        before, _, after = question.partition(name)
        joined = fold(before)[-1:] + fold(name)
        return question if before and self.index.has(joined) else f"{before} {after}"

    def _abroad(self, asked: _Asked, finding: Finding, cover: Cover, scope: Scope) -> Finding:
        """Prefer another region's fact where the asker's own plans speak of something else."""
        here = finding.hits[0].score if finding.hits else 0.0
        if asked.region is None or asked.years or asked.of_paper or here >= SURELY:
            return finding
        hits = self._search(asked, cover, scope.abroad, {})
        if hits and hits[0].score >= ENOUGH and here < ABROAD * hits[0].score:
            return Finding("related", hits, places.way_of(asked.region), "here")
        return finding


def _judged(asked: _Asked, hits: tuple[Hit, ...]) -> Finding:
    if not hits or hits[0].score < NEAR:
        return Finding("refusal", hits)
    if untold := _untold(asked, hits[0].fact):
        return Finding("related", hits, untold.facet.says, "detail")
    if hits[0].score < ENOUGH and hits[0].evidence < PLENTY:
        return Finding("related", hits)
    if asked.region is not None:
        return Finding("answer", hits)
    rivals = _rivals(hits)
    if asks_which_plan(asked.question):
        return Finding("answer", rivals, by_plan=True)
    return Finding("ask_back", rivals) if len(rivals) > 1 else Finding("answer", hits)


def _untold(asked: _Asked, fact: Fact) -> Wish | None:
    """Return the first kind of detail that an answer would have to tell and a fact does not."""
    told = _told(fact)
    for wish in asked.wishes:
        insisted = wish.facet.of_paper if asked.of_paper else wish.facet.required
        if insisted and not wish.is_told(told):
            return wish
    return None


def _weighed(hit: Hit, steps: int, asked: _Asked) -> Hit:
    score = hit.score * A_STEP_AWAY**steps
    if asked.wishes:
        told = _told(hit.fact)
        score *= TELLS ** sum(wish.is_told(told) for wish in asked.wishes)
    return Hit(hit.fact, max(score, ENOUGH) if asked.of_paper else score, hit.evidence)


def _told(fact: Fact) -> str:
    """Return what a fact tells: its words and headings, without the year of all its plan."""
    return "".join((*fact.headings, fact.text)).replace(f"{fact.plan.year}年", "")


def _rivals(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The best fact of each plan that could be meant, best first."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.fact.plan.key, hit)
    return tuple(hit for hit in best.values() if hit.score >= RIVALS * hits[0].score)
