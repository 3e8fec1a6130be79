"""What is said when staff move, cancel or close something, and to those who answer."""

from __future__ import annotations

from typing import Final

# --- what changed ---

DAY_OFF: Final = "【停一次】{station}\n{time} 这一次不办了，不用来。"
DAY_ON: Final = "【照常】{station}\n{time} 这一次不停了，照常办。"
SEATS: Final = "{station}，{time}：从要 {old} 个人改成要 {new} 个人。"
NEXT: Final = "下一次：{time}"
MOVED: Final = "【改时间】{station}\n原来：{old}\n改到：{new}"
FIRST: Final = "，从{day}起"
CLOSED: Final = "【停办】{station}\n{time} 不再办了，不用来。"
AND: Final = "；"
BECAUSE: Final = "原因：{because}"

NO_STATION: Final = "没有这个站，或者已经停办了。"
NO_SHIFT: Final = "没有这个时段，或者已经过去、停办了。"
NOT_HELD_THEN: Final = "那一天本来就没有这个时段。"
NOT_OFF: Final = "那一天没有停，或者已经改到别的时间了。改过时间的，请打开那一次，再改回来。"
SEATS_RANGE: Final = "请写要几个人，1 到 {most}。"
SEATS_TAKEN: Final = "已经有 {taken} 个人报上了，不能少于 {taken}。没有改动。"
SEATS_SAME: Final = "现在就是要 {seats} 个人，没有改动。"
TIME_OVER: Final = "新的时间已经过去了。"
TIME_ENDS: Final = "结束要晚于开始，而且不超过12个小时。"
TIME_SAME: Final = "本来就是这个时间，没有改动。"

# --- what becomes of the sign-up ---

SEAT_KEPT: Final = "您的报名还在，不用再报。"
PLACE_KEPT: Final = "您还在候补名单上，次序不变。"
PLACE_ENDED: Final = "您的报名已经取消。别的时间还可以报，回复“报名”。"
PLEASE_ANSWER: Final = "看到了请回复数字，好让我们放心："

OK: Final = "知道了"
SEEN: Final = ("收到", "收到了", "看到了", "看见了", "晓得了", "明白了", "知道", "我知道了")
CANNOT: Final = "不能来"
CALL: Final = "打电话"

WHAT: Final = {
    "day": "停一次",
    "reinstated": "照常办",
    "once": "改时间",
    "moved": "改时间",
    "closed": "停办",
}
"""The kind of a change, as a template shows it in a field of its own."""
OLD_TO_NEW: Final = "{old}，改到{new}"

# --- to those who answer ---

NOTED: Final = "好的，知道您看到了。要看您报的名，回复“我的”。"
GIVEN_BACK: Final = "好的，您不能来，{number} 的名额已经让出来了。以后想来，回复“报名”。"
GIVEN_BACK_ONCE: Final = (
    "好的，{time} 这一次您不来，已经记下了。\n"
    "您每周的位置还给您留着，没有动。要看您报的名，回复“我的”。"
)
DAY_IS_OFF: Final = (
    "好的，停的只是那一次，您不用来。\n"
    "以后{time} 的位置还给您留着。以后都不来了，请选“以后不来了”。"
)
DAY_WITHOUT: Final = (
    "好的，那一次您不来，已经记下了。\n"
    "以后{time} 的位置还给您留着。以后都不来了，请选“以后不来了”。"
)
STILL_COMES: Final = "以后还来"
COMES_NO_MORE: Final = "以后不来了"
ALREADY_ENDED: Final = "已经停办了，您的报名也取消了，不用再做什么。"
WILL_CALL: Final = "好的，工作人员会给您打电话，请留意接听。"
SAID_CANNOT_ONCE: Final = (
    "您说过这一次不来，这一次的名额已经让出去了。您每周的位置还给您留着。\n"
    "这一次又想来了，回复“报名”看看还有没有空位。"
)
SAID_CANNOT: Final = "您说过不能来，名额已经让出去了。还想来的话，回复“报名”。"
OVER: Final = "这条通知说的事已经过去了，没有改动任何东西。要看您报的名，回复“我的”。"
SUPERSEDED: Final = "那一次后来又改过了，请看后来的那条通知。没有改动任何东西。"
NOT_YOURS: Final = "这条通知不是发给您的，没有改动任何东西。要看您报的名，回复“我的”。"
