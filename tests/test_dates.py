"""What a plan dates: every way of telling a time, and everything that only looks like one."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.dates import items as dated
from knowledge.dates import reading as times
from knowledge.dates.items import Item
from knowledge.dates.spans import Plan, Span
from knowledge.documents import reading
from tests.test_cli import Terminal, rows

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared"
PLAN = Plan(2024, date(2024, 3, 12))


def lines(name: str) -> list[str]:
    read = (HERE / f"{name}.txt").read_text("utf-8").splitlines()
    return [line for line in read if line and not line.startswith("#")]


def every(name: str) -> list[str]:
    return [line for part in (name, f"{name}_2", f"{name}_3") for line in lines(part)]


def told(span: Span) -> tuple[str, str, str]:
    return str(span.start), str(span.end), str(span.precision)


def is_as_wanted(wanted: str, span: Span) -> bool:
    """``~`` stands for the beginning of a deadline, which is judged by its end."""
    start, end, precision = wanted.split()
    return told(span)[start == "~" :] == (start, end, precision)[start == "~" :]


# Lines that were written before the code that reads them


@pytest.mark.parametrize("line", every("dates_positive"))
def test_a_time_is_read(line: str) -> None:
    sentence, _, rest = line.partition(" | ")
    wanted, found = rest.split(" & "), times.find(sentence, PLAN)
    assert len(found) == len(wanted), found
    assert all(any(is_as_wanted(one, span) for span in found) for one in wanted), found


@pytest.mark.parametrize("line", every("dates_traps"))
def test_a_trap_gives_no_date(line: str) -> None:
    sentence = line.replace("{", "").replace("}", "")
    assert not [span for span in times.find(sentence, PLAN) if not span.corrupted]


def test_there_are_enough_of_them() -> None:
    assert len(lines("dates_positive")) >= 80
    assert len(lines("dates_traps")) >= 60


# The conventions of ../shared/eval/README.md, one by one, in plans of other years


@pytest.mark.parametrize(
    ("sentence", "start", "end"),
    [
        ("上半年召开一次会议", "2030-01-01", "2030-06-30"),
        ("年终召开总结会", "2030-12-01", "2030-12-31"),
        ("年底召开总结会", "2030-12-01", "2030-12-31"),
        ("暑期开展读书活动", "2030-07-01", "2030-08-31"),
        ("开展“七彩的夏日”活动", "2030-07-01", "2030-08-31"),
        ("开展“缤纷的冬日”活动", "2030-12-01", "2031-02-28"),
        ("3月上旬开会", "2030-03-01", "2030-03-10"),
        ("2月中旬开会", "2030-02-11", "2030-02-20"),
        ("2月下旬开会", "2030-02-21", "2030-02-28"),
        ("清明节组织祭扫", "2030-04-05", "2030-04-05"),
        ("除夕慰问", "2030-02-02", "2030-02-02"),
        ("正月里走访困难家庭", "2030-02-03", "2030-03-03"),
        ("腊月间送温暖", "2030-12-25", "2031-01-22"),
        ("正月十五前送灯谜", "2030-01-01", "2030-02-17"),
        ("试点从2030年9月起至2031年6月止", "2030-09-01", "2031-06-30"),
        ("截至6月止完成登记", "2030-01-01", "2030-06-30"),
    ],
)
def test_the_base_year_is_the_plans(sentence: str, start: str, end: str) -> None:
    (found,) = times.find(sentence, Plan(2030))
    assert (str(found.start), str(found.end)) == (start, end)


def test_before_the_end_of_a_month_includes_its_last_day() -> None:
    (found,) = times.find("各校于2月底前上报", Plan(2028, date(2028, 1, 10)))
    assert (found.start, found.end, found.deadline) == (
        date(2028, 1, 10),
        date(2028, 2, 29),
        True,
    )


def test_a_bare_month_inherits_the_year_that_its_sentence_named() -> None:
    found = times.find("2025年1月启动，3月结束。4月总结", Plan(2024))
    assert [span.start for span in found] == [
        date(2025, 1, 1),
        date(2025, 3, 1),
        date(2024, 4, 1),
    ]


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("每月5日前报送信息", "FREQ=MONTHLY;BYMONTHDAY=5"),
        ("每月底报送信息", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("每季度召开例会", "FREQ=MONTHLY;INTERVAL=3"),
        ("每半年通报一次", "FREQ=MONTHLY;INTERVAL=6"),
        ("每周三下午学习", "FREQ=WEEKLY;BYDAY=WE"),
        ("每周一次辅导", "FREQ=WEEKLY"),
        ("利用周末开放", "FREQ=WEEKLY;BYDAY=SA,SU"),
        ("每月第二个星期六接待家长", "FREQ=MONTHLY;BYDAY=2SA"),
        ("每年9月开展宣传", "FREQ=YEARLY"),
        ("老同志一年两次体检", "FREQ=YEARLY"),
        ("账目一季度一次公开", "FREQ=MONTHLY;INTERVAL=3"),
        ("理事会半年召开一次", "FREQ=MONTHLY;INTERVAL=6"),
        ("棋艺班一个月上两次课", "FREQ=MONTHLY"),
        ("谈心隔周一次", "FREQ=WEEKLY;INTERVAL=2"),
        ("每月最后一个星期五播出", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("每月首个周六坐诊", "FREQ=MONTHLY;BYDAY=1SA"),
        ("每月1日、15日盘点", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
        ("从9月起，每周三补课", "FREQ=WEEKLY;BYDAY=WE"),
        ("定期走访", None),
    ],
)
def test_what_recurs_has_a_rule_of_rfc_5545(sentence: str, rule: str | None) -> None:
    (found,) = times.find(sentence, PLAN)
    assert (found.recurrence, found.repeated) == (rule, True)


# Damaged dates


@pytest.mark.parametrize(
    "sentence",
    [
        "4\ufffd5日举办讲座",
        "2O24年5月l日举行仪式",
        "20\ufffd4年5月10日召开会议",
        "5月1曰召开会议",
        "6月□日召开会议",
        "4月31日召开会议",
        "2023年2月29日前上报",
        "13月组织活动",
        "5月0日开会",
        "第五季度总结",
        "20244年5月召开会议",
        "202年5月召开会议",
        "2204年5月召开会议",
        "上\ufffd年召开会议",
        "2024年5月6日至3日开放",
        "5月3\ufffd日至6月2日开放",
    ],
)
def test_nothing_is_dated_from_a_damaged_date(sentence: str) -> None:
    found = times.find(sentence, PLAN)
    assert found
    assert all(
        (s.corrupted, s.start, s.end, s.precision) == (True, None, None, None) for s in found
    )


def test_a_damaged_date_does_not_hide_the_others() -> None:
    found = times.find("4月31日召开会议，5月10日举办讲座", PLAN)
    assert [told(span)[0] for span in found] == ["None", "2024-05-10"]


# Items of whole plans


NOTICE = """青关委〔2024〕3号

关于印发《青禾市关心下一代工作委员会2024年工作要点》的通知
各镇党委：
现将要点发给你们。请于2024年3月20日前将本镇的打算报市关工委办公室。
青禾市关心下一代工作委员会
2024年3月5日

青禾市关心下一代工作委员会2024年工作要点

一、做好思想教育
1.1月召开了主任会议，研究全年的工作。清明节组织学生在青禾烈士陵园开展祭扫活动，让孩子们记住历史。
2.拟于5月中旬举办“五老”讲师培训班，请各镇推荐人选。读书征文比赛时间另行通知。
3.贯彻《关于加强关工委建设的意见》（青委发〔2021〕9号），对不符合规定的，于9月底前调整到位。
4.举办全市青少年书法比赛，由各学校推荐作品参加，评出的优秀作品在市图书馆展出一个月。
5.每季度召开一次信息员例会，交流各镇的工作，定于4月31日召开的现场会由河西镇承办。

附件：会议安排
附件
会议安排
二季度
1.召开全市关工委研讨会
（地点：河东镇）
2.评选优秀辅导员
三季度
1.9月10日前上报典型材料
2.总结全年关工委工作

青禾市关工委办公室    2024年3月6日印发
"""


@pytest.fixture
def notice(tmp_path: Path) -> list[Item]:
    return list(items(tmp_path, NOTICE))


def items(folder: Path, text: str) -> Iterator[Item]:
    (folder / "plan.txt").write_text(text, "utf-8")
    facts = reading.read_text(folder / "plan.txt")
    yield from dated.items(facts[0].plan, facts)


def named(found: list[Item], word: str) -> Item:
    (item,) = (item for item in found if word in item.title)
    return item


def days(item: Item) -> tuple[str, str, str | None]:
    return str(item.start), str(item.end), item.precision


def test_a_meeting_below_a_quarter_has_its_place_from_the_next_line(notice: list[Item]) -> None:
    meeting = named(notice, "研讨会")
    assert days(meeting) == ("2024-04-01", "2024-06-30", "quarter")
    assert (meeting.kind, meeting.place) == ("meeting", "河东镇")
    assert days(named(notice, "优秀辅导员")) == ("2024-04-01", "2024-06-30", "quarter")


def test_a_date_of_its_own_counts_more_than_the_headings(notice: list[Item]) -> None:
    paper = named(notice, "典型材料")
    assert (paper.kind, str(paper.end)) == ("deadline", "2024-09-10")
    assert days(named(notice, "总结")) == ("2024-07-01", "2024-09-30", "quarter")


def test_the_list_of_a_period_is_read_once(notice: list[Item]) -> None:
    assert len([item for item in notice if item.section.startswith("附件")]) == 4


def test_a_deadline_begins_with_the_plans_issue(notice: list[Item]) -> None:
    adjusted = named(notice, "调整到位")
    assert days(adjusted) == ("2024-03-05", "2024-09-30", "day")
    assert adjusted.kind == "deadline"


def test_a_notice_gives_deadlines_and_its_own_date_gives_nothing(notice: list[Item]) -> None:
    letterhead = [item for item in notice if re.search("文号|落款|通知", item.section)]
    assert [(item.kind, str(item.end)) for item in letterhead] == [("deadline", "2024-03-20")]


def test_what_was_over_before_the_issue_is_past(notice: list[Item]) -> None:
    assert {item.title for item in notice if item.past} == {named(notice, "主任会议").title}


def test_intended_is_tentative_and_open_is_to_be_announced(notice: list[Item]) -> None:
    course = named(notice, "讲师培训班")
    assert (course.tentative, course.tbd) == (True, False)
    assert days(course) == ("2024-05-11", "2024-05-20", "ten-day")
    (open_one,) = (item for item in notice if item.tbd)
    assert days(open_one) == ("2024-01-01", "2024-12-31", "year")
    assert "时间另行通知" in open_one.quote


def test_a_holiday_has_a_place_and_people(notice: list[Item]) -> None:
    day = named(notice, "清明节")
    assert (day.kind, days(day)) == ("holiday", ("2024-04-04", "2024-04-04", "day"))
    assert day.place == "青禾烈士陵园"
    assert "students" in day.audience


def test_what_has_no_time_has_the_plans_year(notice: list[Item]) -> None:
    contest = named(notice, "书法比赛")
    assert (contest.kind, days(contest)) == ("competition", ("2024-01-01", "2024-12-31", "year"))


def test_a_damaged_date_is_an_item_without_a_day(notice: list[Item]) -> None:
    (damaged,) = (item for item in notice if item.corrupted)
    assert (damaged.start, damaged.end, damaged.precision) == (None, None, None)
    assert "4月31日" in damaged.quote


def test_a_number_of_a_document_is_no_year(notice: list[Item]) -> None:
    assert all(item.start is None or item.start.year == 2024 for item in notice)


def test_quotes_are_exact_and_short(notice: list[Item]) -> None:
    plain = re.sub(r"\s", "", NOTICE)
    for item in notice:
        assert 0 < len(item.quote) <= 60
        assert re.sub(r"\s", "", item.quote) in plain


def test_an_item_is_told_once(notice: list[Item]) -> None:
    assert len({(item.quote, item.start, item.recurrence) for item in notice}) == len(notice)


SCHEDULE = """青禾县关工委2026年工作计划
一、要求
认真学习上级文件，按照年度部署做好各项工作，办好校外辅导站，不断提高关爱下一代工作的水平和质量。
二、安排
三月：开展“学雷锋”志愿服务；召开年度工作会议。
三、其他
6月上旬，迎“六一”慰问；中旬，禁毒宣传；26日前上报禁毒总结。
参赛作品征集时间：2026年3月至6月。2015年3月20日止的老活动不再举办。20xx年9月3日，开展纪念活动。
"""


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("学雷锋", ("2026-03-01", "2026-03-31", "month")),
        ("年度工作会议", ("2026-03-01", "2026-03-31", "month")),
        ("禁毒宣传", ("2026-06-11", "2026-06-20", "ten-day")),
        ("禁毒总结", ("2026-01-01", "2026-06-26", "day")),
        ("参赛作品征集", ("2026-03-01", "2026-06-30", "month")),
        ("纪念活动", ("None", "None", None)),
    ],
)
def test_a_label_before_a_list_dates_all_of_it(
    tmp_path: Path, word: str, wanted: tuple[str, str, str | None]
) -> None:
    assert days(named(list(items(tmp_path, SCHEDULE)), word)) == wanted


def test_what_an_earlier_plan_held_is_no_item(tmp_path: Path) -> None:
    assert not [item for item in items(tmp_path, SCHEDULE) if "2015" in item.quote]


# The five plans


def golden(name: str) -> list[dict[str, Any]]:
    file = SHARED / "eval" / name
    if not file.is_file():
        pytest.skip(f"{file} is not there to be compared with")
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def found_in_plans() -> dict[str, list[Item]]:
    folder = Path(os.environ.get("GUANXIN_PLANS") or SHARED / "plans")
    if not folder.is_dir():
        pytest.skip(f"the originals of the plans were looked for in {folder}")
    found = {}
    for path in folder.glob("00*.txt"):
        facts = reading.read_text(path)
        found[path.name[:3]] = list(dated.items(facts[0].plan, facts))
    return found


def squeezed(text: str) -> str:
    return re.sub(r"\s|^\d+[.．]", "", text)


def is_there(wanted: dict[str, Any], found: list[Item]) -> bool:
    quote = squeezed(wanted["quote"])
    for item in found:
        own = squeezed(item.quote)
        if own in quote or quote in own or any(quote[n : n + 8] in own for n in range(len(quote))):
            exact = (str(item.start), str(item.end), item.precision)
            if wanted["kind"] == "deadline" and str(item.end) == wanted["end"]:
                return True
            if exact == (wanted["start"], wanted["end"], wanted["precision"]):
                return True
    return False


def test_the_dated_items_of_the_plans_are_found(found_in_plans: dict[str, list[Item]]) -> None:
    wanted = [one for one in golden("dates.jsonl") if one["tier"] == "A"]
    missed = [one["id"] for one in wanted if not is_there(one, found_in_plans[one["doc"]])]
    assert len(wanted) - len(missed) >= 44, missed


def test_no_false_alarm_on_what_only_looks_like_a_date() -> None:
    years = {"000": 2022, "001": 2023, "002": 2022, "003": 2023, "004": 2013}
    wrong = [
        (one["id"], one["quote"])
        for one in golden("dates_negatives.jsonl")
        if one["label"] == "negative" and times.find(one["quote"], Plan(years[one["doc"]]))
    ]
    assert len(wrong) <= 1, wrong


# Anything at all

SINGLE = "0123456789年月日号前底初中旬上下至到—、，。“”《》（）\ufffdOl每季度半学期周末"
SINGLE += "一二三四五六七八九十"
WORDS = "2024 召开 清明 暑期 定期 另行通知 时间 以来 今年 全年".split()  # noqa: SIM905
TOKENS = st.sampled_from([*SINGLE, *WORDS])


@given(st.lists(TOKENS, max_size=30).map("".join) | st.text(max_size=60))
@settings(max_examples=400)
def test_any_text_is_read_and_its_times_stand_in_it(text: str) -> None:
    for span in times.find(text, PLAN):
        assert 0 <= span.at < span.to <= len(text)
        assert (span.start is None) == (span.end is None) == (span.precision is None)
        assert span.start is None or span.end is None or span.start <= span.end


@given(
    st.text(
        st.characters(blacklist_characters="年月日号旬季周节度期天末假暑夏冬至明五午秋阳国夕旦宵"),
        max_size=80,
    )
)
@settings(max_examples=200)
def test_a_text_without_a_word_of_time_gives_no_day_of_a_month(text: str) -> None:
    exact = [s for s in times.find(text, PLAN) if s.precision in ("ten-day", "month", "quarter")]
    assert not exact


@given(st.integers(1, 12), st.integers(1, 28), st.sampled_from(["", "召开会议", "（暂定）", "，"]))
@settings(max_examples=150)
def test_a_day_that_is_read_is_the_day_that_is_written(month: int, day: int, after: str) -> None:
    (found,) = times.find(f"于{month}月{day}日{after}", PLAN)
    assert found.start == found.end == date(2024, month, day)


# The command


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "plan.txt").write_text(NOTICE, "utf-8")
    return tmp_path / "plan.txt"


FIELDS = (
    "title kind start end precision place audience tentative tbd past corrupted recurrence section"
    " quote"
)


def test_the_command_prints_an_object_for_each_item(
    terminal: Terminal, file: Path, notice: list[Item]
) -> None:
    printed = rows(terminal.printed("dates", str(file), "--json"))
    assert len(printed) == len(notice)
    assert {tuple(row) for row in printed} == {tuple(FIELDS.split())}
    (course,) = (row for row in printed if "讲师培训班" in row["title"])
    assert course["start"] == "2024-05-11"
    assert isinstance(course["audience"], list)


def test_the_command_prints_a_line_for_each_item(terminal: Terminal, file: Path) -> None:
    printed = terminal.printed("dates", str(file)).splitlines()
    assert "2024-04-01—2024-06-30\tmeeting\t全市关工委研讨会\t河东镇" in printed


def test_the_command_says_why_a_file_cannot_be_read(terminal: Terminal, tmp_path: Path) -> None:
    assert "plan.txt" in terminal.complaint("dates", str(tmp_path / "plan.txt"))


def test_a_plan_without_parts_has_its_dates() -> None:
    text = "某市2026年工作安排\n3月5日前各校上报学雷锋活动方案。\n10月16日举办运动会。\n"
    facts = reading.read("plan.txt", text.encode(), 2026).facts
    found = [(f"{item.end}", item.kind) for item in dated.items(facts[0].plan, facts)]
    assert ("2026-03-05", "deadline") in found
    assert any(day == "2026-10-16" for day, _ in found)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("比赛报名从4月10日起至5月8日止。", ("2027-04-10", "2027-05-08", None)),
        ("报名自4月10日起，到5月8日结束。", ("2027-04-10", "2027-05-08", None)),
        ("书屋每周二、四下午开放给学生。", ("2027-01-01", "2027-12-31", "FREQ=WEEKLY;BYDAY=TU,TH")),
        ("书屋每周三、周五开放给学生。", ("2027-01-01", "2027-12-31", "FREQ=WEEKLY;BYDAY=WE,FR")),
    ],
)
def test_what_begins_and_ends_is_one_time(words: str, expected: tuple[str, str, str]) -> None:
    facts = reading.read("p.txt", f"某市2027年工作安排\n一、重点\n{words}".encode(), 2027).facts
    found = [(f"{i.start}", f"{i.end}", i.recurrence) for i in dated.items(facts[0].plan, facts)]
    assert found == [expected]


def test_a_heading_gives_the_days_of_its_term_in_brackets() -> None:
    heading = times.is_only("一、春季学期（2月17日—7月11日）", Plan(2025))
    assert heading is not None
    assert (str(heading.start), str(heading.end)) == ("2025-02-17", "2025-07-11")
    (found,) = times.find("开学第一周同上思政课", Plan(2025, period=heading))
    assert (str(found.start), str(found.end)) == ("2025-02-17", "2025-02-23")
    (other,) = times.find("开学第一周同上思政课", Plan(2025, period=times.is_only("上半年", PLAN)))
    assert other.start == date(2025, 9, 1)


@pytest.mark.parametrize("sentence", ["夏令营哪天去还没定，等通知", "征文比赛何时截稿未定"])
def test_what_is_still_open_is_told_as_that(sentence: str) -> None:
    assert any(span.tbd for span in times.find(sentence, PLAN))
