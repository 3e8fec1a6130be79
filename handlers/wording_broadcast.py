"""What is said about broadcasts: to those who read one, and to staff who send one."""

from __future__ import annotations

from typing import Final

# --- what the recipients read ---

READ_AS: Final = "{text}\n\n—— {sender}\n不想再收到通知，回复“退订”。"
SENDER: Final = "关工委"
SENT_AT: Final = "{year}年{month}月{day}日 {hour:02}:{minute:02}"

# --- why something is refused ---

REFUSED: Final = {
    "empty": "还没有写要发的内容，请先写好再发。",
    "long": "内容有{count}个字，太长了，最多{most}个字。请写短一些。",
    "sender": "落款太长了，最多{most}个字。",
    "nobody": "选的范围里现在一个人也没有，没有发出去。请换一个范围。",
    "alike": "同样的内容在{at}已经发过了，这次没有发。12小时内同样的话只发一次；"
    "确实要再发一遍，请选“还要再发一遍”。",
    "urgent": "只有管理员能发紧急通知，没有发出去。",
    "late": "已经过了60秒，不能撤回了。还没发出去的，可以点“停止”。",
    "state": "这条群发现在是“{state}”，不能这样做，什么都没有改。",
    "unlinked": "还不知道您的聊天账号，没法先发给您自己。请先在后台“我的账号”里绑定。",
    "unknown": "没有这条群发，什么都没有改。",
}

STATES: Final = {
    "draft": "草稿",
    "confirmed": "已确认，还能撤回",
    "running": "正在发",
    "paused": "已暂停",
    "stopped": "已停止",
    "undone": "已撤回",
    "done": "已发完",
}

TRIED: Final = {
    "waiting": "已经发到您自己的聊天里了，请去看一看。",
    "opted_out": "您自己退订了通知，所以没有发给您。在聊天里回复“恢复”就能收到。",
}
NOT_TRIED: Final = "您的聊天账号现在收不到，所以没有发给您。请先在聊天里随便说一句话，再试一次。"
OTHER_COUNT: Final = "这会儿人数变了，还没有发。请看一看新的人数，再确认一次。"

# --- what became of each ---

OUTCOMES: Final = {
    "sent": "已发出",
    "waiting": "等着发",
    "sending": "正在发",
    "paused": "暂停中",
    "unknown": "不确定",
    "failed": "没发成",
    "unreachable": "联系不上",
    "opted_out": "已退订",
    "withdrawn": "没有发",
    "dropped": "过时没发",
    "merged": "并在别的消息里",
    "erased": "资料已删除",
}
"""States of deliveries, in the order in which staff want to read them."""

REASONS: Final = (
    (r"blocked by the user|48002", "对方屏蔽了我们"),
    (r"deactivated|50002", "对方的账号停用了"),
    (r"chat not found|user not found|peer_id_invalid", "对方没有打开过我们的聊天"),
    (r"43004|40003|follow", "对方没有关注公众号"),
    (r"45015|has not written in time", "对方超过48小时没来过，公众号不让发"),
    (r"45047|all messages of one act", "对方来过之后能发的条数用完了"),
    (r"43101|has not agreed", "对方没有同意收这种消息"),
    (r"48001|50001|may not use", "公众号没有这种消息的权限"),
    (r"45009|45011|asks for less|calls of the day|in this minute", "平台说发得太多，等一等再发"),
    (r"47001|47003|40036|40037|template", "微信模板填的内容不合要求"),
    (r"interrupted while", "发的时候程序断了，不知道对方收到没有；为免重复，不再发"),
    (r"parts were sent|parts arrived", "长消息只发出了一部分；为免重复，不再发"),
    (
        r"may have taken|odd answer|[Tt]imed out|[Rr]ead|[Rr]eset|disconnected",
        "发出后断了线，不知道对方收到没有",
    ),
    (r"nothing reaches", "没有能用的聊天账号"),
    (r"no free day", "一个月里每天都已经有别的通知"),
    (r"^stopped$", "被停止，没有发"),
    (r"^undone$", "被撤回，没有发"),
    (r"too late", "过了时间"),
)
"""A pattern in what the platform or we wrote down, and how staff read it."""

OTHER_REASON: Final = "平台说：{why}"
NO_NAME: Final = "（未登记姓名）"
NO_PHONE: Final = "未登记"
CHANNELS: Final = {"telegram": "Telegram", "wechat": "微信", "web": "网页", "terminal": "终端"}
WAYS: Final = {
    "telegram": "Telegram 消息",
    "template": "微信模板消息",
    "customer_service": "微信客服消息",
    "page": "网页消息",
    "telephone": "没有",
    "unreachable": "联系不上",
    "opted_out": "已退订",
}

# --- the workbook ---

SHEET_EACH: Final = "每个人的结果"
SHEET_TOTALS: Final = "汇总"
COLUMNS: Final = ("姓名", "电话", "渠道", "方式", "结果", "原因", "时间")
TOTALS_COLUMNS: Final = ("结果", "人数")
TOTAL: Final = "合计"
ABOUT: Final = ("群发编号", "内容", "发件人", "确认时间", "状态")
CHART: Final = "各种结果的人数"

# --- in chat ---

NOT_STAFF: Final = (
    "群发通知由工作人员来做，这里不能替您发。您有事要告诉大家，回复“人工”，工作人员帮您安排。"
)
ASK_TEXT: Final = "要群发什么？请把要发的话打在这里，一次打完。不发了，回复“取消”。"
ASK_ROLE: Final = "发给谁？"
ROLES: Final = {"volunteers": "志愿者", "subscribers": "订阅了通知的人", "all": "全部认识的人"}
ROLE_OPTION: Final = "{role}（{count}人）"
NOBODY_THERE: Final = "{role}现在一个人也没有，请换一个。"
ASK_COUNT: Final = (
    "要发给{role}，一共{count}人。他们看到的是：\n\n{sample}\n\n"
    "确定要发，请把人数 {count} 打成数字回复。不发了，回复“取消”。"
)
WRONG_COUNT: Final = "人数不对，还没有发。看清楚要发给多少人，再把人数打成数字回复。"
HELD: Final = "晚上九点到早上八点不打扰大家，{day} {at} 才开始发。"
WAITS_UNTIL: Final = "{day} {at} 起发"
CONFIRMED: Final = (
    "好的，60秒后开始发给{count}人，群发编号 {number}。\n"
    "要撤回，60秒内回复“撤回”；发出以后要停下来，回复“停止”。"
)
UNDO: Final = "撤回"
STOP: Final = "停止"
AGAIN: Final = "还要再发一遍"
UNDONE: Final = "已经撤回，编号 {number} 的群发一个人也没有发出去。"
STOPPED: Final = "已经停下来，编号 {number} 的群发：发出去 {sent} 人，其余 {left} 人没有发。"
LEFT: Final = "好的，不发了，什么都没有发出去。"
NO_LONGER_STAFF: Final = "您现在不在工作人员名单里，没有发出去。请找管理员看一看。"
SAID: Final = r"(?:/broadcast|群发通知|群发消息|群发)[\s:：，,]+(.+)"
"""How somebody gives the text at once."""
