"""What WeChat's error codes mean and what is done about each: one table, read by ``problem``.

Undelivered
├── TokenRefused        the access token is not accepted; never leaves ``wechat_client``
├── OutsideWindow       not before the person turns to us again
│   ├── NotGranted      the person has not agreed to this template, or took it back
│   └── NotAuthorised   the account may not use this interface
├── TryLater
│   ├── OverQuota       this interface has had its calls of the day or the minute
│   └── UsedUp          this person has had all messages that one act of theirs allows
└── Halted
    └── NotListed       the address of this machine is not on the account's list
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from wechatpy.constants import WeChatErrorCode  # type: ignore[import-untyped]

from bot.channels.base import (
    Halted,
    TryLater,
    Uncertain,
    Undelivered,
    Unreachable,
    Unsendable,
)
from handlers.timewords import SHANGHAI

BUSY_S: Final = 5.0
"""Seconds to wait when WeChat is busy; up to as many again at random, so that calls spread out."""

LOST_S: Final = 15.0
"""Seconds to wait when WeChat cannot be reached or does not answer."""

USED_UP_S: Final = 3600.0
"""Seconds until a person's count is tried again. WeChat names none: only an act of theirs helps."""

_MOST_SAID: Final = 80
_LIKE_A_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{16,}")
_ADDRESS: Final = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}", re.I)
_FIELD: Final = re.compile(r"data\.(\w{1,40})\.value")


class TokenRefused(Undelivered):
    """The access token is wrong or too old; nothing was sent."""


class OutsideWindow(Undelivered):
    """This way is closed until the person writes or taps again."""


class NotGranted(OutsideWindow):
    """The person did not agree to this template, or no longer does."""


class NotAuthorised(OutsideWindow):
    """The account may not use this interface."""


class OverQuota(TryLater):
    """This interface takes no more calls for ``after`` seconds; the others do."""


class UsedUp(TryLater):
    """This person gets no more messages until they write or tap again."""


class NotListed(Halted):
    """The address of this machine is not on the account's list."""


class Reaction(Enum):
    """What is done about a code."""

    RENEW = auto()
    HALT = auto()
    HALT_UNLISTED = auto()
    UNREACHABLE = auto()
    OUTSIDE_WINDOW = auto()
    NOT_GRANTED = auto()
    NOT_AUTHORISED = auto()
    USED_UP = auto()
    UNTIL_MIDNIGHT = auto()
    UNTIL_NEXT_MINUTE = auto()
    SOON = auto()
    UNSENDABLE = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """What a code means, for an operator or staff, and what is done about it."""

    meaning: str
    reaction: Reaction


SENT_BEFORE: Final = 45065
"""A mass message with this ``clientmsgid`` exists already; the answer carries its id: success.
Source: the page on mass sending, table of return codes."""

TABLE: Final[Mapping[int, Row]] = MappingProxyType(
    {
        -1: Row("WeChat is busy", Reaction.SOON),
        40001: Row("the AppSecret or the access token is not accepted", Reaction.RENEW),
        40014: Row("the access token is not valid", Reaction.RENEW),
        42001: Row("the access token has expired", Reaction.RENEW),
        40013: Row("there is no such AppID; check GUANXIN_WECHAT_APP_ID", Reaction.HALT),
        40125: Row("the AppSecret is wrong; check GUANXIN_WECHAT_APP_SECRET", Reaction.HALT),
        40243: Row("the AppSecret is frozen; unfreeze it on the platform's page", Reaction.HALT),
        61004: Row("this machine is not on the IP list; enter", Reaction.HALT_UNLISTED),
        40164: Row("this machine is not on the IP list; enter", Reaction.HALT_UNLISTED),
        48004: Row("the interface is banned; see the notices of the platform", Reaction.HALT),
        40003: Row("no follower of this account has this openid", Reaction.UNREACHABLE),
        43004: Row("the person does not follow the account", Reaction.UNREACHABLE),
        48002: Row("the person refuses messages", Reaction.UNREACHABLE),
        50002: Row("the person's account is restricted", Reaction.UNREACHABLE),
        45015: Row("the person has not written in time", Reaction.OUTSIDE_WINDOW),
        43101: Row("the person has not agreed to this message", Reaction.NOT_GRANTED),
        48001: Row("the account may not use this interface", Reaction.NOT_AUTHORISED),
        50001: Row("the account may not use this interface", Reaction.NOT_AUTHORISED),
        45047: Row("the person has had all messages of one act", Reaction.USED_UP),
        45009: Row("the calls of the day are used up", Reaction.UNTIL_MIDNIGHT),
        45011: Row("too many calls in this minute", Reaction.UNTIL_NEXT_MINUTE),
        45002: Row("the message is too long", Reaction.UNSENDABLE),
        45028: Row("no mass message is left", Reaction.UNSENDABLE),
        47001: Row("the call is not proper JSON", Reaction.UNSENDABLE),
        47003: Row("a value does not suit the template", Reaction.UNSENDABLE),
        40036: Row("the template's id is not proper", Reaction.UNSENDABLE),
        40037: Row("there is no such template", Reaction.UNSENDABLE),
    }
)
"""Code, meaning and reaction. Sources, as collected in November 2026:

- -1, 40001, 40003, 40013, 40014, 40125, 40243, 42001, 43004, 45002, 45009, 45011, 45015, 45047,
  47001, 48001, 48002, 48004, 50001, 50002: the platform's page of common codes (commErrCode).
- 48002 as "the follower refuses", 40036, 40037, 47003, 43101, 45028: the pages of the interfaces
  and the enumeration WxMpErrorMsgEnum of WxJava.
- 61004: the page of the stable token for service accounts; 40164: the same in older words, still
  reported by operators in 2024. The address stands in the message of both.
- 45009 ends at midnight in Beijing by the reports of operators; no page gives the hour.
"""


def problem(code: int, said: str, now: datetime) -> Undelivered:
    """Return the error for a code and WeChat's own words; ``now`` is the machine's clock."""
    row = TABLE.get(code) or Row(_name(code), Reaction.UNSENDABLE)
    return _MAKE[row.reaction](f"WeChat {code}: {row.meaning}{_detail(code, said)}", now)


def _name(code: int) -> str:
    """Return what wechatpy calls a code that is not in our table."""
    try:
        return str(WeChatErrorCode(code).name)
    except ValueError:
        return "a code that is not in our table"


def lost(why: str, *, repeatable: bool) -> Undelivered:
    """Return the error for a call of which nobody knows what came of it."""
    if repeatable:
        return TryLater(f"WeChat did not answer: {why}", LOST_S)
    return Uncertain(f"WeChat may have taken it: {why}")


def _detail(code: int, said: str) -> str:
    """Return what of WeChat's words helps; what could be a token or an openid is struck out."""
    if code not in TABLE:
        words = " ".join(_LIKE_A_SECRET.sub("…", said).split())[:_MOST_SAID]
        return f" ({words})" if words else ""
    if TABLE[code].reaction is Reaction.HALT_UNLISTED:
        found = _ADDRESS.search(said)
        return f" {found[0] if found else 'its public address'} there"
    field = _FIELD.search(said)
    return f" ({field[1]})" if field else ""


def until_midnight(now: datetime) -> float:
    """Return the seconds until the day begins in Beijing."""
    here = now.astimezone(SHANGHAI)
    tomorrow = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (tomorrow - here).total_seconds()


def until_next_minute(now: datetime) -> float:
    """Return the seconds until the minute begins."""
    return 60 - now.second - now.microsecond / 1e6


_MAKE: Final[Mapping[Reaction, Callable[[str, datetime], Undelivered]]] = {
    Reaction.RENEW: lambda why, _now: TokenRefused(why),
    Reaction.HALT: lambda why, _now: Halted(why),
    Reaction.HALT_UNLISTED: lambda why, _now: NotListed(why),
    Reaction.UNREACHABLE: lambda why, _now: Unreachable(why),
    Reaction.OUTSIDE_WINDOW: lambda why, _now: OutsideWindow(why),
    Reaction.NOT_GRANTED: lambda why, _now: NotGranted(why),
    Reaction.NOT_AUTHORISED: lambda why, _now: NotAuthorised(why),
    Reaction.USED_UP: lambda why, _now: UsedUp(why, USED_UP_S),
    Reaction.UNTIL_MIDNIGHT: lambda why, now: OverQuota(why, until_midnight(now)),
    Reaction.UNTIL_NEXT_MINUTE: lambda why, now: OverQuota(why, until_next_minute(now)),
    Reaction.SOON: lambda why, _now: TryLater(why, random.uniform(BUSY_S, 2 * BUSY_S)),
    Reaction.UNSENDABLE: lambda why, _now: Unsendable(why),
}
