"""The papers that a new answer may draw on: the best eight for a question, with a percent that can be compared.

    with Retriever(papers, ".agsite/papers") as retriever:
        for question in questions:
            found = retriever.retrieve(question)

`docs/search.md` says what the percent means, and how the thresholds of thin evidence were found.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from agsite.ids import PaperId
from agsite.records import Paper
from agsite.search.analysis import terms
from agsite.search.documents import paper_documents
from agsite.search.index import Index
from agsite.search.searcher import Searcher

TOP = 8

LEXICAL = "tf-idf-cosine/1"

# Evidence is thin where fewer than two papers share two terms with the question. Calibrated on titles of one field: all
# 17 questions of that field pass, 8 of 10 of other fields do not. No bound on the percent parts them (docs/search.md).
SHARED_TERMS = 2
NEAR_PAPERS = 2


class Retrieved(NamedTuple):
    """A paper that was found for a question.

    `rank` is its place by `score`, from 1; `percent` is what is shown, and what the hits are ordered by; `method` names
    how the percent was made, with its version, as `tf-idf-cosine/1`.
    """

    id: PaperId
    rank: int
    score: float
    percent: int
    method: str


class Retrieval(NamedTuple):
    """What retrieval found for a question.

    `thin` says that the papers are too few or too far to answer from, and `reasons` why, each as a sentence.
    """

    question: str
    hits: tuple[Retrieved, ...]
    thin: bool
    reasons: tuple[str, ...]
    method: str


class Retriever:
    """Papers made ready for many questions; the index is kept in `folder`, or for this run only where there is none."""

    def __init__(self, papers: Iterable[Paper], folder: str | Path | None = None, *, embed: bool = False) -> None:
        index = Index(folder)
        index.update(paper_documents(papers))
        self._searcher = Searcher(index.reader())

    def __enter__(self) -> Retriever:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index."""
        self._searcher.reader.close()

    def retrieve(self, question: str, top: int = TOP) -> Retrieval:
        """Return the best papers for a question; none where the papers share no word with it."""
        counts = Counter(terms(question))
        best = self._searcher.ranked(self._searcher.score(counts.items()), top)
        hits = [
            Retrieved(PaperId(self._searcher.stored(doc).url), rank, score, self._percent(counts, doc), LEXICAL)
            for rank, (doc, score) in enumerate(best, 1)
        ]
        hits.sort(key=lambda hit: (-hit.percent, hit.id))
        reasons = tuple(self._reasons(set(counts), [doc for doc, _ in best]))
        return Retrieval(question, tuple(hits), bool(reasons), reasons, LEXICAL)

    def _percent(self, question: Counter[str], doc: int) -> int:
        """The root of the cosine between question and paper as (1 + log tf)·idf vectors, in percent.

        The root brings the numbers to the scale that embeddings give, which is that of the archive's older answers.
        """
        return round(100 * math.sqrt(_cosine(self._vector(question), self._vector(self._paper_terms(doc)))))

    def _paper_terms(self, doc: int) -> Counter[str]:
        return Counter(term for term in self._searcher.stored(doc).terms.split() if term != ".")

    def _vector(self, counts: Counter[str]) -> dict[str, float]:
        return {term: (1 + math.log(count)) * self._searcher.idf(term) for term, count in counts.items()}

    def _reasons(self, question: set[str], docs: Sequence[int]) -> Iterable[str]:
        enough = min(SHARED_TERMS, len(question))
        near = sum(len(question & self._paper_terms(doc).keys()) >= enough for doc in docs)
        if not question:
            yield "The question has no word to search for."
        elif not docs:
            yield "No paper shares a word with the question."
        elif near < NEAR_PAPERS:
            papers = "paper shares" if near == 1 else "papers share"
            yield f"Only {near} {papers} {enough} words with the question; at least {NEAR_PAPERS} should."


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    product = sum(weight * other.get(term, 0.0) for term, weight in one.items())
    lengths = math.sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return product / lengths if lengths else 0.0


def retrieve(
    question: str, papers: Sequence[Paper], *, top: int = TOP, folder: str | Path | None = None, embed: bool = False
) -> Retrieval:
    """Return the best papers for one question; for many, keep a `Retriever`."""
    with Retriever(papers, folder, embed=embed) as retriever:
        return retriever.retrieve(question, top)
