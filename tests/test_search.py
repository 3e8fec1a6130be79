"""Pairs of characters and of sounds find the fact that a question is about."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.pairs import asked
from knowledge.plan import Fact, Plan
from knowledge.search import Index
from knowledge.segment import Segment

PLAN = Plan("x-2026", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None)
LINES = (
    "某市办好四点钟课堂，放学后有人看着写作业。",
    "某市讲师团全年宣讲不少于12场。",
    "某市评选十佳少年，由学校推荐。",
    "某市组织参加科技竞赛。",
)
FACTS = tuple(Fact(PLAN, n, "一", ("一、工作安排",), line) for n, line in enumerate(LINES))
INDEX = Index([Segment(FACTS)])


def best(question: str) -> list[int]:
    found = INDEX.best(INDEX.cover(question))
    return [hit.fact.position for hit in found]


@pytest.mark.parametrize(
    ("question", "position"),
    [
        ("四点钟课堂是什么", 0),
        ("四点中可堂还有没有", 0),
        ("四點鐘課堂", 0),
        ("si dian zhong ke tang shi shen me", 0),
        ("讲师团要讲多少场", 1),
        ("jiang shi tuan", 1),
        ("十佳少年怎么推荐", 2),
        ("有什么科技比赛", 3),
    ],
)
def test_the_fact_is_found(question: str, position: int) -> None:
    assert best(question)[0] == position


def test_a_fact_that_has_letters_keeps_its_written_words() -> None:
    index = Index([Segment((*FACTS, Fact(PLAN, 4, "一", (), "某市建QQ群，扫码进群领票。")))])
    few, many = (index.best(index.cover(word))[0] for word in ("领飘", "领票"))
    assert few.fact == many.fact
    assert few.score < many.score


def test_letters_and_characters_are_asked_in_one_breath() -> None:
    mixed = asked("护苗tou票", lambda _: 1)
    assert [pair.heard for pair in mixed.pairs] == ["hu miao", "miao tou", "tou piao"]
    assert mixed.pairs[0].written == "护苗"


def test_only_what_is_wanted_is_found() -> None:
    allowed = np.array([fact.position != 0 for fact in FACTS])
    found = INDEX.best(INDEX.cover("某市四点钟课堂", allowed), allowed)
    assert found
    assert all(hit.fact.position != 0 for hit in found)


def test_a_heading_counts_less_than_the_words() -> None:
    headed = Fact(PLAN, 0, "一", ("一、青蓝工程",), "某市带教年轻人。")
    worded = Fact(PLAN, 1, "二", ("二、其他",), "某市参与青蓝工程。")
    index = Index([Segment((headed, worded))])
    hits = index.best(index.cover("青蓝工程"))
    assert [hit.fact for hit in hits] == [worded, headed]


def test_a_name_that_the_heading_quotes_counts_more_than_the_rest_of_it() -> None:
    plan = replace(PLAN, digest=False)
    named = Fact(plan, 0, "一", ("“韶峰夜话”讲座",), "每月最后一个周四晚上举办。")
    other = Fact(plan, 1, "二", ("韶峰夜话和讲座",), "每月最后一个周五晚上举办。")
    index = Index([Segment((named, other))])
    found = {hit.fact.position: hit.score for hit in index.best(index.cover("韶峰夜话"))}
    assert found[0] > found[1]


def test_what_is_written_alike_counts_more_than_what_sounds_alike() -> None:
    sounds = Fact(PLAN, 0, "一", (), "某市的新里活动。")
    written = Fact(PLAN, 1, "一", (), "某市的心理活动。")
    index = Index([Segment((sounds, written))])
    assert index.best(index.cover("心理"))[0].fact == written


def test_more_is_covered_by_more_in_common() -> None:
    full = INDEX.best(INDEX.cover("十佳少年由学校推荐"))[0]
    half = INDEX.best(INDEX.cover("十佳少年去月球旅行"))[0]
    assert full.score > half.score


def test_what_joins_words_counts_less_than_what_names_something() -> None:
    index = Index(
        [Segment((replace(FACTS[0], text="某市要建站。"), replace(FACTS[0], text="某市养蚕。")))]
    )
    joining, naming = (index.best(index.cover(word))[0].evidence for word in ("要建", "养蚕"))
    assert joining < 0.5 * naming


def test_question_words_are_left_out() -> None:
    assert "".join(asked("请问四点钟课堂是什么", {}.get).characters) == "四点钟课堂"


@pytest.mark.parametrize("words", ["什么", "早上好，愿你每天开心"])
def test_what_asks_of_nothing_finds_nothing(words: str) -> None:
    assert best(words) == []


def test_what_looks_like_asking_stays_where_plans_have_it_in_a_name() -> None:
    room = Fact(PLAN, 0, "一", (), "某市各校设心理咨询室。")
    other = Fact(PLAN, 1, "一", (), "某市的心理活动在阅览室办。")
    cafe = Fact(PLAN, 2, "一", (), "某市老同志看着网吧。")
    index = Index([Segment((room, other, cafe))])
    assert index.best(index.cover("心理咨询室"))[0].fact == room
    assert index.best(index.cover("xin li zi xun shi"))[0].fact == room
    assert index.best(index.cover("网吧谁看着"))[0].fact == cafe


def test_an_everyday_word_finds_what_plans_write_and_itself() -> None:
    written = Fact(PLAN, 0, "一", (), "某市在暑期办活动。")
    said = Fact(PLAN, 1, "一", (), "某市在暑假办活动。")
    other = Fact(PLAN, 2, "一", (), "某市在学期里办活动。")
    index = Index([Segment((other, said, written))])
    found = {hit.fact.position: hit.score for hit in index.best(index.cover("暑假办活动"))}
    assert found[1] >= found[0]
    assert found[0] > found.get(2, 0)


def test_an_everyday_word_is_heard_in_pinyin() -> None:
    written = Fact(PLAN, 0, "一", (), "某市在暑期开放活动室。")
    index = Index([Segment((written, Fact(PLAN, 1, "一", (), "某市在学期中开放活动室。")))])
    (best, *_) = index.best(index.cover("shu jia kai fang huo dong shi"))
    assert best.fact == written


def test_an_everyday_word_may_be_written_as_another_that_sounds_alike() -> None:
    written = Fact(PLAN, 0, "一", (), "某市为困境儿童办好书屋。")
    index = Index([Segment((written, Fact(PLAN, 1, "一", (), "某市为青年教师办好书屋。")))])
    slip, right = index.cover("可连孩子看书"), index.cover("可怜孩子看书")
    assert index.best(slip) == index.best(right)
    assert index.best(right)[0].fact == written


def test_a_verb_said_twice_is_that_verb() -> None:
    laws = Fact(PLAN, 0, "一", (), "某市请退休干警普法。")
    index = Index([Segment((laws, Fact(PLAN, 1, "一", (), "某市请退休干警唱歌。")))])
    (best, *_) = index.best(index.cover("给学生讲讲法"))
    assert best.fact == laws
    assert best.score == index.best(index.cover("给学生讲法"))[0].score


def test_a_list_is_found_by_what_it_is_called_for_short() -> None:
    index = Index([Segment((*FACTS, Fact(PLAN, 9, "一", (), "某市帮失足、失管、失业的青年。")))])
    assert index.best(index.cover("三失是哪三失"))[0].fact.position == 9


@given(st.text())
@example("四点")
def test_any_text_can_be_looked_for(text: str) -> None:
    for hit in INDEX.best(INDEX.cover(text)):
        assert 0 < hit.score < 1.01


def hits(index: Index, question: str) -> list[tuple[Fact, float]]:
    return [(hit.fact, hit.score) for hit in index.best(index.cover(question))]


@pytest.mark.parametrize("question", ["四点钟课堂", "讲师团宣讲", "si dian zhong", "少年科技竞赛"])
def test_segments_find_what_one_segment_finds(question: str) -> None:
    apart = Index([Segment(FACTS[:1]), Segment(FACTS[1:3]), Segment(FACTS[3:])])
    assert hits(apart, question) == hits(INDEX, question)


@pytest.mark.parametrize("few", [0, 1000])
def test_both_ways_of_weighing_characters_agree(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = hits(INDEX, "讲师团宣讲")
    monkeypatch.setattr("knowledge.sums.FEW", few)
    again = hits(INDEX, "讲师团宣讲")
    assert [fact for fact, _ in again] == [fact for fact, _ in whole]
    assert [score for _, score in again] == pytest.approx([score for _, score in whole])


def test_the_longest_message_is_weighed_among_many_facts() -> None:
    words = "".join(map(chr, range(0x4E00, 0x4E00 + 4096)))  # no pair of it is common
    others = [Fact(PLAN, number, "", (), "四点钟课堂") for number in range(20_000)]
    index = Index([Segment([*others, Fact(PLAN, len(others), "", (), words)])])
    best, *_ = index.best(index.cover(words))
    assert best.fact.text == words
    assert 0.9 < best.score <= 1


def test_an_index_of_nothing_finds_nothing() -> None:
    index = Index([])
    assert index.best(index.cover("四点钟课堂")) == []
