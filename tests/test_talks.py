"""Conversations as plain text: each file in talks/ is played and must read as written.

A line ``王: words`` is said by 王, ``王 taps 报名`` presses the newest button with that label,
``关心: …`` and the lines below it are the reply, choices numbered as the terminal shows them.
``…`` stands for anything. ``[+3 days]`` moves the clock, ``[closes 站]`` closes a station,
``[seats 站 2]`` gives every shift of a station two seats. ``[cancels 1 2026-11-24]`` and
``[moves 1 2026-11-26T14:00]`` (``only 2026-11-24``) are what staff do to a shift, ``[reminds]`` is
a round of the reminders, ``[answers 1 words]`` is what staff answer to a question or a person that
waits as ticket 1; ``王 reads`` looks at the page, where the newest push must read as the lines
below. ``[learns file]`` learns a plan of talks/plans. ``#`` begins a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot import learning
from bot.app import Guanxin
from bot.channels import terminal
from bot.channels.page import Page
from bot.clock import system
from bot.history import History
from bot.postman import Postman
from handlers import answering, changes, reminders
from handlers.answering import By
from handlers.message import Reply
from handlers.outbox import Outbox
from handlers.telling import Act
from handlers.timewords import SHANGHAI
from handlers.ways import Reach
from storage import stations, tickets
from storage.engine import Transaction
from storage.tables import shifts
from storage.tables import stations as stations_table
from tests.conftest import Clock, Say

TALKS = sorted((Path(__file__).parent / "talks").glob("*.txt"))
BOT = "关心"
SAID = re.compile(r"(\w+)(?:: | taps )(.*)")
LATER = re.compile(r"\[\+(\d+) (days|hours|minutes)\]")
CLOSES = re.compile(r"\[closes (.+)\]")
CANCELS = re.compile(r"\[cancels (\d+) (\S+)\]")
ANSWERS = re.compile(r"\[answers (\d+) (.+)\]")
MOVES = re.compile(r"\[moves (\d+) (\S+?)(?: only (\S+))?\]")
READS = re.compile(r"(\w+) reads")
OUTBOX = Outbox(Reach(), system)
LEARNS = re.compile(r"\[learns (.+)\]")
PLANS = Path(__file__).parent / "talks" / "plans"
SEATS = re.compile(r"\[seats (.+) (\d+)\]")


@dataclass
class Line:
    """One turn: who, what, and the reply that must follow (None: not looked at)."""

    number: int
    who: str
    words: str
    taps: bool = False
    reads: bool = False
    expected: list[str] = field(default_factory=list)


def read_talk(path: Path) -> Iterator[Line]:
    current: Line | None = None
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        if raw.startswith("#"):
            continue
        said = SAID.match(raw)
        if said and said[1] == BOT and current is not None:
            current.expected.append(said[2])
        elif said or raw.startswith("[") or READS.fullmatch(raw):
            if current:
                yield current
            current = read_line(number, raw, said)
        elif current is not None and current.expected:
            current.expected.append(raw)
    if current:
        yield current


def read_line(number: int, raw: str, said: re.Match[str] | None) -> Line:
    if reads := READS.fullmatch(raw):
        return Line(number, reads[1], "", reads=True)
    who, words = (said[1], said[2]) if said else ("", raw)
    return Line(number, who, words, taps=" taps " in raw[: len(who) + 6])


def as_pattern(lines: list[str]) -> re.Pattern[str]:
    text = "\n".join(lines).strip()
    return re.compile(".*".join(map(re.escape, text.split("…"))), re.DOTALL)


def stage(guanxin: Guanxin, clock: Clock, direction: str) -> None:
    if later := LATER.fullmatch(direction):
        clock.wait(**{later[2]: int(later[1])})
    elif learns := LEARNS.fullmatch(direction):
        learning.learn(guanxin.store, PLANS / learns[1], "test", clock.now)
        guanxin.library.refresh()
    elif direction == "[reminds]":
        guanxin.store.write_now(lambda tx: reminders.remind(tx, OUTBOX, clock.now))
    elif answers := ANSWERS.fullmatch(direction):
        guanxin.store.write_now(lambda tx: _answer(tx, int(answers[1]), answers[2], clock.now))
        tell(guanxin)
    else:
        guanxin.store.write_now(lambda tx: change(tx, clock, direction))


def change(tx: Transaction, clock: Clock, direction: str) -> None:
    """Do what staff do to stations and shifts."""
    if closes := CLOSES.fullmatch(direction):
        stations.close(tx, _station(tx, closes[1]), clock.now)
    elif seats := SEATS.fullmatch(direction):
        _seats(tx, _station(tx, seats[1]), int(seats[2]))
    elif cancels := CANCELS.fullmatch(direction):
        changes.cancel_day(_act(tx, clock), int(cancels[1]), date.fromisoformat(cancels[2]))
    elif moves := MOVES.fullmatch(direction):
        to = datetime.fromisoformat(moves[2]).replace(tzinfo=SHANGHAI)
        only = moves[3] and date.fromisoformat(moves[3])
        move = partial(changes.move_day, day=only) if only else changes.move
        move(_act(tx, clock), int(moves[1]), starts=to, ends=to + timedelta(hours=1))
    else:
        raise AssertionError(f"not a direction: {direction}")


def tell(guanxin: Guanxin) -> None:
    """Do the step of the clock that tells what staff answered, to its end."""
    while guanxin.store.write_now(lambda tx: answering.tell(tx, OUTBOX, guanxin.clock())):
        pass


def _answer(tx: Transaction, ticket_id: int, words: str, now: datetime) -> None:
    by, ticket = By(None, now), tickets.get(tx, ticket_id)
    assert ticket is not None, ticket_id
    if ticket.kind in answering.REPLIED_TO:
        return answering.reply(tx, OUTBOX, ticket_id, words, by)
    group = answering.group_of(tx, ticket_id)
    answering.answer(tx, group, replace(answering.suggested(group), text=words), by)
    return None


def _act(tx: Transaction, clock: Clock) -> Act:
    return Act(tx, OUTBOX, "staff 1", clock.now)


async def newest_push(guanxin: Guanxin, user: str) -> Reply:
    """Let what waits be sent to the pages, and look at one."""
    later = Clock(system() + timedelta(hours=1))
    postman = Postman(guanxin.store, Page(), later, guanxin.clock)
    while await postman.round():
        pass
    return (await History(guanxin.store).news(user, ()))[-1].reply


def _station(tx: Transaction, name: str) -> int:
    found = select(stations_table.c.id).where(stations_table.c.name == name)
    return int(tx.execute(found).scalar_one())


def _seats(tx: Transaction, station_id: int, seats: int) -> None:
    tx.execute(update(shifts).where(shifts.c.station_id == station_id).values(seats=seats))


@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
async def test_talk(path: Path, guanxin: Guanxin, say: Say, business_clock: Clock) -> None:
    replies: dict[str, list[Reply]] = {}
    for line in read_talk(path):
        if not line.who:
            stage(guanxin, business_clock, line.words)
            continue
        heard = replies.setdefault(line.who, [])
        if line.reads:
            reply = await newest_push(guanxin, line.who)
        elif line.taps:
            offered = [choice for reply in reversed(heard) for choice in reply.choices]
            data = next(choice.data for choice in offered if choice.label == line.words)
            reply = await say(data, user=line.who, kind="choice")
        else:
            reply = await say(line.words, user=line.who)
        heard.append(reply)
        shown = terminal.render(reply)
        if line.expected and not as_pattern(line.expected).fullmatch(shown):
            expected = "\n".join(line.expected).strip()
            pytest.fail(f"{path.name}:{line.number}\n--- expected\n{expected}\n--- said\n{shown}")


def test_every_talk_is_read() -> None:
    assert len(TALKS) >= 10
    assert all(any(line.expected for line in read_talk(path)) for path in TALKS)
