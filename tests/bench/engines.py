"""What a user would have instead: other search engines, on the same passages.

Each engine gets the passages and answers with the number of the best one. ``region`` is the
asker's, ``within`` are the numbers of the passages of its plans; both None where it is not known.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Protocol

from knowledge.plan import Fact
from knowledge.text import fold

Numbers = frozenset[int]


class Engine(Protocol):
    """Finds the best passage for a question."""

    def best(self, question: str, region: str | None, within: Numbers | None) -> int | None:
        """Return the number of the best passage."""


class Whole:
    """This project's book: what the question means, its place and year, search, and the verdict."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        from knowledge.book import Book

        self._numbers = {(fact.plan.key, fact.position): n for n, fact in enumerate(facts)}
        self._book = Book(facts)

    def best(self, question: str, region: str | None, within: Numbers | None) -> int | None:
        hits = self._book.ask(question, region if within else None).hits
        best = hits[0].fact if hits else None
        return self._numbers[best.plan.key, best.position] if best else None


class Search:
    """This project's index, without what the book does around it."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        import numpy as np

        from knowledge.search import Index
        from knowledge.segment import Segment

        self._numpy = np
        self._index = Index([Segment(facts)])
        self._masks: dict[Numbers, Any] = {}

    def best(self, question: str, region: str | None, within: Numbers | None) -> int | None:
        mask = None if within is None else self._masks.get(within)
        if within is not None and mask is None:
            mask = self._masks[within] = self._numpy.zeros(len(self._index.facts), bool)
            mask[list(within)] = True
        cover = self._index.cover(question, mask)
        return int(cover.numbers[cover.share.argmax()]) if len(cover.numbers) else None


class Fts5:
    """SQLite's FTS5 on pairs of characters."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("CREATE VIRTUAL TABLE passages USING fts5(words)")
        rows = ((number, _pairs(_text(fact))) for number, fact in enumerate(facts))
        self._db.executemany("INSERT INTO passages(rowid, words) VALUES (?, ?)", rows)

    def best(self, question: str, region: str | None, within: Numbers | None) -> int | None:
        words = " OR ".join(f'"{pair}"' for pair in _pairs(question).split())
        if not words:
            return None
        query = "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY bm25(passages) LIMIT ?"
        found = self._db.execute(query, (words, 1 if within is None else -1))
        return next((row for (row,) in found if within is None or row in within), None)


class Tantivy:
    """tantivy on jieba's words."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("words", tokenizer_name="whitespace")
        builder.add_unsigned_field("number", stored=True)
        self._index = tantivy.Index(builder.build())
        self._words = _jieba()
        writer = self._index.writer()
        for number, fact in enumerate(facts):
            words = " ".join(self._words(_text(fact)))
            writer.add_document(tantivy.Document(words=[words], number=[number]))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        self._size = len(facts)

    def best(self, question: str, region: str | None, within: Numbers | None) -> int | None:
        words = [word for word in self._words(question) if word.isalnum()]
        if not words:
            return None
        query = self._index.parse_query(" ".join(f'"{word}"' for word in words), ["words"])
        hits = self._searcher.search(query, 1 if within is None else self._size).hits
        numbers = (self._searcher.doc(address)["number"][0] for _, address in hits)
        return next((n for n in numbers if within is None or n in within), None)


class Bm25s:
    """bm25s on jieba's words."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        import bm25s

        self._words = _jieba()
        self._index = bm25s.BM25()
        words = [list(self._words(_text(fact))) for fact in facts]
        self._index.index(words, show_progress=False)
        self._size = len(facts)

    def best(self, question: str, region: str | None, within: Numbers | None) -> int | None:
        words = list(self._words(question))
        if not any(word in self._index.vocab_dict for word in words):
            return None
        scores = self._index.get_scores([w for w in words if w in self._index.vocab_dict])
        if within is None:
            return int(scores.argmax())
        return max(within, key=lambda number: float(scores[number]), default=None)


class Rapidfuzz:
    """rapidfuzz's partial_ratio over all passages."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._texts = {number: fold(_text(fact)) for number, fact in enumerate(facts)}

    def best(self, question: str, region: str | None, within: Numbers | None) -> int | None:
        from rapidfuzz import fuzz, process

        chosen = self._texts if within is None else {n: self._texts[n] for n in within}
        found = process.extractOne(fold(question), chosen, scorer=fuzz.partial_ratio)
        return int(found[2]) if found else None


class ChatterBot:
    """ChatterBot, trained with the passages."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        from chatterbot import ChatBot
        from chatterbot.tagging import LowercaseTagger
        from chatterbot.trainers import ListTrainer

        folder = tempfile.mkdtemp()
        self._bot = ChatBot(
            "plans", database_uri=f"sqlite:///{folder}/bot.sqlite", tagger=LowercaseTagger
        )
        self._numbers = {_text(fact): number for number, fact in enumerate(facts)}
        ListTrainer(self._bot, show_training_progress=False).train(list(self._numbers))

    def best(self, question: str, region: str | None, within: Numbers | None) -> int | None:
        assert within is None, "ChatterBot knows no regions"
        return self._numbers.get(str(self._bot.get_response(question).text))


ENGINES: dict[str, Callable[[Sequence[Fact]], Engine]] = {
    "guanxin, search alone": Search,
    "guanxin, whole answer": Whole,
    "SQLite FTS5, bigrams": Fts5,
    "tantivy + jieba": Tantivy,
    "bm25s + jieba": Bm25s,
    "rapidfuzz": Rapidfuzz,
    "ChatterBot": ChatterBot,
}


def _text(fact: Fact) -> str:
    return " ".join((*fact.headings, fact.text))


def _pairs(text: str) -> str:
    return " ".join(first + second for first, second in pairwise(fold(text)))


def _jieba() -> Callable[[str], list[str]]:
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    return lambda text: [word for word in jieba.cut_for_search(fold(text)) if word.strip()]
