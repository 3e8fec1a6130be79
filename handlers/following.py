"""A question that is nothing without the one before it is asked about what was spoken of last."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from handlers import answer, details, ellipsis, finder, homes, topics
from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.ellipsis import Short
from handlers.message import Choice, Reply, Topic
from handlers.timewords import local
from knowledge.papers import without_years

OFFERS: Final = (
    Choice(say.SAMPLE_STATIONS, "find"),
    Choice(say.TO_HUMAN, "human:said"),
)
"""What may be meant by whoever asks for a detail of nothing."""


def heard(desk: Desk, words: str) -> Short | None:
    """Return what a short question puts in the place of what was asked before it."""
    return ellipsis.short(words, homes.small_places(desk.book), local(desk.now).year)


def follow(desk: Desk, said: Short, words: str) -> Reply | None:
    """Answer a short question about what was spoken of last; ask back where that is nothing.

    None: it says too little to be asked back.
    """
    about = topics.recent(desk)
    if about is not None and about.station and not (said.place or said.year):
        return details.of_one(desk, about.station, words)
    if about is None or not about.question:
        return None if said.is_loose else _which(said, words)
    question = _of_a_plan(desk, about.question, said)
    if about.of_stations and not said.year:
        return details.of_several(desk, question)
    fact = desk.book.fact(about.fact) if not (said.place or said.year) else None
    if fact is not None and ellipsis.is_told(said.asks, fact.text):
        return answer.of_fact(desk, fact, question)
    return _owning_up(desk, answer.ask(desk, Request(question)), said, question)


def _of_a_plan(desk: Desk, before: str, said: Short) -> str:
    """Return the whole question, without a year that only the place before has a plan of."""
    question = ellipsis.whole(before, said, homes.small_places(desk.book))
    if not said.place or said.year:
        return question
    is_lacking = desk.book.ask(question, desk.person.region).lacks_kind == "year"
    return without_years(question).strip() if is_lacking else question


def _owning_up(desk: Desk, reply: Reply, said: Short, question: str) -> Reply:
    """Say that the plans do not tell who does something, where an answer only repeats it."""
    is_answer = reply.topic is not None and reply.topic.fact
    if not is_answer or not ellipsis.leaves_out_who(said.asks, reply.text):
        return reply
    answer.keep(desk, question)
    untold = say.UNTOLD.format(detail=say.WANTED["person"])
    return replace(reply, text=f"{untold}{reply.text}\n\n{say.KEPT}")


def _which(said: Short, words: str) -> Reply:
    """Ask back of what a detail is wanted; the next words may be no more than its name."""
    what = say.WHICH_PLACES.format(place=said.place) if said.place else ""
    if said.asks or not what:
        what = say.WHICH_DETAIL.format(detail=words.strip("?？ "))
    return Reply(what, OFFERS, topic=Topic(asks=words))


def named(desk: Desk, words: str) -> str | None:
    """Return the whole question of somebody who was asked back and names what it is about."""
    about = topics.recent(desk)
    if about is None or not about.asks or not ellipsis.is_a_name(words):
        return None
    said = heard(desk, about.asks)
    return ellipsis.whole(words, said, homes.small_places(desk.book)) if said else None


def go_on(desk: Desk) -> Reply | None:
    """List all stations, or own up that there is no more; None where nothing was spoken of."""
    about = topics.recent(desk)
    if about is None:
        return None
    if about.of_stations:
        return finder.find(desk, Request(say.STATION_WORD))
    return topics.carried(desk, Reply(say.THAT_IS_ALL))
