"""What the console itself says to staff; the words of its pages stand in their templates."""

from __future__ import annotations

from typing import Final

FIRST_NAME: Final = "管理员"
"""The name of the first administrator."""

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

# --- the parts of the console ---

HOME: Final = "首页"
