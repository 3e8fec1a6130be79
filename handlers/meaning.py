"""What a message means: exact words, likeness to examples, and whether it is a question."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from handlers import ABILITIES
from handlers.ability import Ability
from knowledge.phrases import Phrases
from knowledge.text import fold

FEW: Final = 4
SURE_OF_A_FEW: Final = 0.6
"""How like an example a message of at most FEW characters must be: chance makes them alike."""

SURE: Final = 0.4
"""How like an example a message must be to mean what it means."""

SURE_IN_FORM: Final = 0.46
"""The same in the middle of a form, where most messages are answers."""

ANSWER: Final = "form"
"""The section of what answers in a form sound like."""

RESUME: Final = "resume"
"""The section that is listened for in a form and while one is laid aside."""

SURE_IF_SHORT: Final = 0.7
"""The same for what is so short that it could be a name."""

LONGEST_NAME: Final = 4

_FILE: Final = Path(__file__).parent / "phrases.toml"
_QUESTION = re.compile(
    r"[?？]\s*$|哪[一二三四五六七八九十几]|吗$|么$|呢$|什么|啥|怎么|怎样|咋|如何|多少|多久|多长|几点|几号|哪里|哪儿|哪些|哪个|哪天|为什么|"
    r"(.)不\1|有没有|可不可以|[要行钱远有贵收管]不$|可以不$"
)
_INDEFINITE = re.compile(
    r"(什么|啥|怎么|怎样|咋|如何|多少|几点|几号|哪里|哪儿|哪些|哪个|哪天|哪).{0,4}[都也]|没什么|没有什么|没啥|多少会|多少懂|"
    r"(随便|不管|无论)(什么|啥|怎么|哪)"
)


@dataclass(frozen=True, slots=True)
class Call:
    """An ability and its argument, as a button carries them: "ability:argument"."""

    ability: Ability
    argument: str = ""


@cache
def by_name() -> Mapping[str, Ability]:
    """Every ability by its name."""
    return {ability.name: ability for ability in ABILITIES}


def call(data: str) -> Call | None:
    """Return what a button calls, None for data that no button of ours has."""
    name, _, argument = data.partition(":")
    ability = by_name().get(name)
    if ability is None:
        return None
    intent = _phrases().get(data, {}).get("intent", ability.intent)
    return Call(replace(ability, intent=intent), argument)


@cache
def _phrases() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def _exact() -> Mapping[str, str]:
    return {fold(word) or word: data for data, said in _phrases().items() for word in said["words"]}


@cache
def _examples(*, in_form: bool) -> Phrases:
    """The examples that are listened for inside a form, or outside of one."""
    chosen = {
        data: [*said["words"], *said["examples"]]
        for data, said in _phrases().items()
        if _is_for_forms(data) == in_form or data == RESUME
    }
    return Phrases(chosen)


def _is_for_forms(data: str) -> bool:
    return data == ANSWER or by_name()[data.partition(":")[0]].only_in_form


def exactly(words: str) -> Call | None:
    """Return what words call that always mean the same."""
    data = _exact().get(fold(words) or words.strip())
    return call(data) if data else None


def likely(words: str) -> Call | None:
    """Return the ability whose examples the words are like, outside of a form."""
    match = _examples(in_form=False).best(words)
    sure = SURE_OF_A_FEW if len(fold(words)) <= FEW else SURE
    return call(match.name) if match and match.likeness >= sure else None


def leads_out(words: str) -> Call | None:
    """Return what somebody wants to do with the form they are in, instead of answering."""
    match = _examples(in_form=True).best(words)
    sure = SURE_IF_SHORT if len(fold(words)) <= LONGEST_NAME else SURE_IN_FORM
    if match is None or match.name == ANSWER or match.likeness < sure:
        return None
    return call(match.name)


def is_question(words: str) -> bool:
    """Tell whether words are plainly a question; 哪天都行 is none."""
    return bool(_QUESTION.search(words)) and not _INDEFINITE.search(words)
