"""Where somebody lives, in their own words: places of the register, and those that plans know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from handlers import wording as say
from knowledge import places
from knowledge.book import Book
from knowledge.text import fold


@dataclass(frozen=True, slots=True)
class Home:
    """A place that somebody named as theirs, and the place whose plans answer them.

    ``place`` is None where neither the register nor any plan knows the name.
    """

    name: str
    place: str | None


def own_place(words: str, book: Book) -> Home | None:
    """Return the place that somebody names as their own, with nothing else in the message.

    A name that nobody knows counts where they say that they live there.
    """
    named = re.fullmatch(say.OWN_PLACE, fold(words))
    if named is None:
        return None
    name = named["name"]
    if not _rest(name):
        return home(name, book)
    if not re.fullmatch(say.SMALL_PLACE, name):
        return None
    found = home(name, book)
    says_so = named["says"] and re.fullmatch(say.SMALL_PLACE_UNKNOWN, name)
    return found if found.place or says_so else None


def _rest(name: str) -> str:
    """Return what a name has beside places of the register."""
    for known in places.names_in(name):
        name = name.replace(known, "")
    return name


def home(name: str, book: Book) -> Home:
    """Return whose plans answer people of a place: its own, else those of where it is named."""
    if own := set(_own_plans(name, book)):
        return Home(name, own.pop() if len(own) == 1 else name)
    if _rest(name):
        if any(name in plan.place for plan in book.plans):
            return Home(name, name)
        naming = {fact.plan.place for fact in book.index.facts if name in fact.text}
        if len(naming) == 1:
            return Home(name, naming.pop())
    return Home(name, places.named_in(name))


def _own_plans(name: str, book: Book) -> Iterator[str]:
    for plan in book.plans:
        if plan.place.endswith(name) and not places.named_exactly(plan.place):
            yield plan.place


def small_places(book: Book) -> Iterator[str]:
    """Yield the towns, villages and streets whose plans are known and that no register has."""
    for plan in book.plans:
        if not places.named_exactly(plan.place):
            yield from re.findall(say.SMALL_PLACES, plan.place)
