"""Items of a plan: how each is called, of what kind it is, what is quoted."""

from __future__ import annotations

import pytest

from knowledge.dates import items as dated
from knowledge.dates.items import Item
from knowledge.documents import reading

TITLE = "松岭镇关工委2027年工作安排\n2027年2月20日\n"


def items(text: str) -> list[Item]:
    facts = reading.read("plan.txt", f"{TITLE}{text}".encode()).facts
    return list(dated.items(facts[0].plan, facts))


def told(text: str) -> list[tuple[str, str, str]]:
    found = items(f"一、关爱行动\n- {text}。\n二、经费保障\n由镇财政所列支，专款专用，账目公开。\n")
    return [(one.title, one.kind, str(one.end)) for one in found if one.section == "一"]


@pytest.mark.parametrize(
    ("text", "title", "end"),
    [
        ("六一前夕走访特教学校", "走访特教学校", "2027-05-31"),
        ("“七一”前夕看望老党员", "看望老党员", "2027-06-30"),
        ("国庆节前夕举办老少书画展", "老少书画展", "2027-09-30"),
        ("请各村在重阳节前报送孝老典型", "各村报送孝老典型", "2027-10-07"),
    ],
)
def test_what_is_done_before_a_holiday_is_not_on_it(text: str, title: str, end: str) -> None:
    assert told(text) == [(title, "deadline", end)]


def test_what_is_done_before_several_holidays_is_called_alike() -> None:
    assert told("“六一”、“七一”前夕走访慰问") == [
        ("走访慰问", "deadline", "2027-05-31"),
        ("走访慰问", "deadline", "2027-06-30"),
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("4月20日前报名，逾期不候", "报名"),
        ("报名截至4月20日，过时不再受理", "报名"),
        ("请于4月20日前交表，逾期视为放弃", "交表"),
        ("4月20日截止，逾期不候", "关爱行动"),
        ("推荐表4月20日前送镇关工委，以邮戳日期为准", "推荐表送镇关工委"),
    ],
)
def test_a_fragment_is_no_name(text: str, title: str) -> None:
    assert [(one, end) for one, _, end in told(text)] == [(title, "2027-04-20")]


def test_what_begins_and_what_ends_are_two_and_the_first_lasts() -> None:
    found = items("一、农技课\n- 果树班四月开班，十月结业。\n")
    assert [(one.title, str(one.start), str(one.end)) for one in found] == [
        ("果树班开班", "2027-04-01", "2027-10-31"),
        ("结业", "2027-10-01", "2027-10-31"),
    ]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("六月和十二月各盘点一次图书", ["各盘点一次图书"] * 2),
        ("4月选种、6月除草、9月收粮", ["选种", "除草", "收粮"]),
        ("棋赛五月、八月、十一月各办一场", ["棋赛各办一场"] * 3),
        ("8月发通知，10月评审，入选者上台领奖", ["发通知", "评审"]),
    ],
)
def test_another_time_beside_is_no_part_of_a_name(text: str, titles: list[str]) -> None:
    assert [title for title, _, _ in told(text)] == titles


@pytest.mark.parametrize(
    "text",
    ["一年两次", "每半年一次", "每季度一次", "一季度一回", "每月第一个周六", "一个月两次"],
)
def test_how_often_is_no_date(text: str) -> None:
    (found,) = items(f"一、门诊\n- 义诊安排为{text}。\n")
    assert (found.kind, str(found.start), str(found.end)) == (
        "recurring",
        "2027-01-01",
        "2027-12-31",
    )


def test_what_recurs_below_a_period_recurs_in_it() -> None:
    found = items("一、安排\n七月、八月\n1.每日巡查水塘两遍\n2.放电影\n九月\n1.办开学课\n")
    (patrol,) = (one for one in found if "巡查" in one.title)
    assert (patrol.recurrence, str(patrol.start), str(patrol.end)) == (
        "FREQ=DAILY",
        "2027-07-01",
        "2027-08-31",
    )


def test_a_row_that_begins_with_its_month_is_quoted_as_a_whole() -> None:
    rows = "月份\t内容\t地点\n2月\t元宵节灯会，猜谜200条\t戏楼\n5月\t五四演讲会，团委协办\t中学\n"
    found = items(f"一、按月安排\n{rows}二、保障\n由镇财政所列支，专款专用，账目公开。\n")
    assert [one.quote for one in found if one.section.startswith("一")] == [
        "2月 元宵节灯会，猜谜200条 戏楼",
        "5月 五四演讲会，团委协办 中学",
    ]


def test_a_season_above_a_text_ends_with_the_next_heading() -> None:
    prose = "村里的老师傅给孩子们上课，十岁以上的都能来，来回由家长接送，带好水杯。"
    found = items(
        f"手艺班\n{prose}\n暑假\n孩子们容易出事，老人轮流在塘边看护，发现有人下水就劝回来。\n"
        f"念书\n{prose}\n钱和物\n{prose}\n"
    )
    assert {one.section for one in found} == {"暑假"}
