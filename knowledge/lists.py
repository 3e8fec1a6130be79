"""Lists that a question asks for by their number (哪三种), and whether a fact gives them whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from knowledge.plan import Fact

_HAN: Final = {"两": 2} | {numeral: value for value, numeral in enumerate("二三四五六七八九十", 2)}
_COUNTED = re.compile(
    r"(?:哪|是|分别?是?|包括|另外|后|头)([二两三四五六七八九十]|[2-9]|10)"
    r"(?!个?[字句]|[季月年日号级点\d十百千万次])[\u4e00-\u9fff]?"
    r"|(?<!第)([二两三四五六七八九十])[个项大][\u4e00-\u9fff]{2,6}(?:都|分别|各)(?:是|叫)(?:什么|啥|哪)"
)
_OF_CHARACTERS = re.compile(r"[二三四五六七八九十\d]个?字(?!号)")
_WHICH = re.compile(r"哪|什么|啥|分别|各")
_CLAUSE = re.compile(r"[，。；：！？]")
_AFTER_COLON = re.compile(r"[二两三四五六七八九十]个?[^，。；：！？]{1,8}：([^。！？]*[。！？])")
_QUOTED = re.compile(r"[“‘《]([^“”‘’《》]+)[”’》]")
_INNER = re.compile(r"[‘’]")
_LAST = re.compile(r"，(?:还有|以及|和|及)")
_JOINED = re.compile(r"、|和|及|与|以及")
_PLUS = re.compile(r"[+\uff0b]")
_PARTS = re.compile(r"[，、；]")
_NUMBERED = re.compile(rf"[{''.join(_HAN)}一]是|[(（]?[1-9][)）.．、]|[①-⑨]")


def counted(question: str) -> int:
    """Return of how many things a question wants the list; 0 where it wants none.

    A motto of twelve characters is no list of twelve things.
    """
    if not _WHICH.search(question) or _OF_CHARACTERS.search(question):
        return 0
    found = ("".join(pair) for pair in _COUNTED.findall(question))
    counts = [int(_HAN.get(count, count)) for count in found]
    return max(counts, default=0)


def gives(text: str, count: int) -> bool:
    """Tell whether a text has a list of at least ``count`` things."""
    text = _PLUS.sub("、", text)
    quoted = _QUOTED.findall(_INNER.sub("", text))
    if len(set(quoted)) >= count or any(len(_PARTS.split(words)) >= count for words in quoted):
        return True
    if len(_NUMBERED.findall(text)) >= count or text.count("；") >= count - 1:
        return True
    if any(len(_CLAUSE.findall(list_)) >= count for list_ in _AFTER_COLON.findall(text)):
        return True
    text = _LAST.sub("、", text)
    listed = _CLAUSE.split(text) if count > 2 else _CLAUSE.split(text.replace("和", "、"))
    return any("、" in clause and _joined(clause) >= count for clause in listed)


def exactly(text: str, count: int) -> bool:
    """Tell whether a text has a list of just ``count`` things in one clause or quotation."""
    text = _PLUS.sub("、", text)
    quoted = (_PARTS.split(words) for words in _QUOTED.findall(_INNER.sub("", text)))
    if any(len(parts) == count for parts in quoted):
        return True
    clauses = _CLAUSE.split(_LAST.sub("、", text))
    return any("、" in clause and _joined(clause) == count for clause in clauses)


def _joined(clause: str) -> int:
    return len(_JOINED.split(clause))


def below(fact: Fact, plan: Sequence[Fact], count: int) -> tuple[str, ...]:
    """Return the titles below a fact that leads to them, or the ``count`` beside its own."""
    if announces(fact):
        return _titles(other for other in plan if _is_below(other, fact.section))
    outer = fact.section.rpartition("/")[0]
    beside = _titles(other for other in plan if _is_below(other, outer)) if outer else ()
    return beside if len(beside) == count else ()


def announces(fact: Fact) -> bool:
    """Tell whether a fact only leads to what stands below it."""
    return fact.text.rstrip().endswith("：")


def _is_below(fact: Fact, section: str) -> bool:
    step = fact.section.removeprefix(f"{section}/")
    return step != fact.section and "/" not in step


def _titles(facts: Iterable[Fact]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact.headings[-1] for fact in facts if fact.headings))
