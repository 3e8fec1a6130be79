"""What the pages of docs/transcripts show is what is said today."""

from __future__ import annotations

import difflib

import pytest

from bot.app import Guanxin
from tests.transcripts import FOLDER, PLAYS


@pytest.mark.parametrize("name", PLAYS)
async def test_the_page_shows_what_is_said(name: str, guanxin: Guanxin) -> None:
    written = (FOLDER / f"{name}.md").read_text("utf-8")
    said = str(await PLAYS[name](guanxin))
    changed = difflib.unified_diff(written.splitlines(), said.splitlines(), "page", "said today")
    lines = "\n".join(changed)
    assert not lines, f"to write it anew: python -m tests.transcripts\n{lines}"


def test_every_page_is_played() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == set(PLAYS)
