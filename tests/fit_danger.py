"""Fit the weights of knowledge/danger_evidence.py: python -m tests.fit_danger writes them anew.

The examples are those of dangers.jsonl (of the set "built") and of dangers_later.jsonl, nearly all
by others in as many voices as they could; everything else that these tests ask and that the
assistant offers is harmless, but for the questions marked "danger". Each is there as it is written
and, for less, as typed pinyin; what others asked of plans that are not here (asked_elsewhere.txt)
is harmless as it is written. Two logistic regressions with a penalty, by Adam, without chance.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from knowledge.danger import borders
from knowledge.danger_evidence import WEIGHTS, traits
from knowledge.text import fold, sound

HERE: Final = Path(__file__).parent
ASKED: Final = ("intents", "intents_heldout", "midform")
PHRASES: Final = HERE.parent / "handlers" / "phrases.toml"
UNIT: Final = 0.01
LEAST: Final = 8
"""Weights nearer to zero, in units, are left out."""

TWICE: Final = 2
"""What fewer examples than this hold is not weighed."""

PENALTY: Final = 0.05
STEPS: Final = 200
MISSED: Final = 2.5
"""How much worse it is to miss danger than to hear it where there is none."""

ORDINARY: Final = 0.5
"""How much a message counts that was not written to sound like danger."""

TYPED: Final = 0.8
"""How much an example counts when it is typed as pinyin; each is there as it is written too."""

Numbers = np.ndarray[Any, np.dtype[Any]]


class Example(NamedTuple):
    text: str
    level: int
    counts: float


def examples() -> list[Example]:
    """Return what is fitted to."""
    lines = [line for line in _lines("dangers") if line["set"] == "built"]
    built = [
        Example(line["text"], line["level"], MISSED if line["level"] else 1)
        for line in (*_lines("dangers_later"), *lines)
    ]
    written = built + [Example(text, 0, ORDINARY) for text in _ordinary()]
    typed = [Example(_in_pinyin(text), level, TYPED * counts) for text, level, counts in written]
    asked = (HERE / "asked_elsewhere.txt").read_text("utf-8").splitlines()
    return written + typed + [Example(text, 0, ORDINARY) for text in asked]


def _lines(name: str) -> list[dict[str, Any]]:
    read = (HERE / f"{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in read.splitlines()]


def _in_pinyin(text: str) -> str:
    return " ".join(sound(fold(text)))


def _ordinary() -> Iterator[str]:
    for path in (*(HERE / f"{name}.toml" for name in ASKED), PHRASES):
        yield from _texts(tomllib.loads(path.read_text("utf-8")))
    for path in sorted((*HERE.glob("questions/*.jsonl"), *HERE.glob("elsewhere/*/*.jsonl"))):
        for line in map(json.loads, path.read_text("utf-8").splitlines()):
            if "danger" not in line:
                yield line["question"]


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _texts(part)


def fit(some: list[Example]) -> dict[str, Any]:
    """Return the weights as danger_weights.json holds them."""
    found = [sorted(traits(borders(example.text))) for example in some]
    often = Counter(chain.from_iterable(found))
    names = sorted(trait for trait, times in often.items() if times >= TWICE)
    counts = np.array([example.counts for example in some])
    of: list[Callable[[Example], bool]] = [lambda e: e.level > 0, lambda e: e.level == 1]
    rows = _Rows.of(found, {name: number for number, name in enumerate(names)})
    biases, weights = zip(
        *(_regress(rows, np.array([is_it(e) for e in some]), counts) for is_it in of), strict=True
    )
    rounded = np.round(np.array(weights) / UNIT).astype(int)
    kept = {
        name: [int(a), int(b)]
        for name, a, b in zip(names, *rounded, strict=True)
        if max(abs(a), abs(b)) >= LEAST
    }
    return {"bias": [round(bias, 3) for bias in biases], "unit": UNIT, "weights": kept}


class _Rows(NamedTuple):
    """The traits of all examples: which example, which trait, and its share in the sum."""

    example: Numbers
    trait: Numbers
    share: Numbers
    size: tuple[int, int]

    @classmethod
    def of(cls, found: list[list[str]], number: dict[str, int]) -> _Rows:
        lengths = np.array([len(each) for each in found])
        known = [[number[name] for name in each if name in number] for each in found]
        example = np.repeat(np.arange(len(found)), [len(each) for each in known])
        trait = np.array(list(chain.from_iterable(known)))
        return cls(example, trait, (1 / np.sqrt(lengths))[example], (len(found), len(number)))


def _regress(rows: _Rows, is_it: Numbers, counts: Numbers) -> tuple[float, Numbers]:
    examples, traits_ = rows.size
    weights, mean, square = np.zeros((3, traits_ + 1))
    for step in range(1, STEPS + 1):
        sums = np.bincount(rows.example, rows.share * weights[rows.trait], minlength=examples)
        error = (1 / (1 + np.exp(-sums - weights[-1])) - is_it) * counts
        slope = np.bincount(rows.trait, rows.share * error[rows.example], minlength=traits_)
        slope = np.append(slope + PENALTY * weights[:-1], error.sum())
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        pace = 0.1 if step < 0.7 * STEPS else 0.02
        weights -= pace * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return float(weights[-1]), weights[:-1]


if __name__ == "__main__":
    written = json.dumps(fit(examples()), ensure_ascii=False, separators=(",", ":"))
    WEIGHTS.write_text(written.replace("],", "],\n") + "\n", "utf-8")
