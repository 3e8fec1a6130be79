"""The conversations of docs/transcripts, played over the real wire formats of the doubles.

``python -m tests.transcripts`` writes the pages anew; ``test_transcripts`` holds them against what
is said today.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from starlette.applications import Starlette

from bot import app, logs, samples
from bot.app import Guanxin
from bot.channels import wechat_door
from bot.channels.wechat_crypto import WechatKeys
from bot.channels.wechat_pages import StoredPages
from bot.dispatch import Dispatcher
from bot.library import Library
from tests.conftest import NOW, Clock, settings_in, shipped_book
from tests.doubles import wechat as wechat_double
from tests.doubles.telegram import BotApi
from tests.doubles.telegram_line import on_the_line
from tests.doubles.telegram_people import Person
from tests.doubles.telegram_wire import Sent
from tests.doubles.wechat import WechatPlatform
from web.limits import Limits

FOLDER = Path(__file__).parent.parent / "docs" / "transcripts"
HEAD = """# {title}

{words} Stations and people are made up.
The test `tests/test_transcripts.py` plays it again and compares.
"""
BOT = "关心"
STATION = "示例·河海社区校外教育辅导站"


@dataclass
class Page:
    """What is said, scene by scene."""

    title: str
    words: str
    scenes: list[tuple[str, list[str]]] = field(default_factory=list)

    def scene(self, title: str) -> None:
        self.scenes.append((title, []))

    def add(self, who: str, words: str, buttons: tuple[str, ...] = ()) -> None:
        text = textwrap.indent(words, "    ").strip()
        lines = [f"{who}：{text}", *(f"    〔{button}〕" for button in buttons)]
        self.scenes[-1][1].append("\n".join(lines))

    def __str__(self) -> str:
        scenes = ""
        for title, said in self.scenes:
            lines = "\n".join(said)
            scenes += f"\n## {title}\n\n```\n{lines}\n```\n"
        return HEAD.format(title=self.title, words=self.words) + scenes


# --- Telegram ---


@dataclass
class Volunteer:
    """Somebody at Telegram, whose every act and reading is written down."""

    page: Page
    person: Person
    who: str = "李桂芳"

    async def says(self, words: str) -> None:
        self.page.add(self.who, words)
        await self.person.says(words)
        await self._reads()

    async def speaks(self) -> None:
        """Send a voice message."""
        voice = {"duration": 4, "file_id": "sample", "file_unique_id": "sample"}
        self.page.add(self.who, "（发了一条语音）")
        await self.person.server.push(message=self.person.message(voice=voice))
        await self._reads()

    async def shares(self, phone: str) -> None:
        self.page.add(self.who, f"（点〔{self.person.keyboard}〕）")
        await self.person.shares(phone)
        await self._reads()

    async def taps(self, label: str) -> None:
        """Tap a button of a menu or a list, which keep them."""
        self.page.add(self.who, f"（点〔{self._shown(label)[1]}〕）")
        await self.person.taps(label)
        await self._reads()

    async def chooses(self, label: str) -> None:
        """Tap a button of a question, which then shows what was chosen."""
        asked, shown = self._shown(label)
        before = asked.text
        self.page.add(self.who, f"（点〔{shown}〕）")
        await self.person.taps(label)
        async with asyncio.timeout(5):
            await self.person.server.until(lambda: not asked.buttons)
        became = asked.text.removeprefix(before).strip()
        note = f"换成了：{became}" if became else "拿掉了"
        self.page.add(BOT, f"（上面那条的按钮{note}）")
        await self._reads()

    def _shown(self, label: str) -> tuple[Sent, str]:
        for sent in reversed(self.person.received):
            for button in sent.buttons:
                if button["text"].partition(". ")[2] == label:
                    return sent, button["text"]
        raise AssertionError(f"there is no button {label}")

    async def _reads(self) -> None:
        sent = await self.person.reads()
        shown = tuple(button["text"] for button in sent.buttons)
        self.page.add(BOT, sent.text, shown or ((sent.shares_phone,) if sent.shares_phone else ()))


async def telegram(guanxin: Guanxin) -> Page:
    page = Page(
        "Telegram, by buttons",
        "A volunteer signs up on Telegram by tapping, and cancels.",
    )
    async with (
        BotApi(burst_in_a_chat=1000, each_second=1000) as server,
        on_the_line(guanxin, server),
    ):
        li = Volunteer(page, Person(server, 800000017))
        page.scene("第一次来")
        await li.says("/start")
        page.scene("发了语音")
        await li.speaks()
        page.scene("报名")
        await li.taps("报名")
        await li.taps("去辅导站帮忙")
        await li.says("李桂芳")
        page.scene("填到一半，问一句")
        await li.says("四点钟课堂是什么？")
        page.scene("接着填")
        await li.shares("+8613900001234")
        await li.chooses("书法")
        await li.chooses(STATION)
        await li.chooses("每周六 09:00—11:00（还有2个名额）")
        await li.chooses("同意")
        await li.chooses("对，提交")
        page.scene("问计划，再看更多")
        await li.says("三好标兵怎么评")
        await li.taps("更多")
        page.scene("填到一半退出，又点了旧按钮")
        await li.says("结对帮教")
        await li.says("取消")
        await li.chooses("陪伴聊天（心理关爱）")
        page.scene("取消报名")
        await li.says("/wode")
        await li.taps("取消 100001")
        await li.chooses("确定取消")
        await li.says("/wode")
    return page


# --- WeChat ---


@dataclass
class Follower:
    """Somebody at WeChat, whose every act and reading is written down."""

    page: Page
    platform: WechatPlatform
    who: str = "王秀英"
    openid: str = "oExample_Follower-0000000002"

    async def says(self, *lines: str) -> None:
        for words in lines:
            self.page.add(self.who, words)
            self._reads(await self.platform.say(self.openid, words))

    async def does(self, what: str, event: str, key: str = "") -> None:
        self.page.add(self.who, f"（{what}）")
        self._reads(await self.platform.do(self.openid, event, key))

    async def speaks(self) -> None:
        """Send a voice message that WeChat did not write down."""
        self.page.add(self.who, "（发了一条语音）")
        self._reads(await self.platform.push(self.platform.voice(self.openid)))

    def _reads(self, text: str | None) -> None:
        self.page.add(BOT, text or "（没有回话）")


@asynccontextmanager
async def wechat_account(guanxin: Guanxin) -> AsyncIterator[WechatPlatform]:
    """An account in safe mode."""
    keys = WechatKeys(wechat_double.APP_ID, wechat_double.TOKEN, wechat_double.KEY, "", "safe")
    pages = StoredPages(guanxin.store)
    routes = wechat_door.routes(keys, guanxin.dispatcher.receive, pages, lambda: datetime.now(UTC))
    transport = httpx.ASGITransport(Limits(Starlette(routes=routes)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield WechatPlatform(client)


async def wechat(guanxin: Guanxin) -> Page:
    page = Page(
        "WeChat, by digits",
        "A volunteer signs up on WeChat (safe mode) by sending digits, and cancels.",
    )
    async with wechat_account(guanxin) as platform:
        wang = Follower(page, platform)
        page.scene("第一次来")
        await wang.does("关注了公众号", "subscribe")
        page.scene("发了语音")
        await wang.speaks()
        page.scene("报名")
        await wang.says("报名", "1", "王秀英")
        page.scene("填到一半，问一句")
        await wang.says("四点钟课堂是什么？")
        page.scene("接着填")
        await wang.says("139 0000 1234", "2", "3", "3", "1", "1")
        page.scene("问计划，再看更多")
        await wang.says("三好标兵怎么评", "更多")
        page.scene("点了旧菜单")
        await wang.does("点了菜单里以前的“活动”", "CLICK", "activities")
        page.scene("取消报名")
        await wang.says("我的", "1", "2", "我的")
        page.scene("不再关注")
        await wang.does("取消关注", "unsubscribe")
        assert platform.odd == []
    return page


# --- the pages ---

PLAYS: dict[str, Callable[[Guanxin], Awaitable[Page]]] = {"telegram": telegram, "wechat": wechat}


@contextlib.contextmanager
def assistant(folder: Path) -> Iterator[Guanxin]:
    """The whole assistant with the samples, on a Monday morning."""
    chosen, clock = settings_in(folder), Clock()
    store = app.open_store(chosen)
    store.write_now(lambda tx: samples.load(tx, NOW))
    book = shipped_book()
    dispatcher = Dispatcher(store, lambda: book, clock)
    yield Guanxin(chosen, store, Library(store, book), clock, dispatcher)
    store.close()


def main() -> None:
    logs.set_up(as_json=True)
    FOLDER.mkdir(exist_ok=True)
    for name, play in PLAYS.items():
        with tempfile.TemporaryDirectory() as folder, assistant(Path(folder)) as guanxin:
            page = asyncio.run(play(guanxin))
        (FOLDER / f"{name}.md").write_text(str(page), "utf-8")


if __name__ == "__main__":
    main()
