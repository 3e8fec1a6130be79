"""The sentences of a fact that answer a question: what is told of it first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from knowledge.documents.passages import windows
from knowledge.documents.sentences import SENTENCE
from knowledge.plan import Fact, is_of_paper
from knowledge.search import Index
from knowledge.verdict import Asked, tells

ABOUT_IT: Final = 0.25
"""Sentences of a fact below this share of its best ones are about another matter."""

LONGEST_LIST: Final = 300
"""Characters of a list that is told whole."""


def answering(index: Index, asked: Asked, fact: Fact, most: int) -> str:
    """Return the sentences of a longer fact in a row, of at most ``most`` characters, that answer.

    All that is planned for a period comes whole.
    """
    if asked.period:
        return fact.text
    runs = windows(fact.text, most)
    above = "".join(fact.headings)
    covered = index.covered(asked.topic, [above + run for run in runs])
    least = 0 if is_of_paper(fact) else ABOUT_IT * max(covered)
    covering = [told for told in zip(runs, covered, strict=True) if told[1] >= least]
    return max(covering, key=lambda run: tells(asked, *run))[0]


def goes_on(said: str) -> bool:
    """Tell whether sentences end in the middle of a list."""
    return said.endswith("；")


def to_its_end(said: str, fact: Fact, plan: Sequence[Fact]) -> str:
    """Return sentences of a fact of a plan with the rest of their list, in the next facts too."""
    after = (other for other in plan if other.position > fact.position)
    below = takewhile(lambda other: other.headings == fact.headings, after)
    rest = fact.text.partition(said)[2] + "".join(other.text for other in below)
    for sentence in SENTENCE.findall(rest):
        if not goes_on(said) or len(said) + len(sentence) > LONGEST_LIST:
            break
        said += sentence
    return said
