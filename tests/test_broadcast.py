"""A message to many: once to each, undone in time, stopped at once, and accounted for."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import system
from handlers import broadcast
from handlers.broadcast import Refused
from handlers.outbox import Outbox
from handlers.ways import Reach
from storage import (
    audiences,
    broadcasts,
    claims,
    erasure,
    links,
    outcomes,
    people,
    windows,
)
from storage.audiences import Audience
from storage.broadcasts import Broadcast
from storage.cipher import decode_key
from storage.outgoing import broadcasts as table
from storage.outgoing import deliveries as delivery_rows
from storage.store import Store
from tests.casting import (
    OUTBOX,
    TEXT,
    act,
    claim,
    confirmed,
    crowd,
    drafted,
    expand,
    link,
    member,
    recorded,
    rows,
    send,
    signs_up,
    someone,
    station,
)
from tests.conftest import KEY, NOW

MINUTE = 60


def state(store: Store, one: Broadcast) -> str:
    return store.read_now(lambda tx: broadcasts.get(tx, one.id)).state


def totals(store: Store, one: Broadcast) -> dict[str, int]:
    def work(tx: Any) -> dict[str, int]:
        now = broadcasts.get(tx, one.id)
        found = outcomes.totals(tx, [now])[one.id]
        assert sum(found.values()) == now.recipients
        return found

    return store.read_now(work)


def refused(store: Store, work: Callable[[Any], Any]) -> str:
    """Return why staff are refused, and see that nothing was changed."""
    before = store.read_now(lambda tx: tx.execute(select(table)).all())
    with pytest.raises(Refused) as problem:
        store.write_now(work)
    assert store.read_now(lambda tx: tx.execute(select(table)).all()) == before
    assert "{" not in problem.value.said + str(problem.value)
    return problem.value.why


# Whom it is for


@pytest.fixture
def folk(store: Store) -> dict[str, int]:
    """Somebody of every sort, by name."""
    near, shift = station(store, "示例·郑陆站", "郑陆镇")
    _, far_shift = station(store, "示例·崇川站", "南通市")
    found = {
        "helps": someone(store, "1"),
        "helped": someone(store, "2", region="南通"),
        "far": someone(store, "3"),
        "asked": someone(store, "4", subscribed_at=NOW, region="常州"),
        "stranger": someone(store, "5"),
    }
    signs_up(store, found["helps"], shift)
    signs_up(store, found["helped"], shift, and_cancels=True)
    signs_up(store, found["far"], far_shift)
    return found | {"station": near}


@pytest.mark.parametrize(
    ("audience", "names"),
    [
        (Audience("all"), "helps helped far asked stranger"),
        (Audience("volunteers"), "helps helped far"),
        (Audience("subscribers"), "asked"),
        (Audience("all", "常州市"), "helps helped asked"),
        (Audience("all", "天宁区"), "helps helped"),
        (Audience("all", "常州"), "helps helped asked"),
        (Audience("volunteers", "南通市"), "helped far"),
        (Audience("all", "重庆市"), ""),
        (Audience("all", "火星"), ""),
    ],
)
def test_an_audience_by_role_and_region(
    store: Store, folk: dict[str, int], audience: Audience, names: str
) -> None:
    wanted = [folk[name] for name in names.split()]
    assert store.read_now(lambda tx: audiences.after(tx, audience, 0, 9)) == wanted
    assert store.read_now(lambda tx: audiences.count(tx, audience)) == len(wanted)
    found = store.read_now(lambda tx: list(audiences.contacts(tx, audience, NOW)))
    assert [contact.person_id for contact in found] == wanted


def test_an_audience_by_station(store: Store, folk: dict[str, int]) -> None:
    here = Audience("all", station_id=folk["station"])
    found = store.read_now(lambda tx: audiences.after(tx, here, 0, 9))
    assert found == [folk["helps"], folk["helped"]]
    behind = store.read_now(lambda tx: audiences.after(tx, here, folk["helps"], 9))
    assert behind == [folk["helped"]]


def test_the_preview_counts_each_person_once_by_the_best_way(store: Store) -> None:
    by = member(store)
    someone(store, "1")
    someone(store, "gone", opted_out_at=NOW)
    someone(store, "a", channel="web")
    writes, silent = (someone(store, openid, channel="wechat") for openid in ("o1", "o2"))
    assert writes != silent

    def open_window(tx: Any) -> None:
        row = people.address_row(tx, "wechat", "o1")
        windows.open_window(tx, row, 5, system() + timedelta(hours=1))

    store.write_now(open_window)
    draft = drafted(store, by)

    def shown(reach: Reach) -> dict[str, int]:
        outbox = Outbox(reach, system)
        found = store.read_now(lambda tx: broadcast.preview(tx, draft, outbox))
        assert found.count == 5
        return {way: number for way, number in found.ways.items() if number}

    served = {"customer_service": 1, "unreachable": 1}
    page = {"page": 1, "opted_out": 1}
    assert shown(Reach(True, True)) == {"telegram": 1} | served | page
    assert shown(Reach(templates=frozenset({"broadcast"}))) == {
        "template": 2, "unreachable": 1
    } | page  # fmt: skip


def test_the_sample_says_who_sends_it_and_how_to_get_no_more(store: Store) -> None:
    draft = drafted(store, member(store), f"  {TEXT}\x07  ")
    found = store.read_now(lambda tx: broadcast.preview(tx, draft, OUTBOX))
    assert found.sample.startswith(f"{TEXT}\n")
    assert "王老师" in found.sample
    assert "退订" in found.sample


# Drafts and confirming


def test_the_same_draft_is_kept_once(store: Store) -> None:
    by, other = member(store), member(store, "李老师")
    first = drafted(store, by)
    assert drafted(store, by) == first
    assert drafted(store, by, audience=Audience("volunteers")).id != first.id
    assert drafted(store, other).id != first.id
    assert drafted(store, by, urgent=True).id != first.id


@pytest.mark.parametrize(
    ("text", "why"), [("", "empty"), (" \x00\n", "empty"), ("好" * 601, "long")]
)
def test_a_text_that_cannot_be_sent(store: Store, text: str, why: str) -> None:
    by = member(store)
    audience = Audience("all")
    assert refused(store, lambda tx: broadcast.draft(tx, text, audience, by, NOW)) == why


def test_only_an_admin_sends_what_is_urgent(store: Store) -> None:
    helper = member(store, "李老师", role="staff")
    boss = member(store)
    crowd(store, 1)
    work = lambda tx: broadcast.draft(tx, TEXT, Audience("all"), helper, NOW, urgent=True)  # noqa: E731
    assert refused(store, work) == "urgent"
    draft = drafted(store, boss, urgent=True)
    assert refused(store, lambda tx: broadcast.confirm(tx, draft.id, helper, NOW)) == "urgent"
    assert confirmed(store, boss, urgent=True).state == "confirmed"


def test_confirming_twice_is_confirming_once(store: Store) -> None:
    by = member(store)
    crowd(store, 3)
    one = confirmed(store, by)
    later = NOW + timedelta(seconds=30)
    again = store.write_now(lambda tx: broadcast.confirm(tx, one.id, by, later))
    assert (again, one.state, one.confirmed_at) == (one, "confirmed", NOW)
    expand(store)
    expand(store)
    assert totals(store, one) == {"waiting": 3}
    acts = [act for _, act, _ in recorded(store)]
    assert acts == ["broadcast confirm"]


def test_nobody_to_send_to(store: Store) -> None:
    by = member(store)
    draft = drafted(store, by)
    assert refused(store, lambda tx: broadcast.confirm(tx, draft.id, by, NOW)) == "nobody"
    assert refused(store, lambda tx: broadcast.confirm(tx, 99, by, NOW)) == "unknown"
    assert refused(store, lambda tx: broadcast.confirm(tx, 10**30, by, NOW)) == "unknown"


def test_the_same_text_is_not_sent_again_within_twelve_hours(store: Store) -> None:
    by, other = member(store), member(store, "李老师")
    signed = crowd(store, 2)
    _, shift = station(store, "示例·站", "常州市")
    signs_up(store, signed[0], shift)
    confirmed(store, by)
    alike = TEXT.replace("，", " , ").replace("。", "！！")
    draft = drafted(store, other, alike, audience=Audience("volunteers"))
    soon = NOW + timedelta(hours=11, minutes=59)
    assert refused(store, lambda tx: broadcast.confirm(tx, draft.id, other, soon)) == "alike"
    late = NOW + timedelta(hours=12)
    assert store.write_now(lambda tx: broadcast.confirm(tx, draft.id, other, late)).confirmed_at


def test_the_guard_can_be_overruled_and_does_not_count_what_was_undone(store: Store) -> None:
    by = member(store)
    crowd(store, 2)
    first = confirmed(store, by)
    second = drafted(store, by)
    assert refused(store, lambda tx: broadcast.confirm(tx, second.id, by, NOW)) == "alike"
    act(store, broadcast.undo, first, by, seconds=5)
    assert confirmed(store, by).id == second.id
    third = drafted(store, by)
    again = store.write_now(lambda tx: broadcast.confirm(tx, third.id, by, NOW, again=True))
    assert again.state == "confirmed"


def both_at_once(database_url: str, work: Callable[[Store, int], Any]) -> list[Any]:
    """Do something in two processes' stores at the same moment; errors are returned."""
    stores = [Store(database_url, decode_key(KEY)) for _ in range(2)]
    start = threading.Barrier(2)

    def run(number: int) -> Any:
        start.wait()
        try:
            return work(stores[number], number)
        except Refused as problem:
            return problem.why

    try:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(run, range(2)))
    finally:
        for one in stores:
            one.close()


def test_of_two_who_confirm_the_same_text_at_once_one_is_refused(
    store: Store, database_url: str
) -> None:
    members = [member(store), member(store, "李老师")]
    crowd(store, 2)
    for number in range(5):
        text = f"{TEXT}第{number}次"
        drafts = [drafted(store, by, text) for by in members]

        def confirm(own: Store, n: int, drafts: list[Broadcast] = drafts) -> str:
            one = own.write_now(lambda tx: broadcast.confirm(tx, drafts[n].id, members[n], NOW))
            return one.state

        assert sorted(both_at_once(database_url, confirm)) == ["alike", "confirmed"]


# To each once


def test_everybody_gets_a_row_whatever_can_be_done_for_them(store: Store) -> None:
    by = member(store)
    crowd(store, 3)
    someone(store, "out", opted_out_at=NOW)
    someone(store, "o1", channel="wechat")
    one = confirmed(store, by)
    expand(store)
    assert totals(store, one) == {"waiting": 3, "opted_out": 1, "unreachable": 1}
    assert len(rows(store, one)) == 5


def test_it_is_held_for_a_minute_then_sent_and_done(store: Store) -> None:
    by = member(store)
    crowd(store, 3)
    one = confirmed(store, by)
    expand(store)
    assert claim(store, seconds=59) == []
    expand(store, seconds=60)
    assert state(store, one) == "running"
    taken = claim(store, seconds=60)
    assert all(send(store, delivery) for delivery in taken)
    assert {delivery.reply["text"] for delivery in taken} == {broadcast.sample(one)}
    expand(store, seconds=61)
    assert state(store, one) == "done"
    assert totals(store, one) == {"sent": 3}


def test_it_goes_on_where_it_was_interrupted(store: Store) -> None:
    by = member(store)
    crowd(store, broadcast.CHUNK * 2 + 3)
    one = confirmed(store, by)
    assert store.write_now(lambda tx: broadcast.expand(tx, OUTBOX, NOW))

    def dies(tx: Any) -> None:
        broadcast.expand(tx, OUTBOX, NOW)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), store.engine.connect() as tx, tx.begin():
        dies(tx)
    assert len(rows(store, one)) == broadcast.CHUNK
    expand(store)
    assert totals(store, one) == {"waiting": broadcast.CHUNK * 2 + 3}


def test_two_processes_make_each_row_once(store: Store, database_url: str) -> None:
    by = member(store)
    wanted = crowd(store, broadcast.CHUNK * 4)
    one = confirmed(store, by)
    both_at_once(database_url, lambda own, _: expand(own))
    assert [row.person_id for row in rows(store, one)] == wanted
    assert totals(store, one) == {"waiting": len(wanted)}


def test_one_a_day_unless_it_is_urgent(store: Store) -> None:
    by = member(store)
    crowd(store, 1)
    confirmed(store, by)
    confirmed(store, by, "第二条", urgent=True)
    confirmed(store, by, "第三条")
    expand(store)
    today = {delivery.cause: delivery for delivery in claim(store, minutes=2)}
    assert set(today) == {"broadcast:1"}
    assert send(store, today["broadcast:1"])
    assert [delivery.cause for delivery in claim(store, minutes=2)] == ["broadcast:2"]
    query = select(delivery_rows.c.hold_until).where(delivery_rows.c.cause == "broadcast:3")
    held = store.read_now(lambda tx: tx.execute(query).scalar_one())
    assert (held - NOW).days == 1 or held.date() == (NOW + timedelta(days=1)).date()


# Undo, pause, stop


def test_undoing_within_a_minute_withdraws_everything(store: Store) -> None:
    by = member(store)
    crowd(store, broadcast.CHUNK + 5)
    one = confirmed(store, by)
    store.write_now(lambda tx: broadcast.expand(tx, OUTBOX, NOW))
    undone = act(store, broadcast.undo, one, by, seconds=59)
    assert undone.state == "undone"
    assert act(store, broadcast.undo, one, by, seconds=90) == undone
    expand(store, seconds=70)
    assert totals(store, one) == {"withdrawn": broadcast.CHUNK + 5}
    assert claim(store, minutes=5) == []
    assert state(store, one) == "undone"


def test_after_a_minute_it_cannot_be_undone(store: Store) -> None:
    by = member(store)
    crowd(store, 1)
    one = confirmed(store, by)
    expand(store)
    late = NOW + timedelta(seconds=60)
    assert refused(store, lambda tx: broadcast.undo(tx, one.id, by, late)) == "late"
    assert totals(store, one) == {"waiting": 1}


def test_what_is_undone_leaves_the_day_free(store: Store) -> None:
    by = member(store)
    crowd(store, 1)
    one = confirmed(store, by)
    expand(store)
    act(store, broadcast.undo, one, by, seconds=5)
    confirmed(store, by, "另一条")
    expand(store)
    assert [delivery.cause for delivery in claim(store, minutes=2)] == ["broadcast:2"]


def test_pausing_holds_back_what_is_claimed_too(store: Store) -> None:
    by = member(store)
    crowd(store, 5)
    one = confirmed(store, by)
    expand(store)
    first, second, *_ = claim(store, most=2, minutes=2)
    assert send(store, first)
    assert act(store, broadcast.pause, one, by, minutes=2).state == "paused"
    assert not send(store, second)
    assert claim(store, minutes=3) == []
    assert totals(store, one) == {"sent": 1, "paused": 4}
    assert act(store, broadcast.resume, one, by, minutes=4).state == "running"
    assert all(send(store, delivery) for delivery in claim(store, minutes=4))
    assert totals(store, one) == {"sent": 5}


def test_nobody_is_added_while_it_is_paused(store: Store) -> None:
    by = member(store)
    crowd(store, broadcast.CHUNK + 5)
    one = confirmed(store, by)
    store.write_now(lambda tx: broadcast.expand(tx, OUTBOX, NOW))
    act(store, broadcast.pause, one, by, seconds=10)
    expand(store, seconds=10)
    assert totals(store, one) == {"paused": broadcast.CHUNK}
    assert act(store, broadcast.resume, one, by, seconds=20).state == "confirmed"
    expand(store, seconds=20)
    assert totals(store, one) == {"waiting": broadcast.CHUNK + 5}


@pytest.mark.parametrize("before", ["confirmed", "running", "paused"])
def test_stopping_ends_what_was_not_sent(store: Store, before: str) -> None:
    by = member(store)
    crowd(store, 5)
    one = confirmed(store, by)
    expand(store)
    taken = claim(store, most=2, minutes=2) if before != "confirmed" else []
    sent = [send(store, delivery) for delivery in taken[:1]]
    if before == "paused":
        act(store, broadcast.pause, one, by, minutes=2)
    assert act(store, broadcast.stop, one, by, minutes=2).state == "stopped"
    assert not any(send(store, delivery) for delivery in taken[1:])
    assert claim(store, minutes=3) == []
    assert Counter(totals(store, one)) == Counter(sent=len(sent), withdrawn=5 - len(sent))
    expand(store, minutes=4)
    assert state(store, one) == "stopped"


@pytest.mark.parametrize(
    ("do", "after", "outcome"),
    [(broadcast.stop, "withdrawn", "stopped"), (broadcast.pause, "paused", "429")],
)
def test_what_was_put_off_in_that_moment_is_not_sent_either(
    store: Store, do: broadcast.Act, after: str, outcome: str
) -> None:
    by = member(store)
    crowd(store, 1)
    one = confirmed(store, by)
    expand(store)
    (taken,) = claim(store, minutes=2)
    assert store.write_now(lambda tx: claims.sending(tx, taken, "p", NOW))
    act(store, do, one, by, minutes=2)
    store.write_now(lambda tx: claims.later(tx, taken.id, "p", NOW, "429"))
    assert not any(send(store, delivery) for delivery in claim(store, minutes=3))
    expand(store, minutes=3)
    found = store.read_now(lambda tx: list(outcomes.each(tx, one.id)))
    assert [(each.state, each.why) for each in found] == [(after, outcome)]


@pytest.mark.parametrize("do", broadcast.ACTS.values())
def test_a_draft_and_what_is_done_are_left_alone(store: Store, do: broadcast.Act) -> None:
    by = member(store)
    crowd(store, 1)
    draft = drafted(store, by)
    assert refused(store, lambda tx: do(tx, draft.id, by, NOW)) == "state"
    assert refused(store, lambda tx: do(tx, 99, by, NOW)) == "unknown"
    one = confirmed(store, by)
    expand(store)
    assert all(send(store, delivery) for delivery in claim(store, minutes=2))
    expand(store, minutes=3)
    expand(store, minutes=3)
    assert state(store, one) == "done"
    assert refused(store, lambda tx: do(tx, one.id, by, NOW)) == "state"


# Accounts


def test_the_totals_add_up_when_somebody_is_deleted(store: Store) -> None:
    by = member(store)
    first, *_ = crowd(store, 3)
    outs = someone(store, "out", opted_out_at=NOW)
    one = confirmed(store, by)
    expand(store)
    for person_id in (first, outs):
        store.write_now(lambda tx, p=person_id: erasure.forget_person(tx, p, "request", NOW))
    assert totals(store, one) == {"waiting": 2, "erased": 2}


def test_the_totals_add_up_when_two_turn_out_to_be_one(store: Store) -> None:
    by = member(store)
    page, phone = someone(store, "1"), someone(store, "2")
    one = confirmed(store, by)
    expand(store)

    def join(tx: Any) -> str:
        links.issue(tx, page, "123456", NOW)
        return links.redeem(tx, people.address_row(tx, "telegram", "2"), phone, "123456", NOW)

    assert store.write_now(join) == "linked"
    assert sum(totals(store, one).values()) == 2


def test_a_row_for_each_recipient(store: Store) -> None:
    by = member(store)
    crowd(store, 1)
    someone(store, "a", channel="web", name="李桂芳", phone="13900001234")
    someone(store, "out", opted_out_at=NOW)
    one = confirmed(store, by)
    expand(store)
    assert all(send(store, delivery) for delivery in claim(store, minutes=2))
    found = store.read_now(lambda tx: list(outcomes.each(tx, one.id)))
    assert [(each.name, each.phone, each.channel, each.way, each.state) for each in found] == [
        (None, None, "telegram", "telegram", "sent"),
        ("李桂芳", "13900001234", "web", "page", "waiting"),
        (None, None, None, "telephone", "opted_out"),
    ]
    assert [each.at is None for each in found] == [False, True, False]


# To oneself first


def test_a_test_goes_to_the_own_chat_at_once_and_counts_for_nothing(store: Store) -> None:
    by = member(store)
    draft = drafted(store, by)
    assert refused(store, lambda tx: broadcast.try_out(tx, OUTBOX, draft, by, NOW)) == "unlinked"
    link(store, by, someone(store, "1"))
    for _ in range(2):
        store.write_now(lambda tx: broadcast.try_out(tx, OUTBOX, draft, by, NOW))
    first = claim(store)
    assert [delivery.cause for delivery in first] == ["test:1:1"]
    assert first[0].reply["text"] == broadcast.sample(draft)
    assert send(store, first[0])
    assert [delivery.cause for delivery in claim(store)] == ["test:1:2"]
    assert totals(store, draft) == {}
