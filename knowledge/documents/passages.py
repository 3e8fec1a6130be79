"""Sentences of one section put together, as long as they can be quoted at once.

What a programme's first sentence names, the next ones tell about: who asks knows the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from knowledge.documents.sentences import LONGEST, SENTENCE
from knowledge.plan import Fact, is_of_paper

LITTLE: Final = 60
"""A sentence with fewer characters may be a title: what follows it tells what it is about."""

_ENDS: Final = tuple("。；！？”")


def joined(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the passages of plans: facts of a section that follow one another, put together."""
    plans = groupby(facts, lambda fact: fact.plan.key)
    return tuple(
        replace(fact, position=position)
        for _, of_plan in plans
        for position, fact in enumerate(_of_plan(of_plan))
    )


def _of_plan(facts: Iterable[Fact]) -> Iterator[Fact]:
    last: Fact | None = None
    for fact in facts:
        if last and _belong(last, fact):
            last = replace(last, text=last.text + fact.text)
            continue
        if last:
            yield last
        last = fact
    if last:
        yield last


def _belong(fact: Fact, following: Fact) -> bool:
    """Tell whether two facts make one passage: sentences of one section, not of the letterhead.

    A line of a digest says what it is about by itself.
    """
    return (
        bool(fact.headings)
        and not fact.plan.digest
        and fact.section == following.section
        and not is_of_paper(fact)
        and len(fact.text) + len(following.text) <= LONGEST
        and fact.text.endswith(_ENDS)
        and following.text.endswith(_ENDS)
    )


def windows(text: str, most: int) -> Sequence[str]:
    """Return the runs of whole sentences of at most ``most`` characters, for each beginning one.

    A sentence that is longer stands alone, and after one so short that it only names something.
    """
    sentences = [sentence for sentence in SENTENCE.findall(text) if sentence.strip()]
    found = []
    for first in range(len(sentences)):
        run = sentences[first]
        for sentence in sentences[first + 1 :]:
            if len(run) + len(sentence) > most and len(run) >= LITTLE:
                break
            run += sentence
        found.append(run)
    return found
