from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import wording as say
from handlers.dialog import Unclear
from handlers.hearing.names import a_name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("李桂芳", "李桂芳"),
        ("我叫周美娣啊", "周美娣"),
        ("本人姓名：顾锡良", "顾锡良"),
        ("你好，我是张建国", "张建国"),
        ("我姓陈，叫陈建国", "陈建国"),
        ("姓李名桂芳", "李桂芳"),
        ("我姓吴 口天吴 吴根生", "吴根生"),
        ("王建国 建设的建 国家的国", "王建国"),
        ("沈 阿 宝", "沈阿宝"),
        ("沈 阿 宝 同志", "沈阿宝"),
        ("免贵，姓沈，沈阿宝", "沈阿宝"),
        ("老党员沈阿宝", "沈阿宝"),
        ("李 桂芳", "李桂芳"),
        ("诸葛 庆余", "诸葛庆余"),
        ("諸葛慶餘", "諸葛慶餘"),
        ("陳書琴同志", "陳書琴"),
        ("蔡李秀英", "蔡李秀英"),
        ("丁一", "丁一"),
        ("王㛃", "王㛃"),
        ("𫍯建国", "𫍯建国"),
        ("佴文英", "佴文英"),
        ("我叫禤秀兰，手机0519-80000003", "禤秀兰"),
        ("杨桂英 1 3 9 0 0 0 0 1 2 3 4", "杨桂英"),
        ("幺三九零零零零幺二三四 我是张建国", "张建国"),
        ("李桂芳（女）68岁", "李桂芳"),
        ("李桂芳，女，党员", "李桂芳"),
        ("我是河海社区的李桂芳", "李桂芳"),
        ("不叫李桂芳 叫李贵芳", "李贵芳"),
        ("热依汗·吐尔逊", "热依汗·吐尔逊"),
        ("阿卜杜拉 • 买买提", "阿卜杜拉·买买提"),
        ("扎西次仁", "扎西次仁"),
        ("我叫易烊千玺", "易烊千玺"),
    ],
)
def test_a_full_name_is_found_among_other_words(words: str, name: str) -> None:
    assert a_name(words) == name


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("小王", say.NAME_FULL),
        ("就叫我刘姨吧", say.NAME_FULL),
        ("张大妈", say.NAME_FULL),
        ("欧阳老师", say.NAME_FULL),
        ("王姐", say.NAME_FULL),
        ("刘三姐", say.NAME_FULL),
        ("乐乐外婆", say.NAME_FULL),
        ("阿珍", say.NAME_FULL),
        ("王", say.NAME_FULL),
        ("欧阳", say.NAME_FULL),
        ("zhang jian guo", say.NAME_CHARACTERS),
        ("我老伴叫陈建国", say.NAME_ONE),
        ("王丽 李强", say.NAME_ONE),
        ("问这个干啥子", say.NAME_WHY),
        ("不方便讲", say.NAME_WHY),
        ("你们不会是骗子吧", say.NAME_WHY),
        ("秀英", say.NAME_HINT),
        ("张3", say.NAME_FULL),
        ("139000056789", say.NAME_HINT),
        ("[图片]", say.NAME_HINT),
        ("😀😀", say.NAME_HINT),
        ("", say.NAME_HINT),
        ("今天天气不错", say.NAME_HINT),
        ("马上就来", say.NAME_HINT),
        ("高高兴兴", say.NAME_HINT),
        ("白天有空", say.NAME_HINT),
        ("我是退休教师", say.NAME_HINT),
        ("周三", say.NAME_HINT),
        ("常州人", say.NAME_HINT),
        ("等一下啊", say.NAME_HINT),
        ("就好好" * 90 + "x", say.NAME_HINT),
        ("李桂芳" * 40_000, say.NAME_HINT),
    ],
)
def test_what_is_no_full_name_is_asked_again(words: str, hint: str) -> None:
    with pytest.raises(Unclear) as raised:
        a_name(words)
    assert str(raised.value) == hint


_TALK = st.text(alphabet="李桂芳王老小我叫姓名是的·阿 ,，13\uff19[]a\ud800\x00吗不鄭", max_size=30)


@given(st.one_of(st.text(), _TALK))
def test_any_text_is_a_name_or_a_hint(words: str) -> None:
    name = hint = ""
    try:
        name = a_name(words)
    except Unclear as unclear:
        hint = str(unclear)
    assert name or "例如" in hint
    if name:
        assert 2 <= len(name) <= 15
        assert not any(c.isspace() or c.isdigit() or c.isascii() for c in name)
        assert len(name) <= 4 or "·" in name
