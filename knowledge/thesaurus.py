"""What people say instead of what plans write."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("thesaurus.toml")


@cache
def sayings() -> Mapping[str, tuple[str, ...]]:
    """Return what plans may write for each everyday word; all folded."""
    written: dict[str, list[str]] = defaultdict(list)
    for plan, said in tomllib.loads(_FILE.read_text("utf-8"))["plan"].items():
        for saying in said:
            written[saying].append(plan)
    return {saying: tuple(plans) for saying, plans in written.items()}
