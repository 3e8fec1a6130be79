"""What a person should look at is told; what is well is not; a damaged date is no date."""

from __future__ import annotations

import pytest

from knowledge.documents.reading import read
from knowledge.plan import UnreadablePlan

PLAN = "柳湾镇关工委2025年工作计划\n一、重点\n{}\n"
WELL = "走访全镇的困难家庭，做到一户不漏、一月一次，由村里报名。"


def doubts(text: str) -> tuple[str, ...]:
    return read("plan.txt", text.encode()).doubts


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("各村在年月日前上报名单，由镇里汇总后公布。", "digits seem to be lost"),
        ("举办第 届读书节，邀请全镇的学生和家长参加。", "digits seem to be lost"),
        ("按照柳关〔〕3号文件的要求执行，不得拖延。", "digits seem to be lost"),
        ("2025年13月5日召开全镇大会，各村都要派人参加。", "there is no such day"),
        ("2月30日前把名单报到镇里，逾期不再受理。", "there is no such day"),
        ("2025年2月29日举办读书会，请家长和学生参加。", "there is no such day"),
        ("4月31日举办读书会，请家长和学生一起参加。", "there is no such day"),
        ("2O25年3月举办读书会，请家长和学生一起参加。", "a date is damaged"),
        ("3月l5日举办读书会，请家长和学生一起参加。", "a date is damaged"),
        ("202年3月举办读书会，请家长和学生一起参加。", "a date is damaged"),
        ("举办读书会\ufffd\ufffd请家长和学生一起参加，不要迟到。", "characters are damaged"),
    ],
)
def test_a_doubt_is_told_with_its_words(words: str, why: str) -> None:
    (doubt,) = doubts(PLAN.format(words))
    assert doubt.startswith(why)
    assert words[2:5] in doubt or "2025" in doubt


@pytest.mark.parametrize(
    "words",
    [
        "2024年2月29日举办读书会，今年、明年、每年各月日程照旧，节假日除外。",
        "二〇二五年三月十五日前上报，本月底前公布，每月初更新，年底前总结。",
        "第一届读书节在五四、六一、七一举办，按照柳关〔2024〕3号文件执行。",
        "登记出生年月日，1.5万元用于购书，占80%以上，共12个月，24小时开放，100年校庆。",
        "开展OTC用药讲座和5G体验，参加SOS求助训练，学习1小时。",
        "2023年12月31日、11月30日、10月1日各走访一次，记录30日内报来。",
    ],
)
def test_what_is_well_raises_no_doubt(words: str) -> None:
    assert doubts(PLAN.format(words)) == ()


def test_a_number_that_is_skipped() -> None:
    text = f"柳湾镇关工委2025年工作计划\n一、甲事\n{WELL}\n三、乙事\n1.{WELL}\n2.{WELL}\n4.{WELL}\n"
    assert doubts(text) == (
        "the numbering skips: the plan has no 二",
        "the numbering skips: 三 has no 3",
    )


def test_numbers_that_go_on_through_the_parts_are_no_gap() -> None:
    text = (
        f"柳湾镇关工委2025年工作计划\n一、甲事\n1.{WELL}\n2.{WELL}\n二、乙事\n3.{WELL}\n4.{WELL}\n"
    )
    assert doubts(text) == ()


def test_no_year_and_no_issuer() -> None:
    text = f"工作计划\n一、重点\n{WELL}\n".encode()
    original = read("plan.txt", text, 2026)
    assert original.doubts == (
        "the plan names no year",
        "the plan does not say who issued it",
    )
    assert (original.year, original.plan.year) == (None, 2026)
    with pytest.raises(UnreadablePlan, match="names no year"):
        read("plan.txt", text)


def test_no_place() -> None:
    text = f"青松关心下一代工作委员会2026年工作计划\n一、重点\n{WELL}\n"
    original = read("plan.txt", text.encode())
    assert original.plan.place == ""
    assert original.doubts == (
        "the plan does not say of which place it is: only who names it hears of it",
    )


def test_two_encodings_in_one_file() -> None:
    first = f"柳湾镇关工委2025年工作计划\n一、重点\n{WELL}\n{WELL}\n".encode()
    original = read("plan.txt", first + "二、保障\n由镇财政安排经费。\n".encode("gb18030"))
    assert original.doubts == ("the encodings are mixed: line 5, 6 is in GB 18030, not UTF-8",)
    assert "由镇财政安排经费。" in [fact.text for fact in original.facts]


def test_a_damaged_date_dates_nothing() -> None:
    signed = f"柳湾镇关工委2025年工作计划\n一、重点\n{WELL}\n柳湾镇关工委\n2025年13月1日\n"
    original = read("plan.txt", signed.encode())
    assert original.plan.issued is None
    assert original.plan.issuer == "柳湾镇关工委"
    assert original.doubts[0].startswith("there is no such day")


def test_a_megabyte_of_digits_is_read_through() -> None:
    assert doubts(PLAN.format(WELL + "7" * 100_000 + WELL)) == ()
