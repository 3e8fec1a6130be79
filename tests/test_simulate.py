"""simulate: conversations from lines, a clock that only goes forward, and lines that are bad."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from bot import cli, inside
from bot.app import Guanxin
from bot.dispatch import Dispatcher
from bot.simulate import SimulatedClock, Simulation
from storage.errors import Busy
from tests.conftest import NOW


@pytest.fixture
def simulation(guanxin: Guanxin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulation]:
    monkeypatch.setenv("GUANXIN_DATA_DIR", str(guanxin.settings.data_dir))
    monkeypatch.setenv("GUANXIN_KEY", guanxin.settings.key)
    with closing(begun(guanxin, NOW)) as opened:
        yield opened


def begun(guanxin: Guanxin, at: datetime) -> Simulation:
    """Open a simulation whose clock is that of the whole assistant, as the command does."""
    clock = SimulatedClock(at)
    dispatcher = Dispatcher(guanxin.store, lambda: guanxin.book, clock, clock)
    return Simulation(replace(guanxin, clock=clock, dispatcher=dispatcher), clock, cli.cli)


def play(simulation: Simulation, **row: object) -> dict[str, Any]:
    """Play a line that must not fail."""
    outcome = simulation.play(json.dumps(row).encode())
    assert outcome["error"] is None
    return outcome


def error(simulation: Simulation, line: str | bytes) -> str:
    outcome = simulation.play(line if isinstance(line, bytes) else line.encode())
    assert outcome["replies"] == []
    return str(outcome["error"])


def said(outcome: dict[str, Any]) -> str:
    return str(outcome["replies"][0]["text"])


def test_a_reply_with_its_choices_in_order(simulation: Simulation) -> None:
    outcome = play(simulation, user="a", text="报名")
    assert outcome == {
        "user": "a",
        "replies": [
            {"text": "这里给志愿者报名。您想报哪一样？", "choices": ["去辅导站帮忙", "结对帮教"]}
        ],
        "pushed": [],
        "error": None,
    }
    chosen = play(simulation, user="a", text="2")
    assert said(chosen) == said(play(simulation, user="b", choice="signup:mentoring"))


def test_a_person_is_a_user_on_a_channel(simulation: Simulation) -> None:
    play(simulation, user="a", text="报名")
    again = play(simulation, user="a", text="2")
    elsewhere = play(simulation, user="a", text="2", channel="wechat")
    assert said(again) != said(elsewhere)


@pytest.mark.parametrize("kind", ["voice", "picture", "location", "follow"])
def test_every_kind_gets_a_reply(simulation: Simulation, kind: str) -> None:
    assert said(play(simulation, user="a", kind=kind, lat=31.8, lon=119.9))


def test_nobody_reads_a_reply_after_leaving(simulation: Simulation) -> None:
    assert play(simulation, user="a", kind="leave", channel="wechat")["replies"] == []


def test_a_location_finds_the_nearest_station(simulation: Simulation) -> None:
    found = said(play(simulation, user="a", kind="location", lat=31.82, lon=119.98))
    assert "示例·河海社区校外教育辅导站（约0.0公里）" in str(found)
    assert error(simulation, '{"user": "a", "kind": "location", "lat": "x", "lon": 1}')


def test_the_same_id_gets_the_first_reply(simulation: Simulation) -> None:
    first = play(simulation, user="a", text="菜单", id="m1")
    assert play(simulation, user="a", text="报名", id="m1") == first
    assert play(simulation, user="a", text="报名", id="m2") != first


def test_two_runs_on_one_database_do_not_mistake_each_other(simulation: Simulation) -> None:
    menu = play(simulation, user="a", text="菜单")
    with closing(begun(simulation.guanxin, NOW)) as second:
        assert play(second, user="a", text="报名") != menu


def test_time_stands_still_until_it_is_moved(simulation: Simulation) -> None:
    assert simulation.clock() == simulation.clock() == NOW
    later = NOW + timedelta(days=1)
    assert play(simulation, at=later.isoformat())["replies"] == []
    assert simulation.clock() == later
    assert "cannot go back" in error(simulation, json.dumps({"at": NOW.isoformat()}))
    assert simulation.clock() == later


def test_moving_the_clock_forgets_what_is_too_old(simulation: Simulation) -> None:
    play(simulation, user="a", text="报名", id="m1")
    play(simulation, at=(NOW + timedelta(days=3)).isoformat())
    assert "您想报哪一样" not in said(play(simulation, user="a", text="报名", id="m1"))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("junk", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a JSON object"),
        (b'{"user": "a", "text": "\xff"}', "not UTF-8"),
        ("{}", '"user" must be text'),
        ('{"user": 5, "text": "x"}', '"user" must be text'),
        ('{"user": "", "text": "x"}', '"user" must not be empty'),
        ('{"user": "a"}', '"text" must be text'),
        ('{"user": "a", "text": "x", "id": 5}', '"id" must be text'),
        ('{"user": "a", "choice": null}', '"choice" must be text'),
        ('{"user": "a", "text": "x", "kind": "dance"}', '"kind" is one of'),
        ('{"user": "a", "text": "x", "kind": "choice"}', '"kind" is one of'),
        ('{"user": "a", "text": "x", "channel": "sms"}', '"channel" is one of'),
        ('{"at": "tomorrow"}', "not a time"),
        ('{"at": 5}', "not a time"),
        ('{"at": "2099-04-04T09:00:00+08:00"}', "at most 3660 days"),
        ('{"at": "2099-04-04"}', "needs its zone"),
        ('{"staff": 5}', '"staff" must be text'),
        ('{"staff": ""}', "none of serve, talk, simulate"),
        ('{"staff": "serve"}', "none of serve, talk, simulate"),
        ('{"staff": "staff add \\""}', "No closing quotation"),
        ('{"staff": "nothing"}', "No such command 'nothing'."),
        ('{"staff": "staff add"}', "Missing argument"),
        ('{"staff": "backup /"}', "guanxin backup /: / exists already; name a new file"),
    ],
)
def test_a_bad_line_gives_its_error_and_the_next_one_is_played(
    simulation: Simulation, line: str | bytes, why: str
) -> None:
    assert why in error(simulation, line)
    assert said(play(simulation, user="a", text="菜单"))


@given(st.text() | st.dictionaries(st.text(), st.text()).map(json.dumps), st.text())
@given_settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_line_has_an_outcome(simulation: Simulation, line: str, text: str) -> None:
    simulation.play(line.encode("utf-8", "surrogatepass"))
    spoken = json.dumps({"user": f"u{text}", "text": text})
    assert said(simulation.play(spoken.encode()))


def test_staff_work_at_the_simulated_time(
    simulation: Simulation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GUANXIN_NOW", raising=False)
    stdin = sys.stdin
    assert play(simulation, staff="staff add 李老师")["user"] is None
    printed = capsys.readouterr()
    assert (printed.out, "李老师 may log in" in printed.err) == ("", True)
    assert "李老师 is entered already" in error(simulation, '{"staff": "staff add 李老师"}')
    assert "GUANXIN_NOW" not in os.environ
    assert sys.stdin is stdin


def test_a_command_hears_the_time_and_reads_nothing() -> None:
    heard: list[str] = []

    def command(words: list[str]) -> None:
        heard.extend((*words, os.environ["GUANXIN_NOW"], sys.stdin.read()))

    inside.run(command, "ask '- 1'", NOW)
    assert heard == ["ask", "- 1", NOW.isoformat(), ""]


def test_a_command_that_stumbles_does_not_end_the_run() -> None:
    def stumbles(_: list[str]) -> None:
        raise RuntimeError("no such luck")

    with pytest.raises(inside.CannotRun, match="guanxin x: no such luck"):
        inside.run(stumbles, "x", NOW)


def test_a_silent_failure_tells_its_status() -> None:
    with pytest.raises(inside.CannotRun, match="exit status 3"):
        inside.run(lambda _: sys.exit(3), "x", NOW)


def test_a_database_that_is_busy_is_an_error_of_the_line(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> None:
        raise Busy("locked")

    monkeypatch.setattr("bot.app.tidy", busy)
    assert error(simulation, json.dumps({"at": NOW.isoformat()})) == "locked"


# --- what is pushed ---

Pushes = list[tuple[str, str, str, str]]


def sign_up(simulation: Simulation, user: str = "a", **where: str) -> None:
    """Sign somebody up for Tuesdays at 16:00, the day after NOW."""
    phone = f"1390000{ord(user[0]):04d}"
    for words in ("报名辅导站", "李桂芳", phone, "书法", "河海", "1", "1", "1"):
        outcome = play(simulation, user=user, text=words, **where)
        assert outcome["pushed"] == []
    assert "报名编号" in said(outcome)


def move(simulation: Simulation, **how_long: float) -> list[dict[str, Any]]:
    pushed = play(simulation, at=(simulation.clock() + timedelta(**how_long)).isoformat())["pushed"]
    assert isinstance(pushed, list)
    return pushed


def short(pushed: list[dict[str, Any]]) -> Pushes:
    return [(row["at"], row["user"], row["way"], row["occasion"]) for row in pushed]


@pytest.mark.parametrize(("channel", "way"), [("web", "page"), ("telegram", "telegram")])
def test_from_a_sign_up_to_its_reminders_in_one_run(
    guanxin: Guanxin, channel: str, way: str
) -> None:
    with closing(begun(guanxin, NOW - timedelta(hours=1))) as early:
        sign_up(early, channel=channel)
        pushed = move(early, days=2)
        assert short(pushed) == [
            ("2026-11-23T09:00:00+08:00", "a", way, "shift:1@2026-11-24:-1d"),
            ("2026-11-24T14:00:00+08:00", "a", way, "shift:1@2026-11-24:-2h"),
        ]
        assert set(pushed[0]) == {"at", "user", "channel", "way", "text", "occasion"}
        assert pushed[0]["channel"] == channel
        assert "11月24日（周二）16:00—17:30\n示例·河海社区校外教育辅导站" in pushed[0]["text"]


def test_a_moment_is_told_once_and_the_rest_comes_with_its_own_line(
    simulation: Simulation,
) -> None:
    sign_up(simulation)
    assert move(simulation, hours=28) == []
    assert [row["at"] for row in move(simulation, hours=1)] == ["2026-11-24T14:00:00+08:00"]
    assert move(simulation, hours=1) == []


def test_a_weekly_shift_is_told_week_after_week(simulation: Simulation) -> None:
    sign_up(simulation)
    occasions = [row["occasion"] for row in move(simulation, days=28)]
    assert len(occasions) == len(set(occasions)) == 8


def test_a_freed_seat_comes_with_the_line_that_frees_it(simulation: Simulation) -> None:
    for user in "abcd":
        sign_up(simulation, user)
    for words in ("取消报名", "1"):
        play(simulation, user="a", text=words)
    pushed = play(simulation, user="a", text="确定取消")["pushed"]
    assert short(pushed) == [(NOW.isoformat(), "d", "page", "seat:4")]
    assert "已经转为正式报名" in pushed[0]["text"]
    assert "已经转为正式报名" not in said(play(simulation, user="d", text="你好"))


def test_a_freed_seat_that_can_wait_comes_in_the_morning(simulation: Simulation) -> None:
    for user in "abcd":
        sign_up(simulation, user)
    move(simulation, hours=13)
    for words in ("取消报名", "1", "确定取消"):
        assert play(simulation, user="a", text=words)["pushed"] == []
    seat = [row for row in move(simulation, days=1) if row["occasion"] == "seat:4"]
    assert short(seat) == [("2026-11-24T08:00:00+08:00", "d", "page", "seat:4")]


def test_wechat_is_told_in_its_window_and_called_afterwards(simulation: Simulation) -> None:
    sign_up(simulation, channel="wechat")
    pushed = move(simulation, days=8)
    ways = {row["occasion"]: row["way"] for row in pushed}
    assert ways["shift:1@2026-11-24:-2h"] == "customer_service"
    assert ways["shift:1@2026-12-01:-1d"] == "telephone"
    assert {row["channel"] for row in pushed} == {"wechat"}


def test_a_window_of_wechat_is_open_by_the_simulated_clock(guanxin: Guanxin) -> None:
    """On a Monday ten years from now, when it is long closed by the machine's clock."""
    with closing(begun(guanxin, datetime(2036, 3, 3, 8, tzinfo=NOW.tzinfo))) as monday:
        sign_up(monday, channel="wechat")
        pushed = move(monday, days=14)
    ways = [row["way"] for row in pushed if row["occasion"].startswith("shift:")]
    assert ways == ["customer_service"] * 2 + ["telephone"] * 2


def test_a_campaign_is_named_by_its_key(guanxin: Guanxin) -> None:
    with closing(begun(guanxin, NOW.replace(year=2027, month=3, day=1))) as march:
        play(march, user="a", text="订阅", channel="telegram")
        play(march, user="b", text="你好", channel="telegram")
        assert short(move(march, days=40)) == [
            (f"2027-{day}T09:00:00+08:00", "a", "telegram", "清明")
            for day in ("03-22", "04-02", "04-05")
        ]


def test_who_opts_out_in_between_is_left_alone(simulation: Simulation) -> None:
    sign_up(simulation)
    play(simulation, user="a", text="退订")
    assert move(simulation, days=9) == []
    play(simulation, user="a", text="恢复")
    assert len(move(simulation, days=7)) == 2


def test_after_a_downtime_the_first_line_brings_what_was_missed(
    guanxin: Guanxin, simulation: Simulation
) -> None:
    sign_up(simulation)
    with closing(begun(guanxin, NOW + timedelta(hours=30))) as after:
        pushed = play(after, user="b", text="菜单")["pushed"]
        assert [row["occasion"] for row in pushed] == ["shift:1@2026-11-24:-2h"]
        assert pushed[0]["text"].startswith("【补发】")
        assert move(after, hours=1) == []


def test_replies_are_no_pushes(simulation: Simulation) -> None:
    outcome = play(simulation, user="a", text="菜单", channel="telegram")
    assert (len(outcome["replies"]), outcome["pushed"]) == (1, [])
    assert move(simulation, days=1) == []


def test_the_samples_are_loaded_on_an_empty_database_alone(tmp_path: Path) -> None:
    from tests.test_cli import Terminal

    terminal = Terminal(tmp_path / "data")
    terminal.printed("simulate", given='{"user": "a", "text": "菜单"}\n')
    assert terminal.printed("samples") == "0 sample stations loaded\n"
