"""What is said of answers that staff gave, to those who asked and to staff."""

from __future__ import annotations

from typing import Final

TITLE: Final = "工作人员的回答"
"""What stands as the title of the source where no plan is one."""
SOURCE_SHORT: Final = "{title}，{year}年"
SOURCE: Final = "工作人员{author}回答，{year}年{month}月{day}日"
SOURCE_UNTIL: Final = "（到{month}月{day}日为止）"

YOU_ASKED: Final = "您问过：{words}\n同事回答：{text}\n\n{source}"
YOU_ASKED_ONCE: Final = "您以前问过的事，同事回答：{text}\n\n{source}"
REPLIED: Final = "您找过工作人员：{words}\n{author}回复：{text}\n\n{go_on}"
REPLIED_TO_NOTHING: Final = "{author}回复：{text}\n\n{go_on}"
COLLEAGUE: Final = "同事"
GO_ON: Final = "还想说什么，直接打字就行，我转给同事。"
NOTED: Final = "知道了"
SAYS_NOTHING_MORE: Final = "human:none"
"""What the choice calls below words of staff, and below the invitation to leave words for them."""
THAT_IS_ALL: Final = "好的。有事随时打字说。"

REFUSED: Final = {
    "empty": "还没有写要说的话。",
    "long": "太长了，最多 {most} 个字。",
    "wording": "请至少留一个问法，例如：书法班收费吗。",
    "wordings": "问法太多了，最多 {most} 个，一行一个。",
    "region": "不认识这个地方，请写市、区或者镇的名字，例如：常州市、郑陆镇；哪里都一样就空着。",
    "until": "这一天已经过去了。请选今天或者以后的日子；一直有效就空着。",
    "gone": "这件事已经有人处理好了。",
    "withdrawn": "这个回答已经收回了。",
    "kind": "这件事没有可以回的人。",
}
"""Why an answer was not taken, by a short name."""
