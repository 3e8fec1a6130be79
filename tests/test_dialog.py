"""What the form engine promises, each in one test."""

from __future__ import annotations

from functools import partial

import pytest

from handlers.dialog import Ask, Options, Revise, Script, Turn, Unclear, back, play, read, revised
from handlers.hearing.choices import one_of

ABC: Options = ((11, "甲站"), (12, "乙站"), (13, "丙站"))


def a_word(words: str) -> str:
    if len(words) > 5:
        raise Unclear("太长了，例如：王")
    return words


def digits_in(words: str) -> str | None:
    found = "".join(filter(str.isdigit, words))
    return found or None


def sign_up(stations: Options, known: str | None = None) -> Script[tuple[str, str, object]]:
    name = yield from read(Ask("name", "您贵姓？", a_word, known=known))
    phone = yield from read(Ask("phone", f"{name}，电话？", a_word, find=digits_in))
    station = yield from read(Ask("station", "去哪个站？", one_of(stations), stations))
    if station not in [key for key, _ in stations]:
        raise Revise("这个站停了", station=None)
    sure = yield from read(Ask("sure", "对吗？", a_word))
    if sure == "改":
        raise Revise(name=None, sure=None)
    return name, phone, station


def key(turn: Turn[object]) -> str | None:
    return turn.ask.key if turn.ask else None


NAMED = (("name", "王"), ("phone", "123"))


def test_a_choice_outlives_a_change_of_the_list() -> None:
    chosen = play(partial(sign_up, ABC), NAMED, "2").answers
    turn = play(partial(sign_up, ((12, "乙站"), (14, "丁站"))), chosen, "好")
    assert turn.result == ("王", "123", 12)


def test_a_choice_that_is_gone_is_asked_again_and_the_rest_stays() -> None:
    chosen = play(partial(sign_up, ABC), NAMED, "2").answers
    turn = play(partial(sign_up, ABC[:1]), chosen, "好")
    assert (key(turn), turn.hint) == ("station", "这个站停了")
    assert play(partial(sign_up, ABC[:1]), turn.answers, "1").answers[:2] == NAMED


def test_unclear_words_keep_what_was_said() -> None:
    turn = play(partial(sign_up, ABC), (("name", "王"),), "一二三四五六")
    assert (turn.answers, turn.hint, key(turn)) == ((("name", "王"),), "太长了，例如：王", "phone")


def test_going_back_asks_the_last_question_again() -> None:
    turn = play(partial(sign_up, ABC), NAMED)
    before = back(turn)
    assert before is not None
    assert key(play(partial(sign_up, ABC), before)) == "phone"


def test_there_is_nothing_before_the_first_question() -> None:
    assert back(play(partial(sign_up, ABC), ())) is None
    assert back(play(partial(sign_up, ABC, "王"), ())) is None


def test_what_is_known_is_not_asked_until_somebody_wants_to_change_it() -> None:
    assert key(play(partial(sign_up, ABC, "王"), ())) == "phone"
    assert key(play(partial(sign_up, ABC, "王"), (("name", None),))) == "name"


def test_words_may_answer_the_next_question_too() -> None:
    turn = play(partial(sign_up, ABC), (), "王 45")
    assert (key(turn), dict(turn.answers)["phone"]) == ("station", "45")


def test_a_change_of_mind_asks_one_question_and_keeps_the_others() -> None:
    answers = (*NAMED, ("station", 11))
    turn = play(partial(sign_up, ABC), answers, "改")
    assert key(turn) == "name"
    again = play(partial(sign_up, ABC), turn.answers, "李")
    assert key(again) == "sure"
    assert play(partial(sign_up, ABC), again.answers, "好").result == ("李", "123", 11)


def test_a_question_that_a_deploy_renamed_is_asked() -> None:
    assert key(play(partial(sign_up, ABC), (("surname", "王"), ("phone", "123")))) == "name"


def test_a_script_that_takes_the_same_answer_back_for_ever_is_found() -> None:
    def stuck() -> Script[str]:
        raise Revise(name=None)
        yield Ask("never", "", str)

    with pytest.raises(RuntimeError, match="for ever"):
        play(stuck, (("name", None),))


def test_a_script_with_nothing_to_ask_returns_at_once() -> None:
    def nothing() -> Script[str]:
        return "王"
        yield Ask("never", "", str)

    assert play(nothing, ()).result == "王"


def test_revised_answers_stand_at_the_end() -> None:
    assert revised(NAMED, Revise(name="李")) == (("phone", "123"), ("name", "李"))
