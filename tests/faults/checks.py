"""What must hold in the database, whatever went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from handlers import letters
from storage.store import Store
from storage.tables import addresses, messages, signups
from tests.faults.browser import Browser, Volunteer


def inbox(store: Store) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Return what the inbox has answered: text and choices by message id, each id once."""
    query = select(messages.c.external_id, messages.c.reply).where(messages.c.state == "done")
    rows = store.read_now(lambda tx: tx.execute(query).all())
    assert max(Counter(row.external_id for row in rows).values(), default=0) <= 1
    replies = {row.external_id: letters.read(row.reply) for row in rows}
    return {
        id: (reply.text, [(choice.label, choice.data) for choice in reply.choices])
        for id, reply in replies.items()
    }


def assert_nothing_lost(
    store: Store, browsers: Sequence[Browser], *, all_told: bool = True
) -> None:
    """Every acknowledged message is in the inbox once, with the reply that was given."""
    kept = inbox(store)
    told = {id: answer for browser in browsers for id, answer in browser.told.items()}
    assert told
    for id, answer in told.items():
        assert kept[id] == (answer.text, answer.choices)
    assert not all_told or set(kept) == set(told)
    people = select(addresses.c.person_id)
    rows = store.read_now(lambda tx: tx.execute(people).scalars().all())
    assert len(set(rows)) == len(rows) <= len(browsers)
    assert not all_told or len(rows) == len(browsers)


def standing(store: Store) -> dict[int, list[tuple[int, int, str]]]:
    """Return (id, person, status) of the sign-ups that hold a place, by shift, in order."""
    holds = signups.c.status.in_(("confirmed", "waiting"))
    query = select(signups).where(holds).order_by(signups.c.id)
    found: dict[int, list[tuple[int, int, str]]] = {}
    for row in store.read_now(lambda tx: tx.execute(query).all()):
        found.setdefault(row.shift_id, []).append((row.id, row.person_id, row.status))
    return found


def assert_sold_once(store: Store, seats: int) -> None:
    """No seat is sold twice, nobody holds two, and nobody waits for a seat that is free."""
    for line in standing(store).values():
        people = [person for _, person, _ in line]
        confirmed = sum(status == "confirmed" for _, _, status in line)
        assert len(set(people)) == len(people)
        assert confirmed == min(seats, len(line))


def assert_as_told(store: Store, volunteers: Sequence[Volunteer]) -> None:
    """What somebody was told they hold is held, and nothing else."""
    told = sorted(signup for volunteer in volunteers for signup in volunteer.held)
    held = sorted(id for line in standing(store).values() for id, _, _ in line)
    assert told == held != []
