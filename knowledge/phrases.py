"""Which of many example phrases a message is most like, whatever the slips in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from knowledge.sounds import syllables
from knowledge.text import fold

SOUND_WORTH: Final = 0.97
"""What likeness by sound is worth against likeness in writing."""

LONGEST: Final = 40
"""Longer messages are stories or questions; no short phrase is compared with them."""


@dataclass(frozen=True, slots=True)
class Match:
    """A name and how like its best example is, from 0 to 1."""

    name: str
    likeness: float


class Phrases:
    """Example phrases by the name of what they mean."""

    def __init__(self, examples: Mapping[str, Iterable[str]]) -> None:
        self._examples = [
            (name, fold(phrase), _spelled(fold(phrase)))
            for name, phrases in examples.items()
            for phrase in phrases
        ]

    def best(self, message: str) -> Match | None:
        """Return the name whose example is most like ``message``, None where none can be."""
        folded = fold(message)
        if not folded or len(folded) > LONGEST:
            return None
        spelled = _spelled(folded)
        matches = [
            Match(name, _likeness(folded, spelled, phrase, sounds))
            for name, phrase, sounds in self._examples
        ]
        return max(matches, key=lambda match: match.likeness, default=None)


def _spelled(folded: str) -> str:
    return " ".join(syllables(folded))


def _likeness(folded: str, spelled: str, phrase: str, sounds: str) -> float:
    written = fuzz.ratio(folded, phrase)
    heard = fuzz.ratio(spelled, sounds) * SOUND_WORTH
    return max(written, heard) / 100
