"""Encrypted columns: what comes back, what is refused, and that nothing is readable on disk."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from bot import samples
from bot.dispatch import Dispatcher
from handlers.message import Incoming
from knowledge.book import Book
from storage import facts, people, tickets
from storage.cipher import KEY_BYTES, Cipher, decode_key, new_key
from storage.errors import WrongKey
from storage.outgoing import metadata
from storage.store import Store
from tests.conftest import NOW, Clock

KEY = bytes(range(KEY_BYTES))
CIPHER = Cipher(KEY)
SECRETS = ("李桂芳", "13900001234", "我会剪纸和评弹", "您怎么称呼", "张老师的家里")
STATION = "示例·云阳校外教育辅导站"


@given(st.text())
def test_what_goes_in_comes_out(text: str) -> None:
    sealed = CIPHER.encrypt(text, "people.name")
    assert CIPHER.decrypt(sealed, "people.name") == text


def test_equal_texts_are_not_equal_on_disk() -> None:
    assert CIPHER.encrypt("李桂芳", "people.name") != CIPHER.encrypt("李桂芳", "people.name")


def test_a_value_belongs_to_its_column() -> None:
    sealed = CIPHER.encrypt("13900001234", "people.phone")
    with pytest.raises(WrongKey, match=r"people\.name"):
        CIPHER.decrypt(sealed, "people.name")


def test_another_key_reads_nothing() -> None:
    sealed = CIPHER.encrypt("李桂芳", "people.name")
    with pytest.raises(WrongKey):
        Cipher(decode_key(new_key())).decrypt(sealed, "people.name")


@given(st.data())
def test_a_changed_byte_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(CIPHER.encrypt("李桂芳", "people.name"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(WrongKey):
        CIPHER.decrypt(bytes(sealed), "people.name")


@pytest.mark.parametrize("length", [0, 5, 12, 20, 27])
def test_a_value_cut_short_is_noticed(length: int) -> None:
    with pytest.raises(WrongKey):
        CIPHER.decrypt(CIPHER.encrypt("李桂芳", "people.name")[:length], "people.name")


def test_the_blind_index_tells_equal_from_unequal() -> None:
    assert CIPHER.index("13900001234") == Cipher(KEY).index("13900001234")
    assert CIPHER.index("13900001234") != CIPHER.index("13900001235")
    assert CIPHER.index("13900001234") != Cipher(bytes(KEY_BYTES)).index("13900001234")
    assert "1390" not in CIPHER.index("13900001234")


def test_a_new_key_is_a_key() -> None:
    assert len(decode_key(new_key())) == KEY_BYTES
    assert new_key() != new_key()
    assert decode_key(f" {WRITTEN}\n") == KEY


WRITTEN = base64.urlsafe_b64encode(KEY).decode()


@pytest.mark.parametrize(
    "text", ["", "x", "c2hvcnQ=", "钥匙", WRITTEN[:-4], WRITTEN + "AAAA", "!" + WRITTEN]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64|bytes"):
        decode_key(text)


def test_a_database_knows_its_key(store: Store, database_url: str) -> None:
    store.write_now(facts.check_key)
    store.write_now(facts.check_key)
    other = Store(database_url, decode_key(new_key()))
    try:
        with pytest.raises(WrongKey, match="GUANXIN_KEY"):
            other.write_now(facts.check_key)
    finally:
        other.close()
    store.write_now(facts.check_key)


def test_a_row_of_another_key_cannot_be_read(store: Store, database_url: str) -> None:
    ticket = store.write_now(lambda tx: tickets.open_ticket(tx, "feedback", NOW, words="剪纸"))
    other = Store(database_url, decode_key(new_key()))
    query = metadata.tables["tickets"].select()
    try:
        with pytest.raises(WrongKey):
            other.read_now(lambda tx: tx.execute(query).all())
    finally:
        other.close()
    assert ticket == 1


async def test_nothing_of_a_person_is_readable_on_disk(store: Store, database_url: str) -> None:
    store.write_now(lambda tx: samples.load(tx, NOW))
    dispatcher = Dispatcher(store, lambda: Book([]), Clock())
    said = (
        "报名",
        "1",
        SECRETS[0],
        SECRETS[1],
        SECRETS[2],
        "1",
        "1",
        "1",
        "1",
        "意见：" + SECRETS[4],
    )
    replies = [
        await dispatcher.receive(Incoming("web", "a", words, f"message-{place}", NOW))
        for place, words in enumerate(said)
    ]
    heard = "".join(reply.text for reply in replies)
    assert "报名成功" in heard
    assert SECRETS[3] in heard
    assert store.read_now(lambda tx: people.with_phone(tx, SECRETS[1])) == [1]
    kept = b"\n".join(_on_disk(database_url))
    assert STATION.encode() in kept  # public, and a proof that this looks at the right bytes
    for secret in SECRETS:
        assert secret.encode() not in kept


def _on_disk(url: str) -> Iterable[bytes]:
    if url.startswith("sqlite"):
        path = Path(str(make_url(url).database))
        yield from (file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        return
    with psycopg.connect(url) as raw:
        for table in metadata.tables:
            for row in raw.execute(f"SELECT * FROM {table}"):
                yield from (v if isinstance(v, bytes) else str(v).encode() for v in row)
