"""``guanxin eval``: how well the plans answer a file of questions with known answers.

A question is a JSON object with "question", "answerable", and where it can be answered "gold"
(objects with "doc", how the plan's key begins, and "quote", what a right passage holds) and
"must_include" (what a good reply says). White space never counts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any, BinaryIO, Final

from bot.asking import Asker, BadLine, Question

Z: Final = 1.96
"""Two-sided 95 % of the normal distribution, for Wilson's interval of a share."""

_REFUSING: Final = ("refusal", "related", "other", "danger")


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what is right; ``gold`` holds (beginning of the plan's key, quote)."""

    question: Question
    gold: tuple[tuple[str, str], ...]
    must_include: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a case: the rank of the first right source (0: none), and how it was replied."""

    case: Case
    row: dict[str, Any]
    rank: int
    is_replied: bool
    milliseconds: float

    @property
    def is_refused(self) -> bool:
        """Tell whether no answer was given."""
        return self.row["kind"] in _REFUSING

    @property
    def miss(self) -> str:
        """Say what went wrong, empty where nothing did."""
        if not self.case.gold:
            return "" if self.is_refused else "answered, though no plan says it"
        if self.is_refused:
            return "not answered"
        if self.rank != 1:
            return "another passage first"
        return "" if self.is_replied else "the reply leaves out what was asked"


def cases(lines: BinaryIO) -> Iterator[Case | BadLine]:
    """Read the questions of a file; a line that is none is yielded as its error."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _case(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                yield BadLine(f"line {number} is no question with its gold")


def _case(row: dict[str, Any]) -> Case:
    region, words = row.get("region"), row["question"]
    if not isinstance(words, str) or not (region is None or isinstance(region, str)):
        raise ValueError(words)
    gold = tuple((str(g["doc"]), _bare(g["quote"])) for g in row.get("gold") or ())
    if bool(gold) != bool(row["answerable"]):
        raise ValueError(gold)
    wanted = tuple(_bare(words) for words in row.get("must_include") or ())
    return Case(Question(words, region, None, row.get("id")), gold, wanted)


def judge(asker: Asker, case: Case) -> Verdict:
    """Ask a question and judge the reply; asked back for the place, the right one is named."""
    began = time.perf_counter()
    row = asker.answer(case.question)
    milliseconds = 1000 * (time.perf_counter() - began)
    if row["kind"] == "ask_back" and (place := _place_of(asker, case)):
        row = asker.answer(replace(case.question, region=place))
    ranks = [rank for rank, source in enumerate(row["sources"], 1) if _is_right(source, case)]
    text = _bare(row["text"])
    is_replied = row["kind"] not in _REFUSING and all(said in text for said in case.must_include)
    return Verdict(case, row, min(ranks, default=0), is_replied, milliseconds)


def _place_of(asker: Asker, case: Case) -> str | None:
    keys = tuple(doc for doc, _ in case.gold)
    return next((plan.place for plan in asker.book.plans if plan.key.startswith(keys)), None)


def _is_right(source: dict[str, Any], case: Case) -> bool:
    """An original's passage holds a quote or stands inside one; a digest says what is wanted."""
    quoted = source["quote"] and _bare(source["quote"])
    if quoted is None:
        said = _bare(source["digest"] or "")
        of_plan = str(source["plan"]).startswith(tuple(doc for doc, _ in case.gold))
        return of_plan and all(words in said for words in case.must_include)
    return any(
        str(source["plan"]).startswith(doc) and (quote in quoted or quoted in quote)
        for doc, quote in case.gold
    )


def _bare(text: str) -> str:
    return "".join(text.split())


def summary(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return every measure: shares with their interval of 95 %, and milliseconds a question."""
    told = [verdict for verdict in verdicts if verdict.case.gold]
    untold = [verdict for verdict in verdicts if not verdict.case.gold]
    took = sorted(verdict.milliseconds for verdict in verdicts)
    right = [v.is_replied if v.case.gold else v.is_refused for v in verdicts]
    return {
        "recall": {
            "at_1": _share([verdict.rank == 1 for verdict in told]),
            "at_3": _share([0 < verdict.rank <= 3 for verdict in told]),
        },
        "reply": _share([verdict.is_replied for verdict in told]),
        "refusal": {
            "right": _share([verdict.is_refused for verdict in untold]),
            "false": _share([verdict.is_refused for verdict in told]),
        },
        "all": _share(right),
        "latency": {"p50": _at(took, 0.5), "p99": _at(took, 0.99), "unit": "ms"},
        "misses": [_miss(verdict) for verdict in verdicts if verdict.miss],
    }


def _share(right: Sequence[bool]) -> dict[str, Any]:
    """Return a share with Wilson's interval; None for the share of nothing."""
    of, count = len(right), sum(right)
    if not of:
        return {"share": None, "low": None, "high": None, "of": 0}
    share = count / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return {"share": round(share, 4), "low": round(low, 4), "high": round(high, 4), "of": of}


def _at(took: Sequence[float], quantile: float) -> float | None:
    return round(took[min(len(took) - 1, int(len(took) * quantile))], 3) if took else None


def _miss(verdict: Verdict) -> dict[str, Any]:
    asked, row = verdict.case.question, verdict.row
    return {
        "id": asked.id,
        "question": asked.words,
        "region": asked.region,
        "why": verdict.miss,
        "kind": row["kind"],
        "rank": verdict.rank or None,
        "text": row["text"],
    }
