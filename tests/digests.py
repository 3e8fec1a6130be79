"""The digests and their originals, cut into the same sections and into what must agree."""

import os
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from knowledge import places

ROOT = Path(__file__).resolve().parent.parent
DIGESTS = sorted((ROOT / "knowledge" / "plans").glob("*.md"))
ORIGINALS = {
    "000": "000_cc7deb1530b2b6cf.txt",
    "001": "001_03b11b43dc275789.txt",
    "002": "002_bc1637571a05c243.txt",
    "003": "003_622ccab01099d2a1.txt",
    "004": "004_494acb900f9a6061.txt",
}
NUMERALS = "一二三四五六七八九十"

MARKS = re.compile(r"\[bookmark:[^\]]*\]|\*\*")
TITLE = re.compile(r"《[^》]*》")
NAME = re.compile(r"“([^“”]*)”")
NAME_WITHIN = re.compile(r"‘([^‘’]*)’")
# Two characters before the bracket tell 渝教工委办 from 渝教工委.
DOCUMENT_NUMBER = re.compile(r"(?:[\u4e00-\u9fff]{2}[\u3014(]\d{4}[\u3015)])?\d+号(?!文)")
VENUE = re.compile(r"（地点：([^）]+)）")
DATE = re.compile(r"\d{4}年\d+月\d+日")
FIGURE = re.compile(rf"第?(?:\d+(?:-\d+)?[\u4e00-\u9fff%]?|[{NUMERALS}百千两]+[\u4e00-\u9fff])")
NOT_A_FIGURE = re.compile(rf"[进再]一步|下一代|统一|一[步样起些定共]|[{NUMERALS}]是|[“”‘’]")

# Where a section of the digest begins, and the same of its original.
CHAPTER = re.compile(rf"([{NUMERALS}])、")
ITEM = re.compile(r"(\d+)[.．]")
POINT = re.compile(rf"([{NUMERALS}]是)")
CARD = re.compile(r"打造(.+?名片)(?:。|$)")
QUARTER = re.compile(rf"([{NUMERALS}]季度)$")
BELOW = (ITEM, POINT, CARD, QUARTER)
ANNEX = "附件"
NOTE = "职业院校协作组"


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


def folder() -> Path:
    return Path(os.environ.get("GUANXIN_PLANS") or ROOT.parent / "shared" / "plans")


def original(digits: str) -> str:
    path = folder() / ORIGINALS[digits]
    if not path.is_file():
        pytest.skip(f"the original of plan {digits} was looked for at {path}")
    return path.read_text("utf-8")


def sections_of_digest(digest: Digest) -> dict[str, str]:
    """Return the text of each section; "" is the letterhead with what stands before 一、."""
    found: dict[str, str] = {"": ""}
    chapter = key = ""
    for line in digest.body.splitlines():
        level = len(line) - len(line.lstrip("#"))
        words = line.lstrip("# ")
        if level == 2:
            key = chapter = _chapter(words)
        elif level == 3:
            key = f"{chapter}/{_below(words) or words}"
        elif line.startswith("- "):
            words = words.removeprefix("- ")
        found[key] = f"{found.get(key, '')}{_unnumbered(words)}\n"
    return found


def sections_of_original(digits: str) -> dict[str, str]:
    """Return the text of each section under the names that the digest gives them."""
    found: dict[str, str] = {"": ""}
    chapter = key = ""
    for line in _lines(digits):
        if chapter and re.match(r"附件", line):
            key = chapter = ANNEX
        elif CHAPTER.match(line):
            key = chapter = _chapter(line)
        elif chapter == ANNEX and line.startswith("注："):
            key = f"{ANNEX}/{NOTE}"
        elif (below := _below(line)) and not (chapter == ANNEX and ITEM.match(line)):
            key = f"{chapter}/{below}"
        elif re.match(r"中共重庆市委教育工委办公室|无锡职业技术学院(?:关心|党委)", line):
            key = ""
        found[key] = f"{found.get(key, '')}{_unnumbered(line)}\n"
    return found


def _lines(digits: str) -> Iterator[str]:
    """Return the lines of an original, each point of a paragraph (一是…) on a line of its own."""
    text = POINT.sub(r"\n\1", MARKS.sub("", original(digits)))
    return (line.strip() for line in text.splitlines() if line.strip())


def _chapter(words: str) -> str:
    if numbered := CHAPTER.match(words):
        return numbered[1]
    return ANNEX if words.startswith(ANNEX) else ""


def _below(words: str) -> str:
    return next((found[1] for mark in BELOW if (found := mark.match(words))), "")


def _unnumbered(words: str) -> str:
    return ITEM.sub("", words, count=1) if ITEM.match(words) else words


def squeeze(text: str) -> str:
    """Without white space, and with one width of figures and brackets."""
    return unicodedata.normalize("NFKC", "".join(text.split()))


def untitled(text: str) -> str:
    return TITLE.sub("", "".join(text.split()))


def titles(text: str) -> set[str]:
    return set(TITLE.findall("".join(text.split())))


def document_numbers(text: str) -> set[str]:
    return set(DOCUMENT_NUMBER.findall(squeeze(text)))


def figures(text: str) -> set[str]:
    """Every date, and every number with what it counts, but not those of documents."""
    bare = NOT_A_FIGURE.sub(" ", DOCUMENT_NUMBER.sub("", squeeze(text)))
    return set(DATE.findall(bare)) | set(FIGURE.findall(DATE.sub("", bare)))


def names(text: str) -> set[str]:
    """Every part of every “name” between two commas: a long name may be told in parts."""
    quoted = NAME.findall(untitled(text))
    inner = [name for words in quoted for name in NAME_WITHIN.findall(words)]
    return {part for words in [*quoted, *inner] for part in _parts(words)}


def told_unquoted(text: str, told: str) -> set[str]:
    """Return the parts of names of several parts that a digest tells without quotation marks."""
    several = [parts for words in NAME.findall(untitled(text)) if len(parts := _parts(words)) > 1]
    return {part for parts in several for part in parts if bare(part) in bare(told)}


def _parts(name: str) -> list[str]:
    return [part for part in re.split("[，、；]", name.strip("‘’")) if part]


def venues(text: str) -> set[str]:
    return set(VENUE.findall("".join(text.split())))


def towns(text: str) -> set[str]:
    return set(places.names_in(untitled(text)))


KINDS: tuple[Callable[[str], set[str]], ...] = (
    titles,
    document_numbers,
    figures,
    names,
    venues,
    towns,
)


def members_of_lists(text: str) -> Iterator[list[str]]:
    """Yield each list of three and more, its first and last member cut off from their clause."""
    for clause in re.split("[。；，：]", "".join(text.split())):
        members = [
            member for member in re.split("、|(?<=[”》])(?=[“《])", clause) if len(member) > 1
        ]
        if len(members) > 2:
            yield [members[0][-6:], *members[1:-1], members[-1][:6]]


def bare(text: str) -> str:
    """Only the characters that are read aloud, without titles."""
    return re.sub(r"[\W_]", "", squeeze(untitled(text)))


def pairs(text: str) -> list[str]:
    """Every two characters that stand side by side."""
    return ["".join(pair) for pair in pairwise(re.sub(r"[\W_]", "", squeeze(text)))]


def share_told(words: str, told: str) -> float:
    """Return how many of the pairs of some words stand in a text, as a share; 1 without pairs."""
    wanted, found = pairs(words), set(pairs(told))
    return sum(pair in found for pair in wanted) / len(wanted) if wanted else 1.0
