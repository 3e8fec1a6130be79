"""A detail of the station that was spoken of last: only that, and what nobody entered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from handlers import answer, ellipsis, finder, topics
from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.hearing import rescheduling
from handlers.message import Choice, Reply, Topic
from handlers.timewords import local, times
from knowledge import places
from storage import signups, stations
from storage.stations import Station

TIMES: Final = 3
LINES: Final = {
    **dict.fromkeys(("address", "where"), 0),
    "telephone": 1,
    "taught": 2,
    **dict.fromkeys(("clock", "when", "weekday", "day", "time", "often", "people"), TIMES),
}
"""Which line below the name of a station tells a kind of detail."""


def spoken_of(desk: Desk, words: str) -> int | None:
    """Return the station that was named last, where words ask a detail and name no other."""
    about = topics.recent(desk) if ellipsis.is_of_one(words) else None
    if about is None or not about.station or places.names_in(words):
        return None
    return about.station if ellipsis.is_bare(re.sub(say.STATION_SAID, "", words)) else None


def of_one(desk: Desk, station_id: int, words: str) -> Reply:
    """Tell of the station that was spoken of last, and when somebody comes there themselves."""
    station = stations.get(desk.tx, station_id, desk.now)
    if station is None:
        return finder.find(desk, Request(words))
    own = _own_times(desk, station)
    lacks = finder.lacks(words, finder.describe(station), [station])
    if lacks:
        answer.keep(
            desk, words if finder.own_name(station) in words else f"{station.name}：{words}"
        )
    lines = (*_asked_lines(station, words, own, is_lacking=bool(lacks)), *own)
    text = "\n".join((*lines, *_none_then(station, words)))
    offer = Choice(say.STATION_OFFER, f"signup:station:{station.id}")
    choices = (*(() if own else (offer,)), Choice(say.STATIONS_OTHER, "find"))
    topic = Topic(say.STATION_WORD, of_stations=True, station=station.id)
    return Reply(f"{text}\n\n{lacks}".strip(), choices, topic=topic)


def of_several(desk: Desk, question: str) -> Reply:
    """Say what nobody entered of the stations that were just listed; else list them anew."""
    found = stations.open_stations(desk.tx, desk.now)
    lacks = finder.lacks(question, "\n".join(map(finder.describe, found)), found)
    if not lacks or places.named_in(question):
        return finder.find(desk, Request(question))
    answer.keep(desk, question)
    return Reply(lacks, (finder.OFFER,), topic=Topic(question, of_stations=True))


def _asked_lines(
    station: Station, words: str, own: Sequence[str], *, is_lacking: bool
) -> Sequence[str]:
    """Return the name of a station and the lines that tell what is asked; all where none does."""
    name, *lines = finder.describe(station).split("\n")
    places_of_lines = {LINES[kind] for kind in ellipsis.details(words) if kind in LINES}
    if own and not ellipsis.names_weekday(words):
        places_of_lines.discard(TIMES)
    if not places_of_lines and not is_lacking and not (own and ellipsis.details(words)):
        return name, *lines
    return name, *(lines[place] for place in sorted(places_of_lines))


def _own_times(desk: Desk, station: Station) -> list[str]:
    """Say at which times of a station somebody is signed up."""
    held = {signup.shift_id for signup in signups.of_person(desk.tx, desk.person.id)}
    return [
        say.STATION_OWN.format(times=times(shift)) for shift in station.shifts if shift.id in held
    ]


def _none_then(station: Station, words: str) -> list[str]:
    """Say that a station has no time on the days of the week that words name, if so."""
    days = rescheduling.weekdays(words)
    if not days or any(local(shift.starts).weekday() in days for shift in station.shifts):
        return []
    named = "、".join(say.WEEKDAYS[day] for day in sorted(days))
    return [say.OTHER_TIME_NONE.format(day=named)]
