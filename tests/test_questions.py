"""The queue of questions: alike ones in one group, with two processes too, on both engines."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot import app
from bot.clock import system
from handlers import answering
from handlers.answering import By, CannotAnswer
from handlers.outbox import Outbox
from handlers.ways import Reach
from storage import answers, calls, deliveries, erasure, links, people, questions, staff, tickets
from storage.answers import Draft
from storage.cipher import decode_key
from storage.engine import Transaction
from storage.outgoing import deliveries as pushes
from storage.questions import Asked
from storage.store import Store
from storage.tables import answers as answer_rows
from storage.tables import questions as groups
from storage.tables import tickets as ticket_rows
from tests.casting import member, someone
from tests.conftest import KEY, NOW

OUTBOX = Outbox(Reach(telegram=True), system)
BY = By(None, NOW)
SAID = ("书法班收费吗", "请问书法班要不要钱", "书法班的收费标准是多少", "书法班多少钱")


def keep(store: Store, words: str, region: str | None = None, person_id: int | None = None) -> int:
    asked = Asked(words, region, person_id)
    return store.write_now(lambda tx: questions.keep(tx, asked, NOW))


def group(store: Store, ticket_id: int) -> questions.Group:
    return store.read_now(lambda tx: answering.group_of(tx, ticket_id))


def answer(
    store: Store, ticket_id: int, text: str = "不收费。", by: By = BY, **draft: object
) -> int:
    def work(tx: Transaction) -> int:
        found = answering.group_of(tx, ticket_id)
        wanted = answering.suggested(found)
        values = {"text": text, "wordings": wanted.wordings, "region": wanted.region} | draft
        return answering.answer(tx, found, Draft(**values), by)  # type: ignore[arg-type]

    return store.write_now(work)


def tell(store: Store, outbox: Outbox = OUTBOX) -> None:
    while store.write_now(lambda tx: answering.tell(tx, outbox, NOW)):
        pass


def queued(store: Store, answer_id: int) -> dict[int, str]:
    """Return the state of what was queued for an answer, by person."""
    query = select(pushes.c.person_id, pushes.c.state)
    mine = query.where(pushes.c.cause == answers.cause(answer_id))
    return {row.person_id: row.state for row in store.read_now(lambda tx: tx.execute(mine).all())}


def test_alike_questions_are_one_with_the_newest_words(store: Store) -> None:
    first, *_ = [keep(store, words) for words in SAID]
    other = keep(store, "书法班电话是多少")
    found = store.read_now(tickets.open_tickets)
    assert [(one.id, one.words, one.asked) for one in found] == [
        (first, SAID[-1], len(SAID)),
        (other, "书法班电话是多少", 1),
    ]
    assert group(store, first).wordings == tuple(reversed(SAID))
    assert store.read_now(tickets.waiting) == {"unanswered": 2}


def test_one_person_who_asks_twice_is_one(store: Store) -> None:
    person = someone(store, "1")
    first, *_ = [keep(store, words, person_id=person) for words in SAID]
    keep(store, SAID[0], person_id=someone(store, "2"))
    assert group(store, first).asked == 2


def test_questions_of_two_places_are_two(store: Store) -> None:
    keep(store, SAID[0], "常州市")
    keep(store, SAID[1], "南通市")
    keep(store, SAID[2])
    keep(store, f"常州的{SAID[3]}", "南通市")
    found = store.read_now(tickets.open_tickets)
    assert [one.asked for one in found] == [2, 1, 1]


def test_two_processes_at_once_make_one_group(store: Store, database_url: str) -> None:
    other = Store(database_url, decode_key(KEY))
    both, begin = (store, other), threading.Barrier(8)

    def ask(number: int) -> int:
        def slowly(tx: Transaction) -> int:
            new = questions.keep(tx, Asked(SAID[number % len(SAID)]), NOW)
            time.sleep(0.02)
            return new

        begin.wait()
        return both[number % 2].write_now(slowly)

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(ask, range(8)))
    other.close()
    count = select(func.count()).select_from(groups)
    assert store.read_now(lambda tx: tx.execute(count).scalar_one()) == 1
    assert group(store, made[0]).asked == 8


def test_a_group_stays_with_its_first_question(store: Store) -> None:
    first = keep(store, SAID[0])
    near = keep(store, "绘画班收费吗")
    later = keep(store, SAID[1])
    assert group(store, first).id == group(store, later).id != group(store, near).id


def test_a_closed_group_takes_no_more(store: Store) -> None:
    first = keep(store, SAID[0])
    closed = group(store, first)
    assert store.write_now(lambda tx: questions.close(tx, closed.id, "打过电话了", NOW))
    assert not store.write_now(lambda tx: questions.close(tx, closed.id, "再来", NOW))
    assert store.read_now(tickets.open_tickets) == []
    assert group(store, keep(store, SAID[0])).id != closed.id


def test_questions_of_an_older_version_come_into_groups(store: Store) -> None:
    def old(tx: Transaction) -> None:
        for words in (*SAID, "夏令营几岁可以参加"):
            tickets.open_ticket(tx, "unanswered", NOW, words=words)

    store.write_now(old)
    assert len(store.read_now(tickets.open_tickets)) == 5
    while store.write_now(questions.gather):
        pass
    assert [one.asked for one in store.read_now(tickets.open_tickets)] == [4, 1]


def test_an_answer_goes_back_once_to_everybody_who_asked(store: Store) -> None:
    asked = [someone(store, str(number)) for number in range(60)]
    first, *_ = [keep(store, SAID[n % 4], person_id=one) for n, one in enumerate(asked)]
    keep(store, SAID[0], person_id=asked[0])
    keep(store, SAID[0])
    new = answer(store, first)
    tell(store)
    tell(store)
    assert queued(store, new) == dict.fromkeys(asked, "waiting")
    assert store.read_now(staff.recorded)[-1] == ("terminal", "answer", f"answer {new}")
    with pytest.raises(CannotAnswer):
        answer(store, first)


def test_two_processes_tell_everybody_once(store: Store, database_url: str) -> None:
    other = Store(database_url, decode_key(KEY))
    asked = [someone(store, str(number)) for number in range(40)]
    first, *_ = [keep(store, SAID[0], person_id=one) for one in asked]
    new = answer(store, first)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, (store, other, store, other)))
    other.close()
    assert queued(store, new) == dict.fromkeys(asked, "waiting")


def test_whom_it_reaches_and_whom_not(store: Store) -> None:
    on_page = someone(store, "w", channel="web")
    gone = someone(store, "t", channel="terminal")
    out = someone(store, "o", opted_out_at=NOW)
    first, *_ = [keep(store, SAID[0], person_id=one) for one in (on_page, gone, out)]
    found = group(store, first)
    shown = store.read_now(
        lambda tx: answering.preview(tx, OUTBOX, found, Draft("不收费。", SAID[:1]), BY)
    )
    assert (shown.asked, dict(shown.ways)) == (3, {"page": 1, "telephone": 1, "opted_out": 1})
    new = answer(store, first)
    tell(store)
    assert queued(store, new) == {on_page: "waiting", gone: "unreachable", out: "opted_out"}
    (call,) = store.read_now(calls.open_calls)
    assert (call.person_id, call.why) == (gone, "unreachable")
    assert "不收费。" in call.words


def test_it_goes_to_the_chat_in_which_it_was_asked(store: Store) -> None:
    person = someone(store, "1")

    def second(tx: Transaction) -> int:
        page = people.address_row(tx, "web", "w")
        tx.execute(people.addresses.update().where(people.addresses.c.id == page).values(
            person_id=person
        ))  # fmt: skip
        return page

    page = store.write_now(second)
    asked = Asked(SAID[0], None, person, page)
    first = store.write_now(lambda tx: questions.keep(tx, asked, NOW))
    new = answer(store, first)
    tell(store)
    query = select(pushes.c.way, pushes.c.address_id).where(pushes.c.cause == answers.cause(new))
    assert store.read_now(lambda tx: tx.execute(query).one()) == ("page", page)


def test_one_answer_a_day_and_the_next_the_day_after(store: Store) -> None:
    person = someone(store, "1")
    made = [
        answer(store, keep(store, words, person_id=person))
        for words in ("书法班收费吗", "夏令营几天")
    ]
    tell(store)
    query = select(pushes.c.on_day).where(pushes.c.cause.in_(map(answers.cause, made)))
    days = store.read_now(lambda tx: tx.execute(query.order_by(pushes.c.on_day)).scalars().all())
    assert days == [NOW.date(), NOW.date() + timedelta(days=1)]


def test_a_reply_to_one_person_is_not_bound_by_the_day(store: Store) -> None:
    person = someone(store, "1")
    answer(store, keep(store, SAID[0], person_id=person))
    tell(store)

    def waits(tx: Transaction) -> int:
        return tickets.open_ticket(tx, "human", NOW, person_id=person, words="想当面说")

    for number in range(3):
        ticket = store.write_now(waits)
        store.write_now(lambda tx: answering.reply(tx, OUTBOX, ticket, f"好的{number}", BY))  # noqa: B023
    query = select(func.count()).where(pushes.c.kind == "human", pushes.c.on_day.is_(None))
    assert store.read_now(lambda tx: tx.execute(query).scalar_one()) == 3
    with pytest.raises(CannotAnswer):
        store.write_now(lambda tx: answering.reply(tx, OUTBOX, ticket, "又来", BY))


def test_a_change_is_told_instead_of_what_was_not_sent(store: Store) -> None:
    new = answer(store, keep(store, SAID[0], person_id=someone(store, "1")), "不收钱。")
    tell(store)
    store.write_now(lambda tx: answering.change(tx, new, Draft("收十元。", SAID[:1]), BY))
    tell(store)
    (push,) = [one for one in _texts(store) if one is not None]
    assert "收十元。" in push


def _texts(store: Store) -> list[str | None]:
    rows = store.read_now(lambda tx: tx.execute(select(pushes.c.reply)).scalars().all())
    return [row and row["text"] for row in rows]


def test_what_was_sent_is_not_sent_again_after_a_change(store: Store) -> None:
    new = answer(store, keep(store, SAID[0], person_id=someone(store, "1")))
    tell(store)
    store.write_now(lambda tx: tx.execute(update(pushes).values(state="sent")))
    store.write_now(lambda tx: answering.change(tx, new, Draft("收十元。", SAID[:1]), BY))
    tell(store)
    assert list(queued(store, new).values()) == ["sent"]


def test_a_withdrawn_answer_is_not_sent_nor_found(store: Store) -> None:
    new = answer(store, keep(store, SAID[0], person_id=someone(store, "1")))
    tell(store)
    store.write_now(lambda tx: answering.withdraw(tx, new, BY))
    tell(store)
    assert queued(store, new) == {}
    assert store.read_now(lambda tx: deliveries.counts(tx)) == {"withdrawn": 1}
    assert store.read_now(lambda tx: answers.holding(tx, NOW)) == []
    with pytest.raises(CannotAnswer):
        store.write_now(lambda tx: answering.withdraw(tx, new, BY))


def test_an_answer_holds_through_its_last_day_in_china(store: Store) -> None:
    answer(store, keep(store, SAID[0]), until=NOW.date())
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    just_before = midnight - timedelta(seconds=1)
    assert len(store.read_now(lambda tx: answers.holding(tx, just_before))) == 1
    assert store.read_now(lambda tx: answers.holding(tx, midnight)) == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"text": " "}, "empty"),
        ({"text": "长" * 501}, "long"),
        ({"wordings": ("", " ")}, "wording"),
        ({"wordings": tuple(f"问法{n}" for n in range(13))}, "wordings"),
        ({"region": "亚特兰蒂斯"}, "region"),
        ({"until": NOW.date() - timedelta(days=1)}, "until"),
    ],
)
def test_what_cannot_be_taken_changes_nothing(
    store: Store, wrong: dict[str, object], why: str
) -> None:
    first = keep(store, SAID[0])
    with pytest.raises(CannotAnswer) as refused:
        answer(store, first, **{"text": "不收费。", **wrong})  # type: ignore[arg-type]
    assert refused.value.why == why
    assert group(store, first).asked == 1
    assert store.read_now(answers.listed) == []


def test_the_author_and_the_place_are_kept(store: Store) -> None:
    who = By(member(store, "李老师"), NOW)
    answer(store, keep(store, SAID[0], "天宁区"), by=who)
    (given,) = store.read_now(answers.listed)
    assert (given.author, given.draft.region) == ("李老师", "天宁区")
    assert store.read_now(staff.recorded)[-1][0] == who.actor


def test_only_the_key_reads_what_staff_answered(store: Store) -> None:
    answer(store, keep(store, SAID[0]))
    raw = store.read_now(lambda tx: tx.exec_driver_sql("SELECT text, wordings FROM answers").one())
    kept = b"".join(bytes(value) for value in raw)
    assert "不收费".encode() not in kept
    assert "书法班".encode() not in kept


async def test_words_are_forgotten_two_days_after_a_question_is_closed(store: Store) -> None:
    first, still = keep(store, SAID[0]), keep(store, "夏令营几岁可以参加")
    answer(store, first)

    def words(tx: Transaction) -> list[str | None]:
        query = select(ticket_rows.c.words).order_by(ticket_rows.c.id)
        return list(tx.execute(query).scalars())

    await app.tidy(store, NOW + timedelta(hours=48))
    assert store.read_now(words) == [SAID[0], "夏令营几岁可以参加"]
    await app.tidy(store, NOW + timedelta(hours=48, seconds=1))
    assert store.read_now(words) == [None, "夏令营几岁可以参加"]
    assert store.read_now(lambda tx: answers.holding(tx, NOW))[0].wordings == (SAID[0],)
    assert group(store, still).asked == 1


def test_whoever_is_deleted_is_told_nothing_and_leaves_no_words(store: Store) -> None:
    person = someone(store, "1")
    first = keep(store, SAID[0], person_id=person)
    other = keep(store, SAID[1], person_id=someone(store, "2"))
    store.write_now(lambda tx: erasure.forget_person(tx, person, "asked", NOW))
    assert store.read_now(lambda tx: tickets.get(tx, first)) is None
    assert group(store, other).wordings == (SAID[1],)
    assert group(store, keep(store, SAID[2])).id == group(store, other).id


def test_two_people_who_turn_out_to_be_one_are_told_once(store: Store) -> None:
    one, two = someone(store, "1"), someone(store, "2")
    first = keep(store, SAID[0], person_id=one)
    keep(store, SAID[1], person_id=two)
    new = answer(store, first)

    def join(tx: Transaction) -> None:
        links.issue(tx, one, "123456", NOW)
        row = people.address_row(tx, "telegram", "2")
        assert links.redeem(tx, row, two, "123456", NOW) == "linked"

    store.write_now(join)
    tell(store)
    assert len(queued(store, new)) == 1


@pytest.fixture
def many(store: Store) -> Iterator[Store]:
    """Three hundred answers."""
    rows = [
        {
            "text": f"答{n}", "wordings": [f"第{n}号楼的书法班收费吗"], "answered_at": NOW,
            "telling": False,
        }
        for n in range(300)
    ]  # fmt: skip
    store.write_now(lambda tx: tx.execute(answer_rows.insert(), rows))
    return store


def test_of_many_answers_the_one_is_found(many: Store) -> None:
    from handlers.answered import Asked as Question
    from handlers.answered import instead

    question = Question("第217号楼书法班要不要钱", None, "refusal", 0.0)
    found = many.read_now(lambda tx: instead(tx, question, NOW))
    assert found is not None
    assert found.given.draft.text == "答217"
