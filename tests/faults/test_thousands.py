"""A thousand made-up messages, keys and taps: each is answered, and none does harm."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from bot.app import Guanxin
from bot.channels.telegram import parse
from handlers import ABILITIES
from handlers import wording as say
from storage import signups
from storage.tables import messages
from tests import test_telegram
from tests.doubles.wechat import Mode, WechatPlatform
from tests.doubles.wechat_line import on_the_line, packed, says
from tests.test_wechat import HEARD, SILENT, wire
from tests.test_wechat_door import mangled
from tests.test_wechat_faults import LI, TO_CONFIRM, WANG, column, held
from tests.test_wechat_texts import MARKUP


@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_a_thousand_random_bodies_are_never_our_fault(guanxin: Guanxin, mode: Mode) -> None:
    """Signed, signed by somebody else, and not signed at all."""
    chance = random.Random(20261125)
    statuses: dict[str, set[int]] = {"signed": set(), "foreign": set(), "unsigned": set()}
    async with on_the_line(guanxin, mode) as platform:
        other = WechatPlatform(platform.client, mode, token="another")
        for body in random_bodies(chance, 1200):
            for how, sender in (("signed", platform), ("foreign", other)):
                query, sealed = packed(sender, body)
                statuses[how].add((await sender.deliver(query, sealed)).status_code)
            for bare in (sealed, body):
                statuses["unsigned"].add((await platform.deliver({}, bare)).status_code)
        assert say.MENU in await says(platform, LI, "菜单")
    not_utf_8 = (
        {403} if mode == "safe" else set()
    )  # such a letter does not come out of its envelope
    assert statuses.pop("signed") == {200, 400} | not_utf_8
    assert statuses == {"foreign": {403}, "unsigned": {403}}


def random_bodies(chance: random.Random, count: int) -> set[bytes]:
    """Return so many different bodies: noise, and messages that were spoiled."""
    examples = [wire(name) for name in (*HEARD, *SILENT)]
    bodies: set[bytes] = set()
    while len(bodies) < count:
        noise = chance.randbytes(chance.randrange(1, 300))
        bodies.add(chance.choice([noise, *(mangled(chance, one) for one in examples[:3])]))
        bodies.add(mangled(chance, chance.choice(examples)) or b" ")
    return bodies


async def test_a_thousand_made_up_keys_and_choices_do_no_harm(guanxin: Guanxin) -> None:
    chance = random.Random(43)
    async with on_the_line(guanxin) as platform:
        await says(platform, LI, *TO_CONFIRM, "1")
        for key in made_up_keys(chance, 1000):
            event = chance.choice(["CLICK", "SCAN", "subscribe"])
            scene = f"qrscene_{key}" if event == "subscribe" else key
            seen = await platform.do(WANG, event, scene)
            assert seen not in (None, "", say.APOLOGY, say.BUSY), key
            if not chance.randrange(3):
                assert await platform.say(WANG, key or "1") not in (None, "", say.APOLOGY, say.BUSY)
    assert platform.odd == []
    assert held(guanxin) == {"confirmed": 1}
    assert set(column(guanxin, messages.c.state)) == {"done"}


def made_up_keys(chance: random.Random, count: int) -> set[str]:
    """Return so many different keys: those of our own buttons with odd arguments, and any text."""
    names = [ability.name for ability in ABILITIES if ability.name != "erase"]
    odd = [
        "1",
        "0",
        "-1",
        "9" * 30,
        "x",
        "1:yes",
        "1:confirm:yes",
        "station:1",
        "station-1",
        *MARKUP,
    ]
    keys: set[str] = set()
    while len(keys) < count:
        own = f"{chance.choice(names)}:{chance.choice(odd)}{chance.choice(['', ':', ':yes'])}"
        noise = "".join(chr(chance.choice((chance.randrange(32, 127), 0x4E00))) for _ in range(9))
        keys.add(chance.choice((own, noise, chance.choice(odd) + str(chance.randrange(99)))))
    return keys


NAMES = ("signup", "cancel", "mine", "form", "more", "region", "fact", "", "\x00", "报名")


def random_tap(dice: random.Random, number: int) -> dict[str, Any]:
    update = test_telegram.wire("tap")
    rest = "".join(chr(dice.choice((58, 49, 0x4E00, 0x1F600))) for _ in range(number % 16))
    update["update_id"] = number
    update["callback_query"]["data"] = dice.choice(NAMES) + ":" + rest
    update["callback_query"]["from"]["id"] = number % 10 + 1
    return update


async def test_a_thousand_random_taps_change_nothing(guanxin: Guanxin) -> None:
    dice = random.Random(11)
    heard = [parse(random_tap(dice, number)) for number in range(1000)]
    replies = await asyncio.gather(
        *(guanxin.dispatcher.receive(one.incoming) for one in heard if one)
    )
    texts = [reply.text for reply in replies]
    assert len(texts) == 1000
    assert say.APOLOGY not in texts
    assert guanxin.store.read_now(signups.counts) == {}
