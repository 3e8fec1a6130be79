"""The commands as somebody types them: what they print where, and how they end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer.main
from typer.testing import CliRunner

from bot import app, cli, opening
from bot.clock import system
from storage import logins, passwords, schema, sessions, staff
from storage.cipher import new_key
from storage.engine import Transaction
from tests.conftest import KEY, new_postgresql_database, settings_in
from tests.papers import PAPERS

ROOT = Path(__file__).parent.parent
DOC = (ROOT / "docs" / "commands.md").read_text("utf-8")
ASKED = "常州的四点钟课堂是什么"


class Terminal:
    """Types commands in a data folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.environment = {"GUANXIN_DATA_DIR": str(folder)}

    def type(self, *words: str, given: str | bytes = "", **more: str) -> Any:
        return CliRunner().invoke(
            cli.cli, list(words), input=given, env=self.environment | more, prog_name="guanxin"
        )

    def printed(self, *words: str, given: str | bytes = "", **more: str) -> str:
        """Return what a command that succeeds prints."""
        result = self.type(*words, given=given, **more)
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    def complaint(self, *words: str, given: str | bytes = "", **more: str) -> str:
        """Return the one sentence with which a command fails."""
        result = self.type(*words, given=given, **more)
        assert (result.exit_code, result.stdout) == (1, ""), result.output
        assert result.stderr.count("\n") == 1
        return str(result.stderr).strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def terminal(folder: Path) -> Terminal:
    return Terminal(folder)


def rows(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


# What cannot be done, in one sentence


def test_an_unknown_setting_ends_every_command(terminal: Terminal) -> None:
    for words in (["migrate"], ["doctor"], ["ask", "五老"], ["simulate"], ["talk"], ["serve"]):
        assert "GUANXIN_PORT?" in terminal.complaint(*words, GUANXIN_PORTT="1")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://root@localhost/x", "begins with"),
        ("postgresql://a:hunter2@127.0.0.1:1/x", "Connection refused"),
        ("sqlite:////no/such/folder/x.db", "unable to open database file"),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "simulate"])
def test_a_database_out_of_reach(terminal: Terminal, command: str, url: str, why: str) -> None:
    sentence = terminal.complaint(command, GUANXIN_DATABASE_URL=url)
    assert why in sentence
    assert "hunter2" not in sentence


def test_another_key(terminal: Terminal, folder: Path) -> None:
    terminal.printed("samples")
    sentence = terminal.complaint("ask", ASKED, GUANXIN_KEY=new_key())
    assert sentence == f"{folder / 'guanxin.db'} was encrypted with another GUANXIN_KEY"


@pytest.mark.parametrize("command", ["migrate", "simulate", "talk", "samples"])
def test_a_database_file_that_is_none(terminal: Terminal, folder: Path, command: str) -> None:
    folder.mkdir()
    (folder / "guanxin.db").write_bytes(b"no database at all" * 500)
    assert terminal.complaint(command).endswith("file is not a database")


def test_a_data_folder_that_cannot_be_made(terminal: Terminal, folder: Path) -> None:
    folder.touch()
    assert terminal.complaint("migrate").startswith("GUANXIN_DATA_DIR cannot be used")


def test_postgresql_without_tables_names_the_way_out(terminal: Terminal, postgresql: str) -> None:
    url = {"GUANXIN_DATABASE_URL": new_postgresql_database(postgresql)}
    assert terminal.complaint("ask", ASKED, **url).endswith("run: guanxin migrate")
    assert terminal.printed("migrate", **url) == f"from nothing to {schema.newest()}\n"
    assert terminal.printed("migrate", **url) == f"from {schema.newest()} to {schema.newest()}\n"
    assert terminal.printed("ask", ASKED, **url)


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["ask"],
        ["ask", " "],
        ["ask", "--year", "soon", ASKED],
        ["ask", "--unknown", ASKED],
        ["backup"],
        ["restore"],
        ["staff"],
        ["staff", "add"],
        ["staff", "add", " "],
        ["staff", "add", "王\x07"],
        ["staff", "add", "王" * 41],
    ],
)
def test_wrong_use(terminal: Terminal, words: list[str], folder: Path) -> None:
    result = terminal.type(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "guanxin" in result.stderr
    assert not folder.exists()


def test_a_mistake_of_ours_leaves_a_log_line_and_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stumbles(**_: object) -> None:
        raise ValueError("13900001234\nsecond line")

    monkeypatch.setattr(cli, "cli", stumbles)
    with pytest.raises(SystemExit, match="1"):
        cli.main()
    line, sentence = capsys.readouterr().err.splitlines()
    assert "13900001234" not in line
    assert "stumbles" in json.loads(line)["exception"]
    assert sentence.startswith("guanxin made a mistake: ")


def test_first_line_of_nothing() -> None:
    assert opening.first_line(ValueError()) == "ValueError"


# The commands


def test_samples(terminal: Terminal) -> None:
    assert terminal.printed("samples", "--if-empty") == "4 sample stations loaded\n"
    assert terminal.printed("samples", "--if-empty") == ""
    assert terminal.printed("samples") == "0 sample stations loaded\n"


def test_a_member_of_staff_is_entered_once(terminal: Terminal) -> None:
    printed = terminal.printed("staff", "add", "王老师")
    assert re.search(r"password [\w-]{12} ", printed)
    assert terminal.complaint("staff", "add", " 王老师 ") == "王老师 is entered already"


def test_a_forgotten_password(terminal: Terminal, folder: Path) -> None:
    terminal.environment["GUANXIN_KEY"] = KEY
    old = re.search(r"password ([\w-]{12}) ", terminal.printed("staff", "add", "王老师"))
    assert old
    store, machine = app.open_store(settings_in(folder)), system()

    def used(tx: Transaction) -> None:
        known = staff.credentials(tx, "王老师")
        assert known
        staff.set_password(tx, known.id, known.password_hash, must_change=False)
        sessions.start(tx, known.id, "a" * 43, machine)
        for _ in range(7):
            logins.attempt(tx, (logins.account("王老师"),), machine)

    store.write_now(used)
    said = re.search(r"password ([\w-]{12}) ", terminal.printed("staff", "reset", " 王老师 "))
    assert said
    known = store.read_now(lambda tx: staff.credentials(tx, "王老师"))
    assert known
    assert passwords.fits(said[1], known.password_hash)
    assert not passwords.fits(old[1], known.password_hash)
    (entry,) = store.read_now(staff.everybody)
    assert entry.must_change
    assert store.read_now(lambda tx: sessions.find(tx, "a" * 43, machine)) is None
    key = logins.account("王老师")
    assert not store.read_now(lambda tx: logins.is_closed(tx, key, machine))
    assert store.read_now(staff.recorded)[-1] == ("terminal", "staff password", "staff 1")
    store.write_now(lambda tx: staff.disable(tx, 1, machine))
    store.close()
    for nobody in ("王老师", "李老师"):
        complaint = terminal.complaint("staff", "reset", nobody)
        assert complaint == f"{nobody} is no member of staff who may log in"


def test_an_answer_with_its_source(terminal: Terminal) -> None:
    text, source = terminal.printed("ask", ASKED).splitlines()
    assert "课堂" in text
    assert source.startswith("出处：《常州市")


def test_json_alone_stands_on_standard_output(terminal: Terminal) -> None:
    (row,) = rows(terminal.printed("ask", "--json", ASKED))
    assert list(row) == ["id", "kind", "level", "intent", "text", "sources", "score"]
    assert (row["id"], row["kind"]) == (None, "answer")


def test_region_and_year_come_as_options(terminal: Terminal) -> None:
    asked = ["ask", "--json", "五老做什么"]
    (row,) = rows(terminal.printed(*asked, "--region", "南通"))
    assert {source["plan"] for source in row["sources"]} == {"001-nantong-2023"}
    (row,) = rows(terminal.printed(*asked, "--year", "2031"))
    assert row["kind"] == "refusal"


def test_what_is_no_question(terminal: Terminal) -> None:
    (row,) = rows(terminal.printed("ask", "--json", "--intent", "我要报名"))
    assert row["kind"] == "other"
    (row,) = rows(terminal.printed("ask", "--json", "--intent", ASKED))
    assert (row["kind"], row["intent"]) == ("answer", "ask_kb")


def test_lines_are_answered_in_order_and_bad_ones_named(terminal: Terminal) -> None:
    lines = [
        json.dumps({"id": 1, "question": ASKED}).encode("utf-8-sig"),
        b"junk",
        b"",
        b'{"id": 2, "question": "\xff"}',
        b'{"id": "\\ud800", "question": "\\ud800\\u0000' + "五老".encode() * 20_000 + b'"}',
    ]
    result = terminal.type("ask", "-", given=b"\n".join(lines))
    assert result.exit_code == 1
    assert [row["id"] for row in rows(result.stdout)] == [1, "\ud800"]
    assert result.stderr.splitlines() == ["line 2 is not JSON", "line 4 is not UTF-8"]


def test_nothing_on_standard_input(terminal: Terminal) -> None:
    assert terminal.printed("ask", "-") == ""
    assert terminal.printed("simulate") == ""


def unanswered(terminal: Terminal) -> str:
    found = {row["what"]: row["seen"] for row in rows(terminal.printed("doctor", "--json"))}
    return str(found["waiting for staff"])


def test_only_what_failed_is_kept_and_only_when_told(terminal: Terminal) -> None:
    terminal.printed("ask", "红烧肉怎么做")
    terminal.printed("ask", "--keep", ASKED)
    assert unanswered(terminal) == "none"
    terminal.printed("ask", "--keep", "--region", "\udcff火星" * 40, "红烧肉怎么做")
    assert unanswered(terminal) == "1 unanswered"


def test_asking_loads_no_samples(terminal: Terminal) -> None:
    terminal.printed("ask", ASKED)
    assert terminal.printed("samples") == "4 sample stations loaded\n"


def test_a_folder_of_plans(terminal: Terminal, tmp_path: Path) -> None:
    plans = tmp_path / "plans"
    assert terminal.complaint("ask", "--plans", str(plans), ASKED) == f"there is no folder {plans}"
    plans.mkdir()
    (plans / "empty.txt").touch()
    result = terminal.type("ask", "--json", "--plans", str(plans), ASKED)
    assert (result.exit_code, rows(result.stdout)[0]["kind"]) == (0, "refusal")
    assert "empty.txt" in result.stderr


def test_a_conversation_in_the_terminal(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("uid 12345")

    monkeypatch.setattr("getpass.getuser", nobody)
    printed = terminal.printed("talk", given="菜单\n\n2\n")
    assert "2. 报名" in printed
    assert "您想报哪一样" in printed
    assert terminal.printed("samples") == "0 sample stations loaded\n"


def test_a_long_reply_is_not_broken(terminal: Terminal) -> None:
    printed = terminal.printed("talk", given=f"{ASKED}\n")
    assert max(len(line) for line in printed.splitlines()) > 80


# As a process


def process(folder: Path, *words: str, **more: str) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "GUANXIN_DATA_DIR": str(folder)} | more
    return subprocess.Popen(
        [sys.executable, "-c", "from bot.cli import main; main()", *words],
        cwd=ROOT, env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.fixture
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with process(folder, "serve", GUANXIN_PORT="0") as server:
        assert server.stdout is not None
        said = re.search(r"Open (http://127.0.0.1:\d+)", server.stdout.readline().decode())
        assert said is not None
        yield server, said[1]
        server.kill()


def test_serving_until_sigterm(serving: tuple[subprocess.Popen[bytes], str]) -> None:
    server, address = serving
    assert httpx.get(f"{address}/healthz").json()["status"] == "ok"
    said = {"id": "example-0001", "text": "13900001234"}
    assert httpx.post(f"{address}/messages", json=said).status_code == 200
    server.send_signal(signal.SIGTERM)
    _, logged = server.communicate(timeout=10)
    assert server.returncode == 0
    (line,) = rows(logged.decode())
    assert (line["event"], line["message"]) == ("message", "example-0001")


def test_a_port_that_is_taken(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        sentence = terminal.complaint("serve", GUANXIN_PORT=port)
    assert sentence.startswith(f"127.0.0.1:{port} cannot be used: Address already in use")


def test_a_pipe_that_is_closed_early_makes_no_noise(folder: Path) -> None:
    with process(folder, "simulate", PYTHONIOENCODING="ascii") as player:
        assert player.stdin is not None
        assert player.stdout is not None
        player.stdin.write('{"user": "a", "text": "菜单"}\n'.encode() * 200)
        player.stdin.close()
        assert "您想做什么" in json.loads(player.stdout.readline())["replies"][0]["text"]
        player.stdout.close()
        assert player.stderr is not None
        assert player.stderr.read() == b""


# What the documentation says


def commands(
    group: Any = None, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    group = group or typer.main.get_command(cli.cli)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name), command


def sections() -> dict[str, str]:
    parts = re.split(r"^## guanxin (.+)$", DOC, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_documentation_has_a_section_for_every_command_and_no_other() -> None:
    assert set(sections()) == {" ".join(words) for words, _ in commands()}


@pytest.mark.parametrize(("words", "command"), list(commands()), ids=lambda value: str(value))
def test_the_documentation_names_every_option_and_no_other(
    words: tuple[str, ...], command: Any
) -> None:
    options = {
        option for one in command.params for option in one.opts if option.startswith("--")
    } - {"--help"}
    assert set(re.findall(r"(?<!-)--[a-z][a-z-]*", sections()[" ".join(words)])) == options


def shown() -> list[tuple[str, str, str]]:
    """Return input, words and first line of output of every example whose output is fixed."""
    form = r"^\$ (?:echo '(.+)' \| )?guanxin (.+)\n(.+)$"
    return [found for found in re.findall(form, DOC, re.M) if found[1].split()[0] not in LIVELY]


LIVELY = {"serve", "staff", "doctor", "dates"}
"""Their output has a port, a password or a folder in it, or is that of a file."""


@pytest.mark.parametrize(("given", "words", "output"), shown())
def test_the_documented_output_is_real(
    given: str, words: str, output: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("2025.docx").write_bytes(PAPERS[0].data)
    if words.startswith("forget"):
        terminal.printed("learn", "2025.docx")
    printed = terminal.printed(*words.split(), given=given)
    assert printed.splitlines()[0] == output


def test_doctor_looks_at_what_the_documentation_shows(terminal: Terminal) -> None:
    looked = [line.partition(":")[0] for line in terminal.printed("doctor").splitlines()]
    assert looked == re.findall(r"^(✓ .+?):", DOC, re.M)
