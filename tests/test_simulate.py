"""simulate: conversations from lines, a clock that only goes forward, and lines that are bad."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from bot import cli, inside
from bot.app import Guanxin
from bot.simulate import SimulatedClock, Simulation
from storage.errors import Busy
from tests.conftest import NOW


@pytest.fixture
def simulation(guanxin: Guanxin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulation]:
    monkeypatch.setenv("GUANXIN_DATA_DIR", str(guanxin.settings.data_dir))
    monkeypatch.setenv("GUANXIN_KEY", guanxin.settings.key)
    with closing(Simulation(guanxin, SimulatedClock(NOW), cli.cli)) as opened:
        yield opened


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
    with closing(Simulation(simulation.guanxin, SimulatedClock(NOW), cli.cli)) as second:
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
    deadline=None,
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


def test_the_samples_are_loaded_on_an_empty_database_alone(tmp_path: Path) -> None:
    from tests.test_cli import Terminal

    terminal = Terminal(tmp_path / "data")
    terminal.printed("simulate", given='{"user": "a", "text": "菜单"}\n')
    assert terminal.printed("samples") == "0 sample stations loaded\n"
