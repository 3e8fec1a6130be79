"""The book: every plan that is known, and what it says to a question."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from knowledge import places
from knowledge.facets import missing
from knowledge.plan import Fact, Plan
from knowledge.search import Hit, Index
from knowledge.text import fold

ENOUGH: Final = 0.36
"""A fact that covers this much of a question answers it (measured on questions of our own)."""

NEAR: Final = 0.22
"""A fact that covers this much is near the question; below, the plans do not speak of it."""

RIVALS: Final = 0.8
"""Another plan whose best fact reaches this share of the best one could be meant as well."""

A_STEP_AWAY: Final = 0.96
"""What a plan of the next larger or smaller place is worth against one of the asker's own."""

TELLS_A_NUMBER: Final = 1.12
"""What a fact with a figure gains when a figure was asked for."""

Kind = Literal["answer", "related", "ask_back", "refusal"]
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d|\d\d)年")
_HOW_MANY = re.compile(r"多少|几|好多|第几")
_FIGURE = re.compile(r"\d|[一二三四五六七八九十两]+(?:个|种|本|次|项|届|期|场|家|张|级|年)")


@dataclass(frozen=True, slots=True)
class Finding:
    """What the plans say. ``lacks`` names what they do not: a place, a year, a kind of detail."""

    kind: Kind
    hits: tuple[Hit, ...] = ()
    lacks: str = ""
    lacks_kind: Literal["", "place", "year", "detail"] = ""


def fact_id(fact: Fact) -> str:
    """Return a short name of a fact that outlives a restart, fit for a button."""
    return f"{zlib.crc32(fact.plan.key.encode()):08x}-{fact.position}"


class Book:
    """All facts, ready to be asked."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.index = Index(facts)
        self.plans: tuple[Plan, ...] = tuple(dict.fromkeys(fact.plan for fact in facts))
        self._by_id = {fact_id(fact): fact for fact in facts}

    def fact(self, name: str) -> Fact | None:
        """Return the fact with this id, None where no plan has it any more."""
        return self._by_id.get(name)

    def beside(self, fact: Fact) -> list[Fact]:
        """Return the facts of the same section, in the plan's order."""
        same = (fact.plan.key, fact.section)
        return [other for other in self.index.facts if (other.plan.key, other.section) == same]

    def ask(self, question: str, region: str | None = None, year: int | None = None) -> Finding:
        """Return what the plans say; ``region`` is the asker's, ``year`` the one they mean."""
        named = places.named_in(question)
        region = named or region
        plans = self._plans_for(region)
        if not plans:
            return Finding("refusal", lacks=region or "", lacks_kind="place")
        year = year or _named_year(question)
        of_year = {plan: away for plan, away in plans.items() if year in (None, plan.year)}
        if not of_year:
            return Finding("refusal", lacks=str(year), lacks_kind="year")
        hits = self._search(question, of_year)
        return self._judge(question, hits, region)

    def _plans_for(self, region: str | None) -> dict[Plan, int]:
        """The plans that speak to a region, with how many steps away their place is."""
        if region is None:
            return dict.fromkeys(self.plans, 0)
        away = {plan: places.nearness(plan.place, region) for plan in self.plans}
        return {plan: steps for plan, steps in away.items() if steps is not None}

    def _search(self, question: str, plans: dict[Plan, int]) -> tuple[Hit, ...]:
        topic = _YEAR.sub("", question)
        if named := places.named_in(topic):
            topic = topic.replace(named, "").replace(named[:-1], "") or question
        wants_figure = bool(_HOW_MANY.search(fold(question)))
        hits = [
            Hit(hit.fact, hit.score * _worth(hit.fact, plans[hit.fact.plan], wants_figure))
            for hit in self.index.search(topic, lambda fact: fact.plan in plans)
        ]
        return tuple(sorted(hits, key=lambda hit: -hit.score))

    def _judge(self, question: str, hits: tuple[Hit, ...], region: str | None) -> Finding:
        if not hits or hits[0].score < NEAR:
            return Finding("refusal", hits)
        if facet := missing(question, hits[0].fact.text):
            return Finding("related", hits, facet.says, "detail")
        if hits[0].score < ENOUGH:
            return Finding("related", hits)
        if region is None and len(_rivals(hits)) > 1:
            return Finding("ask_back", _rivals(hits))
        return Finding("answer", hits)


def _worth(fact: Fact, steps: int, wants_figure: bool) -> float:
    figure = TELLS_A_NUMBER if wants_figure and _FIGURE.search(fact.text) else 1.0
    return float(figure * A_STEP_AWAY**steps)


def _rivals(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The best fact of each plan that could be meant, best first."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.fact.plan.key, hit)
    enough = max(ENOUGH, hits[0].score * RIVALS)
    return tuple(hit for hit in best.values() if hit.score >= enough)


def _named_year(question: str) -> int | None:
    """Return the year that a question names in full or with two digits, None without one."""
    found = _YEAR.search(question)
    if not found:
        return None
    year = int(found[1])
    return year if year > 99 else 2000 + year
