"""Broadcasts from the command line: preview, confirm, stop, and the result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from bot import app
from handlers import wording_broadcast as words
from storage.store import Store
from tests.casting import TEXT, crowd, member, signs_up, someone, station
from tests.conftest import NOW, settings_in
from tests.test_cli import Terminal, rows

LATE = "2026-11-23T09:02:00+08:00"
"""Two minutes after NOW."""


class Desk(Terminal):
    """A terminal at the time of NOW."""

    def __init__(self, folder: Path, key: str) -> None:
        super().__init__(folder)
        self.environment |= {"GUANXIN_KEY": key, "GUANXIN_NOW": NOW.isoformat()}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = app.open_store(settings_in(tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    folder = tmp_path / "data"
    return Desk(folder, settings_in(folder).key)


def broadcast(desk: Desk, *words: str) -> list[str]:
    return desk.printed("staff", "broadcast", TEXT, "--role", "all", *words).splitlines()


def test_a_preview_sends_nothing(desk: Desk, store: Store) -> None:
    member(store)
    crowd(store, 2)
    someone(store, "a", channel="web")
    shown = broadcast(desk)
    assert shown[0] == "3 people: page 1, unreachable 2"
    assert shown[1] == f"  {TEXT}"
    assert shown[-1] == "broadcast 1 is a draft: the same command with --confirm sends it"
    assert desk.printed("staff", "broadcasts").split()[:2] == ["1", "draft"]


def test_confirming_the_preview_then_doing_it_again(desk: Desk, store: Store) -> None:
    member(store)
    crowd(store, 2)
    broadcast(desk)
    said = broadcast(desk, "--confirm")[-1]
    assert said == "broadcast 1 is confirmed; until 09:01:00: guanxin staff undo 1"
    again = desk.type("staff", "broadcast", f"{TEXT}！", "--confirm", "--role", "all")
    assert again.exit_code == 1
    assert "the same text was confirmed at 09:00" in again.stderr
    assert "broadcast 3 is confirmed" in broadcast(desk, "--confirm", "--again")[-1]


def test_whom_it_is_for(desk: Desk, store: Store) -> None:
    member(store)
    helper, *_ = crowd(store, 3)
    _, shift = station(store, "示例·河海站", "常州市")
    station(store, "示例·郑陆站", "郑陆镇")
    signs_up(store, helper, shift)
    counted = [
        desk.printed("staff", "broadcast", TEXT, *more).split(" ", 1)[0]
        for more in ([], ["--station", "河海"], ["--region", "南通"], ["--role", "all"])
    ]
    assert counted == ["1", "1", "0", "3"]
    why = desk.complaint("staff", "broadcast", TEXT, "--station", "示例")
    assert why == "2 stations have 示例 in their name; one is needed"
    nobody = desk.type("staff", "broadcast", TEXT, "--region", "南通", "--confirm")
    assert nobody.stderr.strip() == "nobody is in this audience"


def test_who_sends_it(desk: Desk, store: Store) -> None:
    crowd(store, 1)
    assert "there is no member of staff" in desk.complaint("staff", "broadcast", TEXT)
    member(store)
    member(store, "李老师", role="staff")
    assert "--as NAME" in desk.complaint("staff", "broadcast", TEXT)
    assert "no member of staff" in desk.complaint("staff", "broadcast", TEXT, "--as", "谁")
    assert any("李老师" in line for line in broadcast(desk, "--as", "李老师"))
    urgent = desk.complaint("staff", "broadcast", TEXT, "--urgent", "--as", "李老师")
    assert urgent == "only an admin sends what is urgent"
    assert "1 people" in broadcast(desk, "--urgent", "--as", "王老师")[0]


def test_a_test_needs_a_chat(desk: Desk, store: Store) -> None:
    from tests.casting import link

    by = member(store)
    page = someone(store, "a", channel="web")
    unlinked = desk.type("staff", "broadcast", TEXT, "--test")
    assert unlinked.stderr.strip() == "this member of staff is known in no chat"
    link(store, by, page)
    assert "test to 王老师: on its way" in broadcast(desk, "--test")


def test_undo_pause_resume_and_stop(desk: Desk, store: Store) -> None:
    member(store)
    crowd(store, 2)
    broadcast(desk, "--confirm")
    for act, state in (("pause", "paused"), ("resume", "confirmed"), ("undo", "undone")):
        assert desk.printed("staff", act, "1") == f"broadcast 1 is {state}\n"
    assert "nothing was changed" in desk.complaint("staff", "stop", "1")
    broadcast(desk, "--confirm")
    late = desk.complaint("staff", "undo", "2", GUANXIN_NOW=LATE)
    assert late.startswith("the 60 seconds for undoing are over")
    assert desk.printed("staff", "stop", "2", GUANXIN_NOW=LATE) == "broadcast 2 is stopped\n"
    assert desk.complaint("staff", "stop", "9") == "there is no such broadcast"


def test_the_result_as_lines_json_and_excel(desk: Desk, store: Store, tmp_path: Path) -> None:
    from tests.casting import expand

    member(store)
    someone(store, "a", channel="web", name="=李桂芳", phone="13900001234")
    someone(store, "out", opted_out_at=NOW)
    broadcast(desk, "--confirm")
    expand(store)
    assert desk.printed("staff", "result", "1").splitlines() == [
        "broadcast 1 is confirmed: 2 people",
        "waiting 1, opted_out 1",
        "=李桂芳  139****1234  网页  网页消息  等着发  11月23日（周一） 09:01 起发",
        *desk.printed("staff", "result", "1").splitlines()[3:],
    ]
    first, *each = rows(desk.printed("staff", "result", "1", "--json"))
    assert first["totals"] == {"waiting": 1, "opted_out": 1}
    assert first["count"] == sum(first["totals"].values()) == len(each)
    assert [(row["state"], row["outcome"]) for row in each] == [
        ("waiting", "等着发"), ("opted_out", "已退订")
    ]  # fmt: skip
    file = tmp_path / "result.xlsx"
    desk.printed("staff", "result", "1", "--excel", str(file))
    page = openpyxl.load_workbook(file)[words.SHEET_EACH]
    assert [cell.value for cell in page["A"]] == ["姓名", "=李桂芳", words.NO_NAME]
    why = desk.complaint("staff", "result", "1", "--excel", str(file))
    assert why == f"{file} cannot be written: File exists"
    assert desk.complaint("staff", "result", "7") == "there is no such broadcast"
    (listed,) = rows(desk.printed("staff", "broadcasts", "--json"))
    assert (listed["id"], listed["text"], listed["totals"]) == (1, TEXT, first["totals"])


def test_in_a_simulation(desk: Desk, store: Store) -> None:
    member(store)
    send = f"staff broadcast {TEXT} --role all --confirm"
    lines = [
        {"user": "a", "text": "你好", "channel": "telegram"},
        {"user": "b", "text": "你好"},
        {"staff": send},
        {"at": "2026-11-23T09:00:50+08:00"},
        {"staff": send},
        {"at": "2026-11-23T09:02:00+08:00"},
        {"staff": f"{send} --again"},
        {"staff": "staff stop 2"},
        {"at": "2026-11-25T09:00:00+08:00"},
    ]
    played = rows(desk.printed("simulate", given="\n".join(map(json.dumps, lines))))
    assert [row["error"] is None for row in played] == [True] * 4 + [False] + [True] * 4
    assert "the same text was confirmed at 09:00" in played[4]["error"]
    pushed = [[(push["user"], push["way"]) for push in row["pushed"]] for row in played]
    assert pushed == [[], [], [], [], [], [("a", "telegram"), ("b", "page")], [], [], []]
    assert {push["occasion"] for push in played[5]["pushed"]} == {"broadcast:1"}
    listed = rows(desk.printed("staff", "broadcasts", "--json"))
    assert [row["state"] for row in listed] == ["stopped", "done"]


def test_who_it_is_from_is_remembered(desk: Desk, store: Store) -> None:
    member(store)
    crowd(store, 1)
    assert "  —— 关工委 王老师" in broadcast(desk)
    assert "  —— 和平社区关工委" in broadcast(desk, "--sender", "和平社区关工委")
    assert "  —— 和平社区关工委" in broadcast(desk, "--again")
    assert (
        "40 characters at most"
        in desk.type("staff", "broadcast", TEXT, "--sender", "关" * 41).stderr
    )
