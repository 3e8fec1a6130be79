"""A question that is nothing without the one before it is asked about what was spoken of last."""

from __future__ import annotations

from typing import Final

from handlers import answer, details, ellipsis, finder, homes, topics
from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.ellipsis import Short
from handlers.message import Choice, Reply, Topic
from handlers.timewords import local

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
    question = ellipsis.whole(about.question, said, homes.small_places(desk.book))
    if about.of_stations and not said.year:
        return details.of_several(desk, question)
    return answer.ask(desk, Request(question))


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
