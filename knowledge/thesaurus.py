"""What people say instead of what plans write."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("thesaurus.toml")


@cache
def sayings() -> Mapping[str, tuple[str, ...]]:
    """Return what plans may write for each everyday word; all folded."""
    written: dict[str, list[str]] = defaultdict(list)
    for plan, said in tomllib.loads(_FILE.read_text("utf-8"))["plan"].items():
        for saying in said:
            written[saying].append(plan)
    return {saying: tuple(plans) for saying, plans in written.items()}


def within(text: str, pairs: Set[str]) -> Iterator[str]:
    """Yield the words of three characters and more that plans may write and a text has.

    ``pairs`` are the pairs of characters of the folded text.
    """
    long = _by_first_pair()
    for pair in long.keys() & pairs:
        for word in long[pair]:
            if word in text:
                yield word


@cache
def _by_first_pair() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for words in sayings().values():
        for word in words:
            if len(word) > 2:  # two characters are a pair, which is known without this
                found[word[:2]].add(word)
    return {pair: tuple(sorted(words)) for pair, words in found.items()}
