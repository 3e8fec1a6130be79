"""What recurs (每月5日前, 每季度, 周末, 定期), and what is still open (时间另行通知)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from knowledge.dates.points import Rule
from knowledge.dates.spans import (
    DAY,
    HALF_YEAR,
    HAN,
    MONTH,
    NUMBER,
    QUARTER,
    TEN_DAY,
    YEAR,
    Plan,
    Rank,
    Span,
    number,
    whole_year,
)

_DAYS: Final = "[一二三四五六日天](?:[、和及](?:周|星期)?[一二三四五六日天])*"
"""One day of the week or several: 周二、四; 周三、周五."""

_WEEKDAYS: Final = {
    "一": "MO", "二": "TU", "三": "WE", "四": "TH", "五": "FR", "六": "SA", "日": "SU", "天": "SU",
}  # fmt: skip
_COUNTED: Final = "次课讲堂场篇题星歌测报练读人本期名个至到"
"""每周一次 is once a week, not on Monday."""

_ONE: Final = "(?=[主读讲课题会评报期谈次回])"
_NOT_ONE: Final = rf"(?<![{HAN}\d第前后过近每同])"
_AT_LEAST: Final = "(?:不少于|不低于|至少|最少)"
_SO_OFTEN: Final = rf"[^，。；：、\d]{{0,6}}?{_AT_LEAST}?\s?(?:\d+|[{HAN}两]+)\s?[次回趟轮封场期堂]"
"""What stands after the unit of 一年两次 and 一个月上两次课: how often, and little before it."""

_REPEATED: Final[tuple[tuple[Sequence[str], str, str, str], ...]] = (
    (
        "每",
        rf"每个?月的?\s?(?P<day>{NUMBER}(?:[日号]?[、和]{NUMBER})*)\s?[日号]",
        DAY,
        "MONTHLY;BYMONTHDAY={day}",
    ),
    ("每", r"每个?月的?(?:月?底|月末|最后一[天日])", DAY, "MONTHLY;BYMONTHDAY=-1"),
    ("每", r"每个?月的?月?初", DAY, "MONTHLY;BYMONTHDAY=1"),
    (
        "每",
        r"每个?月的?第?(?P<nth>[一二三四首]|最后一)个?(?:星期|周)(?P<weekday>[一二三四五六日天])",
        DAY,
        "MONTHLY;BYDAY={nth}{weekday}",
    ),
    ("每", r"每个?月的?[上中下]旬", TEN_DAY, "MONTHLY"),
    ("每", r"每[两二2]个?月", MONTH, "MONTHLY;INTERVAL=2"),
    ("每", r"每[三3]个月", QUARTER, "MONTHLY;INTERVAL=3"),
    (
        ("每", "隔周"),
        r"每半个?月|每[两二2](?:周|个?星期)|每?隔一?周(?![末二三四五六日]|一(?![次回]))",
        TEN_DAY,
        "WEEKLY;INTERVAL=2",
    ),
    (
        "月",
        rf"每个?月(?![薪刊])|逐月|按月|月月|一月一{_ONE}|{_NOT_ONE}一个月(?={_SO_OFTEN})",
        MONTH,
        "MONTHLY",
    ),
    (
        ("季",),
        rf"每个?季度?|逐季度?|按季度?|一季度?一{_ONE}|{_NOT_ONE}一季度(?=[两二三]{_ONE})",
        QUARTER,
        "MONTHLY;INTERVAL=3",
    ),
    (
        ("半年",),
        rf"每个?半年|(?<![上下])半年(?={_SO_OFTEN})",
        HALF_YEAR,
        "MONTHLY;INTERVAL=6",
    ),
    ("学期", rf"每个?学期|{_NOT_ONE}一个?学期(?={_SO_OFTEN})", HALF_YEAR, "YEARLY;BYMONTH=2,9"),
    (
        ("每年", "学年", "年年", "一年"),
        rf"每个?学年|每年度?|年年|一年一度|{_NOT_ONE}一年(?![级来多半内中后前])(?={_SO_OFTEN})",
        YEAR,
        "YEARLY",
    ),
    (
        ("周", "双休", "星期"),
        r"每?个?(?:周|星期)末|双休日|(?:每个?)?(?:周|星期)六、?(?:周|星期)?[日天]",
        DAY,
        "WEEKLY;BYDAY=SA,SU",
    ),
    (
        ("周", "星期"),
        r"(?:每个?)?(?:周|星期)一(?:到|至|—)(?:周|星期)?五",
        DAY,
        "WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    ),
    (
        ("周", "星期"),
        rf"(?:每个?|逢)(?:周|星期)(?P<weekday>{_DAYS})(?![{_COUNTED}])",
        DAY,
        "WEEKLY;BYDAY={weekday}",
    ),
    (
        ("周", "星期"),
        rf"(?<![{HAN}\d上下首两几])(?:周|星期)(?P<weekday>[一二三四五六日])(?=[上下]午|晚|开放|固定)",
        DAY,
        "WEEKLY;BYDAY={weekday}",
    ),
    (
        ("周", "星期"),
        rf"每个?周|每个?星期|按周|周周|{_NOT_ONE}一(?:周|个?星期)(?={_SO_OFTEN})",
        DAY,
        "WEEKLY",
    ),
    (("天天", "每天", "每日"), r"每天|每日|天天", DAY, "DAILY"),
    (("节假",), r"(?:法定)?节假日", DAY, ""),
    (("定期",), r"(?<!不)定期(?![存限满间])", YEAR, ""),
)
_OPEN = re.compile(
    r"(?:时间|日期|什么时候|何时)[^，。；]{0,8}，?(?:等|听|待|以|按)[^，。；]{0,8}通知(?:为准)?"
    r"|(?:时间|日期|会期|赛期|赛程)[^，。；]{0,10}?(?:另行?(?:通知|安排|确定|公布|定)|待[定通确]|未定|择期)"
    r"|(?:另行通知|另行安排|另定|择期|择日|择机)(?=[^，。；]{0,6}(?:召开|举办|举行|开展|进行|组织))"
    r"|(?<!\w)(?:待定|另行通知|等通知)(?!\w)|(?:哪[一]?天|几时|什么时候|何时)[^，。；]{0,6}[没未]定"
    r"|(?<![\d一-鿿])[\u00d7xX*_]{1,2}\s?月(?:\s?[\u00d7xX*_]{1,2}\s?日)?"
)


def _repeated(
    precision: str, recurrence: str, found: re.Match[str], plan: Plan, before: Sequence[Span]
) -> Iterator[Span]:
    """Read what recurs in the time of the heading, else in the plan's year.

    The recurrence is that of RFC 5545, without a start.
    """
    del before
    groups = {name: value for name, value in found.groupdict().items() if value}
    if day := groups.get("day"):
        groups["day"] = ",".join(str(number(one)) for one in re.findall(NUMBER, day))
    if weekday := groups.get("weekday"):
        days = dict.fromkeys(day for day in weekday if day in _WEEKDAYS)
        groups["weekday"] = ",".join(_WEEKDAYS[day] for day in days)
    if nth := groups.get("nth"):
        groups["nth"] = {"首": "1", "最后一": "-1"}.get(nth) or str(number(nth))
    every = f"FREQ={recurrence.format(**groups)}" if recurrence else None
    rank = Rank.VAGUE if precision == YEAR and not recurrence else Rank.REPEATED
    at, to = found.span()
    start, end = whole_year(plan.year)
    if plan.period and plan.period.start and plan.period.end:
        start, end = plan.period.start, plan.period.end
    yield Span(at, to, start, end, precision, rank, recurrence=every, repeated=True)


def _open(found: re.Match[str], plan: Plan, before: Sequence[Span]) -> Iterator[Span]:
    """Read what is to be announced: nothing but the plan's year is known."""
    del before
    yield Span(*found.span(), *whole_year(plan.year), YEAR, Rank.VAGUE, tbd=True)


RULES: Final = (
    Rule(
        (
            *("时间", "日期", "会期", "赛期", "赛程", "通知", "另行", "择", "月"),
            *("另定", "待定", "没定", "未定"),
        ),
        _OPEN,
        _open,
    ),
    *(
        Rule(needs, re.compile(form), partial(_repeated, precision, recurrence))
        for needs, form, precision, recurrence in _REPEATED
    ),
)
