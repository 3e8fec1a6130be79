"""A word with one wrong character is read as it was meant, and a right one as it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.book import Book
from knowledge.plan import shipped
from knowledge.vocabulary import without_slips


@pytest.fixture(scope="module")
def book() -> Book:
    return Book(shipped())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("网巴监督还要我们去吗", "网吧监督还要我们去吗"),
        ("老同智可以去学校吗", "老同志可以去学校吗"),
        ("深入调言主要了解什么", "深入调研主要了解什么"),
        ("有哪些培迅班", "有哪些培训班"),
        ("弱视群体儿童你们管不管", "弱势群体儿童你们管不管"),
    ],
)
def test_one_wrong_character_is_mended(book: Book, typed: str, meant: str) -> None:
    assert without_slips(typed, book.index.has) == meant


@pytest.mark.parametrize(
    "question",
    [
        "我给爷爷讲会议是哪一天",
        "那个活动叫什么",
        "娃心里有事想找人说",
        "你们组织不组织体检",
        "几号到几号，钱谁出",
        "今晚双色球开奖号码多少",
        "今天下雪，要不要去",
        "文件尾巴上写的哪天印",
    ],
)
def test_what_is_right_stays_as_it_is(book: Book, question: str) -> None:
    assert without_slips(question, book.index.has) == question


def test_a_slip_finds_what_the_right_word_finds(book: Book) -> None:
    right, wrong = (book.ask(f"{word}监督还要我们去吗", "郑陆镇") for word in ("网吧", "网巴"))
    assert right.kind == wrong.kind == "answer"
    assert right.hits[0].fact == wrong.hits[0].fact


@given(st.text(max_size=40))
def test_any_text_keeps_its_length(text: str) -> None:
    assert len(without_slips(text, lambda _pair: False)) == len(text)
