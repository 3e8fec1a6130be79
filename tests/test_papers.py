"""Plans of every format and layout are understood: whose they are, and how they are parted."""

from __future__ import annotations

import pytest

from knowledge.documents.reading import read
from tests.papers import PAPERS, Paper

EACH = pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)


@EACH
def test_a_paper_says_whose_it_is(paper: Paper) -> None:
    plan = read(paper.name, paper.data).plan
    assert (plan.title, plan.issuer, plan.place) == (paper.title, paper.issuer, paper.place)
    assert (plan.year, plan.number, plan.issued) == (paper.year, paper.number, paper.issued)


@EACH
def test_a_paper_has_its_parts_in_order(paper: Paper) -> None:
    assert (
        tuple(section.path for section in read(paper.name, paper.data).sections) == paper.sections
    )


@EACH
def test_each_sentence_stands_in_its_part(paper: Paper) -> None:
    facts = read(paper.name, paper.data).facts
    for section, words in paper.tells:
        found = {fact.section for fact in facts if words in fact.text}
        assert section in found, f"{words} stands in {found or 'no part'}"


@EACH
def test_a_tidy_paper_raises_no_doubt(paper: Paper) -> None:
    assert read(paper.name, paper.data).doubts == ()
