"""Staff change things from the terminal; those concerned are told, also inside ``simulate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli import Terminal, rows

STATION = "示例·河海社区校外教育辅导站"
START = "2027-04-02T09:00:00+08:00"
"""A Friday; the samples' shift 3 is held on Saturdays from 9:00 to 11:00."""

SIGN_UP = ("报名辅导站", "我叫王秀英 电话13900001234", "书法", "河海", "1", "1", "1")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


def play(terminal: Terminal, *lines: dict[str, Any], now: str = START) -> list[dict[str, Any]]:
    given = "".join(json.dumps(line) + "\n" for line in lines)
    played = rows(terminal.printed("simulate", given=given, GUANXIN_NOW=now))
    assert [row["error"] for row in played] == [None] * len(lines)
    return played


def signed_up(user: str = "a") -> list[dict[str, Any]]:
    return [{"user": user, "text": words} for words in SIGN_UP]


def of_staff(words: str) -> dict[str, Any]:
    return {"staff": words}


def replied(row: dict[str, Any]) -> str:
    return str(row["replies"][0]["text"])


def test_a_cancelled_day_is_pushed_and_answered_by_a_digit(terminal: Terminal) -> None:
    told, seen, mine = play(
        terminal,
        *signed_up(),
        of_staff("staff cancel 3 2027-04-03 --because 老师开会"),
        {"user": "a", "text": "1"},
        {"user": "a", "text": "我的"},
    )[-3:]
    (push,) = told["pushed"]
    assert (push["user"], push["way"], push["occasion"]) == ("a", "page", "change:1")
    assert push["text"].startswith(f"【停一次】{STATION}\n4月3日（周六）09:00—11:00")
    assert "原因：老师开会\n下一次：4月10日（周六）09:00—11:00" in push["text"]
    assert replied(seen).startswith("好的，知道您看到了")
    assert "每周六 09:00—11:00（4月3日停）" in replied(mine)


def test_a_reminder_of_a_cancelled_day_never_comes(terminal: Terminal) -> None:
    *_, cancelled, later = play(
        terminal,
        *signed_up(),
        {"at": "2027-04-08T20:00:00+08:00"},
        of_staff("staff cancel 3 2027-04-10"),
        {"at": "2027-04-16T10:00:00+08:00"},
    )
    assert [push["occasion"] for push in cancelled["pushed"]] == ["change:1"]
    assert [push["occasion"] for push in later["pushed"]] == ["shift:3@2027-04-17:-1d"]


def test_a_moved_shift_is_reminded_at_its_new_time(terminal: Terminal) -> None:
    *_, moved, later = play(
        terminal,
        *signed_up(),
        of_staff("staff move 3 2027-04-07T15:00 --ends 16:30"),
        {"at": "2027-04-07T14:00:00+08:00"},
    )
    assert "改到：每周三 15:00—16:30，从4月7日起" in moved["pushed"][0]["text"]
    pushed = [(push["at"][:16], push["occasion"]) for push in later["pushed"]]
    assert [one for one in pushed if one[1].startswith("shift:")] == [
        ("2027-04-06T09:00", "shift:3@2027-04-07:-1d"),
        ("2027-04-07T13:00", "shift:3@2027-04-07:-2h"),
    ]


def test_one_moved_day_leaves_the_other_weeks(terminal: Terminal) -> None:
    play(
        terminal,
        *signed_up(),
        of_staff("staff move 3 2027-04-04T15:00 --only 2027-04-03"),
        {"user": "a", "text": "不能来"},
    )
    shown = rows(terminal.printed("staff", "shifts", "--json", GUANXIN_NOW=START))
    (weekly,) = (row for row in shown if row["id"] == 3)
    (single,) = (row for row in shown if not row["weekly"])
    assert (weekly["confirmed"], weekly["starts"]) == (1, "2027-04-10T09:00:00+08:00")
    assert weekly["paused"] == ["2027-04-03"]
    assert (single["confirmed"], single["starts"]) == (0, "2027-04-04T15:00:00+08:00")
    assert single["ends"] == "2027-04-04T17:00:00+08:00"


@pytest.mark.parametrize(
    ("starts", "told_at"),
    [("2027-04-04T10:00", "2027-04-04T08:00"), ("2027-04-04T09:30", "2027-04-03T22:00")],
)
def test_the_night_is_broken_only_for_what_is_before_ten(
    terminal: Terminal, starts: str, told_at: str
) -> None:
    played = play(
        terminal,
        *signed_up(),
        {"at": "2027-04-03T22:00:00+08:00"},
        of_staff(f"staff move 3 {starts} --only 2027-04-10"),
        {"at": "2027-04-04T11:00:00+08:00"},
    )
    pushed = [push for row in played for push in row["pushed"]]
    assert [push["at"][:16] for push in pushed if push["occasion"] == "change:1"] == [told_at]


def test_silence_leads_to_the_list_of_calls(terminal: Terminal) -> None:
    play(
        terminal,
        *signed_up("a"),
        *signed_up("b"),
        of_staff("staff close-shift 3 --because 搬家"),
        {"user": "b", "text": "收到"},
        {"at": "2027-04-02T12:01:00+08:00"},
    )
    (call,) = rows(terminal.printed("staff", "calls", "--json"))
    assert (call["name"], call["phone"], call["why"]) == ("王秀英", "13900001234", "no answer")
    assert call["opened"] == "2027-04-02T12:00+08:00"
    assert "原因：搬家" in call["words"]
    line = terminal.printed("staff", "calls")
    assert line.count("\n") == 1
    assert terminal.printed("staff", "called", "1", "接了") == "call 1 is closed\n"
    assert terminal.complaint("staff", "called", "1", "又打") == "there is no open call 1"
    assert terminal.printed("staff", "calls") == ""


def test_whoever_asks_is_called_again(terminal: Terminal) -> None:
    play(
        terminal,
        *signed_up(),
        of_staff("staff move 3 2027-04-07T15:00"),
        {"user": "a", "text": "打电话"},
        of_staff("staff called 1 没人接"),
        {"user": "a", "choice": "notice:1:call"},
    )
    (call,) = rows(terminal.printed("staff", "calls", "--json"))
    assert (call["id"], call["why"]) == (1, "asked")


def test_a_freed_seat_goes_to_the_next_in_line_who_is_told(terminal: Terminal) -> None:
    three = [line for user in "abc" for line in signed_up(user)]
    played = play(
        terminal,
        *three,
        of_staff("staff move 3 2027-04-07T15:00"),
        {"user": "a", "text": "2"},
        {"user": "c", "text": "我的"},
    )
    assert "候补第 1 位" in replied(played[len(three) - 1])
    assert [push["user"] for push in played[-2]["pushed"]] == ["c"]
    assert "100003 已报上" in replied(played[-1])


def test_a_station_is_closed(terminal: Terminal) -> None:
    *_, told, listed = play(
        terminal,
        *signed_up(),
        of_staff(f"staff close-station {STATION}"),
        {"user": "a", "text": "辅导站"},
    )
    assert len(told["pushed"]) == 1
    assert STATION not in replied(listed)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("cancel", "99", "2027-04-07"), "there is no open shift 99"),
        (("cancel", "3", "2027-04-04"), "shift 3 is not held on 2027-04-04, but on 2027-04-03"),
        (("move", "3", "2027-04-01T09:00"), "the new time is over"),
        (("move", "3", "2027-04-03T09:00"), "it is at that time already"),
        (("move", "99", "2027-04-07T09:00"), "there is no open shift 99"),
        (("move", "3", "2027-04-07T09:00", "--ends", "08:00"), "it must end after it begins"),
        (("close-shift", "99"), "there is no open shift 99"),
        (("close-station", "没有的站"), "there is no open station 没有的站"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    terminal: Terminal, words: tuple[str, ...], why: str
) -> None:
    terminal.printed("samples", GUANXIN_NOW=START)
    assert terminal.complaint("staff", *words, GUANXIN_NOW=START).startswith(why)


@pytest.mark.parametrize(
    "words",
    [
        ("cancel", "3", "soon"),
        ("cancel", "0", "2027-04-07"),
        ("cancel", "99999999999", "2027-04-07"),
        ("move", "3", "2027-04-07"),
        ("called", "x", "y"),
    ],
)
def test_wrong_use_changes_nothing(terminal: Terminal, words: tuple[str, ...]) -> None:
    result = terminal.type("staff", *words)
    assert (result.exit_code, result.stdout) == (2, "")
