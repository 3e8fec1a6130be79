"""A word with one wrong character is read as it was meant, and a right one as it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.book import Book
from knowledge.plan import shipped
from knowledge.slips import spelled_right
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
        "上课拼的火车模型是谁的",
    ],
)
def test_what_is_right_stays_as_it_is(book: Book, question: str) -> None:
    assert without_slips(question, book.index.has) == question


def test_a_slip_finds_what_the_right_word_finds(book: Book) -> None:
    right, wrong = (book.ask(f"{word}监督还要我们去吗", "郑陆镇") for word in ("网吧", "网巴"))
    assert right.kind == wrong.kind == "answer"
    assert right.hits[0].fact == wrong.hits[0].fact


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("培训班办在哪格镇", "培训班办在哪个镇"),
        ("我门镇今年要不要建", "我们镇今年要不要建"),
        ("委员单位是拿些部门", "委员单位是哪些部门"),
        ("讲师一聘积年", "讲师一聘几年"),
        ("营点都在那儿", "营点都在哪儿"),
        ("2023念补助多少", "2023年补助多少"),
        ("基金会的立事长是哪一为", "基金会的理事长是哪一位"),
        ("上午还实下午上课", "上午还是下午上课"),
    ],
)
def test_a_word_that_asks_is_mended(typed: str, meant: str) -> None:
    assert spelled_right(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "那个相机拿个给我",
        "这批学员在那里住得惯吗",
        "我闷得慌",
        "那天翻一下社团章程",
        "航天展哪天启动",
        "公积金怎么提",
        "达标创优多少分",
    ],
)
def test_what_only_sounds_like_asking_stays(question: str) -> None:
    assert spelled_right(question) == question


def test_a_slip_in_a_word_that_asks_names_no_place(book: Book) -> None:
    found = book.ask("校外教育辅导站建在哪格镇", "南通市")
    assert found.lacks_kind != "place"


@given(st.text(max_size=40))
def test_any_text_keeps_its_length(text: str) -> None:
    assert len(without_slips(text, lambda _pair: False)) == len(text)
