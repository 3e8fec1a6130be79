"""What the assistant can do, described so that a message can be matched with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.desk import Desk
from handlers.message import Reply


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants of an ability: their words, or the argument of a button."""

    words: str = ""
    argument: str = ""


Handle = Callable[[Desk, Request], Reply]


@dataclass(frozen=True, slots=True)
class Ability:
    """One thing the assistant can do. How people ask for it stands in ``phrases.toml``.

    ``intent`` is its name in measurements; after an ``aside``, an open form shows its step again;
    ``only_in_form``: its examples are listened for only while a form is open.
    """

    name: str
    intent: str
    handle: Handle
    aside: bool = True
    only_in_form: bool = False
