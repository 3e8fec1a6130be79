from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers import wording as say
from handlers.dialog import Unclear
from handlers.hearing.phones import a_phone, find_phone


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("13900001234", "13900001234"),
        ("\uff11\uff13\uff19\uff10\uff10\uff10\uff10\uff11\uff12\uff13\uff14", "13900001234"),
        ("139 0000 1234", "13900001234"),
        ("139．0000．1234。", "13900001234"),
        ("1 3 9 0 0 0 0 1 2 3 4", "13900001234"),
        ("+86 139-0000-1234", "13900001234"),
        ("0086 13900001234", "13900001234"),
        ("（+86）13900001234", "13900001234"),
        ("我手机幺三九，零零零零，幺二三四", "13900001234"),
        ("壹叁玖 零零零零 壹贰叁肆", "13900001234"),
        ("一三九〇〇〇〇一二三四", "13900001234"),
        ("139四个零1234", "13900001234"),
        ("幺三九洞洞洞洞幺两三拐", "13900001237"),
        ("幺三九 洞洞洞洞 两两拐拐", "13900002277"),
        ("139oooo1234", "13900001234"),
        ("tel:13900001234", "13900001234"),
        ("139，然后0000，再1234", "13900001234"),
        ("13900001234一般都在", "13900001234"),
        ("李桂芳，68岁，13900001234", "13900001234"),
        ("13900001234，再说一遍13900001234", "13900001234"),
        ("你打我女儿的 13900005511", "13900005511"),
        ("不是13900001111，是13900002222", "13900002222"),
        ("把13900001111改成13900002222", "13900002222"),
        ("13900001111 哦不 13900002222", "13900002222"),
        ("13900001111停机了，13900002222", "13900002222"),
        ("家里0519-80000002，手机13900001234", "13900001234"),
        ("0519-80000002", "0519-80000002"),
        ("(0519)80000002", "0519-80000002"),
        ("051980000002", "0519-80000002"),
        ("零五幺九，八零零零零零零二", "0519-80000002"),
        ("+86 519 80000002", "0519-80000002"),
        ("02580000002", "025-80000002"),
    ],
)
def test_a_number_is_understood(words: str, number: str) -> None:
    assert a_phone(words) == number
    assert find_phone(words) == number


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("1390000123", say.PHONE_LENGTH.format(count=10)),
        ("139000056789", say.PHONE_LENGTH.format(count=12)),
        ("13900001234 56", say.PHONE_LENGTH.format(count=13)),
        ("13900001234        5", say.PHONE_LENGTH.format(count=12)),
        ("一三九零零零零一二三四五", say.PHONE_LENGTH.format(count=12)),
        ("013900001234", say.PHONE_LENGTH.format(count=12)),
        ("10000000000", say.PHONE_HINT),
        ("320400195001011234", say.PHONE_HINT),
        ("身份证13900001234", say.PHONE_HINT),
        ("0519-80000002转801", say.PHONE_HINT),
        ("80000002", say.PHONE_AREA),
        ("13900001111 13900002222", say.PHONE_ONE),
        ("号码的最后四位是1234", say.PHONE_WHOLE),
        ("你们是不是骗子哦", say.PHONE_WHY),
        ("不方便留", say.PHONE_WHY),
        ("没得手机", say.PHONE_NONE),
        ("等一下我问一下老头子", say.PHONE_LATER),
        ("不是13900001234", say.PHONE_HINT),
        ("[视频]", say.PHONE_HINT),
        ("", say.PHONE_HINT),
        ("1" * 100_000, say.PHONE_HINT),
    ],
)
def test_what_is_no_sure_number_is_asked_again(words: str, hint: str) -> None:
    assert find_phone(words) is None
    with pytest.raises(Unclear) as raised:
        a_phone(words)
    assert str(raised.value) == hint


_DIGIT = st.sampled_from("0123456789\uff10\uff11\uff19零一二三九〇幺壹叁玖")
_JOINT = st.sampled_from(["", "", "", " ", "-", "  ", "，", "\n", "."])
_MOBILE = "13900001234"


@given(
    before=st.lists(st.tuples(_DIGIT, _JOINT), max_size=3),
    after=st.lists(st.tuples(_JOINT, _DIGIT), max_size=3),
)
@example(before=[], after=[("", "五")])
def test_a_number_is_never_cut_out_of_a_longer_one(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    left = "".join(digit + joint for digit, joint in before)
    right = "".join(joint + digit for joint, digit in after)
    alone = not before and not after
    assert find_phone(left + _MOBILE + right) == (_MOBILE if alone else None)


_TALK = st.text(alphabet="0139幺零 -+两个四不是错了转号，\ud800\x00a", max_size=40)


@given(st.one_of(st.text(), _TALK))
def test_any_text_is_a_number_or_a_hint(words: str) -> None:
    number = hint = ""
    try:
        number = a_phone(words)
    except Unclear as unclear:
        hint = str(unclear)
    if number:
        assert re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}-\d{7,8}", number)
    assert number or "例如" in hint
