"""Signing up for a station that somebody names: it is taken, or the stations there are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from handlers import forms
from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.dialog import Unclear
from handlers.hearing import choices, wishes
from handlers.message import Choice, Reply
from knowledge import places
from storage import stations
from storage.stations import Station

MOST: Final = 6
"""Stations to choose from; more do not fit on a telephone."""


def wish(desk: Desk, words: str) -> Reply | None:
    """Open the form with the station that is named; None where words wish for none."""
    name = wishes.station_named(words)
    if name is None:
        return None
    if not name:
        return forms.sign_up(desk, Request(argument="station"))
    known = stations.open_stations(desk.tx, desk.now)
    named = _named(name, known)
    if len(named) == 1 and named[0].shifts:
        return _taken(desk, named[0])
    on_offer = [station for station in known if station.shifts]
    if not on_offer:
        return Reply(say.NO_SHIFTS)
    return _offered(name, named, on_offer)


def _named(name: str, known: Sequence[Station]) -> Sequence[Station]:
    """Return the stations of this name; a slip of the pen still names one."""
    own = re.sub(say.STATION_COMMON, "", name)
    found = [station for station in known if len(own) > 1 and own in station.name]
    if found:
        return found
    options = tuple((station.id, station.name) for station in known)
    try:
        meant = choices.one_of(options)(name)
    except Unclear:
        return ()
    return [station for station in known if station.id == meant]


def _taken(desk: Desk, station: Station) -> Reply:
    asked = forms.sign_up(desk, Request(argument=f"station:{station.id}"))
    taken = say.STATION_TAKEN.format(station=station.name)
    return replace(asked, text=f"{taken}\n\n{asked.text}")


def _offered(name: str, named: Sequence[Station], on_offer: Sequence[Station]) -> Reply:
    """Say why none is taken, and show those that can be."""
    place = places.named_in(name)
    near = [one for one in on_offer if place and places.nearness(one.region, place) is not None]
    if len(named) > 1:
        text, shown = say.STATIONS_NAMED.format(name=name), [one for one in named if one.shifts]
    elif named:
        text, shown = say.STATION_WITHOUT_TIMES.format(station=named[0].name), []
    elif near:
        text, shown = say.STATIONS_IN.format(place=place), near
    else:
        text, shown = say.STATION_UNKNOWN.format(name=name), []
    shown = shown or list(on_offer)
    more = len(shown) - MOST
    rest = f"\n{say.STATIONS_MORE.format(count=more)}" if more > 0 else ""
    offers = (Choice(one.name, f"signup:station:{one.id}") for one in shown[:MOST])
    return Reply(f"{text}{say.STATION_WHICH}{rest}", tuple(offers))
