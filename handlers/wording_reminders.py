"""What is said of one's own will: reminders, campaigns, a freed seat; and how to stop that."""

from __future__ import annotations

from typing import Final

LATE: Final = "【补发】"
DAY: Final = "{month}月{date}日（{day}）"
PLACES: Final = "、"

# --- reminders of shifts ---

SHIFT: Final = "提醒您：{day}您要去辅导站帮忙。\n\n{times}\n\n{stay_away}"
DAYS_AHEAD: Final = {0: "今天{day}，", 1: "明天{day}，"}
"""How a day is called by its distance in days; one that is farther off has only its date."""
STAY_AWAY: Final = "来不了，请选“不能来”，或者回复“取消报名”。"
STAY_AWAY_ONCE: Final = "来不了，请选“不能来”：只算这一次，以后每周的位置还给您留着。"
SHIFT_TIME: Final = "{day}{hours}\n{place}\n地址：{location}"
SHIFT_WHAT: Final = "去辅导站帮忙"
NOTED: Final = "知道了"
CANNOT: Final = "不能来"
SEE_YOU: Final = "好的，记下了。后来有事来不了，回复“来不了”就行。"

# --- not coming once ---

ABSENT: Final = (
    "好的，{time} 这一次您不来，已经记下了。\n"
    "以后{weekly} 的位置还给您留着，下一次是{next}。\n\n"
    "又能来了，回复“能来”；以后都不来了，回复“取消报名”。"
)
ONLY_ONCE: Final = "只是一次来不了"
COMES: Final = "能来"
COMES_AGAIN: Final = "好的，记下了，{time} 您来。\n{place}"
WHICH_TIME: Final = "哪一次来不了？只算这一次，以后每周的位置还给您留着。"
WHICH_AGAIN: Final = "哪一次又能来了？"
NEVER_AGAIN: Final = "以后都不来了"
NOT_AWAY: Final = "好的。您报的时间都照常，没有哪一次说过不来。"
TIME_IS_OVER: Final = "这一次已经过去或者停了，没有改动任何东西。要看您报的名，回复“我的”。"
AWAY_DAYS: Final = "\n  {days}您不来（又能来了，回复“能来”）"
AWAY: Final = "，您说了不来"

# --- a freed seat ---

SEAT: Final = (
    "好消息：您候补的 {number} 已经转为正式报名！\n{what}\n\n"
    "来不了，请选“不能来”，或者回复“取消报名”，名额就让给下一位。"
)

SEAT_WHAT: Final = "候补转为正式报名"

# --- campaigns ---

QINGMING: Final = "{day}是清明，还有{left}天。"
QINGMING_TODAY: Final = "今天是清明，{day}。"
CAMPAIGN: Final = (
    "{says}\n想知道计划里写了什么，可以问一问；想来帮忙，可以报名。\n"
    "不想再收这样的消息，回复“退订”。"
)

# --- on and off ---

SUBSCRIBED: Final = "订好了：有活动会告诉您，您报了名的时间会提前提醒您。不想收了，回复“退订”。"
SUBSCRIBED_ALREADY: Final = "您已经订阅了，不用再订。不想收了，回复“退订”。"
OPTED_OUT: Final = (
    "好的，退订了，不再给您发提醒和活动消息。\n"
    "只有您自己报的名有变动（改时间、取消、候补转正）才告诉您。想再收，回复“恢复”。"
)
BACK: Final = "好的，恢复了，提醒和活动消息又会发给您。不想收了，回复“退订”。"
BACK_ALREADY: Final = "提醒本来就开着。不想收了，回复“退订”。"
REMINDERS_ON: Final = "提醒：开着（不想收，回复“退订”）"
REMINDERS_OFF: Final = "提醒：关了（想收，回复“恢复”）"

# --- today ---

THIS_WEEK: Final = (
    "今天|今晚|明天|明晚|后天|这周|本周|周末|这个?星期|这个?礼拜|最近|近期|近来|这[几两]天"
)
TODAY: Final = "今天是{day}，登记的活动："
TODAY_NONE: Final = "今天是{day}，没有登记的活动。"
NEXT: Final = "接下来："
OWN: Final = "您自己报的："
TODAY_LINE: Final = "· {day}{hours} {place}（{free}）"
OWN_LINE: Final = "· {day}{hours} {place}"
NOTHING_COMING: Final = "这一周没有登记的活动。计划里写了什么，可以直接打字问我。"
