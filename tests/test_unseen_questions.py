"""How well the plans answer questions that were written by somebody who had not seen the code.

tests/questions holds eleven such sets on the five plans; each folder of tests/elsewhere holds
plans of other places, with invented facts, and a set on them. The floors lie a little below what
was measured when they were last looked at (docs/benchmarks.md); a change that falls below one has
made something worse.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import evaluate
from bot.asking import Asker, BadLine
from bot.evaluate import Verdict
from knowledge.book import Book
from knowledge.documents import reading
from knowledge.documents.document import read
from knowledge.documents.reading import read_folder
from tests.bench.corpus import plans_folder
from tests.conftest import shipped_book

HERE = Path(__file__).parent
WORDS = re.compile("[\u4e00-\u9fff]{5,}")
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
    assert len(found) == 974
    check(evaluate.summary(found), 0.953, 0.95, 0.028, 0.94)


PLANS = sorted(
    path for suffix in ("txt", "html", "md") for path in (HERE / "elsewhere").glob(f"*/*.{suffix}")
)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_words_of_a_plan_are_lost(path: Path) -> None:
    data = path.read_bytes()
    told = reading.read(path.name, data)
    kept = [told.plan.title, *(section.title for section in told.sections)]
    kept += [words for fact in told.facts for words in (*fact.headings, fact.text)]
    whole = "\n".join(kept)
    for paragraph in read(path.name, data).paragraphs:
        for cell in paragraph.cells or (paragraph.text,):
            for words in WORDS.findall(cell):
                assert words in whole


def test_plans_of_others_share_no_sentence_with_the_originals() -> None:
    folder = plans_folder()
    if not folder.is_dir():
        pytest.skip(f"the original plans are not at {folder}")
    longest = 27  # as for the digests; titles in 《》 aside
    originals = "\n".join(_words(path) for path in sorted(folder.glob("*.txt")))
    runs = {originals[at : at + longest + 1] for at in range(len(originals) - longest)}
    for path in PLANS:
        words = _words(path)
        shared = (words[at : at + longest + 1] for at in range(len(words) - longest))
        assert not [run for run in shared if run in runs], path


def _words(path: Path) -> str:
    """Return the words of a file without blanks and titles."""
    data = path.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    return re.sub(r"《[^《》]*》|\s", "", text)
