from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.graphemes import graphemes

CLUSTERS = (
    "好",
    "a",
    "1",
    "\n",
    "\r\n",
    "e\u0301",  # é of two characters
    "\u0915\u094d\u0937\u093f",  # a Devanagari conjunct with a vowel sign
    "\u0e19\u0e33",  # Thai, with a vowel that is a letter to Unicode
    "\u1112\u1161\u11ab",  # Korean, spelled out
    "\ud55c",  # Korean, composed
    "❤\ufe0f",
    "1\ufe0f\u20e3",  # a digit on a key
    "👍🏽",
    "👩\u200d👩\u200d👧\u200d👦",
    "🏳\ufe0f\u200d🌈",
    "🇨🇳",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
    "\u0644\u0651",  # an Arabic letter, doubled
    "葛\U000e0100",  # an ideographic variant
)


@pytest.mark.parametrize("cluster", CLUSTERS, ids=ascii)
def test_one_to_see_is_one(cluster: str) -> None:
    assert list(graphemes(f"报{cluster}名")) == ["报", cluster, "名"]


def test_flags_come_in_pairs() -> None:
    assert list(graphemes("🇨🇳🇨🇳🇨🇳")) == ["🇨🇳"] * 3
    assert list(graphemes("a🇨🇳b🇨🇳")) == ["a", "🇨🇳", "b", "🇨🇳"]


def test_plain_words_are_cut_anywhere() -> None:
    assert list(graphemes("报名，ok 了")) == list("报名，ok 了")
    assert list(graphemes("")) == []


@given(st.lists(st.sampled_from(CLUSTERS), max_size=30))
def test_a_border_never_falls_inside(clusters: list[str]) -> None:
    borders, place = {0}, 0
    for cluster in clusters:
        place += len(cluster)
        borders.add(place)
    place = 0
    for grapheme in graphemes("".join(clusters)):
        place += len(grapheme)
        assert place in borders


@given(st.text())
def test_together_they_are_the_text(text: str) -> None:
    found = list(graphemes(text))
    assert "".join(found) == text
    assert all(found)
