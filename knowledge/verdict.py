"""What a hit is worth to a question, and whether it answers it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from knowledge import lists, rows
from knowledge.facets import Wish
from knowledge.papers import asks_side_by_side, asks_which_plan
from knowledge.plan import Fact, is_of_paper
from knowledge.search import Hit
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

TOLD: Final = 0.22
SOME: Final = 0.7
"""A fact that tells a detail that was asked for answers with this much covered, this much rare."""

WORDY: Final = 11
"""A question of so many characters says more than what it is about."""

RIVALS: Final = 0.75
"""Another plan whose best fact reaches this share of the best one could be meant as well."""

AS_WELL: Final = 0.5
"""Another plan whose best fact reaches this share speaks of the matter as well."""

AS_LIKELY: Final = 0.9
UNSURE: Final = 0.8
"""A second fact that reaches this share of the first is told as well, where that covers less."""

CLOSE: Final = 0.8
"""A fact of the same plan that reaches this share of the best one may be what was meant."""

OF_TABLE: Final = 0.95
"""What an appendix or a month's row is worth beside what tells about the things they name."""

_OF_TABLE: Final = re.compile("^附|(?:月份?|季度|半年)$")

A_STEP_AWAY: Final = 0.75
"""What a plan of the next larger or smaller place is worth against one of the asker's own."""

TELLS: Final = 1.16
"""What a fact gains that tells a kind of detail that was asked for."""

_PAIR: Final = 2
"""Two things stand side by side in any sentence; more than these are a list."""

OPENING: Final = 12
"""Within so many characters of a fact's beginning, the plan's year says which plan it is of."""

Kind = Literal["answer", "related", "ask_back", "refusal"]
Lacks = Literal["", "place", "year", "detail", "here"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the plans say. ``lacks`` names what they do not: a place, a year, a kind of detail.

    ``lacks_kind`` "here": the plans of the asker's place do not speak of it, those of another
    place do. ``by_plan``: it was asked which plans say it, one hit stands for each. ``parts``: the
    titles that stand below the best hit, where they are the list that was asked for, or
    (``only_parts``) clauses of the hits, which are all that is said. ``also``: a fact of the same
    plan that may be what was meant, as well as the first hit.
    """

    kind: Kind
    hits: tuple[Hit, ...] = ()
    lacks: str = ""
    lacks_kind: Lacks = ""
    by_plan: bool = False
    parts: tuple[str, ...] = ()
    only_parts: bool = False
    also: Fact | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was understood; ``topic`` is what it is about, without year and place.

    ``period`` is the month, quarter or half of which all that is planned is asked for, else empty.
    """

    question: str
    topic: str
    region: str | None
    years: frozenset[int]
    wishes: tuple[Wish, ...]
    count: int
    of_paper: bool
    period: str


def judged(asked: Asked, hits: tuple[Hit, ...]) -> Finding:
    """Return what hits, best first, say to a question: an answer, what is near, whom to ask."""
    if not hits:
        return Finding("refusal")
    if wish := untold(asked, hits[0].fact):
        if wish.facet.of_matter and max(hits[0].score / ENOUGH, hits[0].evidence / PLENTY) < 1:
            return Finding("refusal")
        kind: Kind = "related" if hits[0].score >= NEAR else "refusal"
        return Finding(kind, hits, wish.facet.says, "detail")
    if not _is_enough(asked, hits[0]):
        return Finding("related" if hits[0].score >= NEAR else "refusal", hits)
    if asked.region is not None:
        return Finding("answer", hits)
    if asks_which_plan(asked.question):
        return Finding("answer", _rivals(hits, AS_WELL), by_plan=True)
    rivals = _rivals(hits, AS_WELL)
    if len(rivals) > 1 and asks_side_by_side(asked.question):
        return Finding("answer", rivals, by_plan=True)
    rivals = _rivals(hits, RIVALS)
    return Finding("ask_back", rivals) if len(rivals) > 1 else Finding("answer", hits)


def close_by(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Yield the hits of the first one's plan that are not far behind it."""
    share = AS_WELL if is_row(hits[0].fact) else CLOSE
    for hit in hits[1:]:
        if hit.fact.plan == hits[0].fact.plan and hit.score >= share * hits[0].score:
            yield hit


def is_row(fact: Fact) -> bool:
    """Tell whether a fact is of an appendix or a month: it names things that others tell about."""
    return bool(_OF_TABLE.search(fact.section))


def _is_enough(asked: Asked, hit: Hit) -> bool:
    """Tell whether a fact answers; rare matter is enough for a question that is wordy."""
    if hit.score >= ENOUGH or hit.evidence >= PLENTY:
        return True
    if hit.score >= TOLD and hit.evidence >= SOME and _tells_one(asked, hit.fact):
        return True
    is_wordy = len(fold(asked.question)) >= WORDY
    return is_wordy and hit.evidence >= SOLID and hit.score >= THIN


def _tells_one(asked: Asked, fact: Fact) -> bool:
    """Tell whether a fact tells a kind of detail that was asked for and is no matter by itself."""
    words = telling_words(fact)
    return any(wish.is_told(words) and not wish.facet.of_matter for wish in asked.wishes)


def as_likely(asked: Asked, finding: Finding) -> Fact | None:
    """Return the second fact of an answer, if it may be meant as well and tells what was asked.

    A part of the first, or what the first is a part of, says nothing new.
    """
    if finding.kind != "answer" or finding.by_plan or finding.parts or len(finding.hits) == 1:
        return None
    first, second = finding.hits[:2]
    if asked.of_paper or is_of_paper(first.fact) or first.score >= UNSURE:
        return None
    is_near = second.fact.plan == first.fact.plan and second.score >= AS_LIKELY * first.score
    is_apart = not (_is_part(first.fact, second.fact) or _is_part(second.fact, first.fact))
    return second.fact if is_near and is_apart and not untold(asked, second.fact) else None


def _is_part(fact: Fact, whole: Fact) -> bool:
    return fact.section.startswith(f"{whole.section}/")


def untold(asked: Asked, fact: Fact) -> Wish | None:
    """Return the first kind of detail that an answer would have to tell and a fact does not."""
    words = telling_words(fact)
    for wish in asked.wishes:
        if _is_insisted(asked, wish) and not wish.is_told(words):
            return wish
    return None


def weighed(hit: Hit, steps: int, asked: Asked) -> Hit:
    """Return a hit as it weighs so many steps away, with what it tells of what was asked for.

    A letterhead need not share a word with a question about the paper.
    """
    score = hit.score * A_STEP_AWAY**steps + (ENOUGH if asked.of_paper else 0.0)
    if asked.wishes:
        words = telling_words(hit.fact)
        score *= TELLS ** sum(wish.is_told(words) for wish in asked.wishes)
    if asked.count and lists.gives(hit.fact.text, asked.count):
        score *= TELLS * (TELLS if lists.exactly(hit.fact.text, asked.count) else 1)
    return Hit(hit.fact, score, hit.evidence)


def rank(hit: Hit) -> tuple[float, int]:
    """Order hits: the best first, of a plan before its appendix, of equal ones the shorter."""
    return -hit.score * (OF_TABLE if is_row(hit.fact) else 1), len(hit.fact.text)


def tells(asked: Asked, words: str, covered: float) -> tuple[int, float]:
    """Return how much of what is insisted on words tell, details and a list, and how they fit."""
    told = [wish for wish in asked.wishes if wish.is_told(words)]
    insisted = sum(_is_insisted(asked, wish) for wish in told)
    has_list = asked.count > _PAIR and lists.exactly(words, asked.count)
    return insisted + has_list, covered * TELLS ** (len(told) - insisted)


def _is_insisted(asked: Asked, wish: Wish) -> bool:
    return wish.facet.of_paper if asked.of_paper else wish.facet.required


def telling_words(fact: Fact) -> str:
    """Return what a fact tells: its words and headings, without the year of all its plan, and each
    cell of a row behind the name of its column.

    That year opens a fact or stands in the plan's name; 争取2023年通过 is a time.
    """
    text, year = fact.text, f"{fact.plan.year}年"
    if year in text:
        names_plan = rf"^(.{{0,{OPENING}}}?){year}|{year}(?=的?工作要点|的?工作计划)"
        text = re.sub(names_plan, r"\1", text)
    cells = (f"，{name}{cell}" for name, cell in rows.own(fact))
    return "".join((*fact.headings, text, *cells))


def _rivals(hits: Sequence[Hit], share: float) -> tuple[Hit, ...]:
    """The best fact of each plan that could be meant, best first."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.fact.plan.key, hit)
    return tuple(hit for hit in best.values() if hit.score >= share * hits[0].score)
