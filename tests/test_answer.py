"""How an answer is worded: plain words, the year, the source; and what is not known."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from handlers import wording
from handlers.answer import PLAIN, _answered, _title, answer, cite, source
from handlers.homes import Home, own_place
from handlers.message import Reply
from knowledge.book import Book
from knowledge.plan import Fact, Plan
from tests.conftest import shipped_book

BOOK = shipped_book()
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
OF_ITS_YEAR = datetime(2023, 6, 1, tzinfo=UTC)


def test_an_answer_from_a_past_plan_begins_with_its_year() -> None:
    told = answer(BOOK, "三好标兵怎么评选", "南通市", None, NOW)
    assert told.kind == "answer"
    assert told.text.startswith("2023年的计划写的是：")


def test_an_answer_from_this_years_plan_does_not() -> None:
    told = answer(BOOK, "三好标兵怎么评选", "南通市", None, OF_ITS_YEAR)
    assert told.text.startswith("三好标兵竞赛评选是南通市")


def test_the_best_fact_comes_first_and_is_told() -> None:
    told = answer(BOOK, "三好标兵发什么证书", "南通市", None, NOW)
    assert "荣誉证书" in told.facts[0].text
    assert told.facts[0].text in told.text


@pytest.mark.parametrize("question", ["三好标兵", "辅导站", "心理健康教育", "法治教育"])
def test_a_first_answer_is_short(question: str) -> None:
    told = answer(BOOK, question, "南通市", None, OF_ITS_YEAR)
    assert len(told.text) <= max(PLAIN, len(told.facts[0].text))


PLAN = Plan("示例", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, digest=False)
SAID = (
    "江豚观察活动面向四至八年级的学生，全年共十期，在科普馆集中。",
    "江豚观察活动由一名家长全程陪同，自备饮用水和防晒用品。",
    "办好老少书画展，请老同志题字。",
    "各村做好防溺水巡护，每天两次。",
)
ALIKE = Book([Fact(PLAN, n, f"一/1{n or ''}", (f"{n}.",), text) for n, text in enumerate(SAID)])


def test_two_facts_that_may_be_meant_are_both_told_with_their_sources() -> None:
    asked = "江豚观察活动可以让娃自己去吗，我走不开"
    found = answer(ALIKE, asked, "某市", None, NOW)
    assert found.also is not None
    assert found.text == wording.ALSO.format(text=found.also.text).join((found.facts[0].text, ""))
    reply = _answered(found)
    assert [source(fact) in reply.text for fact in (found.facts[0], found.also)] == [True, True]


@pytest.mark.parametrize("asked", ["江豚观察活动由谁陪同", "老少书画展请谁题字"])
def test_one_fact_that_is_sure_is_told_alone(asked: str) -> None:
    found = answer(ALIKE, asked, "某市", None, NOW)
    assert (found.also, found.text) == (None, found.facts[0].text)


def test_what_is_a_part_of_the_other_is_told_once() -> None:
    whole = f"三季度 1.{SAID[0]} 2.{SAID[2]}"
    facts = [
        Fact(PLAN, 0, "一/三季度", ("三季度",), whole),
        Fact(PLAN, 1, "一/三季度/1", ("三季度",), SAID[0]),
    ]
    asked = "江豚观察活动可以让娃自己去吗，我走不开"
    assert answer(Book(facts), asked, "某市", None, NOW).also is None


def test_a_place_without_plans_is_named() -> None:
    told = answer(BOOK, "苏州的三好标兵怎么评", "南通市", None, NOW)
    assert (told.kind, told.facts) == ("refusal", ())
    assert "苏州市" in told.text
    assert "计划里没有写" in told.text


def test_a_year_without_plans_is_named() -> None:
    told = answer(BOOK, "2024年三好标兵怎么评", "南通市", None, NOW)
    assert told.kind == "refusal"
    assert "2024年" in told.text


def test_what_no_plan_speaks_of_is_refused() -> None:
    told = answer(BOOK, "手机没有声音了", "南通市", None, NOW)
    assert told.kind in ("refusal", "related")
    assert "计划里没有写" in told.text


def test_a_missing_detail_is_named_with_what_is_near() -> None:
    told = answer(BOOK, "评上三好标兵发多少奖金", "南通市", None, NOW)
    assert told.kind == "related"
    assert told.text.startswith("计划里没有写金额。")
    assert "三好标兵" in told.text


def test_another_towns_plan_is_told_as_such() -> None:
    told = answer(BOOK, "崇德少年法学苑怎么报", "常州市", None, NOW)
    assert told.kind == "related"
    assert told.text.startswith("计划里没有写常州市的做法。")
    assert "南通市2023" in told.text


def test_several_towns_are_shown_each_with_its_year() -> None:
    told = answer(BOOK, "青蓝工程是做什么的", None, None, NOW)
    assert told.kind == "ask_back"
    for named in ("常州市2022", "无锡职业技术学院2022", "重庆市2013"):
        assert named in told.text


def test_whose_plans_say_it_is_told_without_asking_back() -> None:
    told = answer(BOOK, "哪几份计划里提到青蓝工程", None, None, NOW)
    assert told.kind == "answer"
    assert wording.WHICH_PLACE.rsplit("\n", 1)[1] not in told.text
    assert len(told.text.splitlines()) == len(told.facts)


def test_the_paper_of_a_matter_is_told_where_it_was_asked() -> None:
    told = answer(BOOK, "三好标兵写在哪份文件里", "南通市", None, NOW)
    assert told.text.startswith("《南通市关心下一代工作委员会2023年工作要点》")
    assert "（文号 通办\u30142023\u301541号）写的是：" in told.text
    which = answer(BOOK, "哪几份计划里提到青蓝工程，文号多少", None, None, NOW)
    assert all("文号" in line for line in which.text.splitlines())
    assert "文号" not in answer(BOOK, "三好标兵怎么评选", "南通市", None, NOW).text


def test_a_source_names_title_number_year_and_section() -> None:
    told = answer(BOOK, "三好标兵怎么评选", "南通市", None, NOW)
    named = source(told.facts[0])
    for part in ("2023年工作要点》", "通办\u30142023\u301541号", "2023年", "第三部分第6条", "摘编"):
        assert part in named


def test_a_source_without_a_number_says_so() -> None:
    assert "无文号" in cite("某计划", None, 2026, None, is_digest=False)


Say = Callable[..., object]


async def test_an_unanswered_question_offers_near_topics_and_a_human(say: Say) -> None:
    reply: Reply = await say("南通三好标兵评上发多少奖金")  # type: ignore[misc]
    assert "留给工作人员" in reply.text
    assert reply.choices[-1].label == wording.TO_HUMAN
    if len(reply.choices) > 2:
        assert wording.NEAR_TOPICS in reply.text


async def test_more_shows_the_rest_of_the_section(say: Say) -> None:
    first: Reply = await say("南通的三好标兵怎么评选")  # type: ignore[misc]
    data = next(choice.data for choice in first.choices if choice.label == wording.MORE)
    rest: Reply = await say(data, kind="choice")  # type: ignore[misc]
    assert "含金量" in rest.text
    assert "含金量" not in first.text


async def test_the_named_region_is_remembered_and_answers(say: Say) -> None:
    asked: Reply = await say("青蓝工程是做什么的")  # type: ignore[misc]
    data = next(choice.data for choice in asked.choices if choice.label == "重庆市")
    told: Reply = await say(data, kind="choice")  # type: ignore[misc]
    assert "记住了，您是重庆市的" in told.text
    assert "青年教师" in told.text or "渝教师" in told.text


async def test_a_button_of_a_fact_that_is_gone_says_so(say: Say) -> None:
    reply: Reply = await say("fact:00000000-1", kind="choice")  # type: ignore[misc]
    assert reply.text.startswith(wording.STALE)
    assert [choice.label for choice in reply.choices] == ["问一问", "报名", "我的"]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("我是常州天宁区的", "天宁区"),
        ("我住南通", "南通市"),
        ("南通", "南通市"),
        ("我是来报名的", None),
        ("我是常州退休教师", None),
    ],
)
def test_the_place_that_is_named_as_ones_own(words: str, place: str | None) -> None:
    home = own_place(words, BOOK)
    assert (home and home.place) == place


def test_a_name_that_nobody_knows_is_a_home_only_where_somebody_says_so() -> None:
    assert own_place("我住在青口村", BOOK) == Home("青口村", None)
    assert own_place("青口村", BOOK) is None
    assert own_place("我是农村的", BOOK) is None


@pytest.mark.parametrize(
    "words", ["临海的渔灯课堂在哪个镇", "常州的课堂开在哪格镇", "南通有几个镇"]
)
def test_a_question_about_a_town_is_nobodys_place(words: str) -> None:
    assert own_place(words, BOOK) is None


def test_a_choice_does_not_begin_with_another_number(book: Book) -> None:
    titles = [_title(fact) for fact in book.index.facts]
    assert not [title for title in titles if title[:1].isdigit()]


def test_who_did_not_say_where_they_live_hears_whose_plan_it_is() -> None:
    told = answer(BOOK, "三好标兵怎么评选", None, None, OF_ITS_YEAR)
    assert told.text.startswith("南通市2023年的计划写的是：")
