"""The book: every plan that is known, and what it says to a question."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np

from knowledge import gist, lists, periods, places, strangers
from knowledge.dates.items import items
from knowledge.documents.marks import HAN
from knowledge.facets import says, things_wished, wishes, without_wishes
from knowledge.papers import (
    asks_of_all_plans,
    asks_of_paper,
    asks_to_compare,
    named_years,
    without_years,
)
from knowledge.plan import Fact, Plan
from knowledge.plan_places import SHORTEST, PlanPlaces
from knowledge.planned import around, by_heading, within
from knowledge.scope import Scope, Shelf
from knowledge.search import Cover, Hit, Index
from knowledge.segment import kept_up
from knowledge.slips import spelled_right
from knowledge.sums import Allowed
from knowledge.text import fold, keeping, simplified
from knowledge.verdict import (
    ENOUGH,
    Asked,
    Finding,
    as_likely,
    close_by,
    is_row,
    judged,
    rank,
    telling_words,
    untold,
    weighed,
)
from knowledge.vocabulary import without_slips

ABROAD: Final = 0.5
"""A region's best fact below this share of another region's best is not what was asked for."""

ABROAD_BY_NAME: Final = 0.85
"""The same, where that fact has in quotation marks what the question names."""

_SAYS: Final = re.compile(r"[^\W\d_]")
"""A question has a letter or a character; a number by itself asks nothing."""

SAME_MATTER: Final = 0.5
"""What tells a detail is put first if it has this share of what the best fact has of the matter."""

SURELY: Final = 0.85
"""A region's fact that covers this much is meant, whatever other regions' plans say."""

FEW_PAPERS: Final = 100
"""So many letterheads are all looked at; of more, those that share a word with the question."""

OPENS: Final = 20
"""A name within so many characters of a fact's beginning says what the fact is about."""

_NAMING: Final = ("关", "一", "二", "三")
"""With these a name goes on that begins with a place: of a periodical, of a school."""

_COUNTED: Final = re.compile(rf"[{HAN}]+是|第[{HAN}]+[，、]|[①-⑳（(\d]")
_OF_COMMITTEE: Final = re.compile("关工(?:委|小组)|关心下一代")
_QUOTED: Final = re.compile(r"[“‘《]([^“”‘’《》]{3,})[”’》]")


def fact_id(fact: Fact) -> str:
    """Return a short name of a fact that outlives a restart, fit for a button."""
    return f"{_short(fact.plan)}-{fact.position}"


def _home(place: str) -> str:
    """Return the most exact known place that a plan's place names, else itself."""
    return places.named_in(place) or place


def _short(plan: Plan) -> str:
    return f"{zlib.crc32(plan.key.encode()):08x}"


class Book:
    """All facts, ready to be asked. A book never changes: what is learned makes a new one.

    ``before`` is the book that this one takes the place of: what it has in common with it is not
    built again.
    """

    def __init__(self, facts: Sequence[Fact], before: Book | None = None) -> None:
        self.index: Index = Index(kept_up(before.index.segments if before else (), facts))
        facts = self.index.facts
        self.plans: tuple[Plan, ...] = tuple(dict.fromkeys(fact.plan for fact in facts))
        self._places = PlanPlaces([(plan.place, plan.number) for plan in self.plans])
        self._homes = {home for plan in self.plans for home in places.chain(_home(plan.place))}
        self._starts = {_short(fact.plan): n for n, fact in enumerate(facts) if not fact.position}
        self._shelf = Shelf(self.plans, facts)
        self._items = lru_cache(maxsize=64)(lambda plan: items(plan, self._of(plan)))
        self._understood = keeping(most=16, longest=300)(self._understand)

    def fact(self, name: str) -> Fact | None:
        """Return the fact with this id, None where no plan has it any more."""
        plan, _, position = name.partition("-")
        number = self._starts.get(plan, -1) + int(position) if position.isdecimal() else -1
        known = self.index.facts[number] if 0 <= number < len(self.index.facts) else None
        return known if known and fact_id(known) == name else None

    def beside(self, fact: Fact) -> list[Fact]:
        """Return the facts of the same section, in the plan's order."""
        return [other for other in self._of(fact.plan) if other.section == fact.section]

    def _of(self, plan: Plan) -> list[Fact]:
        facts, first = self.index.facts, self._starts[_short(plan)]
        ends = (at for at in range(first, len(facts)) if facts[at].plan != plan)
        return list(facts[first : next(ends, len(facts))])

    def ask(self, question: str, region: str | None = None, year: int | None = None) -> Finding:
        """Return what the plans say; ``region`` is the asker's, ``year`` the one they mean."""
        if not _SAYS.search(question):
            return Finding("refusal")
        question = self._mended(simplified(question))
        if strange := self._strange(question, region):
            return Finding("refusal", lacks=strange, lacks_kind="place")
        asked = self._understood(question, region, year)
        if asks_to_compare(question) and (finding := self._compared(asked, region)):
            return finding
        return self._asked(asked)

    def _mended(self, question: str) -> str:
        """Return a question without slips of the pen; no place is one (义乌 for 义务)."""
        question = spelled_right(question)
        named = places.names_in(question)
        return without_slips(
            question, lambda word: self.index.has(word) or any(word in name for name in named)
        )

    def _strange(self, question: str, region: str | None) -> str | None:
        """Return the place that a question names and of which no plan is."""
        college, index = strangers.college_in(question), self.index
        if college and not (index.has(fold(college)) or self._places.sounds_like_one(college)):
            return college
        committee = strangers.committee_in(question)
        if committee and not any(places.nearness(p.place, committee) == 0 for p in self.plans):
            return committee
        if strange := strangers.strange_college_in(question, index.has):
            return strange
        of_plans = self._places.names_in(question)
        strange = strangers.strange_in(question, index.has, index.sounds_like, of_plans)
        if strange and self._places.sounds_like_one(strange):
            return None
        return strange or strangers.unsure_in(question, region, index.has)

    def gist(self, question: str, fact: Fact, most: int) -> str:
        """Return the whole sentences of a fact that answer, of at most ``most`` characters.

        A list that goes on after a semicolon comes whole.
        """
        said = fact.text
        if len(said) > most:
            said = gist.answering(self.index, self._understood(question, None, None), fact, most)
        return gist.to_its_end(said, fact, self._of(fact.plan)) if gist.goes_on(said) else said

    def _compared(self, asked: Asked, region: str | None) -> Finding | None:
        """Return what each place says that a comparison names, None unless several speak."""
        said: dict[Plan, Hit] = {}
        of_plans = self._places.named_in(asked.question)
        for place in places.all_meant(asked.question, region, of_plans):
            found = self._asked(replace(asked, region=place))
            if found.kind == "answer":
                said.setdefault(found.hits[0].fact.plan, found.hits[0])
        hits = tuple(said.values())
        return Finding("answer", hits, by_plan=True) if len(hits) > 1 else None

    def _asked(self, asked: Asked) -> Finding:
        scope = self._shelf.scope(asked.region, asked.years, paper=asked.of_paper)
        if not scope.steps and asked.region and not places.is_known(asked.region):
            return self._elsewhere(asked, asked.region)
        if not scope.steps:
            return Finding("refusal", lacks=asked.region or "", lacks_kind="place")
        if found := self._of_period(asked, scope):
            return found
        cover = self.index.cover(asked.topic, scope.near | scope.abroad)
        near = scope.near
        if asked.period:  # the month in which a plan was printed is none of its own
            near = self._shelf.without_papers(near)
        finding = judged(asked, self._search(asked, cover, near, scope.steps))
        if asked.years and finding.kind != "answer" and not scope.has_year:
            lacks = f"{asked.region or ''}{min(asked.years)}"
            return Finding("refusal", lacks=lacks, lacks_kind="year")
        if finding.lacks_kind == "detail" and not any(self._matter(asked, finding.hits[:1])):
            finding = Finding("refusal")
        if finding.kind == "answer":
            finding = self._having(asked, self._listed(asked, finding))
        finding = replace(finding, also=as_likely(asked, finding))
        finding = self._abroad(asked, finding, cover, scope)
        named = periods.named(finding.hits[0].fact.text) if finding.hits else ()
        return Finding("refusal") if asked.period and asked.period not in named else finding

    def _matter(self, asked: Asked, hits: Sequence[Hit]) -> list[int]:
        """Return how much hits have of a question, but for the words that ask for a detail."""
        about = without_wishes(fold(asked.topic))
        return self.index.covered(about, [telling_words(hit.fact) for hit in hits])

    def _of_period(self, asked: Asked, scope: Scope) -> Finding | None:
        """Return all that is planned for a month or a quarter, if that is what was asked for."""
        facts = self._shelf.in_period(asked.period, scope) if asked.period else []
        if facts:
            return by_heading(facts, is_known=bool(asked.region))
        if not asked.period or not asked.region:
            return None
        quarter = self._shelf.in_period(around(asked.period), scope)
        finding = self._dated(asked.period, scope)
        if finding is None and quarter:
            hits = by_heading(quarter, is_known=True).hits
            finding = Finding("related", hits, asked.period, "detail")
        return finding

    def _dated(self, period: str, scope: Scope) -> Finding | None:
        """Return what the nearest, latest plan has in a period by the days that its text names."""
        speaking = [plan for plan in self.plans if plan.key in scope.steps]
        for plan in sorted(speaking, key=lambda plan: (scope.steps[plan.key], -plan.year)):
            if found := within(period, plan.year, self._items(plan), self._of(plan)):
                hits = (Hit(fact, 1.0) for fact in dict.fromkeys(one.fact for one in found))
                words = tuple(one.words for one in found)
                return Finding("answer", tuple(hits), parts=words, only_parts=True)
        return None

    def _having(self, asked: Asked, finding: Finding) -> Finding:
        """Doubt an answer without a word of the thing that was asked after (有没有, 还是)."""
        things, told = things_wished(asked.question), telling_words(finding.hits[0].fact)
        is_told = len(things) > 1 and any(wish.is_told(told) for wish in asked.wishes)
        if not things or is_told or any(self.index.covered(one, [told])[0] for one in things):
            return finding
        lacks = things[0] if len(things) == 1 else ""
        return replace(finding, kind="related", lacks=lacks, lacks_kind="detail", parts=())

    def _elsewhere(self, asked: Asked, region: str) -> Finding:
        """Return what other places' plans say, each named, where nobody knows the asker's place."""
        found = self._asked(replace(asked, region=None))
        if places.is_place(region) and found.kind == "answer":
            return replace(found, hits=found.hits[:1], by_plan=True)
        return found

    def _understand(self, question: str, region: str | None, year: int | None) -> Asked:
        topic = self._topic(question)
        return Asked(
            question,
            topic,
            None if asks_of_all_plans(question) else self._meant(question, region),
            frozenset({year} if year else named_years(question)),
            tuple(wishes(question)),
            lists.counted(question),
            asks_of_paper(_without_names(topic, region), (plan.title for plan in self.plans)),
            periods.asked(topic),
        )

    def _meant(self, question: str, region: str | None) -> str | None:
        """Return whose plans are asked: those of a unit that is named, of a place, or one's own."""
        meant = places.meant(question, region)
        if meant != region:
            return meant
        asked = places.without_elsewhere(question) if region else question
        units = self._places.named_in(asked, SHORTEST if region else 2)
        is_own = any(places.nearness(unit, region) is not None for unit in units if region)
        return meant if is_own else next(iter(units), meant)

    def _search(
        self, asked: Asked, cover: Cover, allowed: Allowed, steps: Mapping[str, int]
    ) -> tuple[Hit, ...]:
        found = self.index.best(cover, allowed)
        papers = np.flatnonzero(allowed) if asked.of_paper else ()
        if not found or len(papers) <= FEW_PAPERS:
            facts, known = self.index.facts, {id(hit.fact) for hit in found}
            found += [Hit(facts[n], 0.0) for n in papers if id(facts[n]) not in known]
        hits = [weighed(hit, steps.get(hit.fact.plan.key, 0), asked) for hit in found]
        hits.sort(key=rank)
        return self._telling_first(asked, tuple(hits))

    def _telling_first(self, asked: Asked, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """Put first what tells the detail that was asked for, if it is close, or next to it."""
        if not hits or not untold(asked, hits[0].fact):
            return hits
        near = (Hit(fact, *hits[0][1:]) for fact in self._next_to(hits[0].fact))
        beside = hits if asked.of_paper else (*self._of_matter(asked, hits), *near)
        telling = (hit for hit in beside if not untold(asked, hit.fact))
        first = next(telling, hits[0])
        return (first, *(hit for hit in hits if hit.fact != first.fact))

    def _of_matter(self, asked: Asked, hits: Sequence[Hit]) -> Iterator[Hit]:
        """Yield the hits close to the first that speak of the same; a row names many matters."""
        close = list(close_by(hits))
        best, *others = self._matter(asked, (hits[0], *close))
        least = 0.0 if is_row(hits[0].fact) else SAME_MATTER * best
        return (hit for hit, share in zip(close, others, strict=True) if share >= least)

    def _next_to(self, fact: Fact) -> Iterator[Fact]:
        """Yield the fact that goes on where one ends: under its headings, with no name of its own.

        A name near the beginning (“金秋圆梦”助学) opens another matter, and so does 三是.
        """
        for other in self._of(fact.plan):
            if other.position == fact.position + 1 and other.headings == fact.headings:
                named = _QUOTED.search(other.text[:OPENS])
                if not _COUNTED.match(other.text) and (named is None or named[1] in fact.text):
                    yield other

    def _listed(self, asked: Asked, finding: Finding) -> Finding:
        """Give the list below a fact that leads to it; insist on one of a number asked for."""
        best = finding.hits[0].fact
        is_whole = not lists.announces(best) and lists.gives(best.text, asked.count)
        if is_whole or not (asked.count or lists.announces(best)):
            return finding
        parts = lists.below(best, self._of(best.plan), asked.count)
        if parts and (lists.announces(best) or self._is_one_of(asked, best)):
            return replace(finding, parts=parts)
        for hit in close_by(finding.hits):
            if lists.gives(hit.fact.text, asked.count):
                return replace(finding, hits=(hit, *(h for h in finding.hits if h is not hit)))
        return replace(finding, kind="related", lacks=says("list"), lacks_kind="detail")

    def _is_one_of(self, asked: Asked, fact: Fact) -> bool:
        """Tell whether what is asked for stands above a fact and its neighbours, not in its own."""
        own, above = "".join((*fact.headings[-1:], fact.text)), "".join(fact.headings[:-1])
        of_own, of_above = self.index.covered(asked.topic, [own, above])
        return of_above > 0 and of_above >= of_own

    def _topic(self, question: str) -> str:
        """Return a question without the year and place it is asked for."""
        question = without_years(question)
        for name in places.names_in(question):
            is_told = places.named_exactly(name) in self._homes or not self.index.has(fold(name))
            if is_told and f"《{name}" not in question:
                question = self._without(question, name)
        for name in self._places.names_in(question):
            if not self._names_more(question, name):
                question = self._without(question, name)
        return question

    def _names_more(self, question: str, name: str) -> bool:
        """Tell whether a name goes on as plans have that of something: 《七里河关工》, 长汀一中."""
        after = fold(question.partition(name)[2])[:2]
        if _OF_COMMITTEE.match(question.partition(name)[2]):
            return False
        return after[:1] in _NAMING and self.index.has(fold(name)[-1:] + after)

    def _without(self, question: str, name: str) -> str:
        """Leave a place out, except inside a name that plans have (书香常州)."""
        before, _, after = question.partition(name)
        joined = fold(before)[-1:] + fold(name)
        return question if before and self.index.has(joined) else f"{before} {after}"

    def _abroad(self, asked: Asked, finding: Finding, cover: Cover, scope: Scope) -> Finding:
        """Prefer another region's fact where the asker's own plans speak of something else."""
        here = finding.hits[0].score if finding.hits else 0.0
        if asked.region is None or asked.years or asked.of_paper or here >= SURELY:
            return finding
        hits = self._search(asked, cover, scope.abroad, {})
        if not hits or untold(asked, hits[0].fact):
            return finding
        is_named = _names(hits[0].fact.text, asked.topic, finding.hits[:1])
        least = (ABROAD_BY_NAME if is_named else ABROAD) * hits[0].score
        if hits[0].score >= ENOUGH and here < least:
            return Finding("related", hits, places.way_of(asked.region), "here")
        return finding


def _without_names(question: str, region: str | None) -> str:
    """Leave out the places that a question names, and what the asker's unit is called for short."""
    for name in (*places.names_in(question), *((region, region[:2]) if region else ())):
        question = question.replace(name, "")
    return question


def _names(text: str, question: str, here: Sequence[Hit]) -> bool:
    """Tell whether a question says what a text has in quotation marks, and what is here has not."""
    asked, known = fold(question), "".join(fold(hit.fact.text) for hit in here)
    names = map(fold, _QUOTED.findall(text))
    return any(name in asked and name not in known for name in names)
