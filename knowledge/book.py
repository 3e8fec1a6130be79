"""The book: every plan that is known, and what it says to a question."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final, Literal

from knowledge import lists, places
from knowledge.documents.passages import windows
from knowledge.facets import Wish, says, thing_wished, wishes
from knowledge.papers import (
    asks_of_all_plans,
    asks_of_paper,
    asks_to_compare,
    asks_which_plan,
    named_years,
    without_years,
)
from knowledge.plan import Fact, Plan
from knowledge.scope import Scope, Shelf
from knowledge.search import Cover, Hit, Index
from knowledge.segment import kept_up
from knowledge.sums import Allowed
from knowledge.text import fold

ENOUGH: Final = 0.4
"""A fact that covers this much of a question answers it (measured on questions of our own)."""

NEAR: Final = 0.18
"""A fact that covers this much is near the question; below, the plans do not speak of it."""

PLENTY: Final = 2.2
"""So much rare matter in common makes a near fact an answer: the question was only wordy.

Measured in pairs that a single fact has.
"""

SOLID: Final = 1.1
"""So much rare matter makes an answer of a fact that covers at least THIN of a question."""

THIN: Final = 0.13

WORDY: Final = 11
"""A question of so many characters says more than what it is about."""

RIVALS: Final = 0.75
"""Another plan whose best fact reaches this share of the best one could be meant as well."""

AS_WELL: Final = 0.5
"""Another plan whose best fact reaches this share speaks of the matter as well."""

CLOSE: Final = 0.8
"""A fact of the same plan that reaches this share of the best one may be what was meant."""

ABROAD: Final = 0.5
"""A region's best fact below this share of another region's best is not what was asked for."""

ABROAD_BY_NAME: Final = 0.85
"""The same, where that fact has in quotation marks what the question names."""

OF_TABLE: Final = 0.95
"""What an appendix or a month's row is worth beside what tells about the things they name."""

_OF_TABLE: Final = re.compile("^附|(?:月份?|季度|半年)$")

A_STEP_AWAY: Final = 0.75
"""What a plan of the next larger or smaller place is worth against one of the asker's own."""

_SAYS: Final = re.compile(r"[^\W\d_]")
"""A question has a letter or a character; a number by itself asks nothing."""

TELLS: Final = 1.16
"""What a fact gains that tells a kind of detail that was asked for."""

SURELY: Final = 0.85
"""A region's fact that covers this much is meant, whatever other regions' plans say."""

OPENING: Final = 12
"""Within so many characters of a fact's beginning, the plan's year says which plan it is of."""

_QUOTED: Final = re.compile(r"[“‘《]([^“”‘’《》]{3,})[”’》]")

Kind = Literal["answer", "related", "ask_back", "refusal"]
Lacks = Literal["", "place", "year", "detail", "here"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the plans say. ``lacks`` names what they do not: a place, a year, a kind of detail.

    ``lacks_kind`` "here": the plans of the asker's place do not speak of it, those of another
    place do. ``by_plan``: it was asked which plans say it, one hit stands for each. ``parts``: the
    titles that stand below the best hit, where they are the list that was asked for.
    """

    kind: Kind
    hits: tuple[Hit, ...] = ()
    lacks: str = ""
    lacks_kind: Lacks = ""
    by_plan: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it was understood; ``topic`` is what it is about, without year and place."""

    question: str
    topic: str
    region: str | None
    years: frozenset[int]
    wishes: tuple[Wish, ...]
    count: int
    of_paper: bool


def fact_id(fact: Fact) -> str:
    """Return a short name of a fact that outlives a restart, fit for a button."""
    return f"{_short(fact.plan)}-{fact.position}"


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
        return [other for other in self._of(fact.plan) if other.section == fact.section]

    def _of(self, plan: Plan) -> list[Fact]:
        first = self._starts[_short(plan)]
        return list(takewhile(lambda fact: fact.plan == plan, self.index.facts[first:]))

    def ask(self, question: str, region: str | None = None, year: int | None = None) -> Finding:
        """Return what the plans say; ``region`` is the asker's, ``year`` the one they mean."""
        if not _SAYS.search(question):
            return Finding("refusal")
        if strange := self._strange(question, region):
            return Finding("refusal", lacks=strange, lacks_kind="place")
        asked = self._understood(question, region, year)
        if asks_to_compare(question) and (finding := self._compared(asked, region)):
            return finding
        return self._asked(asked)

    def _strange(self, question: str, region: str | None) -> str | None:
        """Return the place that a question names and of which no plan is."""
        college, index = places.college_in(question), self.index
        if college and not index.has(fold(college)):
            return college
        strange = places.strange_in(question, index.has, index.sounds_like)
        return strange or places.unsure_in(question, region, index.has)

    def gist(self, question: str, fact: Fact, most: int) -> str:
        """Return the whole sentences of a fact that answer, of at most ``most`` characters."""
        if len(fact.text) <= most:
            return fact.text
        runs = windows(fact.text, most)
        asked = self._understood(question, None, None)
        covered = self.index.covered(asked.topic, runs)
        told = zip(runs, covered, strict=True)
        return max(told, key=lambda run: _tells(asked, *run))[0]

    def _compared(self, asked: _Asked, region: str | None) -> Finding | None:
        """Return what each place says that a comparison names, None unless several speak."""
        said: dict[Plan, Hit] = {}
        for place in places.all_meant(asked.question, region):
            found = self._asked(replace(asked, region=place))
            if found.kind == "answer":
                said.setdefault(found.hits[0].fact.plan, found.hits[0])
        hits = tuple(said.values())
        return Finding("answer", hits, by_plan=True) if len(hits) > 1 else None

    def _asked(self, asked: _Asked) -> Finding:
        scope = self._shelf.scope(asked.region, asked.years, paper=asked.of_paper)
        if not scope.steps and asked.region and not places.is_known(asked.region):
            return self._elsewhere(asked, asked.region)
        if not scope.steps:
            return Finding("refusal", lacks=asked.region or "", lacks_kind="place")
        cover = self.index.cover(asked.topic, scope.near | scope.abroad)
        finding = _judged(asked, self._search(asked, cover, scope.near, scope.steps))
        if asked.years and finding.kind != "answer" and not scope.has_year:
            lacks = f"{asked.region or ''}{min(asked.years)}"
            return Finding("refusal", lacks=lacks, lacks_kind="year")
        if finding.kind == "answer":
            finding = self._having(asked, self._listed(asked, finding))
        return self._abroad(asked, finding, cover, scope)

    def _having(self, asked: _Asked, finding: Finding) -> Finding:
        """Doubt an answer without a word of the thing that was asked after (有没有)."""
        thing = thing_wished(asked.question)
        if thing and not self.index.covered(thing, [_told(finding.hits[0].fact)])[0]:
            return replace(finding, kind="related", lacks=thing, lacks_kind="detail", parts=())
        return finding

    def _elsewhere(self, asked: _Asked, region: str) -> Finding:
        """Return what other places' plans say, each named, where nobody knows the asker's place."""
        found = self._asked(replace(asked, region=None))
        if places.is_place(region) and found.kind == "answer":
            return replace(found, hits=found.hits[:1], by_plan=True)
        return found

    def _understood(self, question: str, region: str | None, year: int | None) -> _Asked:
        topic = self._topic(question)
        return _Asked(
            question,
            topic,
            None if asks_of_all_plans(question) else places.meant(question, region),
            frozenset({year} if year else named_years(question)),
            tuple(wishes(question)),
            lists.counted(question),
            asks_of_paper(topic),
        )

    def _search(
        self, asked: _Asked, cover: Cover, allowed: Allowed, steps: Mapping[str, int]
    ) -> tuple[Hit, ...]:
        found = self.index.best(cover, allowed)
        hits = [_weighed(hit, steps.get(hit.fact.plan.key, 0), asked) for hit in found]
        hits.sort(key=_rank)
        return self._telling_first(asked, tuple(hits))

    def _telling_first(self, asked: _Asked, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """Put first what tells the detail that was asked for, if it is close, or next to it."""
        if not hits or not _untold(asked, hits[0].fact):
            return hits
        near = (Hit(fact, *hits[0][1:]) for fact in self._next_to(hits[0].fact))
        telling = (hit for hit in (*_beside(hits), *near) if not _untold(asked, hit.fact))
        first = next(telling, hits[0])
        return (first, *(hit for hit in hits if hit.fact != first.fact))

    def _next_to(self, fact: Fact) -> Iterator[Fact]:
        """Yield the facts before and after a fact that stand under the same headings."""
        for other in self._of(fact.plan):
            if abs(other.position - fact.position) == 1 and other.headings == fact.headings:
                yield other

    def _listed(self, asked: _Asked, finding: Finding) -> Finding:
        """Give the list below a fact that leads to it; insist on one of a number asked for."""
        best = finding.hits[0].fact
        is_whole = not lists.announces(best) and lists.gives(best.text, asked.count)
        if is_whole or not (asked.count or lists.announces(best)):
            return finding
        if parts := lists.below(best, self._of(best.plan), asked.count):
            return replace(finding, parts=parts)
        for hit in _beside(finding.hits):
            if lists.gives(hit.fact.text, asked.count):
                return replace(finding, hits=(hit, *(h for h in finding.hits if h is not hit)))
        return replace(finding, kind="related", lacks=says("list"), lacks_kind="detail")

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
        if not hits:
            return finding
        is_named = _names(hits[0].fact.text, asked.topic, finding.hits[:1])
        least = (ABROAD_BY_NAME if is_named else ABROAD) * hits[0].score
        if hits[0].score >= ENOUGH and here < least:
            return Finding("related", hits, places.way_of(asked.region), "here")
        return finding


def _judged(asked: _Asked, hits: tuple[Hit, ...]) -> Finding:
    if not hits:
        return Finding("refusal")
    if untold := _untold(asked, hits[0].fact):
        if untold.facet.of_matter and max(hits[0].score / ENOUGH, hits[0].evidence / PLENTY) < 1:
            return Finding("refusal")
        kind: Kind = "related" if hits[0].score >= NEAR else "refusal"
        return Finding(kind, hits, untold.facet.says, "detail")
    if not _is_enough(asked, hits[0]):
        return Finding("related" if hits[0].score >= NEAR else "refusal", hits)
    if asked.region is not None:
        return Finding("answer", hits)
    if asks_which_plan(asked.question):
        return Finding("answer", _rivals(hits, AS_WELL), by_plan=True)
    rivals = _rivals(hits, RIVALS)
    return Finding("ask_back", rivals) if len(rivals) > 1 else Finding("answer", hits)


def _names(text: str, question: str, here: Sequence[Hit]) -> bool:
    """Tell whether a question says what a text has in quotation marks, and what is here has not."""
    asked, known = fold(question), "".join(fold(hit.fact.text) for hit in here)
    names = map(fold, _QUOTED.findall(text))
    return any(name in asked and name not in known for name in names)


def _beside(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Yield the hits of the first one's plan that are not far behind it."""
    for hit in hits[1:]:
        if hit.fact.plan == hits[0].fact.plan and hit.score >= CLOSE * hits[0].score:
            yield hit


def _is_enough(asked: _Asked, hit: Hit) -> bool:
    """Tell whether a fact answers; rare matter is enough for a question that is wordy."""
    if hit.score >= ENOUGH or hit.evidence >= PLENTY:
        return True
    is_wordy = len(fold(asked.question)) >= WORDY
    return is_wordy and hit.evidence >= SOLID and hit.score >= THIN


def _untold(asked: _Asked, fact: Fact) -> Wish | None:
    """Return the first kind of detail that an answer would have to tell and a fact does not."""
    told = _told(fact)
    for wish in asked.wishes:
        if _is_insisted(asked, wish) and not wish.is_told(told):
            return wish
    return None


def _weighed(hit: Hit, steps: int, asked: _Asked) -> Hit:
    score = hit.score * A_STEP_AWAY**steps
    if asked.wishes:
        told = _told(hit.fact)
        score *= TELLS ** sum(wish.is_told(told) for wish in asked.wishes)
    if asked.count and lists.gives(hit.fact.text, asked.count):
        score *= TELLS * (TELLS if lists.exactly(hit.fact.text, asked.count) else 1)
    return Hit(hit.fact, max(score, ENOUGH) if asked.of_paper else score, hit.evidence)


def _rank(hit: Hit) -> tuple[float, int]:
    """Order hits: the best first, of a plan before its appendix, of equal ones the shorter."""
    of_table = bool(_OF_TABLE.search(hit.fact.section))
    return -hit.score * (OF_TABLE if of_table else 1), len(hit.fact.text)


def _tells(asked: _Asked, words: str, covered: float) -> tuple[int, float]:
    """Return how many kinds of detail words tell that are insisted on, and how well they fit."""
    told = [wish for wish in asked.wishes if wish.is_told(words)]
    insisted = sum(_is_insisted(asked, wish) for wish in told)
    return insisted, covered * TELLS ** (len(told) - insisted)


def _is_insisted(asked: _Asked, wish: Wish) -> bool:
    return wish.facet.of_paper if asked.of_paper else wish.facet.required


def _told(fact: Fact) -> str:
    """Return what a fact tells: its words and headings, without the year of all its plan.

    That year opens a fact or stands in the plan's name; 争取2023年通过 is a time.
    """
    text, year = fact.text, f"{fact.plan.year}年"
    if year in text:
        names_plan = rf"^(.{{0,{OPENING}}}?){year}|{year}(?=的?工作要点|的?工作计划)"
        text = re.sub(names_plan, r"\1", text)
    return "".join((*fact.headings, text))


def _rivals(hits: Sequence[Hit], share: float) -> tuple[Hit, ...]:
    """The best fact of each plan that could be meant, best first."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.fact.plan.key, hit)
    return tuple(hit for hit in best.values() if hit.score >= share * hits[0].score)
