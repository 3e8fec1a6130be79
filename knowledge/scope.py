"""Which facts speak to a question: those of the asker's place, of the year, of the plan's paper."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge import periods, places
from knowledge.plan import Fact, Plan, is_of_paper
from knowledge.sums import Allowed

OFTEN: Final = 2
"""A small place is in the one that its plan names most often, if it does so at least so often."""

AS_OFTEN: Final = 0.5
"""A unit is in the place that its plan names most often, and in those by this share as often."""

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")


@dataclass(frozen=True, slots=True)
class Scope:
    """The facts that speak to a question, and those of other places that could instead.

    ``steps``: how many steps farther away a plan's place is than the nearest one's, by the plan's
    key, for the plans that speak.
    """

    steps: Mapping[str, int]
    near: Allowed
    abroad: Allowed
    has_year: bool


class Shelf:
    """The plans of a book side by side, to choose among."""

    def __init__(self, plans: Sequence[Plan], facts: Sequence[Fact]) -> None:
        self._plans, self._facts = plans, facts
        numbers = {plan.key: number for number, plan in enumerate(plans)}
        self._plan_of: NDArray[np.int32] = np.array(
            [numbers[fact.plan.key] for fact in facts], np.int32
        )
        self._paper: Allowed = np.array(
            [not fact.headings or is_of_paper(fact) for fact in facts], np.bool_
        )
        self._telling = _by_year(facts)
        self._periods = _by_period(facts)
        self._homes = _homes(plans, facts)
        self.scope = lru_cache(maxsize=64)(self._scope)

    def _scope(self, region: str | None, years: frozenset[int], *, paper: bool) -> Scope:
        """Return what speaks to a region and to years; ``paper``: only its number, date, sender."""
        steps = self._steps(region, exactly=paper or bool(years))
        is_near = np.array([plan.key in steps for plan in self._plans], np.bool_)[self._plan_of]
        fits = self._of_years(years) if years else np.ones_like(is_near)
        fits = fits & self._paper if paper else fits
        spoken = (plan.year for plan in self._plans if plan.key in steps)
        abroad = ~is_near & fits if not (paper or years) else np.zeros_like(is_near)
        return Scope(steps, is_near & fits, abroad, not years.isdisjoint(spoken))

    def without_papers(self, allowed: Allowed) -> Allowed:
        """Return those of the facts that tell more than a plan's number, date and sender."""
        return allowed & ~self._paper

    def in_period(self, period: str, scope: Scope) -> list[Fact]:
        """Return what the nearest of the plans that speak do in a month, a quarter, half a year."""
        numbers = (n for n in self._periods.get(period, ()) if scope.near[n])
        facts = [self._facts[number] for number in numbers]
        nearest = min((scope.steps[fact.plan.key] for fact in facts), default=0)
        return [fact for fact in facts if scope.steps[fact.plan.key] == nearest]

    def _steps(self, region: str | None, *, exactly: bool) -> dict[str, int]:
        if region is None:
            return {plan.key: 0 for plan in self._plans}
        away = {plan.key: self._steps_to(plan, region) for plan in self._plans}
        near = {key: steps for key, steps in away.items() if steps is not None}
        near = near or self._naming(region)
        nearest = min(near.values(), default=0)
        return {
            key: steps - nearest for key, steps in near.items() if steps == nearest or not exactly
        }

    def _naming(self, region: str) -> dict[str, int]:
        """Return the plans that name a place which no register knows, in their head or inside."""
        if places.is_known(region):
            return {}
        of_it = {plan.key: 0 for plan in self._plans if region in plan.place + plan.title}
        name = places.bare(region)
        return of_it or {fact.plan.key: 1 for fact in self._facts if name in fact.text}

    def _steps_to(self, plan: Plan, region: str) -> int | None:
        """How far a plan's place is from a region; a unit is a step inside of where it stands."""
        steps = places.nearness(plan.place, region)
        if steps is not None:
            return steps
        around = (places.nearness(home, region) for home in self._homes.get(plan.key, ()))
        return min((1 + steps for steps in around if steps is not None), default=None)

    def _of_years(self, years: frozenset[int]) -> Allowed:
        """Choose the facts of plans of these years, and those that name one of them."""
        of_year = np.array([plan.year in years for plan in self._plans], np.bool_)[self._plan_of]
        for year in years:
            of_year[self._telling.get(year, [])] = True
        return of_year


def _homes(plans: Sequence[Plan], facts: Sequence[Fact]) -> Mapping[str, Sequence[str]]:
    """Return where the units and small places stand that no register knows, by what they name."""
    unknown = {plan.key: plan.place for plan in plans if _is_unplaced(plan.place)}
    named: dict[str, Counter[str]] = defaultdict(Counter)
    for fact in facts:
        if fact.plan.key in unknown:
            named[fact.plan.key].update(map(places.full_name, places.names_in(fact.text)))
    return {key: _named_most(counted, unknown[key]) for key, counted in named.items() if counted}


def _is_unplaced(place: str) -> bool:
    """Tell whether a unit's name says at most in which province it is (陕西理工大学)."""
    around = places.named_in(place)
    return around is None or (places.is_unit(place) and len(places.chain(around)) == 1)


def _named_most(counted: Counter[str], of: str) -> Sequence[str]:
    """Return the places that the plan of a unit, or of a small place, names most often."""
    ((most, times),) = counted.most_common(1)
    if places.is_place(of):
        return [most] if times >= OFTEN else []
    return [place for place, count in counted.items() if count >= AS_OFTEN * times]


def _by_period(facts: Sequence[Fact]) -> Mapping[str, list[int]]:
    told: dict[str, list[int]] = defaultdict(list)
    for number, fact in enumerate(facts):
        if period := periods.told(fact):
            told[period].append(number)
    return told


def _by_year(facts: Sequence[Fact]) -> Mapping[int, list[int]]:
    telling: dict[int, list[int]] = defaultdict(list)
    for number, fact in enumerate(facts):
        for year in set(_YEAR.findall(" ".join((fact.text, *fact.headings)))):
            telling[int(year)].append(number)
    return telling
