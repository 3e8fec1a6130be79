"""The calendar of observances: right until 2050, and nothing before it was founded."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from knowledge import calendar, places
from knowledge.calendar import FIRST_YEAR, LAST_YEAR, Observance, observances, rules
from tests.test_cli import Terminal, rows

ALL_YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
TRUTH = Path(__file__).parents[2] / "shared" / "calendar" / "truth.json"

ALMANAC = """
2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13
2030-02-03 2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04
2039-01-24 2040-02-12 2041-02-01 2042-01-22 2043-02-10 2044-01-30 2045-02-17 2046-02-06 2047-01-26
2048-02-14 2049-02-02 2050-01-23
"""
"""The first days of the lunar years, as almanacs print them."""


def day_of(key: str, year: int) -> date:
    return rules()[key].of(year).day


def by_key(year: int, region: str | None = None) -> dict[str, Observance]:
    return {one.key: one for one in observances(year, region)}


def longitude(moment: datetime) -> float:
    """Return the sun's apparent longitude in degrees (Meeus, Astronomical Algorithms, chapter 25).

    Good to about 0.01 degrees, a quarter of an hour.
    """
    since = moment - datetime(2000, 1, 1, 12, tzinfo=UTC)
    t = (since / timedelta(days=1) + 70 / 86400) / 36525
    mean = 280.46646 + 36000.76983 * t
    m = math.radians(357.52911 + 35999.05029 * t)
    centre = (1.914602 - 0.004817 * t) * math.sin(m)
    centre += 0.019993 * math.sin(2 * m) + 0.000289 * math.sin(3 * m)
    node = math.radians(125.04 - 1934.136 * t)
    return (mean + centre - 0.00569 - 0.00478 * math.sin(node)) % 360


def moment_of_term(year: int, month: int, degrees: float) -> datetime:
    """Return when the sun reaches a longitude, in China's time."""
    low = datetime(year, month, 1, tzinfo=UTC)
    high = low + timedelta(days=30)
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        before = (longitude(middle) - degrees + 180) % 360 < 180
        low, high = (middle, high) if before else (low, middle)
    return low + timedelta(hours=8)


@pytest.mark.parametrize(
    ("key", "month", "degrees"), [("清明", 4, 15), ("中国农民丰收节", 9, 180), ("冬至", 12, 270)]
)
def test_a_solar_term_is_where_the_sun_is(key: str, month: int, degrees: float) -> None:
    unsure = timedelta(minutes=25)
    for year in ALL_YEARS:
        moment = moment_of_term(year, month, degrees)
        near = {(moment - unsure).date(), (moment + unsure).date()}
        assert day_of(key, year) in near, f"{key} {year}: {moment}"


def test_days_are_those_of_china() -> None:
    """By UTC both would be a day earlier: 02:39 and 01:41 in the morning in China."""
    assert [day_of("清明", year).day for year in (2026, 2030)] == [5, 5]


@pytest.mark.parametrize("first", ALMANAC.split())
def test_the_lunar_year_begins_as_in_the_almanac(first: str) -> None:
    day = date.fromisoformat(first)
    assert day_of("春节(初一)", day.year) == day
    assert day_of("除夕", day.year) == day - timedelta(days=1)
    assert day_of("元宵", day.year) == day + timedelta(days=14)


def test_no_festival_is_in_a_leap_month() -> None:
    """2025 has a second sixth month, 2028 a second fifth: 七夕 and 端午 are in the right one."""
    assert day_of("七夕", 2025) == date(2025, 8, 29)
    assert day_of("端午", 2028) == date(2028, 5, 28)


def test_the_table_of_days_agrees() -> None:
    if not TRUTH.is_file():
        pytest.skip(f"{TRUTH} is not there to be compared with")
    unlike = []
    for year, days in json.loads(TRUTH.read_text("utf-8"))["years"].items():
        found = by_key(int(year), "常州")
        for key, row in days.items():
            if key.startswith("_"):
                continue
            span = (row.get("date") or row["start"], row.get("date") or row["end"])
            one = found.get(key)
            if one is None or (f"{one.day}", f"{one.end}") != span:
                unlike.append((year, key))
    assert unlike == [("2024", "全国科普月")]  # the law is of December 2024: the first was in 2025


def test_rules_of_weekdays() -> None:
    for year in ALL_YEARS:
        mothers, fathers = day_of("母亲节", year), day_of("父亲节", year)
        assert (mothers.month, mothers.isoweekday()) == (5, 7)
        assert 8 <= mothers.day <= 14
        assert (fathers.month, fathers.isoweekday()) == (6, 7)
        assert 15 <= fathers.day <= 21
        safety = day_of("全国中小学生安全教育日", year)
        assert (safety.month, safety.isoweekday()) == (3, 1)
        assert safety.day >= 25
        defence = day_of("全民国防教育日", year)
        assert (defence.month, defence.isoweekday()) == (9, 6)
        assert 15 <= defence.day <= 21


def test_the_week_of_families_holds_its_day_from_monday_to_sunday() -> None:
    """家庭教育促进法, section 13: the week of 15 May; the first was 2022-05-09 to 05-15."""
    week = rules()["全国家庭教育宣传周"].of(2022)
    assert (week.day, week.end) == (date(2022, 5, 9), date(2022, 5, 15))


def test_every_rule_gives_every_year_and_says_its_source() -> None:
    for year in ALL_YEARS:
        for key, rule in rules().items():
            one = rule.of(year)
            assert one.day <= one.end, key
            assert year - 1 <= one.day.year <= year, key
    text = (Path(calendar.__file__).parent / "calendar.toml").read_text("utf-8")
    assert len(re.findall(r"^source = ", text, re.M)) == len(rules())
    assert all(rule.place is None or places.named_exactly(rule.place) for rule in rules().values())


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("国家公祭日", 2014),
        ("烈士纪念日", 2014),
        ("国家宪法日", 2014),
        ("抗战胜利纪念日", 2014),
        ("全民国家安全教育日", 2016),
        ("全国家庭教育宣传周", 2022),
        ("全国科普月", 2025),
        ("教师节", 1985),
        ("世界预防自杀日", 2003),
        ("全国中小学生安全教育日", 1996),
    ],
)
def test_nothing_is_kept_before_it_was_founded(key: str, first: int) -> None:
    assert key not in by_key(first - 1)
    assert key in by_key(first)


def test_what_is_local_is_kept_there_alone() -> None:
    for region in ("常州", "常州市", "天宁区", "郑陆镇"):
        assert "常州解放纪念日" in by_key(2027, region)
    for region in (None, "南通", "重庆市"):
        assert "常州解放纪念日" not in by_key(2027, region)
    assert by_key(2027, "南通")["南通解放纪念日"].day == date(2027, 2, 2)


def test_several_on_one_day_are_one_reminder() -> None:
    groups = {day: {one.key for one in group} for day, group in calendar.by_day(observances(2027))}
    assert groups[date(2027, 9, 10)] == {"教师节", "世界预防自杀日"}
    assert len(groups) < len(observances(2027))


def test_solemn_days_are_known() -> None:
    solemn = {key for key, one in by_key(2027).items() if one.solemn}
    assert {"清明", "九一八", "烈士纪念日", "国家公祭日"} <= solemn
    assert not solemn & {"国庆节", "六一儿童节", "春节(初一)", "教师节"}


@pytest.mark.parametrize("year", [FIRST_YEAR - 1, LAST_YEAR + 1, 0, -5, 10**9])
def test_a_year_out_of_range_is_refused(year: int) -> None:
    with pytest.raises(calendar.UnknownYear):
        observances(year)


# The command


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


def test_the_command_prints_json(terminal: Terminal) -> None:
    printed = rows(terminal.printed("calendar", "--year", "2027", "--region", "常州", "--json"))
    assert {tuple(row) for row in printed} == {("key", "title", "day", "kind")}
    assert {"key": "清明", "title": "清明节", "day": "2027-04-05", "kind": "holiday"} in printed
    assert [row["day"] for row in printed] == sorted(row["day"] for row in printed)


def test_the_command_prints_a_line_for_each_day(terminal: Terminal) -> None:
    lines = terminal.printed("calendar", "--year", "2027").splitlines()
    assert "2027-09-10\t教师节、世界预防自杀日" in lines
    assert "2027-12-01\t世界艾滋病日、宪法宣传周（—2027-12-07）" in lines


def test_the_command_says_that_a_region_is_not_known(terminal: Terminal) -> None:
    typed = terminal.type("calendar", "--year", "2027", "--region", "桃花源")
    assert "桃花源 is not known" in typed.stderr
    assert "教师节" in typed.stdout


def test_the_command_refuses_a_year_in_a_sentence(terminal: Terminal) -> None:
    assert "from 1950 to 2050" in terminal.complaint("calendar", "--year", "2051")
