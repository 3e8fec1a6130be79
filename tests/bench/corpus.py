"""Passages to search: the five plans, and as many made-up plans beside them as a size needs.

A made-up plan is of a made-up city (示例0001市) and is put together from clauses of the five plans,
so its pairs of characters are as common as in real plans; that is harder than real text.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from knowledge.documents.reading import read_folder
from knowledge.plan import Fact, Plan, shipped

PASSAGES_OF_A_PLAN = 50
_CLAUSE = re.compile(r"[^，。；]+[，。；]?")


def plans_folder() -> Path:
    """Return where the original plans should be."""
    beside = Path(__file__).parents[3] / "shared" / "plans"
    return Path(os.environ.get("GUANXIN_PLANS", beside))


def five_plans() -> tuple[str, Sequence[Fact]]:
    """Return which passages these are, and the passages: the originals, else the digests."""
    folder = plans_folder()
    if folder.is_dir():
        return "originals", read_folder(folder).facts
    return "digests", shipped()


def passages(size: int) -> Sequence[Fact]:
    """Return the five plans' passages and made-up ones up to a size (0: none besides)."""
    facts = list(five_plans()[1])
    return [*facts, *islice(_made_up(facts), max(0, size - len(facts)))]


def _made_up(facts: Sequence[Fact]) -> Iterator[Fact]:
    chance = random.Random(7)  # the same passages in every run
    clauses = [clause for fact in facts for clause in _CLAUSE.findall(fact.text)]
    number = 0
    while True:
        city, number = f"示例{number:04d}市", number + 1
        year = 2018 + number % 8
        plan = Plan(
            f"made-up-{number:05d}", f"{city}{year}年工作要点", f"{city}关工委", city, year, None,
            None, digest=False,
        )  # fmt: skip
        for position in range(PASSAGES_OF_A_PLAN):
            like = chance.choice(facts)
            text = "".join(chance.sample(clauses, chance.randint(2, 5)))[:200]
            yield Fact(plan, position, like.section, like.headings, text)
