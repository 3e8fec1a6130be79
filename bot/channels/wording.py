"""What a channel itself has to say: sentences about its own limits, not about the matter."""

from __future__ import annotations

from typing import Final

MORE: Final = "更多"
"""What somebody answers to read on."""

STICKER: Final = "【收到不支持的消息类型，暂无法显示】"
"""What WeChat writes in place of a sticker, as if the person had typed it."""

SHARE_PHONE: Final = "把我的手机号发过去"
"""The button under a question for the telephone, where the platform knows the number."""

CHOSEN: Final = "✓ 您选了：{label}"
"""What stands in place of the buttons of a question once one of them was tapped."""

MORE_BELOW: Final = "回复“更多”看下面的（还有{count}段）"
