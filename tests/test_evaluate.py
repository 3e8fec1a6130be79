"""Measuring answers: what counts as right, and how sure a share is."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bot import evaluate
from bot.asking import Asker, BadLine
from knowledge.book import Book
from knowledge.plan import Fact, Plan
from tests.conftest import shipped_book
from tests.test_cli import Terminal

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PLAN = Plan("009-x", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, digest=False)
FACTS = (
    Fact(PLAN, 0, "一", ("一、工作",), "讲师团全年宣讲不少于12场。"),
    Fact(PLAN, 1, "二", ("二、活动",), "九月举办书法展览。"),
)
AS_OF = {"GUANXIN_NOW": "2026-11-25T08:00+08:00"}
ASKER = Asker(Book(FACTS), NOW, [])


def judged(**row: Any) -> evaluate.Verdict:
    line = json.dumps({"id": "q", "region": None, **row}).encode()
    (case,) = evaluate.cases(BytesIO(line))
    assert isinstance(case, evaluate.Case)
    return evaluate.judge(ASKER, case)


def told(quote: str, *words: str) -> dict[str, Any]:
    gold = [{"doc": "009", "quote": quote}]
    return {"answerable": True, "gold": gold, "must_include": list(words)}


def test_a_right_passage_that_says_what_is_wanted_is_no_miss() -> None:
    verdict = judged(question="讲师团宣讲多少场", **told("宣讲不少于 12场", "12场"))
    assert (verdict.rank, verdict.is_replied, verdict.miss) == (1, True, "")


def test_a_reply_without_the_wanted_words_is_a_miss() -> None:
    verdict = judged(question="讲师团宣讲多少场", **told("宣讲不少于12场", "13场"))
    assert verdict.miss == "the reply leaves out what was asked"


def test_another_passage_is_a_miss() -> None:
    verdict = judged(question="书法展览什么时候", **told("宣讲不少于12场"))
    assert (verdict.rank == 1, verdict.miss) == (False, "another passage first")


def test_a_refusal_is_right_where_no_plan_says_it() -> None:
    verdict = judged(question="火箭发射", answerable=False)
    assert verdict.is_refused
    assert verdict.miss == ""


def test_an_answer_is_wrong_where_no_plan_says_it() -> None:
    verdict = judged(question="讲师团宣讲多少场", answerable=False)
    assert verdict.miss == "answered, though no plan says it"


def test_asked_back_for_the_place_the_right_one_is_named() -> None:
    asker = Asker(shipped_book(), NOW, [])
    gold = [{"doc": "001", "quote": "五有五好"}]
    row = {"question": "五有五好是什么", "region": None, "answerable": True, "gold": gold}
    (case,) = evaluate.cases(BytesIO(json.dumps(row).encode()))
    assert isinstance(case, evaluate.Case)
    assert asker.answer(case.question)["kind"] == "ask_back"
    assert evaluate.judge(asker, case).row["kind"] == "answer"


def test_wilsons_interval() -> None:
    share = evaluate.summary([judged(question="讲师团宣讲多少场", **told("12场", "12场"))] * 10)
    assert share["recall"]["at_1"] == {"share": 1.0, "low": 0.7225, "high": 1.0, "of": 10}
    assert share["refusal"]["right"]["share"] is None


@pytest.mark.parametrize(
    "line",
    [b"{}", b"[]", b"\xff", b'{"question": 3, "answerable": false}', b"[" * 100_000,
     b'{"question": "a", "answerable": true}'],
)  # fmt: skip
def test_a_line_that_is_no_question_is_told(line: bytes) -> None:
    assert [
        str(found) for found in evaluate.cases(BytesIO(b"\n" + line)) if isinstance(found, BadLine)
    ] == ["line 2 is no question with its gold"]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


def test_the_command_prints_one_object(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps({"question": "火箭发射", "answerable": False}), "utf-8")
    printed = json.loads(terminal.printed("eval", str(file), "--json", **AS_OF))
    assert printed["refusal"]["right"]["of"] == 1
    assert printed["misses"] == []


def test_the_command_shows_the_misses(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    row = {
        "question": "火箭发射在哪天",
        "answerable": True,
        "gold": [{"doc": "000", "quote": "火箭"}],
    }
    file.write_text(json.dumps(row), "utf-8")
    assert "not answered: 火箭发射在哪天" in terminal.printed("eval", str(file), **AS_OF)


def test_a_bad_file_is_told_in_a_sentence(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text("{}\n", "utf-8")
    told = terminal.type("eval", str(file), **AS_OF).stderr.strip()
    assert told.endswith("line 1 is no question with its gold")
    missing = terminal.complaint("eval", str(tmp_path / "none.jsonl"), **AS_OF)
    assert "No such file" in missing
