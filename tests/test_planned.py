"""What is planned in a month, a quarter or half a year, where no heading names it."""

from datetime import UTC, datetime

import pytest

from handlers.answer import answer
from knowledge.book import Book
from knowledge.documents.reading import read

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LONG = "各村关工小组要把平时的工作做细做实，" * 3
PLAN = f"""柳湾镇关工委2026年工作计划
一、学习
3月举办一次讲课比赛，地点在镇文化站。{LONG}对人手不够的，于6月底前调整到位。
暑期开办假日学校，请退休教师上课。每月走访一次困难家庭。全年开展家访活动。
二、活动
10月下旬召开总结会，表扬一批五老。去年9月办过书画展。下半年拟办运动会。
"""
QUARTERS = """白石县关工委2026年工作计划
一、重点
把各项工作做好，请各村配合，不得临时取消。
附件：活动安排
一季度
1.召开全县关工小组会议
2.看望老党员
二季度
1.举办法治讲座
"""
READ = [read(f"{text[:3]}.txt", text.encode()) for text in (PLAN, QUARTERS)]
BOOK = Book([fact for plan in READ for fact in plan.facts])


def said(question: str, region: str) -> tuple[str, str]:
    found = answer(BOOK, question, region, None, NOW)
    return found.kind, found.text


@pytest.mark.parametrize(
    ("question", "told", "untold"),
    [
        ("三月份有什么活动", ["讲课比赛"], ["假日学校", "调整到位", "走访", "家访"]),
        ("8月有啥安排", ["暑期开办假日学校"], ["讲课", "运动会"]),
        ("二季度要做些什么", ["人手不够的，于6月底前调整到位"], ["讲课", "假日学校"]),
        ("下半年有什么活动", ["假日学校", "运动会", "总结会"], ["书画展", "讲课", "走访"]),
        ("上半年有哪些活动", ["讲课比赛", "调整到位"], ["运动会", "总结会"]),
    ],
)
def test_what_lies_in_a_period_is_told_by_its_days(
    question: str, told: list[str], untold: list[str]
) -> None:
    kind, text = said(question, "柳湾镇")
    assert kind == "answer"
    assert [words for words in told if words not in text] == []
    assert [words for words in untold if words in text] == []
    assert sorted(told, key=text.index) == told


def test_a_month_in_a_list_of_quarters_is_near_its_quarter() -> None:
    kind, text = said("5月有什么活动", "白石县")
    assert kind == "related"
    assert "5月" in text
    assert "法治讲座" in text


def test_a_period_of_which_the_plan_tells_nothing_is_refused() -> None:
    assert said("11月有什么活动", "柳湾镇")[0] == "refusal"
    assert said("四季度有什么活动", "白石县")[0] == "refusal"
