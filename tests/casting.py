"""People for broadcasts to be sent to, and members of staff who send them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, update

from bot.clock import system
from handlers import broadcast
from handlers.outbox import Outbox
from handlers.ways import Reach
from storage import claims, deliveries, people, signups, staff, stations
from storage.audiences import Audience
from storage.broadcasts import Broadcast
from storage.claims import Moment
from storage.engine import Transaction
from storage.outgoing import deliveries as delivery_rows
from storage.staff import Member
from storage.stations import Station
from storage.store import Store
from storage.tables import people as people_rows
from storage.tables import staff as staff_rows
from tests.conftest import NOW

OUTBOX = Outbox(Reach(telegram=True), system)
EVERYBODY = Audience("all")
TEXT = "明天上午九点在社区活动室开会，请带上本子。"


def member(store: Store, name: str = "王老师", role: str = "admin") -> Member:
    """Enter a member of staff; the password is nobody's."""

    def enter(tx: Transaction) -> Member:
        row = {"name": name, "password_hash": "-", "must_change_password": True}
        made = staff_rows.insert().values(**row, created_at=NOW, role=role)
        new = tx.execute(made.returning(staff_rows.c.id)).scalar_one()
        return Member(int(new), name, role)

    return store.write_now(enter)


def someone(store: Store, address: str, channel: str = "telegram", **values: Any) -> int:
    """Enter a person with an address; ``values`` are columns of theirs."""

    def enter(tx: Transaction) -> int:
        person = people.locked(tx, people.address_row(tx, channel, address), NOW)
        if values:
            mine = update(people_rows).where(people_rows.c.id == person.id)
            tx.execute(mine.values(values))
        return person.id

    return store.write_now(enter)


def crowd(store: Store, many: int, first: int = 1) -> list[int]:
    """Enter people with chats that are numbered from ``first``, a hundred in a transaction."""

    def enter(tx: Transaction, numbers: range) -> list[int]:
        rows = [people.address_row(tx, "telegram", str(number)) for number in numbers]
        return [people.locked(tx, row, NOW).id for row in rows]

    entered: list[int] = []
    for begins in range(first, first + many, 100):
        numbers = range(begins, min(begins + 100, first + many))
        entered += store.write_now(partial(enter, numbers=numbers))
    return entered


def station(store: Store, name: str, region: str) -> tuple[int, int]:
    """Enter a station with one shift; return the ids of both."""

    def enter(tx: Transaction) -> tuple[int, int]:
        new = stations.add(tx, Station(0, name, region)) or 0
        starts = NOW + timedelta(days=1)
        ends = starts + timedelta(hours=1)
        return new, stations.add_shift(tx, new, starts, ends, weekly=True, seats=50)

    return store.write_now(enter)


def signs_up(store: Store, person_id: int, shift_id: int, *, and_cancels: bool = False) -> None:
    def work(tx: Transaction) -> None:
        made = signups.take_seat(tx, person_id, shift_id, {}, NOW)
        if and_cancels and made:
            signups.cancel(tx, person_id, made.id, NOW)

    store.write_now(work)


def drafted(
    store: Store, by: Member, text: str = TEXT, audience: Audience = EVERYBODY, **more: Any
) -> Broadcast:
    return store.write_now(lambda tx: broadcast.draft(tx, text, audience, by, NOW, **more))


def confirmed(
    store: Store, by: Member, text: str = TEXT, now: datetime = NOW, **more: Any
) -> Broadcast:
    draft = drafted(store, by, text, **more)
    return store.write_now(lambda tx: broadcast.confirm(tx, draft.id, by, now))


def act(store: Store, do: broadcast.Act, one: Broadcast, by: Member, **later: float) -> Broadcast:
    """Undo, pause, resume or stop, so much later: ``seconds=59``."""
    return store.write_now(lambda tx: do(tx, one.id, by, NOW + timedelta(**later)))


def expand(store: Store, outbox: Outbox = OUTBOX, **later: float) -> None:
    """Do the step of the clock to its end."""
    now = NOW + timedelta(**later)
    while store.write_now(lambda tx: broadcast.expand(tx, outbox, now)):
        pass


def claim(store: Store, most: int = 1000, **later: float) -> Sequence[deliveries.Delivery]:
    """Claim as a postman of Telegram does, so much later on both clocks."""
    moment = Moment(system() + timedelta(days=1), NOW + timedelta(**later), quiet=False)
    return store.write_now(lambda tx: claims.claim(tx, "telegram", "p", most, moment))


def send(store: Store, delivery: deliveries.Delivery) -> bool:
    """Send as a postman does; false where it must not."""

    def work(tx: Transaction) -> bool:
        begun = claims.sending(tx, delivery, "p", NOW)
        if begun:
            claims.done(tx, delivery.id, "p", "sent", "", NOW)
        return begun

    return store.write_now(work)


def rows(store: Store, one: Broadcast) -> list[Any]:
    mine = delivery_rows.c.broadcast_id == one.id
    query = select(delivery_rows.c.person_id, delivery_rows.c.state).where(mine)
    return list(store.read_now(lambda tx: tx.execute(query.order_by("person_id")).all()))


def link(store: Store, by: Member, person_id: int) -> None:
    """Let a member of staff be known as a person in chat."""
    mine = update(staff_rows).where(staff_rows.c.id == by.id).values(person_id=person_id)
    store.write_now(lambda tx: tx.execute(mine))


def recorded(store: Store) -> list[tuple[str, str, str]]:
    return store.read_now(staff.recorded)
