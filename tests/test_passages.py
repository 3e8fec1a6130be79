"""Sentences of a section are one passage, as long as it can be quoted at once."""

import re

from hypothesis import given
from hypothesis import strategies as st

from knowledge.book import Book
from knowledge.documents.passages import LITTLE, joined, windows
from knowledge.documents.sentences import LONGEST
from knowledge.plan import Fact, Plan

ORIGINAL = Plan(
    "x-2026", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None, digest=False
)
DIGEST = Plan("y-2026", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None)
ANOTHER = re.compile("[。！]”*[^。！”]")
CLUB = "办好“太白”诗会。"
WHEN = "诗会在七月举办，请百名少年参加。"


def facts(plan: Plan, *texts: str, section: str = "一") -> list[Fact]:
    return [Fact(plan, n, section, ("一、活动",), text) for n, text in enumerate(texts)]


def test_what_follows_a_name_stands_with_it() -> None:
    assert [fact.text for fact in joined(facts(ORIGINAL, CLUB, WHEN))] == [CLUB + WHEN]


def test_what_is_too_long_or_no_sentence_stays_apart() -> None:
    long = f"{'长' * (LONGEST - len(CLUB))}。"
    assert len(joined(facts(ORIGINAL, CLUB, long))) == 2
    assert len(joined(facts(ORIGINAL, "主要有：", CLUB))) == 2
    assert len(joined(facts(ORIGINAL, CLUB) + facts(ORIGINAL, WHEN, section="二"))) == 2


def test_a_line_of_a_digest_stands_alone() -> None:
    assert len(joined(facts(DIGEST, CLUB, WHEN))) == 2


def test_passages_are_numbered_anew() -> None:
    one = facts(ORIGINAL, CLUB, WHEN) + facts(ORIGINAL, CLUB, section="二")
    assert [fact.position for fact in joined(one)] == [0, 1]


def test_the_gist_is_the_sentences_that_answer() -> None:
    text = f"{CLUB}{'别的事情也要抓好。' * 9}{WHEN}"
    (fact,) = facts(ORIGINAL, text)
    book = Book([fact])
    assert book.gist("诗会几月办", fact, 40).endswith(WHEN)
    assert book.gist("诗会几月办", fact, 400) == text


def test_the_gist_tells_a_detail_of_what_was_asked_and_of_nothing_else() -> None:
    other = "编印老同志回忆录，计划印1500册，9月底前出书。"
    asked = "国庆节前推出“铁牛情”图片展，展出老照片120幅。"
    (fact,) = facts(ORIGINAL, f"{other}{'别的事情也要抓好。' * 9}{asked}")
    assert asked in Book([fact]).gist("铁牛情图片展放几张照片", fact, 40)


def test_the_gist_of_a_list_is_the_list() -> None:
    named = "每期80人，分两期，评定“五好”关工委三星、四星、五星三个等级。"
    told = "标准为班子好、队伍好、制度好、活动好、作用好。"
    (fact,) = facts(ORIGINAL, f"{named}{'别的事情也要抓好。' * 9}{told}")
    assert told in Book([fact]).gist("五好关工委那五好是哪五个", fact, 40)


def test_a_list_goes_on_to_its_end_in_the_next_passage() -> None:
    first, last = "申报条件：一是有场地；二是有辅导员；", "三是三年没有出过事故。"
    one, other = facts(ORIGINAL, first, f"{last}材料交到镇里。")
    book = Book([one, other])
    assert book.gist("申报有哪几个条件", one, 120) == first + last
    assert book.gist("材料交到哪里", other, 120) == other.text


@given(st.text(alphabet="字。！”，", max_size=80), st.integers(5, 60))
def test_windows_are_whole_sentences_in_a_row(text: str, most: int) -> None:
    for run in windows(text, most):
        assert run in text
        first = ANOTHER.search(run)
        assert len(run) <= most or first is None or first.end() - 1 < LITTLE
