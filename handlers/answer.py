"""Answering from the plans: plain words first, then the source; and saying what they do not say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from handlers import answered, homes, letters, offers, rows, topics
from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.message import Choice, Reply, Topic
from handlers.timewords import local
from knowledge import places
from knowledge.book import Book, fact_id
from knowledge.documents.tables import is_time
from knowledge.papers import asks_for_source, without_years
from knowledge.plan import Fact, Plan
from knowledge.search import Hit
from knowledge.verdict import Finding
from storage import messages, people, questions
from storage.answers import Given
from storage.engine import Transaction

PLAIN: Final = 140
"""How many characters a first answer has at most, unless one sentence alone is longer."""

BOTH: Final = 240
"""How many characters an answer has at most that tells a second fact, which may be meant too."""

KIN: Final = 0.5
"""A further fact of the same section joins an answer when it scores this share of the first."""

AT_LENGTH: Final = 4.0
"""So much rare matter, in pairs that a single fact has, is a plan's own: a programme's name."""

LONGEST_PLACE: Final = 19
"""Characters of a place that a button carries: of a longer one its end says which it is."""

_COUNT = re.compile(r"^\d{1,2}\s?[.．、]\s*")
"""What a heading counts: above choices it would read as one of their numbers."""

Kind = Literal["answer", "related", "ask_back", "refusal"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question: the words without the source, and the facts behind them."""

    kind: Kind
    text: str
    facts: tuple[Fact, ...] = ()
    near: tuple[Fact, ...] = ()
    score: float = 0.0
    given: Given | None = None
    """What staff answered, where that fits better; then there are no facts."""
    also: Fact | None = None
    """The second fact that the words tell."""


def told(
    tx: Transaction, book: Book, question: str, region: str | None, year: int | None, now: datetime
) -> Answer:
    """Answer as ``answer`` does, or with what staff answered to the same question."""
    by_plans = answer(book, question, region, year, now)
    asked = answered.Asked(question, region, by_plans.kind, by_plans.score)
    found = answered.instead(tx, asked, now) if year in (None, local(now).year) else None
    if found is None:
        return by_plans
    return Answer("answer", found.given.draft.text, score=found.likeness, given=found.given)


def answer(
    book: Book, question: str, region: str | None, year: int | None, now: datetime
) -> Answer:
    """Answer a question from the book; ``region`` is the asker's, ``now`` tells the year."""
    return _told(book, question, region, book.ask(question, region, year), now)


def _told(book: Book, question: str, region: str | None, finding: Finding, now: datetime) -> Answer:
    """Tell what was found, rows of tables in words."""
    found = _answer(book, question, region, finding, now)
    return replace(found, text=rows.in_words(found.text, [hit.fact for hit in finding.hits]))


def _answer(
    book: Book, question: str, region: str | None, finding: Finding, now: datetime
) -> Answer:
    facts = tuple(hit.fact for hit in finding.hits)
    score = finding.hits[0].score if finding.hits else 0.0
    if finding.kind == "refusal":
        return Answer("refusal", _refusal(finding), near=_near(facts)[:2], score=score)
    if finding.kind == "ask_back":
        lines = _lines(book, question, facts)
        return Answer("ask_back", say.WHICH_PLACE.format(lines=lines), facts, score=score)
    if finding.kind == "related":
        said = _related(finding, book.gist(question, facts[0], PLAIN))
        return Answer("related", said, facts, _near(facts)[1:], score)
    if finding.by_plan:
        return Answer("answer", _lines(book, question, facts), facts, score=score)
    gist = "" if finding.only_parts else _said(finding.hits, book.gist(question, facts[0], PLAIN))
    said = _with_parts(gist, finding.parts)
    said = _with_period(facts[0], said)
    second = _second(book, question, finding.also, said) if finding.also else ""
    text = _with_source(facts[0], said + second, question, region, now)
    return Answer("answer", text, facts, score=score, also=finding.also if second else None)


def _second(book: Book, question: str, fact: Fact, said: str) -> str:
    """Return what a second fact says behind what is ``said``, empty if that is no news or long."""
    gist = book.gist(question, fact, PLAIN)
    is_news = gist not in said and said not in gist
    return say.ALSO.format(text=gist) if is_news and len(said) + len(gist) <= BOTH else ""


def _said(hits: Sequence[Hit], gist: str) -> str:
    """Return the gist of the best fact, with those of its section that belong to it and fit in."""
    first, length = hits[0], len(gist)
    said = {first.fact.position: gist}
    for hit in hits[1:]:
        same = (hit.fact.plan, hit.fact.section) == (first.fact.plan, first.fact.section)
        if same and hit.score >= KIN * first.score and length + len(hit.fact.text) <= PLAIN:
            said[hit.fact.position] = hit.fact.text
            length += len(hit.fact.text)
    return "".join(said[position] for position in sorted(said))


def _with_parts(text: str, parts: Sequence[str]) -> str:
    """Add the parts of a list below the text that leads to them, or that is the first of them."""
    if not parts or text.endswith("："):
        return text + "；".join(parts)
    return f"{'；'.join(filter(None, (text.rstrip('。；'), *parts)))}。"


def _with_period(fact: Fact, text: str) -> str:
    """Say the month or the quarter that a row of a table or a list has from above it."""
    when = next(filter(is_time, reversed(fact.headings)), "")
    if not when or fact.plan.digest or when in text:
        return text
    return say.IN_PERIOD.format(when=when, text=text)


def _with_source(fact: Fact, text: str, question: str, region: str | None, now: datetime) -> str:
    """Say which paper it is if that was asked, else of which year, and whose if nobody knows."""
    if asks_for_source(question) and fact.headings:
        number = _numbered(fact.plan.number)
        return say.WROTE_IN.format(title=fact.plan.title, number=number, text=text)
    return _with_year(fact.plan, text, now) if region else _with_plan(fact.plan, text)


def _numbered(number: str | None) -> str:
    return say.SOURCE_NUMBER.format(number=number) if number else say.SOURCE_NO_NUMBER


def _with_year(plan: Plan, text: str, now: datetime) -> str:
    if plan.year == local(now).year:
        return text
    return say.WROTE.format(place="", year=plan.year, text=text)


def _with_plan(plan: Plan, text: str) -> str:
    """Say whose plan it is, for whoever did not say where they live."""
    return say.WROTE.format(place=plan.place, year=plan.year, text=text)


def _refusal(finding: Finding) -> str:
    if finding.lacks_kind == "place":
        return say.NO_PLAN_OF_PLACE.format(place=finding.lacks)
    if finding.lacks_kind == "year":
        return say.NO_PLAN_OF_YEAR.format(year=finding.lacks)
    return say.NOTHING


def _related(finding: Finding, near: str) -> str:
    if finding.lacks_kind == "here":
        line = f"\n{_line(finding.hits[0].fact, near)}"
        return say.NO_DETAIL.format(detail=finding.lacks, text=line)
    if finding.lacks:
        return say.NO_DETAIL.format(detail=finding.lacks, text=near)
    return say.ONLY_NEAR.format(text=near)


def _lines(book: Book, question: str, facts: Sequence[Fact]) -> str:
    """Return a line for each fact: what it says to the question."""
    said = [(fact, book.gist(question, fact, PLAIN)) for fact in facts]
    return "\n".join(_line(fact, text, asks_for_source(question)) for fact, text in said)


def _line(fact: Fact, said: str, of_source: bool = False) -> str:
    """Return a line with whose plan says something, of which year it is, and which paper."""
    number = f"，{_numbered(fact.plan.number)}" if of_source else ""
    return say.PLACE_LINE.format(place=f"{fact.plan.place}{fact.plan.year}{number}", text=said)


def _near(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return the near topics: the best facts of up to three different sections."""
    sections: dict[tuple[Plan, str], Fact] = {}
    for fact in facts:
        sections.setdefault((fact.plan, fact.section), fact)
    return tuple(sections.values())[:3]


def source(fact: Fact) -> str:
    """Say where a fact stands."""
    plan = fact.plan
    return cite(plan.title, plan.number, plan.year, fact.section, is_digest=plan.digest)


def cite(title: str, number: str | None, year: int, section: str | None, *, is_digest: bool) -> str:
    """Name a source: title, document number, year, section; and whether it is a digest."""
    details = [_numbered(number)]
    details.append(say.SOURCE_YEAR.format(year=year))
    if section:
        details.append("".join(map(_part, section.split("/"))))
    named = say.SOURCE.format(title=title, details="，".join(details))
    return f"{named}，{say.SOURCE_DIGEST}" if is_digest else named


def _part(step: str) -> str:
    """Say one step of a section's path: 二 is part two, 3 is item three, a name is itself."""
    if step.isdecimal():
        return say.SOURCE_ITEM.format(item=step)
    is_number = set(step) <= set("一二三四五六七八九十")
    return say.SOURCE_PART.format(part=step) if is_number else f"“{step}”"


def ask(desk: Desk, request: Request) -> Reply:
    """Answer a question in a conversation; what the plans do not say is kept for staff."""
    question = request.argument or request.words
    found = told(desk.tx, desk.book, question, desk.person.region, None, desk.now)
    if found.kind in ("refusal", "related"):
        keep(desk, question)
    return _reply(desk, question, found)


def _reply(desk: Desk, question: str, found: Answer) -> Reply:
    about = without_years(question).strip() if found.kind == "refusal" else question
    fact = fact_id(found.facts[0]) if found.kind == "answer" and found.facts else ""
    reply = replace(_SHAPES[found.kind](found), topic=Topic(about, fact))
    is_of_plans = found.kind == "answer" and not found.given
    return offers.under(desk, question, found.facts, reply) if is_of_plans else reply


def at_length(desk: Desk, words: str) -> Reply | None:
    """Return what a plan says, though not all that was asked, to words that are meant for more than
    a question; None where they have little of their own in common with any plan.
    """
    region = desk.person.region
    finding = desk.book.ask(words, region)
    if finding.kind not in ("answer", "related") or finding.lacks_kind == "here":
        return None
    if finding.hits[0].evidence < AT_LENGTH:
        return None
    found = _told(desk.book, words, region, finding, desk.now)
    return replace(_answered(found), topic=Topic(words, fact_id(found.facts[0])))


def known(desk: Desk, words: str) -> Reply | None:
    """Return what staff answered to just this, whatever else the words may be like."""
    if not answered.is_known(desk.tx, words, desk.person.region, desk.now):
        return None
    found = told(desk.tx, desk.book, words, desk.person.region, None, desk.now)
    return replace(_answered(found), topic=Topic(words)) if found.given else None


def keep(desk: Desk, question: str) -> None:
    """Write an unanswered question down for staff."""
    person = desk.person
    asked = questions.Asked(question, person.region, person.id, desk.address_id)
    questions.keep(desk.tx, asked, desk.now)


def _answered(found: Answer) -> Reply:
    if found.given is not None:
        return Reply(answered.read_as(found.given))
    more = Choice(say.MORE, f"more:{fact_id(found.facts[0])}")
    sources = dict.fromkeys(source(fact) for fact in (found.facts[0], found.also) if fact)
    return Reply("\n\n".join((found.text, "\n".join(sources))), (more,))


def _near_reply(found: Answer) -> Reply:
    parts = [found.text, *(source(fact) for fact in found.facts[:1]), say.KEPT]
    if len(found.near) > 1:
        parts.append(say.NEAR_TOPICS)
    return Reply("\n\n".join(parts), _topics(found.near))


def _topics(facts: Sequence[Fact]) -> tuple[Choice, ...]:
    topics = [Choice(_title(fact), f"fact:{fact_id(fact)}") for fact in facts]
    return (*topics, Choice(say.TO_HUMAN, "human"))


def _title(fact: Fact) -> str:
    return f"{_heading(fact)}（{fact.plan.place}{fact.plan.year}）"


def _heading(fact: Fact) -> str:
    return _COUNT.sub("", fact.headings[-1] if fact.headings else fact.plan.title)


def _asked_back(found: Answer) -> Reply:
    names = dict.fromkeys(fact.plan.place for fact in found.facts)
    choices = tuple(Choice(place, f"region:{place[-LONGEST_PLACE:]}") for place in names)
    return Reply(f"{found.text}\n{say.WHICH_ASK}", choices)


_SHAPES: Final = {
    "answer": _answered,
    "related": _near_reply,
    "refusal": _near_reply,
    "ask_back": _asked_back,
}


def show_fact(desk: Desk, request: Request) -> Reply:
    """Show the fact behind a button."""
    fact = desk.book.fact(request.argument)
    if fact is None:
        return Reply(say.STALE)
    return of_fact(desk, fact, f"{fact.plan.place}{_heading(fact)}")


def of_fact(desk: Desk, fact: Fact, question: str) -> Reply:
    """Answer a question with a fact that is known to answer it."""
    text = _with_year(fact.plan, rows.in_words(fact.text, [fact]), desk.now)
    topic = Topic(question, fact_id(fact))
    return replace(_answered(Answer("answer", text, (fact,))), topic=topic)


def more(desk: Desk, request: Request) -> Reply:
    """Show what else stands in the section of a fact, without what was read a moment ago."""
    fact = desk.book.fact(request.argument)
    if fact is None:
        return Reply(say.STALE)
    read = _read_last(desk)
    beside = (other for other in desk.book.beside(fact) if other != fact)
    told = [rows.in_words(other.text, [other]) for other in beside]
    others = [f"· {text}" for text in told if text not in read]
    said = "\n".join((*(others or [say.NO_MORE]), "", source(fact)))
    return topics.carried(desk, Reply(said))


def _read_last(desk: Desk) -> str:
    last = messages.last_reply(desk.tx, desk.person.id)
    return letters.read(last).text if last else ""


def live_in(desk: Desk, request: Request) -> Reply:
    """Remember where somebody lives, and answer the question that led here."""
    home = homes.home(request.argument, desk.book)
    if home.place is None:
        return Reply(say.STALE)
    people.settle(desk.tx, desk.person.id, home.place)
    kept = _kept(home.name, home.place)
    question = _asked_before(desk)
    if question is None:
        return Reply(kept)
    found = told(desk.tx, desk.book, question, home.place, None, desk.now)
    reply = _reply(desk, question, found)
    return replace(reply, text=f"{kept}\n\n{reply.text}")


def _kept(name: str, place: str) -> str:
    """Say that a home is remembered: the place whose plans answer, or the one that was named."""
    if places.named_in(name) or name in place:
        return say.REGION_KEPT.format(place=place)
    return say.REGION_KEPT.format(place=name) + say.REGION_NAMED_BY.format(name=name, place=place)


def _asked_before(desk: Desk) -> str | None:
    """Return the question to which somebody was just asked for their place."""
    last = messages.last_reply(desk.tx, desk.person.id)
    offered = letters.read(last).choices if last else ()
    asked = any(choice.data.startswith("region:") for choice in offered)
    return messages.last_words(desk.tx, desk.person.id) if asked else None
