"""doctor: one finding for each thing, and a look that fails is a finding."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from bot import doctor, samples, settings
from bot.app import Guanxin
from bot.doctor import Finding
from storage import tickets
from storage.cipher import new_key
from tests.conftest import NOW


def examined(folder: Path, **environment: str) -> dict[str, Finding]:
    given = {"GUANXIN_DATA_DIR": str(folder)}
    given |= {f"GUANXIN_{name}": value for name, value in environment.items()}
    return {finding.what: finding for finding in doctor.examine(settings.load(given))}


def ill(findings: dict[str, Finding]) -> list[str]:
    assert not any("\n" in finding.seen for finding in findings.values())
    return [what for what, finding in findings.items() if not finding.well]


def test_a_new_folder_is_well(tmp_path: Path) -> None:
    findings = examined(tmp_path / "data")
    assert ill(findings) == []
    assert str(tmp_path / "data" / "key") in findings["key"].seen
    assert "guanxin samples" in findings["stations"].seen
    assert findings["waiting for staff"].seen == "none"


def test_it_counts_what_waits(guanxin: Guanxin) -> None:
    def fill(tx: Any) -> None:
        for _ in range(2):
            tickets.open_ticket(tx, "human", NOW)
        tickets.open_ticket(tx, "danger", NOW)

    guanxin.store.write_now(fill)
    findings = examined(guanxin.settings.data_dir, KEY=guanxin.settings.key)
    assert ill(findings) == []
    assert findings["key"].seen == "from GUANXIN_KEY"
    assert findings["stations"].seen == str(len(samples.STATIONS))
    assert findings["waiting for staff"].seen == "1 danger, 2 human"


def test_a_key_that_others_can_read(tmp_path: Path) -> None:
    examined(tmp_path)
    (tmp_path / "key").chmod(0o640)
    findings = examined(tmp_path)
    assert ill(findings) == ["key"]
    assert f"chmod 600 {tmp_path / 'key'}" in findings["key"].seen


def test_another_key(tmp_path: Path) -> None:
    examined(tmp_path)
    findings = examined(tmp_path, KEY=new_key())
    assert ill(findings) == ["database"]
    assert "another GUANXIN_KEY" in findings["database"].seen


def test_a_database_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "guanxin.db").write_bytes(b"no database" * 999)
    assert ill(examined(tmp_path)) == ["database"]


def test_a_damaged_database(guanxin: Guanxin) -> None:
    guanxin.store.close()
    file = guanxin.settings.data_dir / "guanxin.db"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        find = "SELECT rootpage FROM sqlite_master WHERE tbl_name = 'stations'"
        pages = connection.execute(find).fetchall()
        ((size,),) = connection.execute("PRAGMA page_size").fetchall()
    with file.open("r+b") as opened:
        for (page,) in pages:
            opened.seek((page - 1) * size)
            opened.write(b"\xff" * size)
    findings = examined(guanxin.settings.data_dir, KEY=guanxin.settings.key)
    assert ill(findings) == ["stations"]
    assert findings["stations"].seen == "database disk image is malformed"


def test_a_server_out_of_reach(tmp_path: Path) -> None:
    findings = examined(tmp_path, DATABASE_URL="postgresql://a:hunter2@127.0.0.1:1/x")
    assert ill(findings) == ["database"]
    assert "hunter2" not in findings["database"].seen


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert ill(examined(tmp_path / "file")) == ["key", "database"]


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(9, 9, doctor.LEAST_DISK))
    assert ill(examined(tmp_path)) == ["disk"]


def test_a_package_of_another_distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOMS", (*doctor.ROOMS, "json"))
    findings = examined(tmp_path)
    assert ill(findings) == ["packages"]
    assert findings["packages"].seen == "not ours: json"
