"""The campaign calendar: what is told on days around an occasion. A later campaign is one entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from handlers import occurrences
from handlers import wording as say
from handlers import wording_reminders as words
from handlers.letters import Filled
from handlers.message import Choice, Reply
from handlers.outbox import Outbox, Push
from handlers.timewords import SHANGHAI, local
from knowledge import calendar
from storage import deliveries, reminders
from storage.deliveries import Letter
from storage.engine import Transaction

AT: Final = time(9)
LATE: Final = timedelta(minutes=10)
"""What comes so long after it was due says so."""

LOOK_BACK: Final = timedelta(days=4)
"""How far back a campaign may have fallen due and still gets rows that say it was too late."""

CHUNK: Final = 25
"""People in one transaction."""

CHOICES: Final = (Choice(say.MENU_ASK, "questions"), Choice(say.MENU_SIGN_UP, "signup"))


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is told on which days from an observance, by its key in the calendar.

    ``says`` goes with the offset in days.
    """

    occasion: str
    says: dict[int, str]


CAMPAIGNS: Final = (
    Campaign("清明", {-14: words.QINGMING, -3: words.QINGMING, 0: words.QINGMING_TODAY}),
)


@dataclass(frozen=True, slots=True)
class Telling:
    """One message of a campaign, due at an aware time, for the rest of that day."""

    campaign: Campaign
    day: date
    offset: int

    @property
    def due(self) -> datetime:
        """When it goes out."""
        return datetime.combine(self.day + timedelta(days=self.offset), AT, SHANGHAI)

    @property
    def ends(self) -> datetime:
        """When it is too late: at the end of its day."""
        return datetime.combine(self.due.date() + timedelta(days=1), time(), SHANGHAI)

    @property
    def cause(self) -> str:
        """What it is queued under, once a person."""
        named = f"{self.offset}d" if self.offset else "0"
        return f"campaign:{self.campaign.occasion}@{self.day}:{named}"


def tellings(now: datetime) -> Iterator[Telling]:
    """Return all messages of the years around ``now``."""
    for year in range(local(now).year - 1, local(now).year + 2):
        if calendar.FIRST_YEAR <= year <= calendar.LAST_YEAR:
            for campaign in CAMPAIGNS:
                day = calendar.rules()[campaign.occasion].of(year).day
                yield from (Telling(campaign, day, offset) for offset in campaign.says)


def next_moment(_tx: Transaction, now: datetime) -> datetime | None:
    """Return when a campaign tells something next."""
    return min((one.due for one in tellings(now) if one.due > now), default=None)


def tell(tx: Transaction, outbox: Outbox, now: datetime) -> bool:
    """Queue what is due for the first people who lack it (a Step)."""
    due = [one for one in tellings(now) if now - LOOK_BACK < one.due <= now]
    more = [_told(tx, outbox, one, now) for one in due]
    return any(more)


def _told(tx: Transaction, outbox: Outbox, telling: Telling, now: datetime) -> bool:
    still = now < telling.ends
    ids = reminders.audience(tx, telling.cause, telling.due, CHUNK, still=still)
    for person_id in ids:
        if still:
            reminders.forgive(tx, person_id, telling.cause)
            outbox.push(tx, person_id, _push(telling, now), now)
        else:
            _drop(tx, outbox, telling.cause, person_id)
    return len(ids) == CHUNK


def _drop(tx: Transaction, outbox: Outbox, cause: str, person_id: int) -> None:
    why = deliveries.TOO_LATE
    late = Letter(
        cause, person_id, None, None, "campaign", "telephone", state="dropped", outcome=why
    )
    deliveries.queue(tx, late, outbox.clock())


def _push(telling: Telling, now: datetime) -> Push:
    key, at = telling.campaign.occasion, datetime.combine(telling.day, AT, SHANGHAI)
    day = occurrences.day_words(at)
    says = telling.campaign.says[telling.offset].format(day=day, left=-telling.offset)
    text = words.CAMPAIGN.format(says=says)
    if now - telling.due > LATE:
        text = f"{words.LATE}{text}"
    filled = Filled("campaign", {"what": key, "when": day})
    reply = Reply(text, CHOICES)
    return Push(telling.cause, "campaign", reply, filled, expires_at=telling.ends)
