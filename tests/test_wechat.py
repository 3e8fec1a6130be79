"""WeChat's messages and envelopes: pure reading and writing."""

from __future__ import annotations

import base64
import string
import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import wechat, wechat_crypto, wechat_xml
from bot.channels.wechat_crypto import Letter, Refused, WechatKeys
from bot.channels.wechat_xml import Unreadable
from handlers.message import Choice, Incoming, Reply
from tests.doubles import wechat as double
from tests.doubles.bombs import BOMBS
from tests.test_graphemes import CLUSTERS

WIRE = Path(__file__).parent / "wire" / "wechat"
WHO = "oExample_Follower-0000000001"
SENT = 1795000000
NOW = datetime.fromtimestamp(SENT, UTC)
KEYS = WechatKeys(double.APP_ID, double.TOKEN, double.KEY)

HEARD = {
    "text": ("text", "想去河海站帮忙，周六行吗？", "24390000000000001"),
    "text_sticker": ("picture", "", "24390000000000002"),
    "text_brackets": ("text", "a]]>b 5<6 & <b>", "24390000000000003"),
    "text_escaped": ("text", "会写字 & 会下棋😀", "24390000000000004"),
    "voice": ("voice", "", "24390000000000005"),
    "voice_recognised": ("voice", "今天有什么活动。", "24390000000000006"),
    "image": ("picture", "", "24390000000000007"),
    "video": ("picture", "", "24390000000000008"),
    "shortvideo": ("picture", "", "24390000000000009"),
    "location": ("location", "31.772752,119.946973 示例路1号", "24390000000000010"),
    "link": ("picture", "", "24390000000000011"),
    "unknown_kind": ("picture", "", "24390000000000012"),
    "subscribe": ("follow", "", f"{SENT}-subscribe-"),
    "subscribe_scene": ("follow", "station-3", f"{SENT}-subscribe-qrscene_station-3"),
    "subscribe_elsewhere": ("follow", "", f"{SENT}-subscribe-last_trade_no_0001"),
    "unsubscribe": ("leave", "", f"{SENT}-unsubscribe-"),
    "scan": ("choice", "scene:station-3", f"{SENT}-scan-station-3"),
    "click": ("choice", "signup", f"{SENT}-click-signup"),
}
SILENT = {
    "view",
    "event_location",
    "template_job_finish",
    "mass_job_finish",
    "subscribe_popup",
    "subscribe_change",
    "subscribe_sent",
    "scancode_wait",
    "pictures_sent",
}


def wire(name: str) -> bytes:
    return (WIRE / f"{name}.xml").read_bytes()


def read(name: str) -> Incoming | None:
    return wechat.parse(wechat_xml.read(wire(name)))


@pytest.mark.parametrize("name", HEARD)
def test_what_is_heard(name: str) -> None:
    kind, text, number = HEARD[name]
    assert read(name) == Incoming("wechat", WHO, text, number, NOW, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(SILENT))
def test_what_needs_no_answer(name: str) -> None:
    assert read(name) is None


def test_every_example_is_looked_at() -> None:
    assert {path.stem for path in WIRE.glob("*.xml")} == set(HEARD) | SILENT


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("text", "MsgType", ""),
        ("text", "MsgId", ""),
        ("text", "MsgId", "12 34"),
        ("text", "FromUserName", ""),
        ("text", "FromUserName", "某人"),
        ("text", "FromUserName", "o" * 129),
        ("text", "ToUserName", "gh 0001"),
        ("text", "CreateTime", "yesterday"),
        ("text", "CreateTime", "99999999999999999999"),
        ("text", "CreateTime", "-1"),
        ("text", "CreateTime", "\uff11795000000"),
        ("click", "CreateTime", ""),
        ("click", "Event", ""),
        ("location", "Location_X", "north"),
        ("location", "Location_Y", "nan"),
    ],
)
def test_odd_fields_are_refused(name: str, field: str, value: str) -> None:
    fields = wechat_xml.read(wire(name)) | {field: value}
    with pytest.raises(Unreadable, match=field):
        wechat.parse(fields)


def test_two_buttons_in_one_second_are_two_messages() -> None:
    fields = wechat_xml.read(wire("click"))
    first, second = wechat.parse(fields), wechat.parse(fields | {"EventKey": "mine"})
    assert first
    assert second
    assert first.id != second.id


# --- XML ---


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_at_once(name: str) -> None:
    assert len(BOMBS[name]) <= 1.1 * (1 << 20)
    seconds = []
    for _ in range(3):  # the quickest of three: the machine may be busy
        began = time.perf_counter()
        with pytest.raises(Unreadable):
            wechat.parse(wechat_xml.read(BOMBS[name]))
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.05


def test_bombs_take_no_memory() -> None:
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True, timeout=30
    )
    assert int(measured.stdout) < 16 << 10, "kilobytes more at the worst moment"


MEASURE = """
import resource
from bot.channels import wechat_xml
from tests.doubles.bombs import BOMBS
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
for bomb in BOMBS.values():
    try:
        wechat_xml.read(bomb)
    except wechat_xml.Unreadable:
        pass
print(peak() - before)
"""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{}",
        b'{"MsgType": "text"}',
        b"<xml>",
        b"<xml></xml></xml>",
        b"<html></html>",
        b"<xml><Content>\xff\xfe</Content></xml>",
        b"<xml><Content>\xed\xa0\x80</Content></xml>",
        b"<xml><Content>\x00</Content></xml>",
        b"<xml><Content>&nothing;</Content></xml>",
        b"<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>",
        "<xml></xml>".encode("utf-16"),
        b"<!-- a --><xml></xml>",
    ],
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        wechat.parse(wechat_xml.read(body))


def test_a_declaration_does_not_change_how_bytes_are_read() -> None:
    declared = b'\xef\xbb\xbf<?xml version="1.0" encoding="gbk"?>\n' + wire("text")
    assert wechat.parse(wechat_xml.read(declared)) == read("text")


@given(
    st.text() | st.lists(st.sampled_from(["]", ">", "<", "&", "]]>", "\x00", "好"])).map("".join)
)
def test_any_text_comes_back(text: str) -> None:
    written = wechat_xml.write({"Content": text, "CreateTime": 1}).encode()
    expected = wechat_xml.speakable(text)
    assert wechat_xml.read(written) == {"Content": expected, "CreateTime": "1"}
    assert ElementTree.fromstring(written).findtext("Content") == expected


def test_control_characters_and_half_characters_are_left_out() -> None:
    assert wechat_xml.speakable("a\x00\x08\x1b\x7f\x85\ud800\uffffb\n\t好😀") == "ab\n\t好😀"


# --- replies ---


def test_choices_stand_below_with_their_numbers() -> None:
    reply = Reply("您想做什么？", (Choice("问一问", "questions"), Choice("报名", "signup")))
    assert wechat.render(reply) == "您想做什么？\n1. 问一问\n2. 报名"


def test_a_short_reply_is_one_part() -> None:
    assert wechat.paged(Reply("好" * 666)) == ["好" * 666]


def test_each_part_but_the_last_says_how_to_read_on() -> None:
    lines = [f"第{number}条：{'字' * 60}" for number in range(40)]
    parts = wechat.paged(Reply("\n".join(lines), (Choice("报名", "signup"),)))
    count = len(parts)
    assert count > 2
    assert all(len(part.encode()) <= 2000 for part in parts)
    for place, part in enumerate(parts[:-1], 1):
        assert part.endswith(f"\n回复“更多”看下面的（还有{count - place}段）")
    assert parts[-1].endswith("\n1. 报名")
    shown = [line for part in parts for line in part.split("\n") if not line.startswith("回复")]
    assert shown == [*lines, "1. 报名"]


def clusters_and_lines() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([*CLUSTERS, "一行\n"]), max_size=60)


@given(clusters_and_lines(), st.integers(40, 120))
def test_split_cuts_between_what_people_see(clusters: list[str], most_bytes: int) -> None:
    text = "".join(clusters)
    parts = wechat.split(text, most_bytes)
    assert "".join(parts) == text
    assert all(len(part.encode()) <= most_bytes for part in parts)
    seen = [one for cluster in clusters for one in (cluster if "\n" in cluster else [cluster])]
    borders = set(accumulate(map(len, seen), initial=0))
    assert set(accumulate(map(len, parts))) <= borders


@given(st.text(max_size=400), st.integers(4, 60))
def test_split_loses_nothing(text: str, most_bytes: int) -> None:
    parts = wechat.split(text, most_bytes)
    assert "".join(parts) == text
    assert all(len(part.encode()) <= most_bytes for part in parts)
    assert len(parts) == 1 or all(parts)


def test_split_likes_the_end_of_a_line() -> None:
    assert wechat.split("一二三\n四五六\n七八", 24) == ["一二三\n四五六\n", "七八"]


def test_split_does_not_care_for_a_line_end_far_above() -> None:
    assert wechat.split("一\n" + "字" * 20, 40) == ["一\n" + "字" * 12, "字" * 8]


def test_a_long_text_is_split_fast() -> None:
    began = time.perf_counter()
    wechat.split("👩\u200d👩\u200d👧\u200d👦好\n" * 10_000)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("words", ["更多", "更多。", " 更 多 ", "“更多”"])
def test_more_is_understood(words: str) -> None:
    assert wechat.asks_for_more(Incoming("wechat", WHO, words, "1", NOW))


@pytest.mark.parametrize("words", ["更多活动", "多", "", "没有更多"])
def test_more_is_not_heard_in_other_words(words: str) -> None:
    assert not wechat.asks_for_more(Incoming("wechat", WHO, words, "1", NOW))


# --- envelopes ---


def test_a_signature_is_that_of_the_published_rule() -> None:
    assert wechat_crypto.signature("nonce", "1795000000", "example") == double.sign(
        "example", "1795000000", "nonce"
    )


def test_keys_do_not_show() -> None:
    shown = repr(KEYS) + repr(Letter(b"", KEYS.opening[0]))
    assert double.TOKEN not in shown
    assert double.KEY not in shown
    assert repr(KEYS.opening[0]) not in shown


@pytest.mark.parametrize(
    ("app_id", "token", "key", "mode"),
    [
        ("", "t", double.KEY, "safe"),
        ("wx1", "", double.KEY, "safe"),
        ("wx1", "t", "", "safe"),
        ("wx1", "t", "", "compatible"),
        ("wx1", "t", double.KEY[:-1], "safe"),
        ("wx1", "t", double.KEY[:-1] + "!", "plain"),
    ],
)
def test_keys_that_cannot_work_are_refused(app_id: str, token: str, key: str, mode: str) -> None:
    with pytest.raises(ValueError, match=r"WeChat|EncodingAESKey"):
        WechatKeys(app_id, token, key, mode=mode)  # type: ignore[arg-type]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_what_we_seal_the_platform_opens(text: str) -> None:
    envelope = wechat_xml.read(wechat_crypto.seal(KEYS, KEYS.opening[0], text, NOW).encode())
    assert double.decrypt(envelope["Encrypt"]) == text
    signed = (double.TOKEN, envelope["TimeStamp"], envelope["Nonce"], envelope["Encrypt"])
    assert envelope["MsgSignature"] == double.sign(*signed)


def pushed(sealed: str) -> tuple[dict[str, str], bytes]:
    signed = {"timestamp": str(SENT), "nonce": "1"}
    signed["msg_signature"] = double.sign(double.TOKEN, str(SENT), "1", sealed)
    return signed, f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()


@given(st.text(min_size=1, max_size=300))
def test_what_the_platform_seals_we_open(text: str) -> None:
    letter = wechat_crypto.open_push(KEYS, *pushed(double.encrypt(text)), NOW)
    assert letter == Letter(text.encode(), KEYS.opening[0])


APP = double.APP_ID.encode()
SPOILED = {
    "another account": double.encrypt("<xml/>", app_id="wx99999999example"),
    "another key": double.encrypt("<xml/>", double.OTHER_KEY),
    "not whole blocks": "QUJD",
    "no base64": "QUJ=D",
    "no padding": double.encrypt_blocks(b"r" * 16 + b"\0\0\0\x06<xml/>" + APP + b"\0" * 5),
    "too much padding": double.encrypt_blocks(b"r" * 16 + b"\0\0\0\x06<xml/>" + APP + b"\x21" * 5),
    "uneven padding": double.encrypt_blocks(
        b"r" * 16 + b"\0\0\0\x06<xml/>" + APP + b"\x01\x02\x03\x04\x05"
    ),
    "padding alone": double.encrypt_blocks(b"\x20" * 32),
    "huge length": double.encrypt_blocks(b"r" * 16 + b"\xff\xff\xff\xff<xml/>" + APP + b"\x05" * 5),
    "not UTF-8": double.encrypt(b"<xml>\xff</xml>"),
    "nothing but the head": double.encrypt_blocks(b"r" * 15 + b"\x01"),
    "short length": double.encrypt_blocks(b"r" * 16 + b"\0\0\0\x01<xml/>" + APP + b"\x05" * 5),
}


@pytest.mark.parametrize("name", SPOILED)
def test_spoiled_envelopes_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="key"):
        wechat_crypto.open_push(KEYS, *pushed(SPOILED[name]), NOW)


def whole_blocks(plain: bytes) -> str:
    return double.encrypt_blocks(plain + b"p" * (-len(plain) % 16))


def half_right(text: bytes, length: int, app_id_tail: bytes) -> str:
    """An envelope whose padding alone is right."""
    plain = b"r" * 16 + length.to_bytes(4, "big") + text + APP + app_id_tail
    count = 32 - len(plain) % 32
    return double.encrypt_blocks(plain + bytes([count]) * count)


BASE64 = string.ascii_letters + string.digits + "+/="
ENVELOPES = st.one_of(
    st.text(BASE64, max_size=200),
    st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode()),
    st.binary(max_size=200).map(whole_blocks),
    st.builds(
        half_right,
        st.binary(max_size=60),
        st.integers(0, 80) | st.integers(0, 2**32 - 1),
        st.binary(min_size=1, max_size=3),
    ),
)


@given(ENVELOPES)
def test_whatever_is_in_a_signed_envelope_is_only_refused(sealed: str) -> None:
    with pytest.raises(Refused):
        wechat_crypto.open_push(KEYS, *pushed(sealed), NOW)


@given(ENVELOPES | st.text(max_size=60))
def test_whatever_is_in_a_signed_handshake_is_only_refused(word: str) -> None:
    with pytest.raises(Refused):
        wechat_crypto.echo(KEYS, {**pushed(word)[0], "echostr": word}, NOW)


def test_the_random_bytes_are_those_of_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wechat_crypto.secrets, "token_bytes", lambda count: b"r" * count)
    sealed = wechat_crypto.seal(KEYS, KEYS.opening[0], "<xml/>", NOW)
    assert double.encrypt_blocks(b"r" * 16)[:20] in sealed


def test_an_envelope_padded_by_hand_opens() -> None:
    whole = double.encrypt_blocks(b"r" * 16 + b"\0\0\0\x06<xml/>" + APP + b"\x05" * 5)
    assert wechat_crypto.open_push(KEYS, *pushed(whole), NOW).text == b"<xml/>"


def test_the_previous_key_still_opens_and_answers() -> None:
    keys = WechatKeys(double.APP_ID, double.TOKEN, double.OTHER_KEY, double.KEY)
    old = wechat_crypto.open_push(keys, *pushed(double.encrypt("<xml/>")), NOW)
    new = wechat_crypto.open_push(keys, *pushed(double.encrypt("<xml/>", double.OTHER_KEY)), NOW)
    assert (old.key, new.key) == (keys.opening[1], keys.opening[0])
