"""What a handler may touch, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from knowledge.book import Book
from storage.engine import Transaction
from storage.people import Person


@dataclass(frozen=True, slots=True)
class Desk:
    """One message being handled: for whom, inside which transaction, with what at hand.

    ``now`` is aware. What is written through ``tx`` is kept only if the handler returns.
    """

    person: Person
    tx: Transaction
    book: Book
    now: datetime
    channel: str
    address_id: int
