"""What is said of one's own will: reminders, campaigns, a freed seat; and how to stop that."""

from __future__ import annotations

from typing import Final

LATE: Final = "【补发】"
DAY: Final = "{month}月{date}日（{day}）"
PLACES: Final = "、"

# --- reminders of shifts ---

SHIFT: Final = (
    "提醒您：您报了名的时间快到了。\n\n{times}\n\n来不了，请选“不能来”，或者回复“取消报名”。"
)
SHIFT_TIME: Final = "{day}{hours}\n{place}\n地址：{location}"
SHIFT_WHAT: Final = "去辅导站帮忙"
NOTED: Final = "知道了"
CANNOT: Final = "不能来"
SEE_YOU: Final = "好的，记下了。后来有事来不了，回复“取消报名”就行。"

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

TODAY: Final = "今天是{day}，登记的活动："
TODAY_NONE: Final = "今天是{day}，没有登记的活动。"
NEXT: Final = "接下来："
OWN: Final = "您自己报的："
TODAY_LINE: Final = "· {day}{hours} {place}（{free}）"
OWN_LINE: Final = "· {day}{hours} {place}"
NOTHING_COMING: Final = "这一周没有登记的活动。计划里写了什么，可以直接打字问我。"
