"""``python -m tests.bench.slips``: what slips of the pen cost the answers.

The questions are those of tests/elsewhere on their own plans, and the last four sets of
tests/questions on the five originals, where they are at hand. In each, characters are replaced by
others of the same sound, drawn at random three times; then all of it is typed as pinyin. The table
goes to standard output as Markdown; docs/benchmarks.md keeps one.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bot import evaluate
from bot.asking import Asker
from bot.evaluate import Case
from knowledge.book import Book
from knowledge.documents.reading import read_folder
from knowledge.text import fold, sound
from tests.bench.corpus import plans_folder

TESTS: Final = Path(__file__).parents[1]
LAST: Final = ("eighth", "ninth", "tenth", "eleventh")
DRAWS: Final = (10, 11, 12)
OFTEN: Final = 5
"""A character that the questions use less often is not taken for another."""

_HAN: Final = re.compile("[\u4e00-\u9fff]")

Change = Callable[[str, random.Random], str]


def main() -> None:
    """Ask everything as it was typed, with one, two and four slips, and as pinyin."""
    asked = [(Asker(book, datetime.now(UTC), []), cases) for book, cases in _sets()]
    alike = _alike(case.question.words for _, cases in asked for case in cases)
    ways: dict[str, tuple[Sequence[int], Change]] = {"as typed": ((0,), lambda words, _: words)}
    for slips in (1, 2, 4):
        ways[str(slips)] = DRAWS, _slipping(slips, alike)
    ways["pinyin"] = (0,), lambda words, _: " ".join(sound(fold(words)))
    columns = {name: list(_measured(asked, *way)) for name, way in ways.items()}
    print("| | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for row in ("right first", "reply", "refused"):
        print(f"| {row} | " + " | ".join(_span(told, row) for told in columns.values()) + " |")


def _sets() -> Iterator[tuple[Book, Sequence[Case]]]:
    for path in sorted(TESTS.glob("elsewhere/*/questions.jsonl")):
        yield Book(read_folder(path.parent).facts), _cases(path)
    if plans_folder().is_dir():
        book = Book(read_folder(plans_folder()).facts)
        for name in LAST:
            yield book, _cases(TESTS / "questions" / f"{name}.jsonl")


def _cases(path: Path) -> Sequence[Case]:
    with path.open("rb") as lines:
        return [case for case in evaluate.cases(lines) if isinstance(case, Case)]


def _alike(questions: Iterator[str]) -> Mapping[str, Sequence[str]]:
    """Return the characters that are used, by how they sound."""
    used = Counter(character for words in questions for character in _HAN.findall(words))
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for character in sorted(used):
        if used[character] >= OFTEN:
            alike[sound(character)[0]].append(character)
    return alike


def _slipping(slips: int, alike: Mapping[str, Sequence[str]]) -> Change:
    def change(words: str, chance: random.Random) -> str:
        others = {
            at: [other for other in alike.get(sound(character)[0], ()) if other != character]
            for at, character in enumerate(words)
            if _HAN.match(character)
        }
        possible = [at for at, some in others.items() if some]
        for at in chance.sample(possible, min(slips, len(possible))):
            words = words[:at] + chance.choice(others[at]) + words[at + 1 :]
        return words

    return change


def _measured(
    asked: Sequence[tuple[Asker, Sequence[Case]]], draws: Sequence[int], change: Change
) -> Iterator[dict[str, float]]:
    for draw in draws:
        chance, verdicts = random.Random(draw), []
        for asker, cases in asked:
            for case in cases:
                words = change(case.question.words, chance)
                other = replace(case, question=replace(case.question, words=words))
                verdicts.append(evaluate.judge(asker, other))
        told: dict[str, Any] = evaluate.summary(verdicts)
        yield {
            "right first": told["recall"]["at_1"]["share"],
            "reply": told["reply"]["share"],
            "refused": told["refusal"]["right"]["share"],
        }


def _span(told: Sequence[dict[str, float]], row: str) -> str:
    low, high = (f"{pick(one[row] for one in told):.3f}".removeprefix("0") for pick in (min, max))
    return low if low == high else f"{low} to {high}"


if __name__ == "__main__":
    main()
