"""What the assistant says to members of staff in a chat, and the words that it listens for."""

from __future__ import annotations

from typing import Final

FIRST_NAME: Final = "管理员"
"""The name of the first administrator."""

LINK_WORD: Final = "绑定员工"
LINKED: Final = "绑好了，{name}。现在这个聊天里，我认得您是{role}。\n{offers}"
LINK_WRONG: Final = "这个码不对，或者过了10分钟。请在后台“我的账号”里再要一个。"
LINK_LOCKED: Final = "试的次数太多了，先停一停，10分钟后再来。"
LINK_HOW: Final = "要让我认得您是工作人员，请在后台“我的账号”里要一个码，再照着发给我。"
ROLES: Final = {"admin": "管理员", "staff": "工作人员"}
WHO: Final = "您是{role}{name}。\n{offers}"
NOBODY: Final = "我只认得您这个聊天，没有把您当工作人员。您报的名，回复“我的”就能看到。"
OFFERS: Final = "在这里可以发：\n· 待办（有多少事等着）\n其余的请在后台做。"
MENU_LINE: Final = "您是{role}，还可以发“待办”。"
WAITING: Final = "现在等着工作人员的：\n{lines}\n请到后台去看。"
WAITING_LINE: Final = "· {kind}：{count} 件"
WAITING_NONE: Final = "现在没有等着的事。"
NOT_STAFF: Final = "这个只有工作人员能用。"
KINDS: Final = {
    "danger": "危险",
    "human": "要找人工",
    "unanswered": "没答上的问题",
    "feedback": "意见",
    "parked": "没处理好的消息",
}
CALLS: Final = "要打的电话"
ASKED: Final = "{count} 人问过"
