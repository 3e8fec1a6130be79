"""What the console itself says to staff; the words of its pages stand in their templates."""

from __future__ import annotations

from typing import Final

# --- why something was not done, and what to do instead ---

FOREIGN: Final = "这张表不是从后台页面交上来的，没有收下。请从后台页面再做一次。"
OLD_PAGE: Final = "这一页放得太久了，没有收下。请退回上一页，刷新以后再做一次。"
BROKEN: Final = "这张表没有收好。请退回上一页，再交一次。"
NO_PAGE: Final = "没有这一页，或者它已经删掉了。请回到后台首页。"
WRONG_METHOD: Final = "这个网址不能这样打开。请回到后台首页。"
ADMIN_ONLY: Final = "这一页只有管理员能用。要用的话，请找管理员。"
FIRST_LOG_IN: Final = "请先登录，登录好就到您要看的那一页。"
OVER_KEPT: Final = "登录的时间过了，请再登录一次。您刚才填的都留着。"
BUSY: Final = "现在有点忙，请一分钟后再试一次。"
BUSY_KEPT: Final = "现在有点忙，没有存上。您填的都留着，请等一会儿再按下面的按钮。"
WELCOME_BACK: Final = "已经登录好了。您刚才填的都留着，按下面的按钮接着交。"

# --- logging in ---

WRONG: Final = "姓名或者密码不对，请再试一次。忘了密码，请找管理员。"
LOCKED: Final = "试的次数太多了，先停一停。请在 {time} 以后再试；忘了密码，请找管理员。"
"""{time}: hours and minutes in China's time zone."""

# --- what was done, on the page that follows ---

TOLD: Final = "消息会发给 {count} 个人。"
DONE: Final = {
    "station": "站存好了。",
    "shift": "时间加好了，现在大家能报了。",
    "changed": "改好了。{told}",
    "called": "记好了，这个电话从单子上拿掉了。",
    "closed": "记好了，这件事从单子上拿掉了。",
    "disabled": "停用了，现在不能登录了。",
    "enabled": "恢复了，又能登录了。",
    "draft": "存好了，还没有发。",
    "confirm": "确认好了。要撤回，请在60秒以内。",
    "undo": "撤回了，一个人也没有发。",
    "pause": "停下来了，还没发的先不发。",
    "resume": "接着发了。",
    "stop": "停止了，剩下的不发了。",
    "password": "密码换好了。",
    "unlinked": "已经解除。现在哪个聊天都不认您是工作人员了。",
}
"""{told}: how many people a change is sent to."""

# --- the parts of the console ---

SENDING: Final = "群发"
NO_STATION: Final = "没有这个站"
HOME: Final = "首页"
TICKETS: Final = "等着的事"
STATIONS: Final = "辅导站"
SIGNUPS: Final = "报名"
STAFF: Final = "工作人员"
ACCOUNT: Final = "我的账号"

# --- numbers of the first page, besides those of ``handlers.wording_staff`` ---

CALLS: Final = "要打的电话"
SIGNUPS_TODAY: Final = "今天新报名"
BROADCASTS: Final = "正在发的群发"

# --- one's own account ---

PASSWORD_SHORT: Final = "新密码至少要 {least} 个字，长一点更安全，例如几个词连在一起。"
PASSWORD_LONG: Final = "新密码太长了，最多 {most} 个字。"
PASSWORD_SIMPLE: Final = "这个密码太容易猜到（像 88888888，或者带着自己的姓名），请换一个。"
PASSWORD_AGAIN: Final = "两次写的新密码不一样，请再写一次。"
PASSWORD_SAME: Final = "新密码和原来的一样，请换一个。"
PASSWORD_WRONG: Final = "原来的密码不对，请再写一次。"
PASSWORD_LOCKED: Final = "试的次数太多了，先停一停，过一会儿再来改。"

# --- what is wrong with a field ---

TOO_LONG: Final = "太长了，最多 {most} 个字。"
STATION_NAME: Final = "还没有写站名，例如：和平社区校外教育辅导站。"
STATION_REGION: Final = "还没有写在哪里，例如：常州市、郑陆镇。"
STATION_TAKEN: Final = "已经有一个叫这个名字的站了，请在站名里加上社区或者镇名。"
STATION_PHONE: Final = "请写 11 位的手机号，或者带区号的座机，例如：0519-80000002。"
SHIFT_WEEKDAY: Final = "请选星期几。"
SHIFT_DAY: Final = "请选是哪一天，例如：2027-04-07。"
SHIFT_FAR: Final = "这一天太远了，只能排两年以内的。"
SHIFT_PAST: Final = "这个时间已经过去了，请选还没到的时间。"
SHIFT_TIME: Final = "请写几点几分，例如：16:00。"
SHIFT_ORDER: Final = "结束要比开始晚，而且在同一天。"
SHIFT_SEATS: Final = "请写要几个人，1 到 {most}。"
SHIFT_TAKEN: Final = "这个站在这个时间已经排过了，不用再加。"
NOTE_NONE: Final = "请写一句是怎么处理的，例如：已经打电话回复。"
NOTE_LONG: Final = "太长了，最多 {most} 个字。"
STAFF_NAME: Final = "请写姓名，最多 {most} 个字。"
STAFF_TAKEN: Final = "这个姓名已经有了。同名的人，请在后面加上单位或者数字。"
STAFF_ONESELF: Final = "自己不能停用自己，也不能给自己换一次性密码。请到“我的账号”里改密码。"
