"""``make bench-knowledge``: our search beside others, on the same passages, in one run.

Every engine runs in a process of its own, at 5 plans and at 1k, 10k and 100k passages. The
questions are those of GUANXIN_QUESTIONS, else of ../shared/eval/questions.jsonl. The table goes to
standard output as Markdown; docs/benchmarks.md keeps one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from knowledge import places
from knowledge.plan import Fact
from tests.bench.corpus import five_plans, passages
from tests.bench.engines import ENGINES, Engine, Numbers

SIZES: Final = (0, 1_000, 10_000, 100_000)
FEWEST_MS: Final = 20_000
"""A slow engine stops asking after so many milliseconds, with the questions it has answered."""

LIMITED: Final = {"ChatterBot": 0, "rapidfuzz": 10_000}
"""How large a corpus the slowest engines are given."""


def main() -> None:
    """Run everything, or with two arguments one engine at one size."""
    if len(sys.argv) == 3:
        print(json.dumps(measured(sys.argv[1], int(sys.argv[2]))))
        return
    rows = list(_rows())
    print(_table(rows))


def _rows() -> Iterator[dict[str, Any]]:
    for size in SIZES:
        for name in ENGINES:
            if size > LIMITED.get(name, size):
                continue
            print(f"{name}, {size or 'five plans'} …", file=sys.stderr, flush=True)
            command = [sys.executable, "-m", "tests.bench.knowledge", name, str(size)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(done.stderr[-800:], file=sys.stderr)
                continue
            yield json.loads(done.stdout.splitlines()[-1])


def measured(name: str, size: int) -> dict[str, Any]:
    """Measure one engine: recall, milliseconds a question, seconds and MiB of building."""
    facts = passages(size)
    questions = _questions()
    ENGINES[name](facts[:5]).best("关心下一代", None, None)  # its libraries are loaded now
    before, began = _resident(), time.perf_counter()
    engine = ENGINES[name](facts)
    built, resident = time.perf_counter() - began, _resident() - before
    engine.best("今年的工作有什么安排", None, None)  # nothing is looked up for the first time now
    took, unknown = _asked(engine, questions, facts, by_region=False)
    known = None
    if name != "ChatterBot":
        known = _asked(engine, questions, facts, by_region=True)[1]
    return {
        "engine": name, "passages": len(facts), "of": five_plans()[0], "build_s": built,
        "mib": resident, "p50": took[len(took) // 2], "p99": took[int(len(took) * 0.99)],
        "recall": unknown, "recall_region": known, "questions": len(took),
    }  # fmt: skip


def _asked(
    engine: Engine, questions: Sequence[dict[str, Any]], facts: Sequence[Fact], *, by_region: bool
) -> tuple[list[float], float]:
    took, right = [], 0
    within = _by_region(questions, facts) if by_region else {}
    for question in questions:
        began = time.perf_counter()
        region = question["region"] if by_region else None
        best = engine.best(question["question"], region, within.get(region))
        took.append(1000 * (time.perf_counter() - began))
        right += best is not None and _is_right(facts[best], question)
        if sum(took) > FEWEST_MS:
            break
    return sorted(took), right / len(took)


def _by_region(
    questions: Sequence[dict[str, Any]], facts: Sequence[Fact]
) -> dict[str | None, Numbers | None]:
    chosen: dict[str | None, Numbers | None] = {None: None}
    for region in {question["region"] for question in questions} - {None}:
        chosen[region] = frozenset(
            number
            for number, fact in enumerate(facts)
            if places.nearness(fact.plan.place, region) is not None
        )
    return chosen


def _is_right(fact: Fact, question: dict[str, Any]) -> bool:
    text = _bare(fact.text)
    for gold in question["gold"]:
        if fact.plan.key.startswith(gold["doc"]):
            quote = _bare(gold["quote"])
            said = all(_bare(words) in text for words in question["must_include"])
            if said if fact.plan.digest else (quote in text or text in quote):
                return True
    return False


def _bare(text: str) -> str:
    return "".join(text.split())


def _questions() -> list[dict[str, Any]]:
    beside = Path(__file__).parents[3] / "shared" / "eval" / "questions.jsonl"
    path = Path(os.environ.get("GUANXIN_QUESTIONS", beside))
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [row for row in rows if row["answerable"]]


def _resident() -> float:
    """Return how many MiB of memory this process holds."""
    status = Path("/proc/self/status").read_text("ascii")
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def _table(rows: Sequence[dict[str, Any]]) -> str:
    lines = [
        "| passages | engine | R@1, region known | R@1, unknown | p50 ms | p99 ms | times ours "
        "| build s | MiB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    ours = {row["passages"]: row["p50"] for row in reversed(rows) if "guanxin" in row["engine"]}
    for row in rows:
        known = "" if row["recall_region"] is None else f"{row['recall_region']:.3f}"
        ratio = row["p50"] / ours[row["passages"]]
        lines.append(
            f"| {row['passages']} | {row['engine']} | {known} | {row['recall']:.3f} "
            f"| {row['p50']:.2f} | {row['p99']:.2f} | {ratio:.2f} | {row['build_s']:.2f} "
            f"| {row['mib']:.0f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
