"""Lists that are asked for by their number."""

import pytest

from knowledge import lists
from knowledge.plan import Fact, Plan

PLAN = Plan("x-2026", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("是哪三种学生", 3),
        ("分哪两类", 2),
        ("哪10个村", 10),
        ("五个一是哪五个一", 5),
        ("第三季度开什么会", 0),
        ("后面接的是哪四个字", 0),
        ("全年要求十二个字是哪十二个", 0),
        ("头三句要求是什么", 0),
        ("讲师团是什么", 0),
        ("我有三个孩子", 0),
        ("六个重点项目都叫什么", 6),
        ("第六个项目都叫什么", 0),
    ],
)
def test_the_number_that_is_asked_for(question: str, count: int) -> None:
    assert lists.counted(question) == count


@pytest.mark.parametrize(
    ("text", "count", "given"),
    [
        ("做好甲、乙、丙的工作。", 3, True),
        ("做好甲、乙，还有丙。", 3, True),
        ("办好甲课堂和乙课堂。", 2, True),
        ("提出“甲，乙，丙”的目标。", 3, True),
        ("订好《甲》《乙》《丙》。", 3, True),
        ("一是甲。二是乙。三是丙。", 3, True),
        ("三个不做：不代替管理，不介入评奖，不承接宣传。", 3, True),
        ("三个不做：不代替管理，不介入评奖。", 3, False),
        ("六个单位要完善制度，提高水平。", 6, False),
        ("做好甲、乙的工作。", 3, False),
        ("甲+乙+丙联动。", 3, True),
        ("甲\uff0b乙联动。", 3, False),
    ],
)
def test_whether_a_text_gives_the_list(text: str, count: int, given: bool) -> None:
    assert lists.gives(text, count) is given


def fact(position: int, section: str, text: str, *headings: str) -> Fact:
    return Fact(PLAN, position, section, headings, text)


FACTS = (
    fact(0, "三", "抓好两件事：", "三、重点"),
    fact(1, "三/办班", "七月办班。", "三、重点", "办班"),
    fact(2, "三/宣讲", "八月宣讲。", "三、重点", "宣讲"),
    fact(3, "四", "别的事。", "四、其他"),
)


def test_a_fact_that_leads_to_titles_is_followed_by_them() -> None:
    assert lists.below(FACTS[0], FACTS, 0) == ("办班", "宣讲")


def test_beside_a_title_stand_the_others_when_they_are_as_many_as_asked() -> None:
    assert lists.below(FACTS[1], FACTS, 2) == ("办班", "宣讲")
    assert lists.below(FACTS[1], FACTS, 3) == ()


def test_a_fact_without_titles_below_has_no_list() -> None:
    assert lists.below(FACTS[3], FACTS, 2) == ()
