"""How well the plans answer questions that were written by somebody who had not seen the code.

tests/questions holds ten such sets. The floors lie a little below what was measured when they
were last looked at (docs/benchmarks.md); a change that falls below one has made something worse.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import evaluate
from bot.asking import Asker, BadLine
from knowledge.book import Book
from knowledge.documents.reading import read_folder
from tests.bench.corpus import plans_folder
from tests.conftest import shipped_book

SETS = sorted((Path(__file__).parent / "questions").glob("*.jsonl"))
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def book(of: str) -> Book:
    if of == "digests":
        return shipped_book()
    folder = plans_folder()
    if not folder.is_dir():
        pytest.skip(f"the original plans are not at {folder}")
    return Book(read_folder(folder).facts)


FLOORS = {"originals": (0.925, 0.92, 0.02), "digests": (0.85, 0.905, 0.025)}
"""The least recall and reply, and the most false refusals."""


@pytest.mark.parametrize("of", FLOORS)
def test_questions_of_others_are_answered_or_refused(of: str) -> None:
    asker = Asker(book(of), NOW, [])
    verdicts = []
    for path in SETS:
        with path.open("rb") as lines:
            for case in evaluate.cases(lines):
                assert not isinstance(case, BadLine), case
                verdicts.append(evaluate.judge(asker, case))
    told = evaluate.summary(verdicts)
    recall, reply, false = FLOORS[of]
    assert len(verdicts) == 1950
    assert told["recall"]["at_1"]["share"] >= recall
    assert told["reply"]["share"] >= reply
    assert told["refusal"]["false"]["share"] <= false
    assert told["refusal"]["right"]["share"] >= 0.96
