"""Signing up to help at a tutoring station."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import wording as say
from handlers.dialog import Ask, Revise, Script, read
from handlers.hearing import choices
from handlers.scripts import common
from handlers.scripts.common import Contact, Known, Stopped


@dataclass(frozen=True, slots=True)
class Slot:
    """A shift on offer: its times, and its times with what is free."""

    id: int
    times: str
    offer: str


@dataclass(frozen=True, slots=True)
class Place:
    """A station on offer."""

    id: int
    name: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class StationSignup:
    """What somebody decided."""

    contact: Contact
    shift_id: int


def sign_up(known: Known, places: Sequence[Place]) -> Script[StationSignup | Stopped]:
    """Who, what, where, when; then consent and a last look."""
    who = yield from common.contact(known)
    stations = tuple((place.id, place.name) for place in places)
    place_id = yield from read(Ask("station", say.ASK_STATION, choices.one_of(stations), stations))
    place = _place(places, place_id)
    shifts = tuple((slot.id, slot.offer) for slot in place.slots)
    when = say.ASK_SHIFT.format(station=place.name)
    slot_id = yield from read(Ask("shift", when, choices.one_of(shifts), shifts))
    slot = _slot(place, slot_id)
    if not (yield from common.agree(known)):
        return Stopped("refused")
    if not (yield from common.confirm(_summary(who, place, slot), FIELDS)):
        return Stopped("declined")
    return StationSignup(who, slot.id)


FIELDS = (*common.FIELDS, ("station", say.FIELD_STATION), ("shift", say.FIELD_SHIFT))


def _place(places: Sequence[Place], place_id: object) -> Place:
    for place in places:
        if place.id == place_id:
            return place
    raise Revise(say.STATION_GONE, station=None, shift=None)


def _slot(place: Place, slot_id: object) -> Slot:
    for slot in place.slots:
        if slot.id == slot_id:
            return slot
    raise Revise(say.SHIFT_GONE, shift=None)


def _summary(who: Contact, place: Place, slot: Slot) -> str:
    return say.CONFIRM_STATION.format(
        name=who.name,
        phone=who.phone,
        subjects="、".join(who.subjects),
        station=place.name,
        times=slot.times,
    )
