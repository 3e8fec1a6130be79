"""What the digests answer: every programme of the plans by its name, every question at hand."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from knowledge.plan import Fact
from tests.conftest import shipped_book
from tests.digests import DIGESTS, ROOT, folder, read, share_told

BOOK = shipped_book()
REMARK = re.compile(r"[(（].*?[)）]|^Q\d ")  # what systems.tsv adds to a name
NAME_TOLD, QUOTATION_TOLD = 0.5, 0.6
# Asked with 是 behind it, 亲情电话 is heard as asking for a telephone number (facets.toml).
COUNTED_BY_THE_TABLE = {"普法四法": "普法"}
QUESTIONS = ROOT.parent / "shared" / "eval" / "questions.jsonl"


def present(path: Path) -> Path:
    if not path.is_file():
        pytest.skip(f"{path.name} was looked for at {path}")
    return path


def programmes() -> list[dict[str, str]]:
    """Return the rows of systems.tsv: each has the number of its plan, a name and a quotation."""
    with present(folder() / "systems.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def questions() -> list[dict[str, Any]]:
    lines = present(QUESTIONS).read_text("utf-8").splitlines()
    return [row for line in lines if (row := json.loads(line))["answerable"]]


def told(fact: Fact) -> str:
    return "\n".join((*fact.headings, fact.text))


def test_every_programme_is_told_by_its_name() -> None:
    home = {path.stem[:3]: read(path).header["place"] for path in DIGESTS}
    misses = []
    for row in programmes():
        name = row["name"].removesuffix("(!)")
        finding = BOOK.ask(f"{name}是什么", home[row["doc"]])
        first = finding.hits[0].fact if finding.hits else None
        right = finding.kind == "answer" and first and first.plan.key.startswith(row["doc"])
        words = COUNTED_BY_THE_TABLE.get(plain := REMARK.sub("", name), plain)
        if not (right and first and share_told(words, told(first)) >= NAME_TOLD):
            misses.append(f"{row['id']} {name}: {finding.kind}, {first and first.text}")
    assert not misses, "\n".join(misses)


def test_every_programme_is_told_as_the_plan_has_it() -> None:
    """Some fact of its plan tells the words that systems.tsv quotes, however it is asked for."""
    misses = []
    for row in programmes():
        facts = [told(f) for f in BOOK.index.facts if f.plan.key.startswith(row["doc"])]
        misses += [
            f"{row['id']} {row['name']}: {clause}"
            for clause in re.split("[，；]", row["quote"])
            if max(share_told(clause, fact) for fact in facts) < QUOTATION_TOLD
        ]
    assert not misses, "\n".join(misses)


def test_one_fact_holds_what_a_question_asks_for() -> None:
    misses = []
    for row in questions():
        plans = {quotation["doc"] for quotation in row["gold"]}
        facts = [fact for fact in BOOK.index.facts if fact.plan.key[:3] in plans]
        texts = [f"{fact.plan.title}\n{told(fact)}" for fact in facts]
        sought = "\n".join(texts) if len(plans) > 1 and row.get("all") else None
        for text in [sought] if sought else texts:
            if all(words in text for words in row["must_include"]):
                break
        else:
            misses.append(f"{row['id']} {row['question']}: {row['must_include']}")
    assert not misses, "\n".join(misses)
