"""How well the plans answer questions that were written by somebody who had not seen the code.

tests/questions holds eleven such sets on the five plans; each folder of tests/elsewhere holds four
plans of other places, with invented facts, and a set on them. The floors lie a little below what
was measured when they were last looked at (docs/benchmarks.md); a change that falls below one has
made something worse.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import evaluate
from bot.asking import Asker, BadLine
from bot.evaluate import Verdict
from knowledge.book import Book
from knowledge.documents.reading import read_folder
from tests.bench.corpus import plans_folder
from tests.conftest import shipped_book

HERE = Path(__file__).parent
SETS = sorted((HERE / "questions").glob("*.jsonl"))
ELSEWHERE = sorted((HERE / "elsewhere").glob("*/questions.jsonl"))
NOW = datetime(2026, 11, 25, tzinfo=UTC)

FLOORS = {"originals": (0.93, 0.933, 0.018), "digests": (0.848, 0.914, 0.018)}
"""The least recall and reply, and the most false refusals."""


def book(of: str) -> Book:
    if of == "digests":
        return shipped_book()
    folder = plans_folder()
    if not folder.is_dir():
        pytest.skip(f"the original plans are not at {folder}")
    return Book(read_folder(folder).facts)


def verdicts(path: Path, book: Book) -> Iterator[Verdict]:
    asker = Asker(book, NOW, [])
    with path.open("rb") as lines:
        for case in evaluate.cases(lines):
            assert not isinstance(case, BadLine), case
            yield evaluate.judge(asker, case)


def check(told: dict[str, Any], recall: float, reply: float, false: float, right: float) -> None:
    assert told["recall"]["at_1"]["share"] >= recall
    assert told["reply"]["share"] >= reply
    assert told["refusal"]["false"]["share"] <= false
    assert told["refusal"]["right"]["share"] >= right


@pytest.mark.parametrize("of", FLOORS)
def test_questions_of_others_are_answered_or_refused(of: str) -> None:
    known = book(of)
    found = [verdict for path in SETS for verdict in verdicts(path, known)]
    assert len(found) == 2150
    check(evaluate.summary(found), *FLOORS[of], 0.97)


def test_plans_of_other_places_are_answered_from() -> None:
    found = [
        verdict
        for path in ELSEWHERE
        for verdict in verdicts(path, Book(read_folder(path.parent).facts))
    ]
    assert len(found) == 884
    check(evaluate.summary(found), 0.955, 0.96, 0.027, 0.94)
