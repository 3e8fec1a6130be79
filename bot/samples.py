"""Stations and shifts to try the assistant with, each marked 示例. None of them is real."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from handlers.timewords import SHANGHAI, local
from storage import staff, stations
from storage.engine import Transaction
from storage.stations import Station

STATIONS: Final = (
    Station(
        0,
        "示例·河海社区校外教育辅导站",
        "常州市",
        "示例路1号",
        "0519-80000002",
        "书法、数学、阅读",
        31.82,
        119.98,
    ),
    Station(
        0,
        "示例·郑陆镇校外教育辅导站",
        "郑陆镇",
        "示例街8号",
        None,
        "美术、手工、红色故事",
        31.83,
        120.14,
    ),
    Station(
        0,
        "示例·崇川校外教育辅导站",
        "南通市",
        "示例大道20号",
        "0513-80000003",
        "科技、棋类、英语",
        32.01,
        120.86,
    ),
    Station(0, "示例·云阳校外教育辅导站", "云阳县", None, None, "语文、音乐"),
)
"""What staff have not entered stays empty, so that the assistant can be seen saying 未登记."""

SHIFTS: Final = ((1, 16, 90, 3), (3, 16, 90, 5), (5, 9, 120, 2))
"""Weekday (0 is Monday), hour in Shanghai, minutes, seats: three a week at every station."""


def load(tx: Transaction, now: datetime) -> int:
    """Enter the samples that are not there yet; return how many stations are new."""
    added = [station_id for station in STATIONS if (station_id := stations.add(tx, station))]
    for station_id in added:
        for weekday, hour, minutes, seats in SHIFTS:
            starts = _next(now, weekday, hour)
            ends = starts + timedelta(minutes=minutes)
            stations.add_shift(tx, station_id, starts, ends, weekly=True, seats=seats)
    if added:
        staff.record(tx, "samples", "load", f"{len(added)} stations", now)
    return len(added)


def _next(now: datetime, weekday: int, hour: int) -> datetime:
    """Return the next such weekday and hour in Shanghai, tomorrow at the earliest."""
    day = local(now).date() + timedelta(days=1)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
