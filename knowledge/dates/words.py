"""The words of dates.toml: compiled once."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).parent / "dates.toml"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def pattern(section: str, name: str) -> re.Pattern[str]:
    """Return the compiled words under a name of a section."""
    return re.compile(_data()[section][name])


@cache
def written(section: str, name: str) -> str:
    """Return the same as text, to be part of a longer pattern."""
    return str(_data()[section][name])


@cache
def traps() -> tuple[re.Pattern[str], ...]:
    """Return what looks like a time and is none."""
    return tuple(re.compile(row["written"]) for row in _data()["traps"])


@cache
def audiences() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the words for each audience."""
    return tuple((name, re.compile(words)) for name, words in _data()["audience"].items())
