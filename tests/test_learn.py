"""Learning plans: what is told, what is kept, and that it is answered from."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot import app, learning
from bot.library import Library
from knowledge import plan
from knowledge.documents.reading import read
from storage import plans, staff
from storage.store import Store
from tests.conftest import KEY, NOW, settings_in
from tests.papers import PAPERS, Paper
from tests.test_cli import Terminal

CITY, SCHOOL, _, _, _, COUNTY, *_ = PAPERS
ASKED = "云溪市学雷锋主题宣讲由谁负责"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


def write(folder: Path, paper: Paper) -> str:
    path = folder / paper.name
    path.write_bytes(paper.data)
    return str(path)


def rows(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def learned(store: Store, path: str) -> str | None:
    return learning.learn(store, Path(path), "test", NOW).kept


def titles(store: Store) -> list[str]:
    library = Library(store)
    library.refresh()
    return [one.title for one in library.book.plans if not one.digest]


def test_a_plan_is_told_as_one_object(terminal: Terminal, tmp_path: Path) -> None:
    path = write(tmp_path, CITY)
    (row,) = rows(terminal.printed("learn", "--json", path))
    assert list(row) == [
        *("file", "title", "issuer", "place", "year", "number", "issued"),
        *("sections", "items", "doubts"),
    ]
    assert (row["file"], row["title"], row["issuer"]) == (path, CITY.title, CITY.issuer)
    assert (row["place"], row["year"]) == (CITY.place, CITY.year)
    assert (row["number"], row["issued"]) == (CITY.number, CITY.issued)
    assert [section["path"] for section in row["sections"]] == list(CITY.sections)
    assert {"path": "一/（一）", "title": "（一）建设社区书屋"} in row["sections"]
    assert row["items"] == rows(terminal.printed("dates", "--json", path)) != []


def test_what_is_learned_is_answered(terminal: Terminal, tmp_path: Path) -> None:
    terminal.printed("learn", write(tmp_path, CITY))
    (answer,) = rows(terminal.printed("ask", "--json", "--region", "云溪市", ASKED))
    first = answer["sources"][0]
    assert (first["plan"], first["number"], first["section"]) == ("city", CITY.number, "附件/3月")
    assert first["quote"] == "3月 学雷锋主题宣讲 市关工委办公室"


def test_a_dry_run_stores_nothing(terminal: Terminal, tmp_path: Path) -> None:
    terminal.printed("learn", "--dry-run", write(tmp_path, CITY))
    (answer,) = rows(terminal.printed("ask", "--json", "--region", "云溪市", ASKED))
    assert all(source["plan"] != "city" for source in answer["sources"])


def test_a_file_that_is_refused_changes_nothing_and_the_next_goes_on(
    terminal: Terminal, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7")
    result = terminal.type("learn", "--json", str(bad), "none.txt", write(tmp_path, COUNTY))
    assert result.exit_code == 1
    assert [row["title"] for row in rows(result.stdout)] == [COUNTY.title]
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["bad.pdf", "none.txt"]


def test_learning_again_replaces_by_number_or_by_name(store: Store, tmp_path: Path) -> None:
    city = write(tmp_path, CITY)
    assert learned(store, city) == "new"
    assert learned(store, city) == "unchanged"
    before = store.read_now(plans.ids)
    text = "云关工委[2025]6号\n云溪市关工委2025年工作计划\n一、重点\n书屋改为每天开放，全年不休。\n"
    (tmp_path / "newer.txt").write_text(text, "utf-8")
    assert learned(store, str(tmp_path / "newer.txt")) == "again"
    assert titles(store) == ["云溪市关工委2025年工作计划"]
    assert not before & store.read_now(plans.ids)
    assert learned(store, write(tmp_path, COUNTY)) == "new"
    (tmp_path / "again.txt").write_bytes(COUNTY.data.replace("三期".encode(), "四期".encode()))
    assert learned(store, str(tmp_path / "again.txt")) == "again"
    acts = [act for _, act, _ in store.read_now(staff.recorded)]
    assert acts == ["learn"] * 4


def test_two_files_of_one_name_are_two_plans(store: Store, tmp_path: Path) -> None:
    for number, place in enumerate(("柳湾镇", "梨园镇")):
        path = tmp_path / str(number) / "计划.txt"
        path.parent.mkdir()
        path.write_text(f"{place}2025年工作计划\n一、重点\n走访困难家庭，一户不漏。\n", "utf-8")
        assert learned(store, str(path)) == "new"
    found = store.read_now(lambda tx: plans.facts(tx, plans.ids(tx)))
    assert {facts[0].plan.key for facts in found.values()} == {"计划", "计划-2"}


def test_what_is_answered_from_is_listed(terminal: Terminal, tmp_path: Path) -> None:
    terminal.printed("learn", write(tmp_path, CITY), GUANXIN_NOW="2026-03-02T09:00:00+08:00")
    listed = {row["plan"]: row for row in rows(terminal.printed("plans", "--json"))}
    assert set(listed) == {"city", *(fact.plan.key for fact in plan.shipped())}
    assert listed["city"] == {
        "plan": "city", "title": CITY.title, "issuer": CITY.issuer, "place": CITY.place,
        "year": CITY.year, "number": CITY.number, "learned": "2026-03-02T09:00+08:00",
    }  # fmt: skip
    assert {row["learned"] for key, row in listed.items() if key != "city"} == {None}
    lines = terminal.printed("plans").splitlines()
    assert [line.split("  ")[1] for line in lines if CITY.title in line] == [
        "learned 2026-03-02T09:00+08:00"
    ]


def test_what_was_learned_can_be_forgotten(terminal: Terminal, tmp_path: Path) -> None:
    terminal.printed("learn", write(tmp_path, CITY))
    assert terminal.printed("forget", "city") == "city: forgotten\n"
    (answer,) = rows(terminal.printed("ask", "--json", "--region", "云溪市", ASKED))
    assert all(source["plan"] != "city" for source in answer["sources"])
    assert "no plan was learned by the name city" in terminal.complaint("forget", "city")
    terminal.printed("learn", write(tmp_path, CITY))


def test_forgetting_tells_of_a_file_that_is_learned_again(
    terminal: Terminal, tmp_path: Path
) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    write(folder, SCHOOL)
    path = write(folder, CITY)
    terminal.printed("learn", path)
    told = terminal.printed("forget", "city", GUANXIN_PLANS=str(folder))
    assert told.splitlines()[1].split()[0] == path


def test_a_forgotten_plan_leaves_the_live_book_and_its_digest_is_back(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "n.txt").write_text("通办[2023]41号\n南通市2023年工作意见\n一、走访\n", "utf-8")
    learned(store, str(tmp_path / "n.txt"))
    library = Library(store)
    library.refresh()
    assert "001-nantong-2023" not in {one.key for one in library.book.plans}
    assert store.write_now(lambda tx: plans.forget(tx, "n", "test", NOW)) is not None
    assert library.refresh()
    assert {one.key for one in library.book.plans} == {fact.plan.key for fact in plan.shipped()}
    assert [act for _, act, _ in store.read_now(staff.recorded)] == ["learn", "forget plan"]


def test_what_is_kept_is_what_was_read(store: Store, tmp_path: Path) -> None:
    learned(store, write(tmp_path, CITY))
    (kept,) = store.read_now(lambda tx: plans.facts(tx, plans.ids(tx))).values()
    assert kept == read(CITY.name, CITY.data).facts


def test_the_same_plan_learned_at_once_is_kept_once(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, CITY)
    with ThreadPoolExecutor(6) as crowd:
        came = list(crowd.map(lambda _: learned(store, path), range(12)))
    assert sorted(filter(None, came)) == ["new", *["unchanged"] * 11]
    assert titles(store) == [CITY.title]


@pytest.mark.parametrize(
    ("top", "gives_way"),
    [
        ("通办[2023]41号\n南通市2023年工作意见", "001-nantong-2023"),
        ("常州市天宁区郑陆镇\n郑陆镇2023年关心下一代工作意见", "003-zhenglu-2023"),
        ("青禾市关心下一代工作委员会2023年工作要点", None),
        ("郑陆镇2024年关心下一代工作意见", None),
    ],
)
def test_a_digest_gives_way_to_its_original(
    store: Store, tmp_path: Path, top: str, gives_way: str | None
) -> None:
    (tmp_path / "plan.txt").write_text(f"{top}\n一、重点\n走访困难家庭，一户不漏。\n", "utf-8")
    learned(store, str(tmp_path / "plan.txt"))
    library = Library(store)
    library.refresh()
    shipped = {fact.plan.key for fact in plan.shipped()}
    left = {one.key for one in library.book.plans}
    assert shipped - left == ({gives_way} if gives_way else set())


def test_a_folder_is_learned_at_the_start_where_it_changed(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    write(folder, SCHOOL)
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    chosen = settings_in(tmp_path / "data").model_copy(update={"plans": folder})
    store = app.open_store(chosen)

    def opened() -> frozenset[int]:
        app.open_library(chosen, store, NOW)
        return store.read_now(plans.ids)

    first = opened()
    assert len(first) == 1
    assert opened() == first
    write(folder, COUNTY)
    second = opened()
    assert len(second) == 2
    assert second > first
    store.close()


def test_a_backup_brings_learned_plans_back(terminal: Terminal, tmp_path: Path) -> None:
    terminal.environment["GUANXIN_KEY"] = KEY
    terminal.printed("learn", write(tmp_path, CITY))
    terminal.printed("backup", str(tmp_path / "all.db"))
    other = Terminal(tmp_path / "other")
    other.environment["GUANXIN_KEY"] = KEY
    other.printed("restore", str(tmp_path / "all.db"))
    (answer,) = rows(other.printed("ask", "--json", "--region", "云溪市", ASKED))
    assert answer["sources"][0]["plan"] == "city"


def test_it_stops_between_files_and_goes_on(tmp_path: Path) -> None:
    names = []
    for number in range(400):
        path = tmp_path / f"{number:03}.txt"
        path.write_text(
            f"第{number}村2025年工作计划\n一、重点\n走访困难家庭，一户不漏。\n", "utf-8"
        )
        names.append(str(path))
    environment = os.environ | {"GUANXIN_DATA_DIR": str(tmp_path / "data"), "GUANXIN_KEY": KEY}
    command = [Path(sys.executable).with_name("guanxin"), "learn", *names]
    with subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 1
    done = int(told.partition("stopped after ")[2].partition(" ")[0])
    assert 0 < done < 400
    store = app.open_store(settings_in(tmp_path / "data"))
    assert len(store.read_now(plans.ids)) == done
    store.close()
