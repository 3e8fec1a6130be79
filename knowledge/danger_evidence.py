"""How much a message sounds like danger: a linear model that adds up everything that is in it.

What is weighed are the pairs of neighbouring characters, the pairs of neighbouring sounds (for
homophones and typed pinyin), the signs of danger_signs.toml and each two signs that come together:
a means beside a farewell says more than either. Lessons, history, books, games and questions about
the service are signs too, and weigh against it. tests/fit_danger.py fits the weights and writes
them to danger_weights.json.
"""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, combinations, pairwise
from math import sqrt
from pathlib import Path
from typing import Final, NamedTuple

from knowledge.sounds import syllables

SIGNS: Final = Path(__file__).with_name("danger_signs.toml")
WEIGHTS: Final = Path(__file__).with_name("danger_weights.json")

_RUN: Final = 4
"""What is buried in a message is looked for in as many clauses that follow each other."""

_CLAUSE: Final = 50
"""A longer clause is weighed in pieces of as many characters, which overlap by half."""


class Odds(NamedTuple):
    """Logarithms of the odds that it is danger at all, and that it is danger to act on now."""

    danger: float
    urgent: float


class Evidence(NamedTuple):
    """The odds of a whole message, and the highest of a few of its clauses."""

    whole: Odds
    part: Odds


class _Sum(NamedTuple):
    """The weights found, and of how many traits."""

    danger: int
    urgent: int
    traits: int

    def odds(self) -> Odds:
        scale = _weights().unit / sqrt(self.traits)
        danger, urgent = _weights().bias
        return Odds(self.danger * scale + danger, self.urgent * scale + urgent)


class _Weights(NamedTuple):
    bias: list[float]
    of: dict[str, list[int]]
    unit: float


def weigh(said: str) -> Evidence:
    """Return the evidence in ``said``, which is folded and has + at the borders of its clauses."""
    whole = _summed(said).odds()
    runs = [run.odds() for run in _runs([_summed(clause) for clause in _clauses(said)])]
    runs.append(whole)
    return Evidence(whole, Odds(max(run.danger for run in runs), max(run.urgent for run in runs)))


def traits(said: str) -> set[str]:
    """Return what is weighed: pairs of characters, pairs of sounds, signs, pairs of signs."""
    framed = f"+{said}+"
    heard = syllables(said.replace("+", "").replace("%", ""))
    signs = sorted(_signs(framed, heard))
    found = {first + second for first, second in pairwise(framed.replace("%", ""))}
    found.update(f"{first} {second}" for first, second in pairwise(heard))
    found.update(signs)
    found.update(map("&".join, combinations(signs, 2)))
    return found


def _summed(said: str) -> _Sum:
    of = _weights().of
    found = traits(said)
    known = [of[trait] for trait in found if trait in of]
    return _Sum(sum(danger for danger, _ in known), sum(urgent for _, urgent in known), len(found))


def _clauses(said: str) -> Iterator[str]:
    for clause in said.split("+"):
        for start in range(0, max(1, len(clause) - _CLAUSE // 2), _CLAUSE // 2):
            yield clause[start : start + _CLAUSE]


def _runs(sums: list[_Sum]) -> Iterator[_Sum]:
    """Yield the sums of up to _RUN clauses, without the pairs of signs in two of them."""
    for start in range(len(sums)):
        yield from accumulate(sums[start : start + _RUN], _both)


def _both(one: _Sum, other: _Sum) -> _Sum:
    return _Sum(one.danger + other.danger, one.urgent + other.urgent, one.traits + other.traits)


def _signs(framed: str, heard: list[str]) -> set[str]:
    words, sounds = _lexicon()
    found: set[str] = set()
    for start in range(len(framed)):
        for length in range(1, 7):
            found.update(words.get(framed[start : start + length], ()))
    if _is_typed(framed):
        for start in range(len(heard)):
            for length in range(2, 5):
                found.update(sounds.get(" ".join(heard[start : start + length]), ()))
    return found


def _is_typed(framed: str) -> bool:
    """Return whether most of a message is letters, which are read as pinyin."""
    return 2 * sum(map(str.isascii, framed)) > len(framed)


_Lexicon = dict[str, list[str]]


@cache
def _lexicon() -> tuple[_Lexicon, _Lexicon]:
    """Return the signs by the words that show them, and by how these words sound."""
    words: defaultdict[str, list[str]] = defaultdict(list)
    sounds: defaultdict[str, list[str]] = defaultdict(list)
    for sign, some in tomllib.loads(SIGNS.read_text("utf-8")).items():
        for word in some.split():
            words[word].append("=" + sign)
            if len(word) > 1:
                sounds[" ".join(syllables(word))].append("=" + sign)
    return dict(words), dict(sounds)


@cache
def _weights() -> _Weights:
    read = json.loads(WEIGHTS.read_text("utf-8"))
    return _Weights(read["bias"], read["weights"], read["unit"])
