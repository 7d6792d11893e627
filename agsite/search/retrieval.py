"""The papers that a new answer may draw on: the best eight for a question, with a percent that can be compared.

    with Retriever(papers, ".agsite/papers") as retriever:
        for question in questions:
            found = retriever.retrieve(question)

`docs/search.md` says what the percent means, and how the thresholds of thin evidence were found.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from agsite.counted import counted
from agsite.files import CacheFolder
from agsite.ids import PaperId
from agsite.records import Paper
from agsite.search import embedding
from agsite.search.analysis import terms
from agsite.search.documents import paper_documents
from agsite.search.embedding import METHOD
from agsite.search.index import Index
from agsite.search.searcher import Searcher
from agsite.search.stored import GAP

TOP = 8

LEXICAL = "tf-idf-cosine/1"

# How many papers of each list are joined with those of the other.
_DEPTH = 100

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

    `reasons` say why the papers are too few or too far to answer from, each as a sentence; else there are none.
    """

    hits: tuple[Retrieved, ...]
    reasons: tuple[str, ...]

    @property
    def thin(self) -> bool:
        """Whether the papers are too few or too far to answer from."""
        return bool(self.reasons)


class Retriever:
    """Papers made ready for many questions; the index is kept in `folder`, or for this run where that cannot be."""

    def __init__(self, papers: Iterable[Paper], folder: str | Path, *, embed: bool = False) -> None:
        held = list(papers)
        self._place = CacheFolder(str(folder))
        self._searcher = Searcher(self._place.use(partial(_index_of, held)).reader())
        self._vectors = Vectors(held, Path(self._place.name)) if embed else None

    def __enter__(self) -> Retriever:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index."""
        self._searcher.reader.close()

    def retrieve(self, question: str, top: int = TOP) -> Retrieval:
        """Return the best papers for a question; without vectors none where they share no word with it."""
        counts = Counter(terms(question))
        best = self._searcher.ranked(self._searcher.score(counts.items()), _DEPTH if self._vectors else top)
        lexical = [(PaperId(self._searcher.stored(doc).url), score) for doc, score in best]
        vectors = self._vectors
        hits = self._fused(question, lexical, top, vectors) if vectors else self._lexical(counts, lexical)
        hits.sort(key=lambda hit: (-hit.percent, hit.id))
        reasons = tuple(self._reasons(set(counts), [hit.id for hit in hits]))
        return Retrieval(tuple(hits), reasons)

    def _lexical(self, counts: Counter[str], best: Iterable[tuple[PaperId, float]]) -> list[Retrieved]:
        return [
            Retrieved(paper, rank, score, self._percent(counts, paper), LEXICAL)
            for rank, (paper, score) in enumerate(best, 1)
        ]

    def _fused(
        self, question: str, best: Iterable[tuple[PaperId, float]], top: int, vectors: Vectors
    ) -> list[Retrieved]:
        """Join the lists by words and by vectors, each stretched to the range from 0 to 1, half and half."""
        alike = vectors.alike(question)
        nearest = sorted(alike, key=lambda paper: (-alike[paper], paper))[:_DEPTH]
        scores: defaultdict[PaperId, float] = defaultdict(float)
        for ranking in (dict(best), {paper: alike[paper] for paper in nearest}):
            for paper, score in _stretched(ranking).items():
                scores[paper] += score / 2
        chosen = sorted(scores, key=lambda paper: (-scores[paper], paper))[:top]
        return [
            Retrieved(paper, rank, scores[paper], round(100 * max(0.0, alike[paper])), METHOD)
            for rank, paper in enumerate(chosen, 1)
        ]

    def _percent(self, question: Counter[str], paper: PaperId) -> int:
        """The root of the cosine between question and paper as (1 + log tf)·idf vectors, in percent.

        The root brings the numbers to the scale that embeddings give, which is that of the archive's older answers.
        """
        return round(100 * math.sqrt(_cosine(self._vector(question), self._vector(self._paper_terms(paper)))))

    def _paper_terms(self, paper: PaperId) -> Counter[str]:
        doc = self._searcher.reader.postings("paper", paper).docs[0]
        return Counter(term for term in self._searcher.stored(doc).terms.split() if term != GAP)

    def _vector(self, counts: Counter[str]) -> dict[str, float]:
        return {term: (1 + math.log(count)) * self._searcher.idf(term) for term, count in counts.items()}

    def _reasons(self, question: set[str], papers: Sequence[PaperId]) -> Iterable[str]:
        enough = min(SHARED_TERMS, len(question))
        near = sum(len(question & self._paper_terms(paper).keys()) >= enough for paper in papers)
        if not question:
            yield "The question has no word to search for."
        elif not papers:
            yield "No paper shares a word with the question."
        elif near < NEAR_PAPERS:
            few = "Only 1 paper shares" if near else "No paper shares"
            yield f"{few} {counted(enough, 'word')} with the question; at least {NEAR_PAPERS} should."


def _index_of(papers: Sequence[Paper], folder: str) -> Index:
    index = Index(folder)
    index.update(paper_documents(papers))
    return index


class Vectors:
    """The vectors of papers."""

    def __init__(self, papers: Sequence[Paper], folder: Path) -> None:
        self._encoder = embedding.encoder()
        self._ids = [paper.id for paper in papers]
        texts = [" ".join(filter(None, (paper.title, paper.abstract or paper.summary))) for paper in papers]
        self._rows = embedding.vectors(texts, folder, self._encoder)

    def alike(self, question: str) -> dict[PaperId, float]:
        """How alike a question and each paper are, from -1 to 1."""
        products = self._rows @ self._encoder.encode([question])[0]
        return dict(zip(self._ids, map(float, products), strict=True))


def _stretched(scores: Mapping[PaperId, float]) -> dict[PaperId, float]:
    low, high = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    return {paper: (score - low) / (high - low) if high > low else 1.0 for paper, score in scores.items()}


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    product = sum(weight * other.get(term, 0.0) for term, weight in one.items())
    lengths = math.sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return product / lengths if lengths else 0.0
