"""Tutoring stations: which there are, as far as staff have entered them."""

from __future__ import annotations

from typing import Final

from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.filing import free_words
from handlers.message import Choice, Reply
from handlers.timewords import times
from knowledge import facets, places
from storage import stations
from storage.stations import Station

DETAILS: Final = ("fee", "telephone", "address", "clock")
"""What is asked of a station and stands in no plan: staff enter it, or nobody knows."""


def asks_for_details(words: str) -> bool:
    """Tell whether a question is about a station's own details."""
    asked = facets.missing(words, "")
    return say.STATION_WORD in words and asked is not None and asked.key in DETAILS


def find(desk: Desk, request: Request) -> Reply:
    """List the stations, those of the region that was named or that the person lives in first."""
    found = list(stations.open_stations(desk.tx, desk.now))
    if not found:
        return Reply(say.NO_STATIONS)
    region = places.named_in(request.words) or desk.person.region
    near = [station for station in found if region and _near(station, region)]
    text = "\n\n".join((say.STATIONS, *map(_describe, near or found)))
    if lacks := facets.missing(request.words, text):
        text = f"{text}\n\n{say.STATION_LACKS.format(detail=lacks.says)}"
    return Reply(text, (Choice(say.STATION_OFFER, "signup:station"),))


def _near(station: Station, region: str) -> bool:
    return places.nearness(station.region, region) is not None


def _describe(station: Station) -> str:
    shown = [f"{times(shift)}（{free_words(shift)}）" for shift in station.shifts]
    return say.STATION.format(
        name=station.name,
        location=station.location or say.NOT_ENTERED,
        phone=station.phone or say.NOT_ENTERED,
        subjects=station.subjects or say.NOT_ENTERED,
        times="；".join(shown) or say.NOT_ENTERED,
    )
