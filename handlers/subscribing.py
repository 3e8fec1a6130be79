"""Being told or not: 订阅, 退订, 恢复; and asking oneself what is on today."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final

from handlers import answer, filing, occurrences
from handlers import wording as say
from handlers import wording_reminders as words
from handlers.ability import Request
from handlers.desk import Desk
from handlers.message import Choice, Reply
from handlers.occurrences import Occurrence
from handlers.timewords import SHANGHAI, local
from knowledge import periods, places
from storage import absences, deliveries, people, signups, stations

MOST: Final = 5
"""Lines of one part of a reply; more do not fit on a telephone."""

OFFER: Final = Choice(say.STATION_OFFER, "signup:station")


def subscribe(desk: Desk, request: Request) -> Reply:
    """Tell somebody of what is coming, or, with the argument "back", as before an opt-out."""
    if request.argument == "back":
        people.come_back(desk.tx, desk.person.id)
        return Reply(words.BACK if desk.person.opted_out else words.BACK_ALREADY)
    already = desk.person.subscribed and not desk.person.opted_out
    people.subscribe(desk.tx, desk.person.id, desk.now)
    return Reply(words.SUBSCRIBED_ALREADY if already else words.SUBSCRIBED)


def unsubscribe(desk: Desk, _request: Request) -> Reply:
    """Stop at once whatever does not concern somebody's own places."""
    people.opt_out(desk.tx, desk.person.id, desk.now)
    deliveries.opt_out(desk.tx, desk.person.id, desk.now)
    return Reply(words.OPTED_OUT)


def today(desk: Desk, request: Request) -> Reply:
    """Say what is on today; who names a month or a quarter means all that is on in it."""
    return coming(desk, request) if periods.named(request.words) else _on(desk)


def _on(desk: Desk) -> Reply:
    """Say what is on today and in the next days, and what somebody has signed up for."""
    midnight = datetime.combine(local(desk.now).date() + timedelta(days=1), time(), SHANGHAI)
    week = occurrences.between(desk.tx, desk.now, desk.now + timedelta(days=7))
    shown = _near(desk, week)
    now = [one for one in shown if one.starts < midnight]
    later = [one for one in shown if one.starts >= midnight]
    day = occurrences.day_words(desk.now)
    head = words.TODAY if now else words.TODAY_NONE
    parts = ["\n".join((head.format(day=day), *_lines(desk, now)))]
    parts.append("\n".join((words.NEXT, *_lines(desk, later))) if later else words.NOTHING_COMING)
    own = _own(desk, week)
    if own:
        parts.append("\n".join((words.OWN, *own)))
    return Reply("\n\n".join(parts), (OFFER,) if shown else ())


def coming(desk: Desk, request: Request) -> Reply:
    """Say what is on; of another time than this week, what the plans say, if they do."""
    if re.search(words.THIS_WEEK, request.words):
        return _on(desk)
    found = answer.answer(desk.book, request.words, desk.person.region, None, desk.now)
    is_told = found.kind in ("answer", "ask_back")
    return answer.ask(desk, request) if is_told else _on(desk)


def _near(desk: Desk, week: Sequence[Occurrence]) -> Sequence[Occurrence]:
    """Return what is near somebody's home; everything where nothing is, or nobody knows."""
    home = desk.person.region
    near = [one for one in week if home and places.nearness(one.hours.region, home) is not None]
    return near or week


def _lines(desk: Desk, shown: Sequence[Occurrence]) -> list[str]:
    free = {
        shift.id: filing.free_words(shift)
        for station in stations.open_stations(desk.tx, desk.now)
        for shift in station.shifts
    }
    return [_line(words.TODAY_LINE, one, free[one.hours.shift_id]) for one in shown[:MOST]]


def _line(form: str, one: Occurrence, free: str = "") -> str:
    return form.format(
        day=occurrences.day_words(one.starts),
        hours=occurrences.clock_words(one),
        place=one.hours.station,
        free=free,
    )


def _own(desk: Desk, week: Sequence[Occurrence]) -> list[str]:
    held = signups.of_person(desk.tx, desk.person.id)
    mine = {signup.shift_id: signup.id for signup in held if signup.status == "confirmed"}
    own = [one for one in week if one.hours.shift_id in mine]
    away = absences.of(desk.tx, list(mine.values()), local(desk.now).date())
    left_out = {(shift, day) for shift, signup in mine.items() for day in away.get(signup, ())}
    return [
        _line(words.OWN_LINE, one)
        + (words.AWAY if (one.hours.shift_id, one.day) in left_out else "")
        for one in own[:MOST]
    ]
