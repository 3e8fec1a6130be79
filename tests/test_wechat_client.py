"""Calls to WeChat: what arrives, what is tried again, and what is told."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.channels import wechat_client, wechat_errors
from bot.channels.base import Halted, TryLater, Uncertain, Undelivered, Unreachable, Unsendable
from bot.channels.wechat_client import WeChatClient
from bot.channels.wechat_errors import (
    NotAuthorised,
    NotGranted,
    NotListed,
    OutsideWindow,
    OverQuota,
    UsedUp,
)
from bot.channels.wechat_sender import (
    LONGEST,
    Account,
    TemplatesError,
    WeChatSender,
    fitted,
    read_templates,
)
from bot.channels.wechat_token import Keys
from bot.connect_wechat import MENU, connect, wrong_with_menu
from bot.doctor import Finding
from handlers.message import Reply
from tests.conftest import Clock
from tests.doubles.wechat_api import APP_ID, APP_SECRET, WeChatApi
from tests.wechat_processes import (
    CALLBACK,
    CREATE_MENU,
    HELLO,
    KEYS,
    NOON,
    SEND,
    SEND_TEMPLATE,
    TEMPLATES,
    TOKEN,
    VALUES,
    Process,
    Start,
    Unlimited,
    after,
    failing,
    outcomes,
)

# What is sent.


async def test_a_reply_arrives_with_its_choices_numbered(api: WeChatApi, process: Process) -> None:
    api.acts("openid-1")
    await process.send("openid-1", HELLO)
    assert api.texts == ["您好\n1. 报名\n2. 问一问"]
    assert "您好".encode() in api.calls[-1].raw


async def test_a_long_reply_arrives_in_parts_of_at_most_2000_bytes(
    api: WeChatApi, process: Process
) -> None:
    api.acts("openid-1")
    text = "".join(f"第{number}条：示例活动一行字。\n" for number in range(120))
    await process.send("openid-1", Reply(text))
    assert len(api.texts) == 3
    assert all(len(part.encode()) <= 2000 for part in api.texts)
    assert "".join(api.texts) == text.strip()


async def test_a_reply_cut_short_is_not_sent_again(api: WeChatApi, process: Process) -> None:
    api.acts("openid-1")
    api.windows["openid-1"].left = 1
    problem = await failing(process.send("openid-1", Reply("字" * 1500)))
    assert isinstance(problem, Uncertain)
    assert str(problem).startswith("1 of 3 parts arrived")
    assert len(api.texts) == 1


# wechatpy describes the calls, and does nothing else.


async def test_wechatpy_fetches_no_token_and_opens_no_connection(
    api: WeChatApi, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reached(*_: object, **__: object) -> None:
        raise AssertionError("wechatpy connects by itself")

    monkeypatch.setattr(requests.Session, "request", reached)
    api.acts("openid-1")
    await process.send("openid-1", HELLO)
    api.fail(SEND_TEMPLATE, errcode=40001)
    await process.send_template("openid-1", "shift", VALUES)
    await process.client.misc.get_wechat_ips()
    await process.client.menu.create({"button": list(MENU)})
    paths = [TOKEN, SEND, SEND_TEMPLATE, TOKEN, SEND_TEMPLATE, CALLBACK, CREATE_MENU]
    assert [call.path for call in api.calls] == paths


async def test_wechatpy_has_neither_a_session_nor_keys(api: WeChatApi, process: Process) -> None:
    for name in ("_http", "session", "appid", "secret", "access_token"):
        assert not hasattr(process.client, name), name
    with pytest.raises(AttributeError):
        process.client.fetch_access_token()
    assert not api.calls


async def test_wechatpy_picks_out_of_the_answer(api: WeChatApi, process: Process) -> None:
    listed = ["203.0.113.1", "203.0.113.2"]
    assert await process.client.misc.get_wechat_ips() == listed
    api.fail(CALLBACK, raw=b'{"errcode": 0}')
    assert isinstance(await failing(process.client.misc.get_wechat_ips()), TryLater)
    api.fail("/wxa/get_category", raw=b'{"errcode": 0}')
    assert isinstance(await failing(process.client.wxa.get_category()), Uncertain)


async def test_an_interface_may_lie_beside_the_others(api: WeChatApi, process: Process) -> None:
    api.fail("/wxa/get_category", raw=b'{"errcode": 0, "category_list": [7]}')
    assert await process.client.wxa.get_category() == [7]


async def test_no_other_server_sees_the_token(api: WeChatApi, process: Process) -> None:
    for elsewhere in ("https://mp.weixin.qq.com/x", "https://api.weixin.qq.com.example.org/x"):
        with pytest.raises(ValueError, match="is not an interface"):
            process.client.post(elsewhere)
    assert not api.calls


async def test_what_is_not_ours_to_send_is_no_call(api: WeChatApi, process: Process) -> None:
    with pytest.raises(TypeError, match="params"):
        process.client.user.get("openid-1")
    assert not api.calls


@pytest.mark.parametrize("path", [CALLBACK, CREATE_MENU])
async def test_what_may_be_done_twice_is_tried_later(
    api: WeChatApi, process: Process, path: str
) -> None:
    api.fail(path, cut="after")
    client = process.client
    call = client.misc.get_wechat_ips() if path == CALLBACK else client.menu.create({"button": []})
    assert isinstance(await failing(call), TryLater)


# What came of a message.

EXPECTED: dict[int, type[Undelivered]] = {
    -1: TryLater,
    40001: Halted,
    40014: Halted,
    42001: Halted,
    40013: Halted,
    40125: Halted,
    40243: Halted,
    61004: NotListed,
    40164: NotListed,
    48004: Halted,
    40003: Unreachable,
    43004: Unreachable,
    48002: Unreachable,
    50002: Unreachable,
    45015: OutsideWindow,
    43101: NotGranted,
    48001: NotAuthorised,
    50001: NotAuthorised,
    45047: UsedUp,
    45009: OverQuota,
    45011: OverQuota,
    45002: Unsendable,
    45028: Unsendable,
    47001: Unsendable,
    47003: Unsendable,
    40036: Unsendable,
    40037: Unsendable,
    99999: Unsendable,
}


def test_every_code_of_the_table_is_tried() -> None:
    assert set(wechat_errors.TABLE) == set(EXPECTED) - {99999}


async def test_each_code_has_its_reaction(api: WeChatApi, process: Process, clock: Clock) -> None:
    for code, reaction in EXPECTED.items():
        await process.client.start_anew()
        clock.wait(days=1)  # no quota of the code before is left
        api.calls.clear()
        api.mend()
        api.fail(SEND, errcode=code, times=None)
        sender = WeChatSender(
            process.client, "service-verified", {}, Unlimited(process.store, clock)
        )
        problem = await failing(sender.send("openid-1", HELLO))
        assert type(problem) is reaction, code
        assert str(code) in str(problem) or reaction is Halted
        assert api.called(SEND) == (2 if code in (40001, 40014, 42001) else 1)


async def test_a_message_that_was_there_before_counts_as_sent(
    api: WeChatApi, process: Process
) -> None:
    api.fail("/cgi-bin/message/mass/send", raw=b'{"errcode": 45065, "msg_id": 12}')
    send = process.client.message.send_mass_text
    answer = await send(["openid-1", "openid-2"], "您好", client_msg_id="a")
    assert answer["msg_id"] == 12


async def test_the_days_quota_begins_anew_at_midnight_in_beijing(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    api.acts("openid-1")
    api.daily[SEND] = 1
    await process.send("openid-1", HELLO)
    assert after(await failing(process.send("openid-1", HELLO))) == 12 * 3600 - 7
    clock.wait(hours=11)
    assert after(await failing(process.send("openid-1", HELLO))) == 3600 - 7
    assert api.called(SEND) == 2, "not asked again before"
    await process.send_template("openid-1", "shift", VALUES)  # another interface has its own
    clock.wait(hours=1)
    await process.send("openid-1", HELLO)
    assert len(api.texts) == 2


async def test_the_minutes_quota_begins_anew_with_the_minute(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    api.acts("openid-1")
    api.a_minute[SEND] = 1
    await process.send("openid-1", HELLO)
    assert after(await failing(process.send("openid-1", HELLO))) == 53
    clock.wait(seconds=53)
    await process.send("openid-1", HELLO)


@pytest.mark.parametrize(
    ("act", "count", "lasts"),
    [("message", 5, timedelta(hours=48)), ("follow", 3, timedelta(minutes=1))],
)
async def test_the_window_of_an_act(
    api: WeChatApi, process: Process, clock: Clock, act: Any, count: int, lasts: timedelta
) -> None:
    api.acts("openid-1", act)
    for _ in range(count):
        await process.send("openid-1", HELLO)
    assert type(await failing(process.send("openid-1", HELLO))) is UsedUp
    api.acts("openid-1", act)
    clock.now += lasts
    assert type(await failing(process.send("openid-1", HELLO))) is OutsideWindow
    api.leaves("openid-1")
    assert type(await failing(process.send("openid-1", HELLO))) is OutsideWindow
    assert type(await failing(process.send("nobody", HELLO))) is Unreachable


UNKNOWN: list[dict[str, Any]] = [
    {"status": 502, "raw": b"bad gateway"},
    {"status": 500, "raw": b'{"errcode": 0}'},
    {"raw": b"<html>"},
    {"raw": b'"ok"'},
    {"raw": b""},
    {"raw": b'{"errcode": null}'},
    {"raw": b'{"status": "ok"}'},
    {"status": 403, "raw": b'{"errcode": 0}'},
    {"cut": "before"},
    {"cut": "after"},
]


async def test_a_message_whose_answer_is_lost_is_never_sent_again(
    api: WeChatApi, process: Process
) -> None:
    for how in UNKNOWN:
        api.acts("openid-1")
        api.calls.clear()
        api.sent.clear()
        api.fail(SEND, **how)
        assert type(await failing(process.send("openid-1", HELLO))) is Uncertain, how
        assert api.called(SEND) == 1
        assert len(api.sent) == (1 if how.get("cut") == "after" else 0)


async def test_a_message_without_an_answer_in_time_is_uncertain(
    api: WeChatApi, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.acts("openid-1")
    await process.send("openid-1", HELLO)
    monkeypatch.setattr(wechat_client, "TOTAL_S", 0.05)
    api.fail(SEND, delay=5.0)
    assert type(await failing(process.send("openid-1", HELLO))) is Uncertain


async def test_a_server_that_is_not_there_got_nothing(
    api: WeChatApi, process: Process, clock: Clock
) -> None:
    api.acts("openid-1")
    await process.send("openid-1", HELLO)
    async with WeChatApi() as other:
        away = other.url
    elsewhere = WeChatClient(KEYS, process.store, away, clock)
    problem = await failing(
        WeChatSender(elsewhere, "service-verified", {}, Unlimited(process.store, clock)).send(
            "x", HELLO
        )
    )
    await elsewhere.aclose()
    assert isinstance(problem, TryLater)
    assert problem.whole_channel
    assert problem.__suppress_context__, "httpx knows the address with the token"


async def test_nothing_secret_is_said(
    api: WeChatApi, process: Process, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpcore")
    told: list[str] = []
    with capture_logs() as logged:
        for how in (*UNKNOWN, {"errcode": 40001, "times": None}, {"errcode": 99999}):
            await process.client.start_anew()
            await process.client.misc.get_wechat_ips()
            token = api.tokens[-1].value
            api.mend()
            api.fail(SEND, errmsg=f"{token} {APP_SECRET} {APP_ID}", **how)
            problem = await failing(process.send("openid-1", HELLO))
            told += [str(problem), repr(problem), *traceback.format_exception(problem)]
    told += [str(logged), caplog.text, repr(KEYS)]
    text = "\n".join(told)
    assert "99999" in text
    for token in [one.value for one in api.tokens] + [APP_SECRET]:
        assert token not in text


def test_an_unknown_code_is_told_with_its_words_but_without_secrets() -> None:
    problem = wechat_errors.problem(12345, "no such\nthing  0f1e2d3c4b5a69788796", NOON)
    assert str(problem) == "WeChat 12345: a code that is not in our table (no such thing …)"


def test_a_code_that_only_wechatpy_knows_is_named() -> None:
    problem = wechat_errors.problem(40007, "invalid media_id  0f1e2d3c4b5a69788796", NOON)
    assert str(problem) == "WeChat 40007: INVALID_MEDIA_ID (invalid media_id …)"
    assert type(problem) is Unsendable


def test_the_field_that_does_not_suit_is_named() -> None:
    problem = wechat_errors.problem(47003, "argument invalid! data.thing7.value invalid", NOON)
    assert str(problem).endswith("(thing7)")


# What the account may do.


@pytest.mark.parametrize(
    ("account", "texts", "templates"),
    [
        ("subscription", False, False),
        ("subscription-verified", True, False),
        ("service", False, False),
        ("service-verified", True, True),
    ],
)
async def test_an_account_asks_only_for_what_it_may(
    api: WeChatApi,
    started: Start,
    sqlite_url: str,
    account: Account,
    texts: bool,
    templates: bool,
) -> None:
    api.account = account
    api.acts("openid-1")
    ours = started(sqlite_url, account)
    results = await outcomes(
        ours.send("openid-1", HELLO), ours.send_template("openid-1", "shift", VALUES)
    )
    assert [result is None for result in results] == [texts, templates]
    assert all(result is None or isinstance(result, OutsideWindow) for result in results)
    assert bool(api.calls) == (texts or templates)
    assert api.called(SEND) == texts
    assert api.called(SEND_TEMPLATE) == templates


async def test_a_right_that_is_missing_is_asked_for_once(api: WeChatApi, process: Process) -> None:
    api.account = "service"
    api.acts("openid-1")
    with capture_logs() as logged:
        for _ in range(3):
            assert type(await failing(process.send("openid-1", HELLO))) is NotAuthorised
    assert api.called(SEND) == 1
    assert [line["event"] for line in logged] == ["capability off"]


# Templates.


async def test_a_template_is_filled(api: WeChatApi, process: Process) -> None:
    api.acts("openid-1")
    await process.send_template(
        "openid-1", "shift", {"place": "示例路\n1号" + "很" * 30, "when": "2026年11月24日 15:30"}
    )
    values = {name: field["value"] for name, field in api.sent[0]["data"].items()}
    assert values["time2"] == "2026年11月24日 15:30"
    assert values["thing1"] == "示例路 1号" + "很" * 13 + "…"


async def test_a_template_that_cannot_be_filled(api: WeChatApi, process: Process) -> None:
    assert isinstance(
        await failing(process.send_template("openid-1", "shift", {"place": "x", "when": ""})),
        Unsendable,
    )
    assert isinstance(await failing(process.send_template("x", "unknown", {})), OutsideWindow)
    assert not api.calls


@given(
    kind=st.sampled_from([*LONGEST, "keyword", "time"]), number=st.integers(1, 99), text=st.text()
)
def test_a_value_is_one_line_and_fits(kind: str, number: int, text: str) -> None:
    value = fitted(f"{kind}{number}", text)
    assert value.isprintable()
    assert kind == "time" or len(value) <= LONGEST.get(kind, 20)


def test_a_time_is_never_cut() -> None:
    span = "2026年11月24日 15:30~2026年11月24日 17:00"
    assert fitted("time3", span) == span


def test_templates_are_read(tmp_path: Path) -> None:
    file = tmp_path / "templates.toml"
    file.write_text('[shift]\nid = "T-1"\nfields = {thing1 = "place", time2 = "when"}\n', "utf-8")
    assert read_templates(file) == TEMPLATES


@pytest.mark.parametrize(
    "content",
    [b"[shift", b"\xff", b"shift = 1", b"[shift]\nid = 1", b'[shift]\nid = "T"\nfields = {a = 1}'],
)
def test_templates_that_cannot_be_used_are_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "templates.toml"
    file.write_bytes(content)
    with pytest.raises(TemplatesError, match=r"templates\.toml"):
        read_templates(file)


def test_a_missing_file_of_templates_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplatesError, match="none"):
        read_templates(tmp_path / "none")


# guanxin connect wechat.

HOME = "https://guanxin.example.org"


async def found(process: Process, account: Account, url: str = HOME) -> dict[str, Finding]:
    return {one.what: one async for one in connect(process.client, account, url)}


async def test_connecting_publishes_the_menu(api: WeChatApi, process: Process) -> None:
    findings = await found(process, "service-verified")
    assert list(findings) == ["address", "keys", "IP list", "menu"]
    assert all(finding.well for finding in findings.values())
    assert api.menu is not None
    assert "报名".encode() in api.calls[-1].raw
    shown = [(button["name"], button["key"]) for button in api.menu["button"]]
    assert shown == [("问一问", "questions"), ("报名", "signup"), ("我的", "mine")]


async def test_a_subscription_account_has_no_menu(api: WeChatApi, process: Process) -> None:
    findings = await found(process, "subscription")
    assert findings["menu"].well
    assert not api.called(CREATE_MENU)


@pytest.mark.parametrize("code", [40164, 61004])
async def test_the_address_for_the_ip_list_is_shown(
    api: WeChatApi, process: Process, code: int
) -> None:
    api.allowed_ips, api.unlisted_code = {"203.0.113.9"}, code
    findings = await found(process, "service-verified")
    assert not findings["IP list"].well
    assert "enter 127.0.0.1 there" in findings["IP list"].seen
    assert not findings["keys"].well
    assert "menu" not in findings
    api.allowed_ips = None
    assert (await found(process, "service-verified"))["keys"].well, "the halt ends with connect"


async def test_a_wrong_secret_is_told(api: WeChatApi, started: Start, sqlite_url: str) -> None:
    wrong = started(sqlite_url, keys=Keys(APP_ID, "not-the-secret"))
    findings = await found(wrong, "service-verified")
    assert "GUANXIN_WECHAT_APP_SECRET" in findings["keys"].seen
    assert not findings["keys"].well
    assert "not-the-secret" not in str(findings)


async def test_a_menu_that_is_refused_is_told(api: WeChatApi, process: Process) -> None:
    api.account = "subscription"
    findings = await found(process, "service-verified")
    assert not findings["menu"].well
    assert "48001" in findings["menu"].seen


PUBLIC_URLS: list[tuple[str, bool]] = [
    (HOME, True),
    ("http://guanxin.example.org", True),
    ("https://guanxin.example.org:443", True),
    ("http://guanxin.example.org:80", True),
    ("", False),
    ("guanxin.example.org", False),
    ("ftp://guanxin.example.org", False),
    ("https://guanxin.example.org:8443", False),
    ("https://guanxin.example.org:x", False),
    ("https://guanxin.example.org/bot", False),
    ("https://", False),
    ("http://127.0.0.1", False),
    ("http://192.168.1.7", False),
    ("http://localhost", False),
]


async def test_the_public_address(process: Process) -> None:
    for url, well in PUBLIC_URLS:
        finding = (await found(process, "service-verified", url))["address"]
        assert finding.well is well, url
        assert well or finding.seen.startswith("GUANXIN_PUBLIC_URL ")


def test_a_menu_is_measured_before_it_is_sent() -> None:
    button = {"type": "click", "name": "报名", "key": "signup"}
    assert not wrong_with_menu(MENU)
    assert not wrong_with_menu([{**button, "name": "五个汉字啊", "key": "k" * 128}])
    assert wrong_with_menu([])
    assert wrong_with_menu([button] * 4)
    assert wrong_with_menu([{**button, "name": "六个汉字太长"}])
    assert wrong_with_menu([{**button, "key": "k" * 129}])
    assert wrong_with_menu([{**button, "name": ""}])
