"""The digests of the plans: well formed, in our own words, and true to their originals."""

import os
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
DIGESTS = sorted((ROOT / "knowledge" / "plans").glob("*.md"))
ORIGINALS = {
    "000": "000_cc7deb1530b2b6cf.txt",
    "001": "001_03b11b43dc275789.txt",
    "002": "002_bc1637571a05c243.txt",
    "003": "003_622ccab01099d2a1.txt",
    "004": "004_494acb900f9a6061.txt",
}
KEYS = {"title": str, "issuer": str, "place": str, "year": int, "number": str, "issued": str}
LONGEST_COPY = 27
NUMERALS = "一二三四五六七八九十"

ITEM_NUMBER = re.compile(r"^(?:#+ *)?\d+[.．]", re.MULTILINE)
EDITOR_MARK = re.compile(r"\[bookmark:[^\]]*\]")
TITLE = re.compile(r"《[^》]*》")
FIGURE = re.compile(r"\d+(?:年\d+月\d+日|[万%])?")
# Two characters before the bracket tell 渝教工委办 from 渝教工委.
DOCUMENT_NUMBER = re.compile(r"(?:[\u4e00-\u9fff]{2}[\u3014(]\d{4}[\u3015)])?\d+号")

PRINTED_MARK_TOO_LATE = "《关于进一步加强基层关心下一代工作的意见要求》"
EXCEPTIONS = {
    ("004", PRINTED_MARK_TOO_LATE): "the title ends with 意见; its full form stands in the digest",
}


@dataclass(frozen=True)
class Digest:
    """One file of knowledge/plans, taken apart."""

    path: Path
    header: dict[str, Any]
    body: str

    @property
    def digits(self) -> str:
        return self.path.stem[:3]

    @property
    def bullets(self) -> list[str]:
        return [line[2:] for line in self.body.splitlines() if line.startswith("- ")]


def read(path: Path) -> Digest:
    _, header, body = re.split(r"^\+\+\+\n", path.read_text("utf-8"), flags=re.MULTILINE)
    return Digest(path, tomllib.loads(header), body)


def level(line: str) -> int:
    """1 to 3 for a heading, 0 for a bullet."""
    return len(line) - len(line.lstrip("#"))


def squeeze(text: str) -> str:
    """Without the numbers of items, an editor's marks and white space."""
    return "".join(ITEM_NUMBER.sub("", EDITOR_MARK.sub("", text)).split())


def same_width(text: str) -> str:
    return unicodedata.normalize("NFKC", squeeze(text))


def titles(text: str) -> set[str]:
    return set(TITLE.findall(squeeze(text)))


def figures(text: str) -> set[str]:
    return set(FIGURE.findall(same_width(text)))


def document_numbers(text: str) -> set[str]:
    return set(DOCUMENT_NUMBER.findall(same_width(text)))


def without_titles(text: str) -> str:
    return TITLE.sub("", "".join(text.split()))


def runs(text: str) -> Iterator[str]:
    """Every run of characters that would be too long to share with an original."""
    bare = without_titles(text)
    return (bare[i : i + LONGEST_COPY + 1] for i in range(len(bare) - LONGEST_COPY))


def folder() -> Path:
    return Path(os.environ.get("GUANXIN_PLANS") or ROOT.parent / "shared" / "plans")


def original(digits: str) -> str:
    path = folder() / ORIGINALS[digits]
    if not path.is_file():
        pytest.skip(f"the original of plan {digits} was looked for at {path}")
    return path.read_text("utf-8")


def excused(digits: str, tokens: set[str]) -> set[str]:
    return {token for token in tokens if (digits, token) not in EXCEPTIONS}


@pytest.fixture(params=DIGESTS, ids=lambda path: path.stem)
def digest(request: pytest.FixtureRequest) -> Digest:
    return read(request.param)


def test_every_original_has_its_digest() -> None:
    assert [path.stem[:3] for path in DIGESTS] == sorted(ORIGINALS)


def test_the_header_is_complete(digest: Digest) -> None:
    found = {key: type(value) for key, value in digest.header.items()}
    assert found == KEYS, f"{digest.path.name}: header {found}"
    empty = [key for key in ("title", "issuer", "place") if not digest.header[key].strip()]
    assert not empty, f"{digest.path.name}: empty {empty}"


def test_the_header_agrees_with_the_name_and_the_heading(digest: Digest) -> None:
    assert digest.path.stem.endswith(f"-{digest.header['year']}"), digest.path.name
    assert digest.body.startswith(f"# {digest.header['title']}\n"), digest.path.name
    if issued := digest.header["issued"]:
        assert date.fromisoformat(issued).year == digest.header["year"], digest.path.name


def test_a_line_is_a_heading_or_a_bullet(digest: Digest) -> None:
    shape = re.compile(r"#{1,3} \S.*|- \S.*|")
    odd = [line for line in digest.body.splitlines() if not shape.fullmatch(line)]
    assert not odd, f"{digest.path.name}: {odd}"


def test_a_bullet_has_the_length_of_a_reply(digest: Digest) -> None:
    odd = [bullet for bullet in digest.bullets if not 10 <= len(bullet) <= 120]
    assert not odd, f"{digest.path.name}: {odd}"


def test_no_bullet_stands_twice(digest: Digest) -> None:
    twice = {bullet for bullet in digest.bullets if digest.bullets.count(bullet) > 1}
    assert not twice, f"{digest.path.name}: {twice}"


def test_no_heading_is_empty(digest: Digest) -> None:
    lines = [line for line in digest.body.splitlines() if line]
    pairs = zip(lines, [*lines[1:], "# end"], strict=True)
    empty = [line for line, below in pairs if level(below) and level(below) <= level(line)]
    assert not empty, f"{digest.path.name}: nothing stands under {empty}"


def test_sections_are_numbered_in_order(digest: Digest) -> None:
    found = re.findall(rf"^## ([{NUMERALS}])、", digest.body, re.MULTILINE)
    assert found == list(NUMERALS[: len(found)]), f"{digest.path.name}: sections {found}"
    assert found, f"{digest.path.name}: no section is numbered"


def test_items_are_numbered_in_order(digest: Digest) -> None:
    last = 0
    for section in re.split(r"^## ", digest.body, flags=re.MULTILINE):
        found = [int(n) for n in re.findall(r"^### (\d+)\. ", section, re.MULTILINE)]
        first = 1 if found[:1] == [1] else last + 1
        expected = list(range(first, first + len(found)))
        assert found == expected, f"{digest.path.name}: items {found} after {last}"
        last = found[-1] if found else last


def test_the_header_stands_in_the_original(digest: Digest) -> None:
    source = same_width(original(digest.digits))
    issued = digest.header["issued"]
    day = date.fromisoformat(issued) if issued else None
    printed = f"{day.year}年{day.month}月{day.day}日" if day else ""
    for token in (digest.header["title"], digest.header["number"], printed):
        assert same_width(token) in source, f"{digest.path.name}: {token} is not in the plan"


def test_no_sentence_is_copied(digest: Digest) -> None:
    plans = [without_titles(original(digits)) for digits in ORIGINALS]
    copied = [run for run in runs(digest.body) if any(run in plan for plan in plans)]
    assert not copied, f"{digest.path.name}: {copied[0]} and {len(copied) - 1} more"


@pytest.mark.parametrize("tokens", [titles, figures, document_numbers])
def test_nothing_is_added(digest: Digest, tokens: Any) -> None:
    added = tokens(digest.body) - tokens(original(digest.digits))
    left = excused(digest.digits, added)
    assert not left, f"{digest.path.name} has what its plan has not: {left}"


@pytest.mark.parametrize("tokens", [titles, figures, document_numbers])
def test_nothing_is_missing(digest: Digest, tokens: Any) -> None:
    missing = tokens(original(digest.digits)) - tokens(digest.body)
    left = excused(digest.digits, missing)
    assert not left, f"{digest.path.name} leaves out of its plan: {left}"


def test_each_exception_is_needed() -> None:
    for (digits, token), reason in EXCEPTIONS.items():
        body = next(read(path).body for path in DIGESTS if path.stem.startswith(digits))
        here, there = token in squeeze(body), token in squeeze(original(digits))
        assert here != there, f"{digits}: {token} needs no exception ({reason})"
