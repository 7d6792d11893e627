"""The records of the index, and what follows from what it stores of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

from agsite.markup import readable

ANSWER, PAPER, QUESTION = "answer", "paper", "question"
KINDS = (ANSWER, PAPER, QUESTION)

# Documents are numbered for readers in this order of kinds; of equally good ones, the later is shown first.
ORDER = (QUESTION, PAPER, ANSWER)

FACETS = ("kind", "category", "model", "month", "evidence")
"""What results can be narrowed by."""

# What a title weighs against the text: measured on five test collections (docs/search.md).
_TITLE_WEIGHT = 2

# The shards have a byte for it, and the curve of scores is flat long before.
_HEAVIEST = 255

_SHELVES = 1024

# Between the terms of the title and those of the text in `Stored.terms`, where no phrase may reach across.
GAP = "."


class Stored(NamedTuple):
    """What the index keeps of a document to show and to look into."""

    key: str
    kind: str
    url: str
    title: str
    text: str = ""
    terms: str = ""
    """All terms in order: ` title . text . titles of cited papers, or authors `."""
    category: str = ""
    date: str = ""
    model: str = ""
    evidence: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    """paper: its spellings and its arXiv id; answer: the papers that it cites."""
    counts: tuple[int, ...] = ()
    """answer: sentences that cite, sentences, gaps; paper: answers that cite it; question: answers that ask it."""
    strip: str = ""
    """answer: how it is drawn, without its citations."""
    cites: tuple[tuple[int, int], ...] = ()
    """answer: where in the strip each citation stands, and the percent of the match."""
    rejected: bool = False
    """answer: whether a reviewer has rejected it."""

    @property
    def heading(self) -> str:
        """The title as it is shown: that of a paper may hold formulas, a question is plain text."""
        return readable(self.title) if self.kind == PAPER else self.title


class Record(NamedTuple):
    """A document as the index takes it in: weighted terms, exact terms by field, and what is stored."""

    terms: Mapping[str, int]
    fields: Mapping[str, tuple[str, ...]]
    stored: Stored


class Edit(NamedTuple):
    """A document before and after."""

    before: Stored
    after: Stored


def place(stored: Stored) -> tuple[int, str, str]:
    """Return what documents are numbered by: kind, date, key."""
    return ORDER.index(stored.kind), stored.date, stored.key


def shelf(key: str) -> str:
    """Return the term by which the index finds a key, among others: one for each would be half of all its terms."""
    return f"{crc32(key.encode(errors='surrogatepass')) % _SHELVES}"


def weights_of(sequence: str) -> Counter[str]:
    """Return how much each term of `Stored.terms` weighs."""
    return weights_in(*(part.split() for part in sequence.split(f" {GAP} ", 2)))


def weights_in(title: Iterable[str], text: Iterable[str], others: Iterable[str]) -> Counter[str]:
    """Return how much each term of a document weighs."""
    weights = Counter(text)
    weights.update(others)
    for term in title:
        weights[term] += _TITLE_WEIGHT
    if max(weights.values(), default=0) <= _HEAVIEST:
        return weights
    return Counter({term: min(weight, _HEAVIEST) for term, weight in weights.items()})
