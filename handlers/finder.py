"""Tutoring stations: which there are, as far as staff have entered them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from math import asin, cos, radians, sin, sqrt
from typing import Final

from handlers import answer, homes
from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.filing import free_words
from handlers.message import Choice, Reply, Topic
from handlers.timewords import times
from knowledge import answered, facets, places, programmes
from knowledge.text import fold
from storage import stations
from storage.stations import Station

DETAILS: Final = ("fee", "telephone", "address", "clock")
"""What is asked of a station and stands in no plan: staff enter it, or nobody knows."""

LISTED: Final = ("clock", "day", "time", "often", "people")
"""What the list of a station's times shows: when, and how many places are left."""

NAME: Final = 3
"""Characters from which on what a question is about is a name."""

PART: Final = 2 / 3
"""So much of a name must a plan have as it is; around it stand words of the question."""

_COMMON: Final = re.compile(
    "|".join(
        re.escape(name)
        for one in programmes.shipped()
        if one.help == "station"
        for name in sorted((one.name, *one.also), key=len, reverse=True)
    )
)
"""What names a station in general; who asks of it asks of those that staff entered."""

UNTOLD: Final = ("person",)
"""What is asked for and stands neither in a station's entry nor among the kinds of detail."""

MOST: Final = 3
"""Stations in one reply; more do not fit on a telephone."""

OFFER: Final = Choice(say.STATION_OFFER, "signup:station")


def asks_for_details(words: str) -> bool:
    """Tell whether a question is about a station's own details."""
    asked = facets.missing(words, "")
    return say.STATION_WORD in words and asked is not None and asked.kind in DETAILS


def find(desk: Desk, request: Request) -> Reply:
    """List the stations that are meant: by name or subject, by the place named, by one's own."""
    found = list(stations.open_stations(desk.tx, desk.now))
    if not _knows_one(desk, found, request.words) and (asked := _for_plans(desk, request.words)):
        return answer.ask(desk, Request(asked))
    if not found:
        return Reply(say.NO_STATIONS)
    named = places.named_in(request.words) or place_named(request.words)
    heading, meant = _meant(found, request.words, named or desk.person.region)
    if named and not any(_near(station, named) for station in meant):
        heading = say.NONE_THERE.format(place=named)
    text = _listed(heading, meant)
    if lacking := lacks(request.words, text, meant):
        answer.keep(desk, request.words)
        text = f"{text}\n\n{lacking}"
    station = meant[0].id if len(meant) == 1 else 0
    question = say.STATION_WORD if station else request.words or say.STATION_WORD
    return Reply(text, (OFFER,), topic=Topic(question, of_stations=True, station=station))


def lacks(words: str, text: str, meant: Sequence[Station]) -> str:
    """Say what is asked for and nobody entered; nothing where the text tells it."""
    missing = facets.missing(words, text)
    if missing is not None and missing.kind in LISTED and any(one.shifts for one in meant):
        return ""
    untold = [say.WANTED[name] for name in answered.wanted(words) if name in UNTOLD]
    detail = missing.says if missing else next(iter(untold), "")
    return f"{say.STATION_LACKS.format(detail=detail)}{say.KEPT}" if detail else ""


def _meant(found: list[Station], words: str, region: str | None) -> tuple[str, list[Station]]:
    by_name = [station for station in found if is_named(station, words)]
    near = [station for station in found if region and _near(station, region)]
    return say.STATIONS, by_name or near or found


def is_named(station: Station, words: str) -> bool:
    """Tell whether words name a station (河海) or something that it teaches (英语)."""
    taught = (station.subjects or "").split("、")
    return own_name(station) in words or any(subject and subject in words for subject in taught)


def _knows_one(desk: Desk, found: Sequence[Station], words: str) -> bool:
    """Tell whether one of the stations is named in words, or near the home of who says them."""
    home = desk.person.region
    return any(own_name(one) in words or (home and _near(one, home)) for one in found)


def own_name(station: Station) -> str:
    """Return what tells a station from others: its name without what all are called."""
    return re.sub(say.STATION_COMMON, "", station.name)


def _for_plans(desk: Desk, words: str) -> str | None:
    """Return what the plans are to be asked: of a house that they name, or of one's own village."""
    if _is_of_plans(desk, words):
        return words
    own = [name for name in homes.small_places(desk.book) if name in (desk.person.region or "")]
    if not own:
        return None
    if _is_of_own_plan(desk, words):
        return words
    with_own = f"{own[-1]}{words}"
    return with_own if _is_of_plans(desk, with_own) else None


def _is_of_own_plan(desk: Desk, words: str) -> bool:
    """Tell whether the plan of somebody's village answers words on a house in it (书屋)."""
    finding = desk.book.ask(words, desk.person.region)
    if finding.kind != "answer" or say.STATION_WORD in words:
        return False
    fact = finding.hits[0].fact
    pieces = [piece for piece in answered.topic(words) if len(piece) > 1]
    return fact.plan.place == desk.person.region and any(piece in fact.text for piece in pieces)


def _is_of_plans(desk: Desk, words: str) -> bool:
    """Tell whether words name a house or a small place of which a plan speaks and no station."""
    pieces = [_COMMON.sub("", piece) for piece in answered.topic(words)]
    names = [piece for piece in pieces if len(piece) >= NAME]
    small = [name for name in homes.small_places(desk.book) if name in words]
    finding = desk.book.ask(words, desk.person.region) if names or small else None
    if finding is None or not finding.hits:
        return False
    fact = finding.hits[0].fact
    if say.STATION_WORD in words and say.STATION_WORD not in fact.text:
        return False
    told = "".join((*fact.headings, fact.text))
    if any(name in told for name in small):
        return finding.kind == "answer"
    return any(_shared(name, told) >= max(NAME, PART * len(name)) for name in names)


def _shared(name: str, text: str) -> int:
    """Return how many characters of a name stand in a text as they are."""
    return SequenceMatcher(None, name, text, autojunk=False).find_longest_match().size


def _listed(heading: str, meant: list[Station]) -> str:
    parts = [heading, *map(describe, meant[:MOST])]
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


def describe(station: Station) -> str:
    """Return what staff entered of a station, a line for each kind of detail."""
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
    topic = Topic(say.STATION_WORD, of_stations=True, station=station.id)
    return Reply(describe(station), (offer,), topic=topic)


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
    first, _, rest = describe(station).partition("\n")
    return f"{first}{say.STATION_DISTANCE.format(kilometres=round(distance, 1))}\n{rest}"
