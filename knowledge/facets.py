"""What a question asks for (a fee, a telephone number, an hour), and whether a fact tells it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from knowledge.slips import mended
from knowledge.text import fold, keeping

_FILE: Final = Path(__file__).parent / "facets.toml"
_ORDINAL = re.compile(r"第([一二三四五六七八九十百\d]+)(?=[次期届批片本])|(?<!\d)(\d+)(?=[期届])")
_SERIES = re.compile(r"第[一二三四五六七八九十\d]+(?:、[一二三四五六七八九十\d]+)+([次期届批])")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:：](\d\d)(?!\d)")
_OF_ORDINAL = re.compile("[第期届]")
_NUMBERING = re.compile(r"、(?<=[一二三四五六七八九十]、)")  # begins with what is quickly found
_PUNCTUATION: Final = (("、", "++"), ("《", "+"), ("“", "+"), ('"', "+"))
_CLAUSE = re.compile(r"[\s，。！？；,.!?;]+")
_ASKS = re.compile(
    r"[吗么呢伐谁哪几啥咋a-z]|[不没否](?:啊|呀|嘛|哦|得)?$|[有是能可好要会][不没]|(.)不\1|多少|好多|什么|怎|是否|如何|为何"
    "|告诉|告知|[给发]我|说说|讲讲|问|想知道"
)
_HAVING = re.compile(
    r"有没有(?!东西|钱|一次|我|你|他|她|咱|俺|打算|地方|办法|人|什么|啥|哪|这|那|可能|必要|规定|要求|限制|安排|活动|说|想)"
    r"([\u4e00-\u9fffA-Za-z]{2,6}?)(?=$|[^\u4e00-\u9fffA-Za-z]|[吗呢啊呀没])"
)
_EITHER = re.compile(
    r"([\u4e00-\u9fffA-Za-z]{2,3})还是(?![啥什怎咋不没几哪在照很想每原])([\u4e00-\u9fffA-Za-z]{2,6})"
)
_ITSELF: Final = "{asked}"
_NOTHING: Final = "(?!)"
_DIGITS: Final = {numeral: value for value, numeral in enumerate("一二三四五六七八九", 1)}


@dataclass(frozen=True, slots=True)
class Facet:
    """One kind of detail; ``key`` is its name in the file, ``says`` its name for people.

    ``kind`` is the key of what it is one of, else its own: a school fee and a price are both fees,
    and people ask for one in the words of the other. ``required``: a fact that does not tell it is
    no answer to a question that asks for it; ``of_paper``: the same, where the question is about a
    plan as a paper. ``yields_to``: it is not asked for where that other kind is.
    """

    key: str
    says: str
    asked: re.Pattern[str]
    shown: re.Pattern[str]
    required: bool
    of_paper: bool
    yields_to: str
    kind: str

    @property
    def of_matter(self) -> bool:
        """Tell whether it is a matter of everyday life, for whoever only speaks of it as well."""
        return self.shown.pattern.startswith(_ITSELF)

    def telling(self, detail: str) -> re.Pattern[str]:
        """Return what tells it, where ``detail`` is what was asked of it."""
        if _ITSELF not in self.shown.pattern:
            return self.shown
        return re.compile(self.shown.pattern.replace(_ITSELF, re.escape(detail) or _NOTHING))


@dataclass(frozen=True, slots=True)
class Wish:
    """A kind of detail as one question asks for it, and what would tell it."""

    facet: Facet
    within: str
    shown: re.Pattern[str]

    def is_told(self, text: str) -> bool:
        """Tell whether a text tells it, or has a name that only sounds like asking (亲情电话)."""
        told = comparable(text)
        return bool(self.shown.search(told) or (self.within and self.within in told))


@cache
def _all() -> tuple[Facet, ...]:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(
        Facet(
            key,
            row["says"],
            re.compile(row["asked"]),
            re.compile(row["shown"]),
            row.get("required", True),
            row.get("of_paper", False),
            row.get("yields_to", ""),
            row.get("kind", key),
        )
        for key, row in data.items()
    )


@keeping(most=4096, longest=300)
def comparable(text: str) -> str:
    """Return folded text that patterns are tried on: see the head of facets.toml."""
    text = _SERIES.sub(lambda found: found[0].replace("、", f"{found[1]}第"), text)
    text = _CLOCK.sub(r"\1点\2", _NUMBERING.sub("", text))
    for mark, compared in _PUNCTUATION:
        text = text.replace(mark, compared)
    folded = fold(text)
    if not _OF_ORDINAL.search(folded):
        return folded
    return _ORDINAL.sub(lambda found: f"第{_number(found[1] or found[2])}", folded)


def _number(numeral: str) -> int:
    """Return the number below a thousand that a numeral writes."""
    if numeral.isdecimal():
        return int(numeral)
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * _DIGITS.get(hundreds[-1:], 1) if hundreds or "百" in numeral else 0
    value += 10 * _DIGITS.get(tens[-1:], 1) if ten else 0
    return value + _DIGITS.get(ones[-1:], 0)


def says(key: str) -> str:
    """Return the name for people of a kind of detail."""
    return next(facet.says for facet in _all() if facet.key == key)


def wishes(question: str) -> Iterator[Wish]:
    """Yield each kind of detail that a question asks for; what is only told is no question."""
    question = mended(question.lower())
    asked, told = comparable(question), comparable(_told(question))
    matches = {facet.key: match for facet in _all() if (match := facet.asked.search(asked))}
    for facet in _all():
        found = None if facet.yields_to in matches else matches.get(facet.key)
        if found and told and not facet.of_matter and facet.asked.search(told):
            found = facet.asked.search(comparable(_asking(question)))
        if found:
            within = asked[found.start() - 1 : found.end()] if found.start() else ""
            detail = next(filter(None, found.groups()), "")
            yield Wish(facet, within, facet.telling(detail))


def _told(question: str) -> str:
    """Return the clauses that ask nothing, where others do."""
    clauses = [clause for clause in _CLAUSE.split(question) if clause]
    told = [clause for clause in clauses if not _ASKS.search(clause)]
    return "".join(told) if len(told) < len(clauses) else ""


def _asking(question: str) -> str:
    return "".join(clause for clause in _CLAUSE.split(question) if _ASKS.search(clause))


def without_wishes(folded: str) -> str:
    """Return folded text without the words that ask for a kind of detail that is insisted on."""
    for facet in _all():
        if facet.required and _ITSELF not in facet.shown.pattern:
            folded = facet.asked.sub("", folded)
    return folded


def things_wished(question: str) -> tuple[str, ...]:
    """Return the thing of which a question only asks whether there is any (有没有).

    Of two things, which one it is (是铜的还是银的). Empty without one.
    """
    found = _HAVING.search(question) or _EITHER.search(question)
    return tuple(found.groups()) if found else ()


def missing(question: str, answer: str) -> Facet | None:
    """Return the first kind of detail that was asked for and that ``answer`` does not tell."""
    untold = (wish.facet for wish in wishes(question) if not wish.is_told(answer))
    return next((facet for facet in untold if facet.required), None)
