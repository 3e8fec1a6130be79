"""Logs: JSON for machines, and nothing that identifies a person or opens a door."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import logs
from handlers import respond
from handlers.message import Reply
from storage.cipher import new_key
from tests.conftest import Say

BOT_TOKEN = "1234567890:AAF-abcdefghijklmnopqrstuvwxyz012345"


def line(**event: Any) -> str:
    return json.dumps(logs.redact(None, "info", event), ensure_ascii=False)


@pytest.mark.parametrize(
    "number",
    [
        "13900001234",
        "139 0000 1234",
        "139-0000-1234",
        "+86 13900001234",
        "8613900001234",
        "\uff11\uff13\uff19" + "\uff10" * 4 + "\uff11234",
        "0519-80000002",
        "010-80000002",
    ],
)
def test_telephone_numbers_are_struck_out(number: str) -> None:
    shown = line(event=f"电话{number}。")
    assert not re.search(r"\d{2}", shown)
    assert shown.startswith('{"event": "电话')


@given(st.integers(0, 9999), st.text("我的电话是,. \n", max_size=9))
def test_telephone_numbers_are_struck_out_wherever_they_stand(last: int, words: str) -> None:
    number = f"1390000{last:04}"
    shown = line(event=words + number, deep={"a": [number, int(number)]}, error=ValueError(number))
    assert number not in shown
    json.loads(shown)


@pytest.mark.parametrize("number", ["1234567890123456789", "0123456789abcdef", "20270401", "7"])
def test_other_numbers_stay(number: str) -> None:
    assert number in line(message=number)


def test_numbers_stay_numbers() -> None:
    assert logs.redact(None, "info", {"ms": 1.5, "plans": 5, "ok": True, "why": None}) == {
        "ms": 1.5,
        "plans": 5,
        "ok": True,
        "why": None,
    }


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET /cgi-bin/token?access_token=abcDEF123&x=1", "abcDEF123"),
        ('{"access_token": "abcDEF123"}', "abcDEF123"),
        ("{'secret': 'abcDEF123'}", "abcDEF123"),
        ("postgresql://guanxin:abcDEF123@localhost/x", "abcDEF123"),
        (f"https://api.telegram.org/bot{BOT_TOKEN}/getMe", BOT_TOKEN[-20:]),
        pytest.param(key := f"the key is {new_key()}", key[-20:], id="key"),
    ],
)
def test_secrets_are_struck_out(text: str, secret: str) -> None:
    assert secret not in line(event=text, problem=ValueError(text))


@pytest.mark.parametrize("name", ["key", "telegram_token", "app_secret", "password"])
def test_fields_with_the_name_of_a_secret_are_struck_out(name: str) -> None:
    assert "abc" not in line(**{name: "abc"}, deep={name: "abc"})


def stumble() -> None:
    raise ValueError("13900001234")


@pytest.mark.parametrize("as_json", [True, False])
def test_tracebacks_are_redacted(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=as_json)
    try:
        stumble()
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("uvicorn.error").exception("13900001234")
    printed = capsys.readouterr().err
    assert printed.count("in stumble") == 2
    assert "13900001234" not in printed


def test_lines_of_libraries_are_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=True)
    with structlog.contextvars.bound_contextvars(message="m1"):
        logging.getLogger("uvicorn.error").warning("Invalid %s", "request")
    row = json.loads(capsys.readouterr().err)
    assert (row["event"], row["level"], row["message"]) == ("Invalid request", "warning", "m1")


def test_setting_up_twice_logs_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=True)
    logs.set_up(as_json=True)
    logging.getLogger("x").error("once")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_quiet_logs_tell_only_of_trouble(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=True, quiet=True)
    structlog.get_logger().info("message")
    structlog.get_logger().warning("busy")
    assert [json.loads(row)["event"] for row in capsys.readouterr().err.splitlines()] == ["busy"]


async def test_every_line_of_a_message_has_its_id_and_none_its_words(
    say: Say, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(as_json=True)

    def stumbles(*_: object) -> Reply:
        raise ValueError("李桂芳 13900001234")

    await say("李桂芳 13900001234", id="m-1")
    monkeypatch.setattr(respond, "LISTENERS", (stumbles,))
    await say("李桂芳 13900001234", id="m-2")
    printed = capsys.readouterr().err
    rows = [json.loads(row) for row in printed.splitlines()]
    assert [(row["event"], row["message"]) for row in rows] == [
        ("message", "m-1"),
        ("failed", "m-2"),
        ("message", "m-2"),
    ]
    assert "stumbles" in rows[1]["exception"]
    assert "13900001234" not in printed
    assert "李桂芳" not in json.dumps([rows[0], rows[2]], ensure_ascii=False)
