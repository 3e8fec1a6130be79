"""Any text can be cleaned, folded and spelled as it sounds."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.sounds import fuzzy, syllables
from knowledge.text import MOST_CHARACTERS, clean, fold, keeping, sound

ANY = st.text(st.characters(exclude_categories=()))
"""Any text at all, lone surrogates and control characters too."""

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30)


@given(ANY)
def test_cleaning_takes_any_text_and_is_done_after_once(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")
    assert len(cleaned) <= MOST_CHARACTERS


@given(ANY)
def test_nothing_that_cannot_be_shown_is_left(text: str) -> None:
    kinds = {unicodedata.category(c) for c in clean(text) if c not in "\n\t"}
    assert not kinds & {"Cc", "Cs"}


@given(ANY)
def test_folding_and_spelling_take_any_text(text: str) -> None:
    folded = fold(clean(text))
    assert all(syllables(folded))
    assert len(sound(folded)) == len(folded)


def test_a_character_is_folded_like_its_compatibility_form() -> None:
    for number in (*range(0x20, 0xD800), *range(0xE000, 0x10000)):
        text = f"关{chr(number)}1"
        assert fold(text) == fold(unicodedata.normalize("NFKC", text))


@given(CHINESE)
@example("薴")
def test_folding_is_done_after_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("關心下一代", "关心下一代"),
        ("\uff21BC１", "abc1"),
        ("三好 标兵，怎么评？", "三好标兵怎么评"),
        ("“五个一”", "五个一"),
        ("90%", "90%"),
        ("互联网+关工委", "互联网+关工委"),
        ("？！…", ""),
    ],
)
def test_folding_keeps_what_carries_meaning(typed: str, means: str) -> None:
    assert fold(typed) == means


def test_a_long_message_is_cut() -> None:
    assert len(clean("关" * 9999)) == MOST_CHARACTERS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("四点中课堂", "四点钟课堂"),
        ("关艾超市", "关爱超市"),
        ("sihaobiaobing", "四好标兵"),
        ("fu dao zan", "辅导站"),
        ("niu shou er tong", "留守儿童"),
        ("rengong", "人工"),
    ],
)
def test_what_sounds_alike_is_spelled_alike(one: str, other: str) -> None:
    assert syllables(fold(one)) == syllables(fold(other))


def test_letters_that_are_no_pinyin_stay_together() -> None:
    assert syllables("python") == ["python"]


@given(st.sampled_from(["zhang", "lian", "fei", "shuang", "e", "nv", "ling"]))
def test_a_merged_syllable_is_not_merged_again(syllable: str) -> None:
    assert fuzzy(fuzzy(syllable)) == fuzzy(syllable)


def test_what_is_told_of_a_short_text_is_kept_and_of_a_long_one_is_not() -> None:
    looked_at: list[str] = []

    @keeping(most=2, longest=3)
    def length(text: str) -> int:
        looked_at.append(text)
        return len(text)

    assert [length(text) for text in ("短", "短", "很长的", "很长的话", "很长的话")] == [
        1,
        1,
        3,
        4,
        4,
    ]
    assert looked_at == ["短", "很长的", "很长的话", "很长的话"]
