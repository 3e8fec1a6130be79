"""Any sequence of taking and cancelling keeps a shift's line as an ordinary queue would be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import people, schema, signups, stations
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.stations import Station
from storage.store import Store
from storage.tables import signups as table
from tests.conftest import KEY, NOW

Act = tuple[str, int]
ACTS = st.lists(
    st.tuples(st.sampled_from(["take", "take", "cancel"]), st.integers(0, 5)), max_size=25
)


class Model:
    """What a shift's list must be: an ordinary queue."""

    def __init__(self, seats: int) -> None:
        self.seats = seats
        self.line: list[int] = []
        self.confirmed: list[int] = []

    def do(self, act: str, who: int) -> None:
        if act == "take" and who not in (*self.confirmed, *self.line):
            self.line.append(who)
        elif act == "cancel":
            self.confirmed = [one for one in self.confirmed if one != who]
            self.line = [one for one in self.line if one != who]
        while self.line and len(self.confirmed) < self.seats:
            self.confirmed.append(self.line.pop(0))


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('seats') / 'a.db'}", decode_key(KEY))
    schema.migrate(opened.engine)
    yield opened
    opened.close()


class RolledBack(Exception):
    pass


@settings(max_examples=40)
@given(st.integers(0, 3), ACTS)
def test_any_sequence_keeps_the_order(fast: Store, seats: int, acts: list[Act]) -> None:
    def play(tx: Transaction) -> None:
        everybody = [
            people.locked(tx, people.address_row(tx, "web", f"p{n}"), NOW).id for n in range(6)
        ]
        station = stations.add(tx, Station(0, "示例·站", "常州市")) or 0
        starts, ends = NOW + timedelta(days=1), NOW + timedelta(days=1, hours=1)
        shift = stations.add_shift(tx, station, starts, ends, weekly=True, seats=seats)
        model, held = Model(seats), dict[int, int]()
        for act, who in acts:
            model.do(act, who)
            if act == "take":
                made = signups.take_seat(tx, everybody[who], shift, {}, NOW)
                assert made is not None
                held[who] = made.id
            elif who in held:
                signups.cancel(tx, everybody[who], held[who], NOW)
            query = select(table.c.person_id, table.c.status).where(table.c.shift_id == shift)
            rows = tx.execute(query.order_by(table.c.id)).all()
            seated = {everybody.index(person) for person, status in rows if status == "confirmed"}
            waiting = [everybody.index(person) for person, status in rows if status == "waiting"]
            assert seated == set(model.confirmed)
            assert waiting == model.line
        raise RolledBack

    with pytest.raises(RolledBack):
        fast.write_now(play)
