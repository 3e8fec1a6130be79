"""Bodies, keys and choices that nobody made, by the thousand, at the door for WeChat."""

from __future__ import annotations

import random

import pytest

from bot.app import Guanxin
from handlers import ABILITIES
from handlers import wording as say
from storage.tables import messages
from tests.doubles.wechat import Mode, WechatPlatform
from tests.doubles.wechat_line import on_the_line, packed, says
from tests.test_wechat import HEARD, SILENT, wire
from tests.test_wechat_door import mangled
from tests.test_wechat_faults import LI, TO_CONFIRM, WANG, column, held, platform
from tests.test_wechat_texts import MARKUP

__all__ = ["platform"]


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


async def test_a_thousand_made_up_keys_and_choices_do_no_harm(
    guanxin: Guanxin, platform: WechatPlatform
) -> None:
    chance = random.Random(43)
    await says(platform, LI, *TO_CONFIRM, "1")
    for key in made_up_keys(chance, 1000):
        event = chance.choice(["CLICK", "SCAN", "subscribe"])
        scene = f"qrscene_{key}" if event == "subscribe" else key
        seen = await platform.do(WANG, event, scene)
        assert seen not in (None, "", say.APOLOGY, say.BUSY), key
        if not chance.randrange(3):
            assert await platform.say(WANG, key or "1") not in (None, "", say.APOLOGY, say.BUSY)
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
