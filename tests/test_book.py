"""What the plans say to a question, and what they do not."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.book import Book, fact_id
from knowledge.papers import (
    asks_for_source,
    asks_of_paper,
    asks_side_by_side,
    asks_which_plan,
    named_years,
)
from knowledge.plan import Fact, Plan, shipped
from knowledge.verdict import Finding
from tests.conftest import shipped_book

BOOK = shipped_book()
QUESTIONS = tomllib.loads((Path(__file__).parent / "questions.toml").read_text("utf-8"))
NO_ANSWER = ("refusal", "related")


def miss(row: dict[str, Any]) -> str:
    """Say how a question of questions.toml was answered wrongly; empty where it was not."""
    finding = BOOK.ask(row["words"], row.get("region"))
    kinds = NO_ANSWER if row["kind"] == "not an answer" else (row["kind"],)
    told = finding.hits[0].fact if finding.hits else None
    right = finding.kind in kinds and (
        row["kind"] not in ("answer", "ask_back")
        or (
            told is not None
            and told.plan.key.startswith(row["plan"])
            and all(words in told.text for words in row["says"])
        )
    )
    return "" if right else f"{row['words']}: {finding.kind}, {told and told.text}"


def test_our_own_questions_are_answered_or_refused() -> None:
    misses = [missed for row in QUESTIONS["question"] if (missed := miss(row))]
    assert not misses, "\n".join(misses)


@given(st.text(), st.none() | st.text(), st.none() | st.integers(1900, 2100))
def test_any_text_may_be_asked(question: str, region: str | None, year: int | None) -> None:
    finding = BOOK.ask(question, region, year)
    assert finding.kind in ("answer", "related", "ask_back", "refusal")
    assert finding.kind == "refusal" or finding.hits


def test_the_name_of_a_fact_outlives_a_restart() -> None:
    again = Book(shipped())
    names = [fact_id(fact) for fact in BOOK.index.facts]
    assert len(set(names)) == len(names)
    assert all(again.fact(name) == BOOK.fact(name) for name in names)
    assert max(map(len, names)) <= 20


def test_a_name_that_no_fact_has_finds_none() -> None:
    assert BOOK.fact("00000000-0") is None


def test_beside_a_fact_stands_its_section() -> None:
    fact = BOOK.index.facts[40]
    sections = {(other.plan.key, other.section) for other in BOOK.beside(fact)}
    assert sections == {(fact.plan.key, fact.section)}


@pytest.mark.parametrize("region", ["南通市", "启东市", "南通市关工委"])
def test_a_region_is_told_in_many_ways(region: str) -> None:
    finding = BOOK.ask("三好标兵怎么评选", region)
    assert (finding.kind, finding.hits[0].fact.plan.place) == ("answer", "南通市")


def test_the_named_region_answers_what_was_asked_back() -> None:
    asked = BOOK.ask("青蓝工程是做什么的")
    assert asked.kind == "ask_back"
    for hit in asked.hits:
        place = hit.fact.plan.place
        assert BOOK.ask("青蓝工程是做什么的", place).hits[0].fact.plan.place == place


def test_another_towns_programme_is_only_related() -> None:
    finding = BOOK.ask("崇德少年法学苑怎么报", "常州市")
    assert (finding.kind, finding.lacks_kind) == ("related", "here")
    assert finding.hits[0].fact.plan.place == "南通市"


def test_a_place_without_a_plan_is_refused_by_its_name() -> None:
    finding = BOOK.ask("苏州的辅导站有什么活动", "南通市")
    assert (finding.kind, finding.lacks_kind, finding.lacks) == ("refusal", "place", "苏州市")


@pytest.mark.parametrize("words", ["2024年的", "24年的", "二〇二四年的", "2024年"])
def test_a_year_without_a_plan_is_refused_by_its_number(words: str) -> None:
    finding = BOOK.ask(f"{words}三好标兵怎么评选", "南通市")
    assert (finding.kind, finding.lacks_kind, finding.lacks) == ("refusal", "year", "南通市2024")


def test_the_year_may_be_told_apart_from_the_words() -> None:
    assert BOOK.ask("三好标兵怎么评选", "南通市", 2021).lacks_kind == "year"
    assert BOOK.ask("三好标兵怎么评选", "南通市", 2023).kind == "answer"


def test_a_year_that_a_fact_is_about_is_no_other_year() -> None:
    finding = BOOK.ask("2022年度十佳三好标兵跟哪些部门一起表扬", "南通市")
    assert finding.kind == "answer"
    assert "妇联" in finding.hits[0].fact.text


def test_which_plan_is_answered_with_each() -> None:
    finding = BOOK.ask("哪几份计划里提到青蓝工程")
    assert (finding.kind, finding.by_plan) == ("answer", True)
    places = {hit.fact.plan.place for hit in finding.hits}
    assert places == {"常州市", "无锡职业技术学院", "重庆市"}


def test_a_month_that_names_a_thing_comes_after_what_tells_of_it() -> None:
    plan = Plan("示例", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, False)
    court = Fact(plan, 0, "一/1", ("模拟法庭",), "与法院合办模拟法庭，在第二审判庭开庭。")
    row = Fact(plan, 1, "三/5月", ("5月",), "5月：模拟法庭，在第二审判庭开庭。")
    assert Book((court, row)).ask("模拟法庭").hits[0].fact.text == court.text


def test_a_month_without_the_detail_gives_way_to_what_tells_it() -> None:
    plan = Plan("示例", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, False)
    row = Fact(plan, 0, "三/3月", ("3月",), "3月：小讲解员报名；首次面试；定下名单。")
    told = Fact(plan, 1, "一", ("讲解",), "小讲解员报名不收钱，由学校安排。")
    found = Book((row, told)).ask("小讲解员报名首次面试收费吗")
    assert (found.kind, found.hits[0].fact.text) == ("answer", told.text)


def test_the_next_passage_of_a_matter_tells_what_is_asked_of_it() -> None:
    plan = Plan("示例", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, False)
    under = ("手心课堂",)
    facts = (
        Fact(plan, 0, "二/1", under, "在特殊教育学校教捏面人。"),
        Fact(plan, 1, "二/2", under, "每周二下午2点半上课。"),
        Fact(plan, 2, "二/3", ("热线",), "每天上午9点有人接。"),
    )
    found = Book(facts).ask("学校里捏面人那个课几点上")
    assert (found.kind, found.hits[0].fact.text) == ("answer", facts[1].text)


def test_the_next_of_counted_matters_tells_nothing_of_the_one_before() -> None:
    plan = Plan("示例", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, False)
    facts = (
        Fact(plan, 0, "二", ("活动",), "二是举办剑湖少年夏令营，学习拳术。"),
        Fact(plan, 1, "二", ("活动",), "三是继续办好年画班，学费全免。"),
    )
    found = Book(facts).ask("剑湖少年夏令营一个人收多少报名费")
    assert (found.kind, found.hits[0].fact.text) == ("related", facts[0].text)


def test_what_no_passage_has_is_lacking_however_near_it_is() -> None:
    found = BOOK.ask("三好标兵有没有奖学旅行", "南通市")
    assert (found.kind, found.lacks) == ("related", "奖学旅行")
    assert BOOK.ask("三好标兵有没有证书", "南通市").kind == "answer"


def test_a_paper_is_asked_for_its_number_in_one_word() -> None:
    plan = Plan("示例", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, False)
    number = Fact(plan, 0, "文号", ("文号",), "某关工委发〔2026〕6号 签发人：某某")
    found = Book((number, Fact(plan, 1, "一", ("一、读书",), "办好读书会。"))).ask("文号", "某市")
    assert (found.kind, found.hits[0].fact.text) == ("answer", number.text)


def test_a_detail_of_another_matter_is_not_put_first() -> None:
    plan = Plan("示例", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, False)
    texts = (
        "开展“红途”研学，每个学校选派孩子参加。",
        "为近视的孩子减免配镜费用，每个学校告知家长。",
    )
    book = Book([Fact(plan, n, f"一/{n}", (f"{n}.",), text) for n, text in enumerate(texts)])
    found = book.ask("红途研学一个孩子要交多少钱", "某市")
    assert (found.kind, found.lacks) == ("related", "费用")


def test_the_words_that_answer_are_chosen_beside_the_heading() -> None:
    plan = Plan("示例", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, False)
    first = "“我家的75年”故事征集。面向小学生，写成1200字以内的文章，6月30日前由各县集中报送。"
    last = "评出一等奖10篇、二等奖30篇、三等奖60篇。9月中旬公布结果。"
    story = Fact(plan, 0, "一", ("“我家的75年”故事征集",), first + last)
    said = Book((story,)).gist("“我家的75年”几时公布结果", story, 60)
    assert "9月中旬公布结果" in said


def test_nothing_is_near_a_matter_of_everyday_life() -> None:
    assert BOOK.ask("今天降温了，你也多穿点，别冻着", "常州市") == Finding("refusal")


def test_a_detail_that_no_fact_tells_is_named() -> None:
    finding = BOOK.ask("三好标兵评上发多少奖金", "南通市")
    assert (finding.kind, finding.lacks_kind, finding.lacks) == ("related", "detail", "金额")


def test_of_equal_facts_the_shorter_is_told() -> None:
    plan = Plan("x-2026", "要点", "某单位", "某地", 2026, None, None)
    long = Fact(plan, 0, "一", ("一、甲",), "办好老少书画社，大家都来画画写字，热热闹闹。")
    short = Fact(plan, 1, "一", ("一、甲",), "办好老少书画社。")
    assert Book((long, short)).ask("老少书画社").hits[0].fact == short


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("2023年的计划", {2023}),
        ("23年工作要点", {2023}),
        ("二〇一三年的研讨会", {2013}),
        ("我教了30年书", set()),
        ("三年行动计划（2023-2025年）", set()),
        ("成立30周年", set()),
        ("35年纪念日要办庆典吗", set()),
        ("20年庆典", set()),
        ("今年", set()),
    ],
)
def test_years_are_heard(question: str, years: set[int]) -> None:
    assert named_years(question) == years


@pytest.mark.parametrize(
    "question",
    [
        "文号是多少",
        "这份要点哪天印发的",
        "计划是谁发的",
        "落款日期",
        "方案是哪几家联合搞的",
        "今年工作安排发的是哪个号",
        "教体局关工委要点是几号文",
    ],
)
def test_a_question_about_the_paper_is_told_apart(question: str) -> None:
    assert asks_of_paper(question)


@pytest.mark.parametrize("question", ["青蓝工程通知的文号", "三好标兵发什么证书", "征文印成书吗"])
def test_a_question_about_something_else_is_not_about_the_paper(question: str) -> None:
    assert not asks_of_paper(question)


def test_a_paper_may_be_named_by_a_part_of_its_title() -> None:
    title = "关于开展“青禾苗”关爱行动的实施方案"
    assert asks_of_paper("青禾苗那个方案的文件号", [title])
    assert asks_of_paper("青禾描那个方案的文件号", [title])
    assert not asks_of_paper("青禾苗那个方案的文件号", ["读书工作要点"])
    assert not asks_of_paper("青禾苗招几个人", [title])


def test_papers_to_bring_are_no_source() -> None:
    assert asks_for_source("三好标兵是什么文件里写的")
    assert asks_for_source("三好标兵写在哪份文件里")
    assert not asks_for_source("申请助学金要什么文件")
    assert not asks_for_source("心理健康方面有什么安排")


def test_whose_plan_is_asked_for() -> None:
    assert asks_which_plan("哪份计划写了零犯罪社区")
    assert asks_which_plan("哪份里头提了零犯罪社区")
    assert asks_which_plan("四自教育是哪所高校的说法")
    assert not asks_which_plan("零犯罪社区怎么建")


@given(st.text())
def test_any_text_may_name_a_year_or_a_paper(text: str) -> None:
    named_years(text)
    asks_of_paper(text)
    asks_which_plan(text)


def test_a_comparison_shows_what_each_place_says() -> None:
    finding = BOOK.ask("五有五好，南通和郑陆各自怎么说的")
    assert finding.by_plan
    assert {hit.fact.plan.place for hit in finding.hits} == {"南通市", "常州市天宁区郑陆镇"}
    finding = BOOK.ask("郑陆镇和南通市的辅导站各有什么要求")
    assert {hit.fact.plan.place for hit in finding.hits} == {"南通市", "常州市天宁区郑陆镇"}


def of(place: str, text: str) -> Fact:
    """Return the one fact of a plan of ``place``."""
    plan = Plan(place, f"{place}2026年工作要点", place, place, 2026, None, None, False)
    return Fact(plan, 0, "一", ("一、重点",), text)


def test_a_comparison_knows_the_units_and_places_that_plans_are_of() -> None:
    book = Book(
        [
            of("石湖大学", "青蓝工程的师傅每学期听课4次。"),
            of("沈阳市铁西区", "青蓝工程的师傅每学期听课6次。"),
            of("荆门市", "青蓝工程的师傅每学期听课9次。"),
        ]
    )
    finding = book.ask("石湖大学和沈阳铁西都搞青蓝工程，师傅各听几次课")
    assert finding.by_plan
    assert {hit.fact.plan.place for hit in finding.hits} == {"石湖大学", "沈阳市铁西区"}
    assert book.ask("石湖大学青蓝工程师傅听几次课").hits[0].fact.plan.place == "石湖大学"
    assert book.ask("塔里木大学的关工委听几次课").lacks == "塔里木大学"
    peace = Book([of("和平县", "办好和平鸽书屋。"), of("荆门市", "爱好和平的孩子们办书屋。")])
    assert peace.ask("爱好和平的书屋", "荆门市").hits[0].fact.plan.place == "荆门市"
    assert peace.ask("和平的书屋").hits[0].fact.plan.place == "和平县"


@pytest.mark.parametrize(
    "question",
    [
        "孩子考上石湖大学，奖学金有多少",
        "老家在石湖大学那边，奖学金有多少",
        "我是从长汀来的，奖学金有多少",
    ],
)
def test_where_somebody_else_is_is_not_asked_for(question: str) -> None:
    book = Book(
        [
            of("石湖大学", "奖学金每人2000元。"),
            of("长汀县", "奖学金每人4000元。"),
            of("荆门市", "奖学金每人3000元。"),
        ]
    )
    assert book.ask(question, "荆门市").hits[0].fact.plan.place == "荆门市"


def test_matters_of_two_plans_are_shown_side_by_side() -> None:
    twice, four_times = "办好《红叶》，双月一期。", "办好《青松》，每季一期。"
    book = Book([of("荆门市", twice), of("天门市", four_times)])
    asked = "《红叶》和《青松》分别多久一期"
    finding = book.ask(asked)
    assert (finding.kind, finding.by_plan, len(finding.hits)) == ("answer", True, 2)
    assert not book.ask("《红叶》和《青松》是什么").by_plan
    for talk in ("比较穷的学生有助学金吗", "分别给小学生和中学生讲什么", "各家长学校怎么建"):
        assert not asks_side_by_side(talk)


def test_of_two_things_a_plan_that_tells_of_neither_does_not_say() -> None:
    book = Book([of("荆门市", "为工作满二十年的老同志颁发纪念章，奖牌由学校做。")])
    assert book.ask("二十年的纪念章是铜的还是银的", "荆门市").kind == "related"
    assert book.ask("二十年老同志的奖牌是学校做还是自己做", "荆门市").kind == "answer"


def test_a_name_that_begins_with_a_place_stays_whole() -> None:
    book = Book(
        [of("七里河区", "办好《七里河关工》，双月出版。"), of("天门市", "办好《天门关工》。")]
    )
    assert book.ask("七里河关工多久出一期", "七里河区").kind == "answer"


def test_what_every_place_does_is_shown_for_each() -> None:
    book = Book([of("荆门市", "订阅《青松》20份。"), of("天门市", "订阅《青松》80份。")])
    assert len(book.ask("各地订阅《青松》多少份").hits) == 2
    assert book.ask("哪个街道的计划讲到订阅《青松》").by_plan


def test_a_place_is_no_slip_of_the_pen() -> None:
    assert BOOK.ask("义乌的义务监督搞了没", "常州市").lacks == "义乌市"


def test_a_small_place_without_a_plan_is_told() -> None:
    finding = BOOK.ask("横山桥镇的青少年内刊", "常州市")
    assert (finding.kind, finding.lacks, finding.lacks_kind) == ("refusal", "横山桥镇", "place")


def test_a_list_that_no_plan_gives_is_lacking() -> None:
    finding = BOOK.ask("通过家长学校总校合格认定的六个单位是哪六个", "常州市")
    assert (finding.kind, finding.lacks_kind) == ("related", "detail")


def test_the_headings_beside_a_fact_are_no_list_of_what_it_speaks_of_itself() -> None:
    finding = BOOK.ask("“三扶两创”是扶哪三样", "南通市")
    assert (finding.kind, finding.lacks_kind, finding.parts) == ("related", "detail", ())


def test_the_headings_beside_a_fact_are_the_list_that_their_heading_counts() -> None:
    plan = Plan("示例", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, False)
    titles = ("听爷爷讲村史", "跟奶奶学剪纸")
    facts = [
        Fact(plan, n, f"二/{n}", ("办好乡风课堂两门课", title), f"每月一次{title}，学生都来。")
        for n, title in enumerate(titles)
    ]
    found = Book(facts).ask("乡风课堂是哪两门课", "某市")
    assert (found.kind, found.parts) == ("answer", titles)


def test_of_a_place_that_nobody_knows_every_plan_may_speak() -> None:
    assert BOOK.ask("五有五好是什么", "桃花源").kind == "ask_back"
    assert BOOK.ask("五有五好是什么", "苏州市").lacks_kind == "place"


def test_the_committee_of_a_city_is_not_that_of_a_town_in_it() -> None:
    assert BOOK.ask("天宁区关工委今年抓哪几件事", "郑陆镇").lacks_kind == "place"
    assert BOOK.ask("常州市关工委的讲师团做什么", "常州市").kind == "answer"


def test_another_place_is_no_help_that_does_not_tell_the_detail_either() -> None:
    assert BOOK.ask("要带墨吗", "郑陆镇").kind == "refusal"


def test_nothing_is_near_that_only_has_the_words_that_ask() -> None:
    assert BOOK.ask("要带什么").kind == "refusal"
    assert BOOK.ask("辅导站收费不").kind == "related"


def test_who_lives_in_an_unknown_place_hears_whose_plan_it_is() -> None:
    found = BOOK.ask("三好标兵怎么评", "桃源镇")
    assert (found.kind, found.by_plan) == ("answer", True)
    assert BOOK.ask("桃源镇的三好标兵怎么评", "桃源镇").kind == "refusal"


@pytest.mark.parametrize("question", ["13900000000", "12345", "？？？", "😀", ""])
def test_a_number_or_a_sign_by_itself_asks_nothing(question: str) -> None:
    assert BOOK.ask(question, "南通市").kind == "refusal"


def test_the_year_in_which_somebody_began_is_no_plans() -> None:
    assert named_years("我22年进厂的，能去吗") == set()
    assert named_years("2019年退休的老师要不要") == set()
    assert named_years("22年的要点和2019年的计划") == {2022, 2019}


@pytest.mark.parametrize(
    "question",
    [
        "这个安排哪天发布的",
        "今年的意见是多少号文",
        "工作计划签的是哪一天",
        "厂里关工委的方案是几号文",
        "这份计划哪个会通过的",
        "今年方案什么时候发的",
        "2020年州里这份工作安排的文号是什么，写材料要引用",
        "麻烦查下23年关工委要点的文号",
        "教育系统关工委2016年工作计划的文号是什么",
        "大学关工委2023年工作安排的文号是什么",
        "关工小组2024年春季学期计划落款是哪天",
        "我们的2023年关工工作思路是几号文件",
        "关工委2024年重点工作安排的文号是多少",
    ],
)
def test_more_ways_to_ask_for_the_paper(question: str) -> None:
    assert asks_of_paper(question)


def test_a_paper_is_found_whatever_else_names_the_plan() -> None:
    paper = BOOK.ask("南通2023年要点是几号文", "南通市").hits[0].fact
    assert "41号" in paper.text


def test_the_day_of_printing_is_told_from_the_day_of_issue() -> None:
    plan = Plan("示例", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, False)
    issued = Fact(plan, 0, "文号和落款日期", ("文号和落款日期",), "某市教育工委 2026年3月1日")
    printed = Fact(plan, 1, "落款", ("落款和印发日期",), "某市教育工委办公室 2026年3月5日印")
    book = Book((issued, printed))
    for question, told in (("文件尾巴上写的哪天印", printed), ("落款日期是哪天", issued)):
        assert book.ask(question, "某市").hits[0].fact.text == told.text


def test_the_next_words_of_a_slogan_are_in_the_plan() -> None:
    found = BOOK.ask("学雷锋做传人，下一句是啥", "重庆市")
    assert (found.kind, "树新风" in found.hits[0].fact.text) == ("answer", True)
    assert BOOK.ask("床前明月光的下一句是啥", "重庆市").kind == "refusal"


def test_a_comparison_keeps_the_year_that_it_names() -> None:
    assert BOOK.ask("2019年五有五好，南通和郑陆各自怎么说的").kind == "refusal"
