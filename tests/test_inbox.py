"""The inbox: a message counts once and has one reply, however often and wherever it arrives."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot import app, dispatch, samples
from bot.dispatch import Dispatcher
from handlers import front, letters
from handlers import respond as responding
from handlers import wording as say
from handlers.desk import Desk
from handlers.message import Incoming, Reply
from knowledge.book import Book
from storage import dialogs, messages, people, tickets
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.messages import MOST_ATTEMPTS
from storage.store import Store
from storage.tables import dialogs as forms
from storage.tables import messages as inbox
from storage.tables import people as everybody
from storage.tables import tickets as waiting
from tests.conftest import KEY, NOW, Clock

OPINION = "我要提意见"


class Two:
    """Two processes on one database: messages go to each in turn."""

    def __init__(self, stores: list[Store], clock: Clock) -> None:
        self.stores = stores
        self.clock = clock
        self.doors = [Dispatcher(store, lambda: Book([]), clock) for store in stores]
        self._count = 0

    async def hear(self, text: str, id: str, user: str = "a", kind: Any = "text") -> Reply:
        self._count += 1
        door = self.doors[self._count % 2]
        return await door.receive(Incoming("web", user, text, id, self.clock(), kind))

    def rows(self, table: Any) -> int:
        query = select(func.count()).select_from(table)
        return int(self.stores[0].read_now(lambda tx: tx.execute(query).scalar_one()))

    def state(self, id: str) -> tuple[str, int]:
        query = select(inbox.c.state, inbox.c.attempts).where(inbox.c.external_id == id)
        row = self.stores[0].read_now(lambda tx: tx.execute(query).one())
        return row.state, row.attempts

    def tickets(self) -> Counter[str]:
        return Counter(self.stores[0].read_now(tickets.waiting))


@pytest.fixture
def two(store: Store, database_url: str, business_clock: Clock) -> Iterator[Two]:
    other = Store(database_url, decode_key(KEY))
    yield Two([store, other], business_clock)
    other.close()


class Poison:
    """A handler that raises for one text; ``until`` says at which try it stops."""

    def __init__(self, text: str, until: int = 1_000) -> None:
        self.text = text
        self.tries = 0
        self.until = until

    def __call__(self, desk: Desk, heard: Incoming) -> Reply:
        if heard.text == self.text:
            self.tries += 1
            tickets.open_ticket(desk.tx, "feedback", desk.now, words="half done")
            if self.tries < self.until:
                raise ZeroDivisionError("poison")
        return responding.respond(desk, heard)


@pytest.mark.parametrize("text", [OPINION, "报名", "我的"])
async def test_four_copies_at_once_count_once(two: Two, text: str) -> None:
    replies = await asyncio.gather(*(two.hear(text, "same") for _ in range(4)))
    assert len(set(replies)) == 1
    assert replies[0].text not in (say.BUSY, say.APOLOGY)
    assert two.rows(inbox) == two.rows(everybody) == 1
    assert two.tickets()["feedback"] == (text == OPINION)
    assert await two.hear(text, "same") == replies[0]


async def test_of_copies_at_once_one_is_new(two: Two) -> None:
    address = two.stores[0].write_now(lambda tx: people.address_row(tx, "web", "a"))

    def slowly(tx: Transaction) -> bool:
        _, new = messages.receive(tx, address, "same", "text", "您好", NOW)
        time.sleep(0.05)
        return new

    news = await asyncio.gather(*(two.stores[n % 2].write(slowly) for n in range(4)))
    assert sorted(news) == [False, False, False, True]


async def test_copies_of_many_people_at_once(two: Two) -> None:
    copies = [(f"user-{n % 10}", f"id-{n % 10}") for n in range(40)]
    replies = await asyncio.gather(*(two.hear(OPINION, id, user) for user, id in copies))
    assert len(set(replies)) == 10  # each has its own receipt number
    assert two.tickets()["feedback"] == 10
    for (_, id), reply in zip(copies, replies, strict=True):
        assert reply == replies[int(id[-1])]


async def test_a_copy_gets_the_first_reply_though_the_world_moved_on(two: Two) -> None:
    first = await two.hear("报名", "one")
    await two.hear("2", "two")
    await two.hear("取消", "three")
    two.clock.wait(hours=47)
    assert await two.hear("报名", "one") == first
    assert not two.stores[0].read_now(lambda tx: dialogs.open_of(tx, 1, NOW))


async def test_one_id_from_two_addresses_is_two_messages(two: Two) -> None:
    first = await two.hear(OPINION, "same", user="a")
    second = await two.hear(OPINION, "same", user="b")
    assert first != second
    assert two.tickets()["feedback"] == two.rows(everybody) == 2


async def test_two_first_messages_of_one_address_make_one_person(two: Two) -> None:
    await asyncio.gather(*(two.hear(OPINION, f"id-{n}") for n in range(6)))
    assert two.rows(everybody) == 1
    assert two.tickets()["feedback"] == two.rows(inbox) == 6


@pytest.mark.parametrize("part", ["address", "id"])
async def test_long_names_that_differ_stay_different(two: Two, part: str) -> None:
    names = ["x" * 200 + "1", "x" * 200 + "2", "\ud800", "a\x00b", "长" * 130]
    for name in names:
        user, id = (name, "same") if part == "address" else ("a", name)
        reply = await two.hear(OPINION, id, user)
        assert await two.hear(OPINION, id, user) == reply
    assert two.tickets()["feedback"] == two.rows(inbox) == len(names)


@pytest.mark.parametrize("text", ["\ud83d", "好\x00的", "\u202e", "", "长" * 100_000])
async def test_no_text_is_too_strange_to_be_kept(two: Two, text: str) -> None:
    reply = await two.hear(text, "strange")
    assert reply.text not in (say.BUSY, say.APOLOGY, "")
    assert two.state("strange") == ("done", 0)
    kept = two.stores[0].read_now(lambda tx: tx.execute(select(inbox.c.text)).scalar_one())
    assert len(kept) <= 2_000


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "99999999999", "9" * 40, "1:no:yes"])
async def test_a_forged_button_is_answered(two: Two, number: str) -> None:
    reply = await two.hear(f"cancel:{number}", "forged", kind="choice")
    assert reply.text.startswith((say.NOT_YOURS, say.MINE_NONE))
    assert two.state("forged") == ("done", 0)


async def test_words_are_forgotten_after_two_days(two: Two) -> None:
    for hours, id in ((0, "old"), (2, "new")):
        two.clock.now = NOW + timedelta(hours=hours)
        await two.hear(OPINION, id)
    two.clock.now = NOW + timedelta(hours=49)
    await app.tidy(two.stores[0], two.clock())
    for id, forgotten in (("old", True), ("new", False)):
        reply = await two.hear(OPINION, id)
        assert (reply == Reply(say.FORGOTTEN)) is forgotten
    query = select(inbox.c.text, inbox.c.reply).where(inbox.c.external_id == "old")
    assert two.stores[0].read_now(lambda tx: tx.execute(query).one()) == (None, None)
    assert two.tickets()["feedback"] == 2


async def test_a_reply_that_came_late_is_forgotten_too(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "respond", Poison(OPINION, until=2))
    await two.hear(OPINION, "late")
    two.clock.wait(hours=49)
    await app.tidy(two.stores[0], two.clock())
    assert (await two.hear(OPINION, "late")).text != say.APOLOGY
    await app.tidy(two.stores[0], two.clock())
    query = select(inbox.c.text, inbox.c.reply)
    assert two.stores[0].read_now(lambda tx: tx.execute(query).one()) == (None, None)


async def test_poison_is_tried_three_times_and_parked(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = Poison("毒")
    monkeypatch.setattr(dispatch, "respond", poison)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert await two.hear("毒", "bad") == Reply(say.APOLOGY)
        assert two.state("bad")[1] == attempt
        good = await two.hear("我的", f"good-{attempt}", user="b")
        assert good.text.startswith(say.MINE_NONE)
    assert two.state("bad") == ("parked", MOST_ATTEMPTS)
    assert two.tickets() == {"parked": 1}
    assert await two.hear("毒", "bad") == Reply(say.APOLOGY)
    assert poison.tries == MOST_ATTEMPTS
    assert two.tickets() == {"parked": 1}
    words = select(waiting.c.words).where(waiting.c.kind == "parked")
    assert two.stores[0].read_now(lambda tx: tx.execute(words).scalar_one()) == "毒"
    assert (await two.hear("我的", "after")).text.startswith(say.MINE_NONE)


async def test_a_retry_in_time_succeeds(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "respond", Poison(OPINION, until=MOST_ATTEMPTS))
    for _ in range(MOST_ATTEMPTS - 1):
        assert await two.hear(OPINION, "bad") == Reply(say.APOLOGY)
    reply = await two.hear(OPINION, "bad")
    assert reply.text != say.APOLOGY
    assert await two.hear(OPINION, "bad") == reply
    assert two.state("bad")[0] == "done"
    assert two.tickets() == {"feedback": 2}  # the opinion, and what the last try did


async def test_poison_among_others_spoils_nothing(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "respond", Poison("毒"))
    texts = ["毒" if n % 4 == 0 else OPINION for n in range(24)]
    replies = await asyncio.gather(
        *(two.hear(text, f"id-{n}", user=f"user-{n}") for n, text in enumerate(texts))
    )
    for text, reply in zip(texts, replies, strict=True):
        assert (reply.text == say.APOLOGY) is (text == "毒")
    assert two.tickets() == {"feedback": 18}
    assert two.rows(inbox) == 24


async def test_a_failure_does_not_undo_what_a_copy_did(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy gets through between a failure and its being counted."""
    monkeypatch.setattr(dispatch, "respond", Poison(OPINION, until=2))
    count_failure, failed, got_through = (
        two.doors[1]._count_failure,
        asyncio.Event(),
        asyncio.Event(),
    )

    async def count_later(*args: Any) -> tuple[Reply, str]:
        failed.set()
        await got_through.wait()
        return await count_failure(*args)

    monkeypatch.setattr(two.doors[1], "_count_failure", count_later)
    failing = asyncio.create_task(two.hear(OPINION, "same"))
    await failed.wait()
    copy = await two.hear(OPINION, "same")
    assert copy.text != say.APOLOGY
    got_through.set()
    assert await failing == copy
    assert two.state("same") == ("done", 0)
    assert await two.hear(OPINION, "same") == copy
    assert two.tickets() == {"feedback": 2}  # the opinion, and what the second try did


async def test_a_form_is_forgotten_after_a_week(two: Two) -> None:
    async def open_and_wait(**how_long: float) -> Reply:
        await two.hear("报名结对", f"open-{how_long}")
        two.clock.wait(**how_long)
        return await two.hear("继续", f"resume-{how_long}")

    assert say.ASK_NAME in (await open_and_wait(days=6, hours=23)).text
    assert (await open_and_wait(days=7, seconds=1)).text == say.EXPIRED
    await app.tidy(two.stores[0], two.clock())
    assert two.rows(forms) == 0


async def test_a_busy_database_records_nothing(two: Two) -> None:
    with (
        pytest.MonkeyPatch.context() as impatient,
        two.stores[1].engine.connect() as other,
        other.begin(),
    ):
        impatient.setattr("storage.job.PATIENCE_S", 0.3)
        people.address_row(other, "web", "a")  # SQLite's only lock, or this address alone
        assert await two.doors[0].receive(Incoming("web", "a", OPINION, "busy", NOW)) == Reply(
            say.BUSY
        )
        other.rollback()
    assert two.rows(inbox) == 0
    assert (await two.hear(OPINION, "busy")).text != say.BUSY
    assert two.tickets() == {"feedback": 1}


def test_what_is_kept_of_a_reply_is_json(store: Store) -> None:
    store.write_now(lambda tx: samples.load(tx, NOW))
    for reply in (Reply("您好", (front.CHOICES[0],)), Reply("电话？", wants="phone")):
        assert letters.read(json.loads(json.dumps(letters.written(reply)))) == reply


def test_a_reply_that_was_kept_before_it_said_what_it_wants_is_read() -> None:
    assert letters.read({"text": "您好", "choices": []}) == Reply("您好")


def test_a_receipt_without_a_message_is_an_error(store: Store) -> None:
    with pytest.raises(Exception, match="No row"):
        store.write_now(lambda tx: messages.failed(tx, 9999, {}))
    unheard = update(inbox).where(inbox.c.id == 9999).values(state="done")
    store.write_now(lambda tx: tx.execute(unheard))
