"""What a reply is about is kept with it, for a while, and goes with the person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from handlers import letters
from handlers.message import Reply, Topic
from storage import erasure, messages, people
from storage.engine import Transaction
from storage.store import Store
from tests.conftest import NOW

TOPIC = Topic("三好标兵怎么评", "0a1b2c3d-4", asks="收费不")
LATER = NOW + timedelta(minutes=1)


def test_a_letter_carries_what_it_is_about() -> None:
    reply = Reply("好", topic=TOPIC)
    assert letters.read(letters.written(reply)) == reply
    assert letters.read({"text": "好", "choices": []}) == Reply("好")


def someone_asked(tx: Transaction) -> int:
    address = people.address_row(tx, "web", "a")
    receipt, _ = messages.receive(tx, address, "1", "text", "三好标兵怎么评", NOW)
    person = people.locked(tx, address, NOW)
    messages.answered(tx, receipt.id, letters.written(Reply("好", topic=TOPIC)))
    return person.id


def newest(store: Store, person_id: int) -> dict[str, Any] | None:
    return store.read_now(lambda tx: messages.last_reply_since(tx, person_id, NOW))


def test_a_reply_is_found_for_a_while_only(store: Store) -> None:
    person_id = store.write_now(someone_asked)
    found = newest(store, person_id)
    assert found is not None
    assert letters.read(found).topic == TOPIC
    late = store.read_now(lambda tx: messages.last_reply_since(tx, person_id, LATER))
    assert late is None


def test_it_is_forgotten_with_the_person(store: Store) -> None:
    person_id = store.write_now(someone_asked)
    store.write_now(lambda tx: erasure.forget_person(tx, person_id, "erase", NOW))
    assert newest(store, person_id) is None
    kept = store.read_now(lambda tx: messages.recent(tx, "web", "a", 5))
    assert not kept


def test_it_is_forgotten_with_the_words(store: Store) -> None:
    person_id = store.write_now(someone_asked)
    store.write_now(lambda tx: messages.blank_old(tx, LATER + messages.TEXTS_KEPT))
    assert newest(store, person_id) is None
