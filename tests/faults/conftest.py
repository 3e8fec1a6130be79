"""Databases with stations whose seats are few."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import system
from storage import schema, stations
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.stations import Station
from storage.store import Store
from tests.conftest import KEY


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(240))


def open_station(store: Store, name: str, shifts: int, seats: int) -> None:
    """Enter a station with weekly shifts of so many seats each."""

    def enter(tx: Transaction) -> None:
        station = stations.add(tx, Station(0, name, "常州市")) or 0
        for day in range(1, shifts + 1):
            starts = system() + timedelta(days=day)
            ends = starts + timedelta(hours=2)
            stations.add_shift(tx, station, starts, ends, weekly=True, seats=seats)

    store.write_now(enter)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'guanxin.db'}"


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    opened = Store(sqlite_url, decode_key(KEY))
    schema.migrate(opened.engine)
    yield opened
    opened.close()
