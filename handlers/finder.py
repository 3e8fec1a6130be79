"""Tutoring stations: which there are, as far as staff have entered them."""

from __future__ import annotations

import re
from math import asin, cos, radians, sin, sqrt
from typing import Final

from handlers import answer
from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.filing import free_words
from handlers.message import Choice, Reply
from handlers.timewords import times
from knowledge import facets, places
from knowledge.text import fold
from storage import stations
from storage.stations import Station

DETAILS: Final = ("fee", "telephone", "address", "clock")
"""What is asked of a station and stands in no plan: staff enter it, or nobody knows."""

LISTED: Final = ("clock", "day", "time", "often", "people")
"""What the list of a station's times shows: when, and how many places are left."""

MOST: Final = 3
"""Stations in one reply; more do not fit on a telephone."""

OFFER: Final = Choice(say.STATION_OFFER, "signup:station")


def asks_for_details(words: str) -> bool:
    """Tell whether a question is about a station's own details."""
    asked = facets.missing(words, "")
    return say.STATION_WORD in words and asked is not None and asked.key in DETAILS


def find(desk: Desk, request: Request) -> Reply:
    """List the stations that are meant: by name or subject, by the place named, by one's own."""
    found = list(stations.open_stations(desk.tx, desk.now))
    if not found:
        return Reply(say.NO_STATIONS)
    named = places.named_in(request.words) or place_named(request.words)
    heading, meant = _meant(found, request.words, named or desk.person.region)
    if named and not any(_near(station, named) for station in meant):
        heading = say.NONE_THERE.format(place=named)
    text = _listed(heading, meant)
    lacks = facets.missing(request.words, text)
    if lacks is None or (lacks.key in LISTED and any(one.shifts for one in meant)):
        return Reply(text, (OFFER,))
    answer.keep(desk, request.words)
    text = f"{text}\n\n{say.STATION_LACKS.format(detail=lacks.says)}{say.KEPT}"
    return Reply(text, (OFFER,))


def _meant(found: list[Station], words: str, region: str | None) -> tuple[str, list[Station]]:
    by_name = [station for station in found if _is_named(station, words)]
    near = [station for station in found if region and _near(station, region)]
    return say.STATIONS, by_name or near or found


def _is_named(station: Station, words: str) -> bool:
    """Tell whether words name a station (河海) or something that it teaches (英语)."""
    own = re.sub(say.STATION_COMMON, "", station.name)
    taught = (station.subjects or "").split("、")
    return own in words or any(subject and subject in words for subject in taught)


def _listed(heading: str, meant: list[Station]) -> str:
    parts = [heading, *map(_describe, meant[:MOST])]
    if len(meant) > MOST:
        parts.append(say.STATIONS_MORE.format(count=len(meant) - MOST))
    return "\n\n".join(parts)


def _near(station: Station, place: str) -> bool:
    own = re.sub(say.STATION_COMMON, "", place)
    is_told = len(own) > 1 and own in f"{station.name}{station.location}"
    return is_told or places.nearness(station.region, place) is not None


def place_named(words: str) -> str | None:
    """Return the place that words name and nothing else, also one that no register has."""
    found = re.fullmatch(say.LOCALITY, fold(words))
    return found["place"] if found else None


def is_known(desk: Desk, place: str) -> bool:
    """Tell whether a station's name or address has a place."""
    return any(_near(station, place) for station in stations.open_stations(desk.tx, desk.now))


def _describe(station: Station) -> str:
    shown = [f"{times(shift)}（{free_words(shift)}）" for shift in station.shifts]
    return say.STATION.format(
        name=station.name,
        location=station.location or say.NOT_ENTERED,
        phone=station.phone or say.NOT_ENTERED,
        subjects=station.subjects or say.NOT_ENTERED,
        times="；".join(shown) or say.NOT_ENTERED,
    )


SCENE: Final = re.compile(r"station-(\d{1,9})")
"""What the QR code of a station carries."""


def scene(desk: Desk, code: str) -> Station | None:
    """Return the open station whose QR code was scanned."""
    found = SCENE.fullmatch(code)
    open_now = stations.open_stations(desk.tx, desk.now) if found else ()
    return next((s for s in open_now if found and s.id == int(found[1])), None)


def open_scene(desk: Desk, request: Request) -> Reply:
    """Show the station whose QR code was scanned, with the way to sign up for it."""
    station = scene(desk, request.argument)
    if station is None:
        return find(desk, Request())
    offer = Choice(say.STATION_OFFER, f"signup:station:{station.id}")
    return Reply(_describe(station), (offer,))


def near(desk: Desk, located: str) -> Reply:
    """List the stations by their distance from "latitude,longitude words"."""
    point, _, label = located.partition(" ")
    here = _point(point)
    known = [s for s in stations.open_stations(desk.tx, desk.now) if s.latitude is not None]
    if here is None or not known:
        return find(desk, Request(label))
    by_distance = sorted((_kilometres(here, station), station.id, station) for station in known)
    lines = [_at_distance(station, distance) for distance, _, station in by_distance[:NEAREST]]
    text = "\n\n".join((say.STATION_NEAREST, *lines))
    return Reply(text, (Choice(say.STATION_OFFER, "signup:station"),))


NEAREST: Final = 3
EARTH_KM: Final = 6371.0
"""Mean radius of the Earth."""


def _point(text: str) -> tuple[float, float] | None:
    try:
        latitude, longitude = map(float, text.split(","))
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _kilometres(here: tuple[float, float], station: Station) -> float:
    """Return the great-circle distance (haversine)."""
    there = (station.latitude or 0.0, station.longitude or 0.0)
    (a, b), (c, d) = (map(radians, point) for point in (here, there))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def _at_distance(station: Station, distance: float) -> str:
    first, _, rest = _describe(station).partition("\n")
    return f"{first}{say.STATION_DISTANCE.format(kilometres=round(distance, 1))}\n{rest}"
