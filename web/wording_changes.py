"""What the console says of changes and calls; the words of the pages stand in their templates."""

from __future__ import annotations

from typing import Final

CALLS: Final = "要打的电话"
WHY: Final = {
    "unreachable": "发不到消息",
    "no answer": "三个小时没有回",
    "asked": "请您打电话",
    "cannot": "说不能来",
}
"""Why somebody is to be called, by the name that the database has for it."""
WAYS: Final = {
    "page": "网页",
    "telegram": "Telegram",
    "template": "微信",
    "customer_service": "微信",
    "telephone": "要打电话",
}
"""The way a message goes, as staff know it."""
ANSWERS: Final = {"ok": "知道了", "cannot": "不能来", "call": "要打电话", "": "还没有回"}
OUTCOMES: Final = {
    "answered: ok": "自己回了：知道了",
    "answered: cannot": "自己回了：不能来",
    "answered: call": "自己回了：要打电话",
    "its time was changed": "后来又改了，不用打了",
}
"""What came of a call that nobody had to make, by what the database has for it."""
REACHED: Final = "打通了"
MISSED: Final = "没打通"

DAY: Final = "请选是哪一天。"
SEATS: Final = "请写要几个人，例如：8。"
TIME: Final = "请写新的日子和时间，例如：2027-04-09，15:00 到 16:30。"
WHAT: Final = "请选要改什么。"
OUTCOME_LONG: Final = "备注太长了，最多 {most} 个字。"
OUTCOME_NONE: Final = "请选打通了还是没打通。"
