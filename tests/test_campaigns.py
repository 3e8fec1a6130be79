"""The campaign calendar: the right day of every year, told once to those who want to know."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from handlers import campaigns
from handlers.message import Reply
from handlers.outbox import Outbox, Push
from handlers.timewords import SHANGHAI
from handlers.ways import Reach
from storage import deliveries, people, signups
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.outgoing import deliveries as table
from storage.store import Store
from tests.conftest import KEY, NOW, Clock

DAY = date(2027, 4, 5)
OUTBOX = Outbox(Reach(telegram=True), Clock())
_numbers = count(1)


def due(offset: int) -> datetime:
    day = DAY + timedelta(days=offset)
    return datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)


def cause(named: str) -> str:
    return f"campaign:清明@2027-04-05:{named}"


def somebody(store: Store, *, subscribes: datetime | None = NOW) -> int:
    def enter(tx: Transaction) -> int:
        row = people.address_row(tx, "telegram", f"reader-{next(_numbers)}")
        person = people.locked(tx, row, NOW).id
        if subscribes:
            people.subscribe(tx, person, subscribes)
        return person

    return store.write_now(enter)


def go_round(store: Store, now: datetime) -> None:
    while store.write_now(lambda tx: campaigns.tell(tx, OUTBOX, now)):
        pass


def rows(store: Store) -> list[Any]:
    query = select(table).order_by(table.c.id)
    return list(store.read_now(lambda tx: tx.execute(query).all()))


def told(store: Store) -> dict[str, str]:
    return {row.cause: row.state for row in rows(store)}


@pytest.mark.parametrize(
    ("offset", "named", "says"),
    [
        (-14, "-14d", "4月5日（周一）是清明，还有14天。"),
        (-3, "-3d", "4月5日（周一）是清明，还有3天。"),
        (0, "0", "今天是清明，4月5日（周一）。"),
    ],
)
def test_it_is_told_at_nine_and_once(store: Store, offset: int, named: str, says: str) -> None:
    somebody(store)
    go_round(store, due(offset) - timedelta(minutes=1))
    assert cause(named) not in told(store)
    for _ in range(2):
        go_round(store, due(offset))
    (row,) = [row for row in rows(store) if row.cause == cause(named)]
    assert row.reply["text"].startswith(says)
    assert "退订" in row.reply["text"]
    assert [choice["label"] for choice in row.reply["choices"]] == ["问一问", "报名"]
    assert (row.kind, row.state, row.on_day) == ("campaign", "waiting", due(offset).date())
    assert row.reply["template"] == {
        "purpose": "campaign",
        "values": {"what": "清明", "when": "4月5日（周一）"},
    }


def test_it_is_told_to_those_who_subscribed_or_took_part_and_to_nobody_else(store: Store) -> None:
    subscribed, stranger = somebody(store), somebody(store, subscribes=None)
    helper, quiet = somebody(store, subscribes=None), somebody(store)
    details = {"name": "李桂芳", "phone": "13900001234"}

    def enter(tx: Transaction) -> None:
        made = signups.register(tx, helper, "study", details, NOW)
        signups.cancel(tx, helper, made.id, NOW)
        people.opt_out(tx, quiet, NOW)

    store.write_now(enter)
    go_round(store, due(-14))
    assert [row.person_id for row in rows(store)] == [subscribed, helper]
    assert stranger not in {row.person_id for row in rows(store)}


def test_who_subscribes_on_the_day_is_not_told_what_was_due_before(store: Store) -> None:
    somebody(store, subscribes=due(0) + timedelta(hours=1))
    go_round(store, due(0) + timedelta(hours=2))
    assert rows(store) == []


def test_late_on_the_same_day_it_says_so(store: Store) -> None:
    somebody(store)
    go_round(store, due(-3) + timedelta(hours=2))
    (row,) = rows(store)
    assert row.reply["text"].startswith("【补发】4月5日")
    assert row.expires_at == due(-2).replace(hour=0)


def test_on_another_day_it_is_dropped_and_says_why(store: Store) -> None:
    somebody(store)
    go_round(store, due(-2).replace(hour=0))
    assert told(store) == {cause("-3d"): "dropped"}
    assert (rows(store)[0].outcome, rows(store)[0].reply) == (deliveries.TOO_LATE, None)


def test_three_days_ahead_and_two_back_tell_it_once(store: Store) -> None:
    somebody(store)
    real = due(-3) - timedelta(hours=25)
    go_round(store, real + timedelta(days=3))
    assert told(store) == {cause("-3d"): "dropped"}
    for hours in range(48):
        go_round(store, real + timedelta(days=1, hours=hours))
    open_now = {name: state for name, state in told(store).items() if "~" not in name}
    assert open_now == {cause("-3d"): "waiting"}


def test_a_day_that_has_its_message_already_has_no_room_for_it(store: Store) -> None:
    person = somebody(store)
    other = Push("broadcast:1", "broadcast", Reply("大家好"))
    store.write_now(lambda tx: OUTBOX.push(tx, person, other, due(-3)))
    go_round(store, due(-3))
    assert told(store)[cause("-3d")] == "dropped"
    assert rows(store)[1].outcome == "no free day"


def test_the_next_moment_is_that_of_next_year_when_this_one_is_over(store: Store) -> None:
    found = store.read_now(lambda tx: campaigns.next_moment(tx, due(0)))
    assert found == datetime(2028, 3, 21, 9, tzinfo=SHANGHAI)


@pytest.fixture
def stores(store: Store, database_url: str) -> Iterator[list[Store]]:
    """Two stores on one database, as two processes have them."""
    other = Store(database_url, decode_key(KEY))
    yield [store, other]
    other.close()


def test_two_processes_at_once_queue_once(stores: list[Store]) -> None:
    everybody = [somebody(stores[0]) for _ in range(campaigns.CHUNK + 20)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: go_round(stores[n % 2], due(-3)), range(4)))
    assert sorted(row.person_id for row in rows(stores[0])) == everybody
