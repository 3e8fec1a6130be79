"""The number and the day of a plan, wherever its letterhead or its end has them."""

from __future__ import annotations

import pytest

from knowledge.documents import reading
from knowledge.documents.reading import Original

TITLE = "松岭镇关工委2027年工作要点"
NUMBER = "松关工委〔2027〕4号"
BODY = """一、重点工作
（一）走访困难家庭。请五老把困难逐户登记，做到一户不漏，月月更新。
（二）办好读书会。四月在各村书屋请老教师讲故事，全年不少于十二次。
"""


def read(text: str) -> Original:
    return reading.read("plan.txt", text.encode())


@pytest.mark.parametrize(
    "line",
    [
        f"{NUMBER}　2027年2月9日",
        f"（{NUMBER}　2027年2月9日）",
        f"（2027年2月9日　{NUMBER}）",
        f"（{NUMBER}，2027年2月9日印发）",
        f"（{NUMBER}　二〇二七年二月九日）",
        f"发文字号：{NUMBER}　成文日期：2027年2月9日",
        f"{NUMBER}\n2027 年 2 月 9 日",
        f"（{NUMBER}）\n（2027.2.9）",
    ],
)
@pytest.mark.parametrize("is_above", [True, False])
def test_a_number_and_a_day_stand_together(line: str, *, is_above: bool) -> None:
    head = f"{line}\n{TITLE}" if is_above else f"{TITLE}\n{line}"
    found = read(f"{head}\n\n{BODY}")
    plan = found.plan
    assert (plan.title, plan.number, plan.issued) == (TITLE, NUMBER, "2027-02-09")
    assert plan.issuer == "松岭镇关工委"
    assert [(one.section, one.headings) for one in found.facts[:1]] == [
        ("文号和落款日期", ("文号和落款日期",))
    ]
    assert [one.path for one in found.sections] == ["一", "一/（一）", "一/（二）"]


@pytest.mark.parametrize(
    "line",
    ["（2027年2月9日松岭镇关工委印发）", "（2027年2月9日镇关工委全体会议通过）", "2027年2月9日"],
)
def test_a_day_without_a_number(line: str) -> None:
    plan = read(f"{TITLE}\n{line}\n{BODY}").plan
    assert (plan.title, plan.number, plan.issued) == (TITLE, None, "2027-02-09")


def test_a_number_behind_the_title_is_none_of_it() -> None:
    plan = read(f"{TITLE}（{NUMBER}）\n{BODY}").plan
    assert (plan.title, plan.number, plan.issued) == (TITLE, NUMBER, None)


@pytest.mark.parametrize(
    "end",
    [
        "2027年2月9日印发",
        "松岭镇关工委办公室　　2027年2月9日印发",
        "2027年2月9日　松岭镇关工委办公室印发",
        "印发日期：2027年2月9日",
        "成文日期：2027年2月9日　公开方式：主动公开",
        "松岭镇关工委（盖章）\n2027年2月9日",
        "松岭镇关工委　2027年2月9日",
        "抄送：县关工委，镇党委、政府，各村。\n松岭镇关工委办公室　2027年2月9日印发",
        "抄报：县关工委\n抄送：各村、各学校。\n松岭镇关工委办公室 2027年2月9日印\n（共印30份）",
        "抄送：县关工委，各村。　松岭镇关工委办公室2027年2月9日印发",
        "主题词：工作要点\n松岭镇关工委办公室　2027年2月9日印发\n校对：某某",
    ],
)
def test_a_day_at_the_end(end: str) -> None:
    found = read(f"{TITLE}\n{BODY}\n{end}\n")
    assert (found.plan.issued, found.plan.issuer) == ("2027-02-09", "松岭镇关工委")
    told = [one for one in found.facts if one.section.startswith("一")]
    assert not any("2027年" in one.text or "抄" in one.text for one in told)
    assert {one.section for one in found.facts[len(told) :]} == {"落款"}


def test_digits_of_full_width_are_digits() -> None:
    wide = {ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}
    text = f"{NUMBER}\n{TITLE}\n{BODY}\n松岭镇关工委\n2027年2月9日\n"
    plan, plain = read(text.translate(wide)).plan, read(text).plan
    assert plan == plain
    assert (plan.number, plan.year, plan.issued) == (NUMBER, 2027, "2027-02-09")


def test_the_day_of_a_page_is_not_the_day_of_signing() -> None:
    page = "当前位置：首页 > 通知公告\n{}\n发布时间：2027-03-01  来源：镇政府  浏览次数：31\n{}\n{}"
    end = "松岭镇关工委\n2027年2月9日\n"
    plan = read(page.format(TITLE, BODY, end)).plan
    assert (plan.issued, plan.issuer) == ("2027-02-09", "松岭镇关工委")
    assert read(page.format(TITLE, BODY, "")).plan.issued == "2027-03-01"


def test_two_bodies_of_one_place() -> None:
    title = "松岭市妇女联合会松岭市关工委2027年工作计划"
    assert read(f"{title}\n{BODY}\n").plan.place == "松岭市"


def test_who_signed_counts_before_who_printed() -> None:
    end = "松岭镇关工委\n2027年2月9日\n\n抄送：县关工委。\n松岭镇党政办　2027年2月11日印发\n"
    plan = read(f"{TITLE}\n{BODY}\n{end}").plan
    assert (plan.issued, plan.issuer) == ("2027-02-09", "松岭镇关工委")


def test_a_day_in_a_list_is_no_signature() -> None:
    text = f"{TITLE}\n一、安排\n1.读书会 2027年3月8日\n（地点：中学）\n2.以上活动由各村组织。\n"
    found = read(text)
    assert found.plan.issued is None
    assert not any(one.section == "落款" for one in found.facts)


def test_the_number_of_another_paper_is_not_the_plans() -> None:
    text = f"{TITLE}\n一、重点\n落实松关工委〔2019〕9号（2019年5月6日印发）文件，一户不漏。\n"
    assert (read(text).plan.number, read(text).plan.issued) == (None, None)


@pytest.mark.parametrize(
    ("head", "title", "issuer", "place"),
    [
        (
            "穆棱市关心下一代工作委员会\n关于印发《2027年全市关心下一代工作安排意见》的通知\n2027年2月9日\n",
            "2027年全市关心下一代工作安排意见",
            "穆棱市关心下一代工作委员会",
            "穆棱市",
        ),
        (
            "北岭铁路局集团有限公司关心下一代工作委员会\n关于印发集团公司关工委2027年工作要点的通知\n",
            "集团公司关工委2027年工作要点",
            "北岭铁路局集团有限公司关心下一代工作委员会",
            "北岭铁路局集团有限公司",
        ),
        (
            "松钢关工委发〔2027〕4号\n集团公司关心下一代工作委员会\n2027年2月9日\n",
            "松岭钢铁（集团）有限责任公司关心下一代工作委员会2027年工作计划",
            "松岭钢铁（集团）有限责任公司关心下一代工作委员会",
            "松岭钢铁集团有限责任公司",
        ),
        (
            "",
            "西乡县教育系统2027年关心下一代工作计划",
            "西乡县教育系统",
            "西乡县",
        ),
        (
            "",
            "武汉市青山区工人村街道关工委2027年工作计划",
            "武汉市青山区工人村街道关工委",
            "武汉市青山区工人村街道",
        ),
        (
            "",
            "某某铁路局集团有限公司怀化车务段关工委2027年工作要点任务分解表",
            "某某铁路局集团有限公司怀化车务段关工委",
            "某某铁路局集团有限公司怀化车务段",
        ),
        (
            "",
            "西咸新区沣东新城关工委2027年工作计划",
            "西咸新区沣东新城关工委",
            "西咸新区沣东新城",
        ),
        ("", "黔东南州关工委2027年工作安排", "黔东南州关工委", "黔东南苗族侗族自治州"),
        (
            "上海市普陀区关心下一代工作委员会文件\n普陀区关心下一代工作委员会\n2027年2月9日\n",
            "普陀区关心下一代工作委员会2027年工作要点",
            "普陀区关心下一代工作委员会",
            "上海市普陀区",
        ),
    ],
)
def test_whose_a_plan_is_that_calls_itself_shorter(
    head: str, title: str, issuer: str, place: str
) -> None:
    plan = read(f"{head}{title}\n{BODY}").plan
    assert (plan.title, plan.issuer, plan.place) == (title, issuer, place)
