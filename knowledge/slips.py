"""Words that ask, for a detail or at all, though they are misspelled or typed in pinyin.

A detail that is not noticed is not missed in the answer: 电华多少 has to ask for a telephone number
as 电话多少 does. A word that is not known to ask may pass for a place: 在哪格镇.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from knowledge.sounds import syllables
from knowledge.text import keeping, sound

_FILE: Final = Path(__file__).parent / "words.toml"
_WRITTEN: Final = re.compile("[\u4e00-\u9fff]{2,}")
_THERE: Final = re.compile("(?<=在)那(?=[里儿]?[？?]?$)")
_YEAR: Final = re.compile(r"((?<!\d)20\d\d)([\u4e00-\u9fff])")
_TYPED: Final = re.compile(" *[a-z]+(?: +[a-z]+)* *")

Sounds = tuple[str, ...]


@cache
def _details(*keys: str) -> frozenset[str]:
    data: dict[str, str] = tomllib.loads(_FILE.read_text("utf-8"))
    return frozenset(word for key in keys for word in data[key].split())


@cache
def _spelled() -> Mapping[Sounds, Sequence[str]]:
    """Return the words by their first two syllables, the longest first."""
    found: defaultdict[Sounds, list[str]] = defaultdict(list)
    for word in sorted(_details("details"), key=lambda word: (-len(word), word)):
        found[sound(word[:2])].append(word)
    return found


@cache
def _heard() -> Mapping[Sounds, str]:
    """Return the words by their fuzzy syllables."""
    return {tuple(syllables(word)): word for word in sorted(_details("details", "details_typed"))}


@cache
def _longest() -> int:
    return max(map(len, _heard()))


@keeping(most=1024, longest=300)
def mended(question: str) -> str:
    """Return a question in lower case with its words for details as they are written."""
    return _TYPED.sub(_read, spelled_right(question))


def spelled_right(question: str) -> str:
    """Return a question with the words that ask mended where they have a wrong character.

    Who asks where a thing is may write 在那儿 for 在哪儿, who names a year 2023念.
    """
    question = _YEAR.sub(_with_year, _THERE.sub("哪", question))
    return _WRITTEN.sub(_respelled, question)


def _with_year(found: re.Match[str]) -> str:
    return found[1] + ("年" if sound(found[2]) == sound("年") else found[2])


def _respelled(run: re.Match[str]) -> str:
    """Mend words of which half the characters are right and all sound so."""
    written, sounds = run[0], sound(run[0])
    for at in range(len(written) - 1):
        for word in _spelled().get(sounds[at : at + 2], ()):
            end = at + len(word)
            said = written[at:end]
            if said == word:
                break
            right = sum(map(str.__eq__, said, word))
            is_slip = sounds[at:end] == sound(word) and 2 * right >= len(word)
            if is_slip and said not in _details("no_slips"):
                written = written[:at] + word + written[end:]
                break
    return written


def _read(run: re.Match[str]) -> str:
    """Write the words that are typed as pinyin; the rest stays as it is typed."""
    heard, longest = syllables(run[0].replace(" ", "")), _longest()
    said, at = [], 0
    while at < len(heard):
        ends = range(min(at + longest, len(heard)), at + 1, -1)
        end = next((end for end in ends if tuple(heard[at:end]) in _heard()), at + 1)
        said.append(_heard().get(tuple(heard[at:end]), heard[at]))
        at = end
    return "".join(said) if any(len(word) > 1 and not word.isascii() for word in said) else run[0]
