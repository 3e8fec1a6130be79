"""What signs tell of meanings."""

import pytest

from knowledge.evidence import Evidence, signs, sounds_of

BUY, SELL = 0, 1
GOODS = [{"i", "buy", "tea"}, {"we", "buy", "rice"}, {"to", "buy", "fish"}, {"i", "sell", "tea"}]


def test_a_sign_of_many_examples_tells_of_their_group_and_against_the_other() -> None:
    told = Evidence(GOODS, [BUY, BUY, BUY, SELL]).of({"i", "buy", "tea"})
    assert told[BUY] > 0 > told[SELL]


def test_one_telling_sign_outweighs_those_that_stand_everywhere() -> None:
    told = Evidence(GOODS, [BUY, BUY, BUY, SELL]).of({"we", "sell", "tea"})
    assert told[SELL] > told[BUY]


@pytest.mark.parametrize("heard", [set(), {"never", "heard"}])
def test_what_was_never_heard_tells_nothing(heard: set[str]) -> None:
    told = Evidence(GOODS, [BUY, BUY, BUY, SELL]).of(heard)
    assert told.tolist() == [0, 0]


def test_a_group_with_many_examples_has_no_more_weight() -> None:
    once = Evidence([{"tea"}, {"salt"}], [BUY, SELL])
    often = Evidence([{"tea"}] * 9 + [{"salt"}], [BUY] * 9 + [SELL])
    assert once.of({"salt"})[SELL] == pytest.approx(often.of({"salt"})[SELL], rel=0.5)
    assert often.of({"salt"})[SELL] > 0 > often.of({"salt"})[BUY]


def test_signs_are_sounds_and_characters_and_their_pairs() -> None:
    assert sounds_of(["mai", "ca"]) == {"mai", "ca", "^ mai", "mai ca", "ca $"}
    assert signs("买茶") == {"买", "茶", "^买", "买茶", "茶$"}
    assert signs("ok") == set()
