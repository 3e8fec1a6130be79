"""Telling a change to everybody who signed up: the words, the hour, and what can be answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from handlers import letters, quiet
from handlers import wording_changes as words
from handlers.letters import Filled
from handlers.message import Choice, Reply, numbered
from handlers.outbox import Outbox, Push
from storage import changes, staff
from storage.changes import Change, Place
from storage.deliveries import Letter
from storage.engine import Transaction

LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Act:
    """Who of staff does something, why, and with what. ``now`` is the business clock."""

    tx: Transaction
    outbox: Outbox
    author: str
    now: datetime
    because: str = ""

    @property
    def reason(self) -> str:
        """The line that says why, empty without a reason."""
        plain = " ".join(self.because.split())[:LONGEST_REASON]
        return words.BECAUSE.format(because=plain) if plain else ""

    def record(self, what: str, thing: str) -> None:
        """Leave a row of the audit."""
        staff.record(self.tx, self.author, what, thing, self.now)


@dataclass(frozen=True, slots=True)
class News:
    """What changed, in words. ``event``: when the nearest of what is concerned begins.

    ``station`` and ``time`` are for templates, one fact a field; ``day`` is the one day (in China)
    of a weekly shift that it is about.
    """

    kind: changes.Kind
    shift_id: int
    text: str
    station: str
    time: str
    event: datetime
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What was done, a letter for each who was told, and the shift that it is kept with."""

    text: str
    letters: Sequence[Letter] = ()
    shift_id: int = 0


@dataclass(frozen=True, slots=True)
class Copy:
    """A text as people read it, to its last line, and how many read just this one."""

    text: str
    count: int


def copies(told: Told) -> Sequence[Copy]:
    """Return what people read, with what they can choose; those whom nothing reaches are called."""
    read = [letters.read(letter.reply) for letter in told.letters if letter.reply]
    counted = Counter(lines(one.text, *numbered(one.choices)) for one in read)
    return [Copy(text, count) for text, count in counted.items()]


def lines(*parts: str) -> str:
    """Join the lines that say anything."""
    return "\n".join(part for part in parts if part)


def write(act: Act, news: News) -> Change:
    """Keep a change; what was to be told of the same day before is not told any more."""
    if news.day:
        changes.supersede(act.tx, news.shift_id, news.day, act.now)
    return changes.write(act.tx, news.shift_id, news.kind, news.text, act.author, act.now, news.day)


def tell_all(act: Act, news: News, held: Sequence[Place]) -> Told:
    """Write a change down and tell everybody who held a place."""
    change = write(act, news)
    queued = [letter for one in held if (letter := tell(act, news, change, one))]
    return Told(news.text, queued, news.shift_id)


def tell(act: Act, news: News, change: Change, place: Place) -> Letter | None:
    """Tell one person; in the quiet hours only what cannot wait for the morning."""
    text = lines(news.text, _fate(news, place), words.PLEASE_ANSWER)
    values = {"place": news.station, "when": news.time, "what": words.WHAT[news.kind]}
    push = Push(
        change.cause,
        "change",
        Reply(text, _choices(change)),
        Filled("change", values),
        urgent=quiet.cannot_wait(act.now, news.event),
    )
    return act.outbox.push(act.tx, place.person_id, push, act.now)


def _fate(news: News, place: Place) -> str:
    if news.kind == "closed":
        return words.PLACE_ENDED
    return words.PLACE_KEPT if place.is_waiting else words.SEAT_KEPT


def _choices(change: Change) -> tuple[Choice, ...]:
    labels = (words.OK, "ok"), (words.CANNOT, "cannot"), (words.CALL, "call")
    return tuple(Choice(label, f"notice:{change.id}:{data}") for label, data in labels)
