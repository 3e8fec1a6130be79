"""Segments: what a new book need not build again."""

from knowledge.book import Book
from knowledge.plan import Fact, Plan
from knowledge.segment import Segment, kept_up


def facts(key: str, count: int) -> list[Fact]:
    plan = Plan(key, f"{key}市2026年工作要点", f"{key}市关工委", f"{key}市", 2026, None, None)
    return [Fact(plan, n, "一", ("一、工作",), f"{key}市办第{n}件事。") for n in range(count)]


OLD, NEW = facts("甲", 40), facts("乙", 5)


def test_a_segment_that_is_still_wanted_is_kept() -> None:
    old = Segment(OLD)
    segments = kept_up([old], [*OLD, *NEW])
    assert segments[0] is old
    assert segments[1].facts == tuple(NEW)


def test_a_segment_of_which_something_is_gone_is_built_again() -> None:
    old = Segment(OLD)
    (segment,) = kept_up([old], OLD[1:])
    assert segment is not old
    assert segment.facts == tuple(OLD[1:])


def test_small_segments_are_put_together() -> None:
    segments = kept_up([Segment(OLD), Segment(NEW)], [*OLD, *NEW, *facts("丙", 4)])
    assert [len(segment.facts) for segment in segments] == [40, 9]


def test_many_plans_one_after_another_make_few_segments() -> None:
    known: list[Fact] = []
    segments: list[Segment] = []
    for number in range(200):
        known += facts(str(number), 3)
        segments = kept_up(segments, known)
    assert len(segments) <= 10
    assert sum(len(segment.facts) for segment in segments) == 600


def test_a_book_made_from_another_answers_like_a_new_one() -> None:
    made = Book([*OLD, *NEW], Book(OLD))
    for question in ("乙市办第3件事", "甲市办第17件事", "第4件事"):
        assert made.ask(question).hits[0].fact == Book([*OLD, *NEW]).ask(question).hits[0].fact
    names = {fact.text: fact for fact in made.index.facts}
    assert len(names) == 45
    assert [other.text for other in made.beside(NEW[0])] == [fact.text for fact in NEW]
