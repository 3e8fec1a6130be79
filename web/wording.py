"""What the browser's door itself says: why a message was not taken, and what to do instead."""

from __future__ import annotations

from typing import Final

BROKEN: Final = "这条消息没有收好，请刷新页面，再发一次。"
EMPTY: Final = "还没有写字。请写几个字，再按“发送”。"
STALE_CHOICE: Final = "这个按钮用不了了。请发“菜单”，再选一次。"
WRONG_TYPE: Final = "这样发来的消息收不了。请打开聊天页面，在页面上写。"
FOREIGN: Final = "这条消息不是从聊天页面发来的，没有收下。请打开聊天页面再发。"
TOO_LARGE: Final = "这条消息太长了，没有收下。请分成几条短的来发。"
TOO_SLOW: Final = "网络太慢，这条消息没有收全。请再发一次。"
NO_PAGE: Final = "这个网址没有内容，可能是抄错了一个字。请回到聊天页面。"
WRONG_METHOD: Final = "这个网址不能这样打开。请回到聊天页面。"
OUR_FAULT: Final = "我们这边出了点问题。请过一分钟再试一次。"
