"""ask: what one answer holds, and what is read from lines."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import asking
from bot.asking import Asker, BadLine, Question
from knowledge.book import Book
from tests.conftest import NOW

NUMBERS = [("110", "报警", 1), ("12355", "青少年服务台", 2)]
FIELDS = ["id", "kind", "level", "intent", "text", "sources", "score"]
SOURCE = ["plan", "title", "number", "year", "section", "quote", "digest"]


@pytest.fixture
def asker(book: Book) -> Asker:
    return Asker(book, NOW, NUMBERS)


def read(*lines: bytes, region: str | None = None) -> list[Question | BadLine]:
    return list(asking.questions(io.BytesIO(b"\n".join(lines)), region, 2023))


def test_an_answer_cites_its_digest(asker: Asker) -> None:
    row = asker.answer(Question("四点钟课堂是什么", "常州", id=[7]))
    assert list(row) == FIELDS
    assert (row["id"], row["kind"], row["level"], row["intent"]) == ([7], "answer", None, None)
    assert row["text"].startswith("2022年的计划写的是：")
    assert 1 <= len(row["sources"]) <= 5
    best = row["sources"][0]
    assert list(best) == SOURCE
    assert (best["plan"], best["year"]) == ("000-changzhou-education-2022", 2022)
    assert best["quote"] is None
    assert best["digest"] in row["text"]


def test_an_original_is_quoted_and_a_long_one_cut(asker: Asker, book: Book) -> None:
    hit = book.ask("四点钟课堂是什么", "常州", None).hits[0].fact
    original = replace(hit, plan=replace(hit.plan, digest=False), text="课堂" * 150)
    source = asking._source(original)
    assert (source["quote"], source["digest"]) == (("课堂" * 150)[:200], None)


def test_asking_back_carries_its_sources_and_the_region_gives_the_answer(asker: Asker) -> None:
    back = asker.answer(Question("五老是什么"))
    assert back["kind"] == "ask_back"
    assert len({source["plan"] for source in back["sources"]}) > 1
    assert asker.answer(Question("五老是什么", "常州市"))["kind"] == "answer"


def test_what_is_nowhere_is_refused(asker: Asker) -> None:
    row = asker.answer(Question("红烧肉怎么做"))
    assert (row["kind"], row["sources"]) == ("refusal", [])
    assert "计划里没有写" in row["text"]


@pytest.mark.parametrize(("words", "level"), [("我不想活了", 1), ("同学老是打我", 2)])
def test_danger_comes_first(asker: Asker, words: str, level: int) -> None:
    row = replace(asker, by_intent=True).answer(Question(words))
    assert (row["kind"], row["level"], row["sources"]) == ("danger", level, [])
    assert "12355" in row["text"]


def test_a_question_that_only_sounds_like_danger_is_answered_too(asker: Asker) -> None:
    words = "孙子一天到晚没精神，也不跟我说话，你们心理健康方面有什么安排"
    row = asker.answer(Question(words, "南通市"))
    assert (row["kind"], row["level"]) == ("answer", 2)
    assert row["sources"]
    assert "心理健康" in row["text"]
    assert "12355" in row["text"]


def test_what_is_no_question_is_told_apart_only_when_asked_for(asker: Asker) -> None:
    assert asker.answer(Question("我要报名"))["kind"] != "other"
    row = replace(asker, by_intent=True).answer(Question("我要报名"))
    assert row["kind"] == "other"
    assert row["intent"]


@pytest.mark.parametrize("words", ["老师您好", "收到 麻烦了👍", "谢谢老师", "大家晚上好呀"])
def test_a_greeting_is_no_question_of_the_plans(asker: Asker, words: str) -> None:
    row = asker.answer(Question(words, "常州市"))
    assert (row["kind"], row["intent"], row["sources"]) == ("other", None, [])


def test_a_question_behind_a_greeting_is_one(asker: Asker) -> None:
    assert asker.answer(Question("老师您好 谁当站长", "南通市"))["kind"] != "other"


@given(words=st.text(max_size=200), region=st.none() | st.text(max_size=60))
def test_anything_may_be_asked(book: Book, words: str, region: str | None) -> None:
    row = Asker(book, NOW, NUMBERS).answer(Question(words, region))
    assert row["text"]
    json.dumps(row)


def test_lines_keep_their_id_and_region(asker: Asker) -> None:
    lines = [{"id": {"a": 1}, "question": "x"}, {"question": "y", "region": "南通"}]
    first, second = read(*(json.dumps(line).encode() for line in lines), region="常州")
    assert first == Question("x", "常州", 2023, {"a": 1})
    assert second == Question("y", "南通", 2023, None)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"junk", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'"\xff"', "not UTF-8"),
        (b"[]", 'needs "question"'),
        (b"{}", 'needs "question"'),
        (b'{"question": 5}', 'needs "question"'),
        (b'{"question": "x", "region": 5}', 'needs "region"'),
    ],
)
def test_a_bad_line_is_named_by_its_number(line: bytes, why: str) -> None:
    _, bad, good = read(b'{"question": "a"}', line, b"", b'{"question": "b"}')
    assert isinstance(bad, BadLine)
    assert str(bad).startswith("line 2 ")
    assert why in str(bad)
    assert isinstance(good, Question)


def test_the_mark_of_the_order_of_bytes_is_no_part_of_a_line() -> None:
    row: Any = read('{"question": "五老"}'.encode("utf-8-sig"))[0]
    assert row.words == "五老"
