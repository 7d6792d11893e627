"""Queries against an index: documents with the scores that a fresh index of the same documents would give them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from heapq import nlargest
from typing import TYPE_CHECKING

from agsite.search.analysis import stem_of
from agsite.search.nodes import And, Field, Fuzzy, Node, Not, Or, Phrase, Prefix, Words, positive_leaves
from agsite.search.passages import Asked
from agsite.search.scoring import LENGTHS, ROUNDING, add_scores, idf, length_byte, norm, rounded
from agsite.search.stored import GAP, KINDS, Stored, place
from agsite.spelling import within_one

if TYPE_CHECKING:
    from agsite.search.engine import Reader

# How many terms a prefix or a near spelling stands for: more would cost time and blur the order.
EXPANSIONS = 24

# Endings for a beginning of a word that begins no stem: with one of them, all but one of 3,171 such beginnings in prose
# have the stem of their word.
_ENDINGS = "ble e g ng n y ted d ly ed lity s r nt ent us ty ity l on ion tion ul ss ess m"
ENDINGS = ("", *_ENDINGS.split())

Scores = dict[int, float]


class Searcher:
    """A view of an index that answers queries; whatever it has read once it keeps, so keep it for many queries."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        docs, lengths = reader.lengths()
        self.count = len(docs)
        size = docs[-1] + 1 if docs else 0
        self.kinds = [0] * size
        for number, kind in enumerate(KINDS):
            for doc in reader.postings("kind", kind).docs:
                self.kinds[doc] = number
        self.averages = self._averages(docs, lengths)
        byte_of = {length: length_byte(length) for length in set(lengths)}
        self.length_bytes = dict(zip(docs, (byte_of[length] for length in lengths), strict=True))
        tables = [[norm(length, average) for length in LENGTHS] for average in self.averages]
        self.norms = [0.0] * size
        for doc, byte in self.length_bytes.items():
            self.norms[doc] = tables[self.kinds[doc]][byte]

    def __enter__(self) -> Searcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.reader.close()

    def _averages(self, docs: Iterable[int], lengths: Iterable[float]) -> tuple[float, ...]:
        """The average length of each kind; 1 where there is none."""
        totals, counts = [0.0] * len(KINDS), [0] * len(KINDS)
        for doc, length in zip(docs, lengths, strict=True):
            totals[self.kinds[doc]] += length
            counts[self.kinds[doc]] += 1
        return tuple(total / count if total else 1.0 for total, count in zip(totals, counts, strict=True))

    @cached_property
    def months(self) -> dict[int, int]:
        """The month of every document, counted from the first."""
        months = enumerate(self.reader.lexicon("month"), 1)
        return {doc: number for number, month in months for doc in self.reader.postings("month", month).docs}

    def stored(self, doc: int) -> Stored:
        """What is kept of a document."""
        return self.reader.stored(doc)

    def holding(self, term: str) -> int:
        """How many documents have a term."""
        return len(self.reader.postings("text", term).docs)

    def idf(self, term: str) -> float:
        """How much a term tells."""
        return idf(self.count, self.holding(term))

    # --- evaluation

    def match(self, node: Node) -> Scores:  # noqa: PLR0911 - a case for each kind of node
        """Return every document that a query matches, with its score; filters score nothing."""
        match node:
            case Words(counts):
                return self.score(counts)
            case Phrase(terms):
                return self._phrase(terms)
            case Prefix(start):
                return self.score((term, 1) for term in self.completions(start))
            case Fuzzy(term):
                return self.score((near, 1) for near in self.near(term))
            case Field("title", term, _):
                held = set(self.reader.postings("title", term).docs)
                return {doc: score for doc, score in self.score([(term, 1)]).items() if doc in held}
            case Field():
                return dict.fromkeys(self._field(node), 0.0)
            case Not(inner):
                found = self.match(inner)
                return dict.fromkeys((doc for doc in self.reader.lengths().docs if doc not in found), 0.0)
            case Or(nodes):
                return _sum(self.match(inner) for inner in nodes)
            case And(nodes):
                return self._all(nodes)

    def score(self, counts: Iterable[tuple[str, int]]) -> Scores:
        """Return the scores of documents that have any of the terms; a term asked for twice counts twice."""
        scores: Scores = {}
        for term, count in counts:
            docs, weights = self.reader.postings("text", term)
            if docs:
                add_scores(scores, docs, weights, self.norms, count * idf(self.count, len(docs)))
        return scores

    def _all(self, nodes: Sequence[Node]) -> Scores:
        wanted = [self.match(node) for node in nodes if not isinstance(node, Not)]
        scores = _common(wanted) if wanted else dict.fromkeys(self.reader.lengths().docs, 0.0)
        for node in nodes:
            if isinstance(node, Not):
                without = self.match(node.node)
                scores = {doc: score for doc, score in scores.items() if doc not in without}
        return scores

    def _phrase(self, terms: tuple[str, ...]) -> Scores:
        """Documents with all the terms, of which those are kept whose stored sequence has them side by side."""
        scores = _common([self.score([(term, count)]) for term, count in Counter(terms).items()])
        phrase = f" {' '.join(terms)} "
        return {doc: score for doc, score in scores.items() if phrase in _own_words(self.stored(doc).terms)}

    def _field(self, field: Field) -> set[int]:
        read = self.reader.postings
        if field.name == "date":
            dates = (date for date in self.reader.lexicon("date") if field.value <= date <= field.until)
            return {doc for date in dates for doc in read("date", date).docs}
        if field.name == "category":
            names = (
                name
                for name in self.reader.lexicon("category", field.value)
                if name[len(field.value) :][:1] in {"", "."}
            )
            return {doc for name in names for doc in read("category", name).docs}
        if field.name == "model":
            names = (name for name in self.reader.lexicon("model") if field.value.lower() in name.lower())
            return {doc for name in names for doc in read("model", name).docs}
        return set(read(field.name, field.value).docs)

    def completions(self, start: str) -> list[str]:
        """The most frequent terms that begin so, or else the stem of a word that does."""
        return self._most_frequent(self.reader.lexicon("text", start)) or self._ended(start)

    def _ended(self, start: str) -> list[str]:
        """`superconductivi` begins no term, since stems are cut, but with the right ending it has one."""
        stems = (stem_of(start + ending) for ending in ENDINGS)
        return next(([stem] for stem in stems if stem and self.holding(stem)), [])

    def near(self, term: str) -> list[str]:
        """The term, and the terms with the same first three letters that differ in one."""
        lexicon = (other for other in self.reader.lexicon("text", term[:3]) if within_one(term, other))
        return self._most_frequent(lexicon)

    def _most_frequent(self, terms: Iterable[str]) -> list[str]:
        """Return the most frequent of the terms that occur, first the one in most documents."""
        ranked = sorted((-self.holding(term), term) for term in terms)
        return [term for holding, term in ranked[:EXPANSIONS] if holding]

    def asked(self, node: Node) -> Asked:
        """What a query asks for, to be marked where it stands."""
        found: set[str] = set()
        starts: dict[str, None] = {}
        for leaf in positive_leaves(node):
            match leaf:
                case Words(counts):
                    found.update(term for term, _ in counts)
                case Phrase(terms):
                    found.update(terms)
                case Prefix(start):
                    starts[start] = None
                    found.update(term for term in self.completions(start) if not term.startswith(start))
                case Fuzzy(term):
                    found.update(self.near(term))
                case Field("title", term, _):
                    found.add(term)
        return Asked(frozenset(found), tuple(starts))

    def ranked(self, scores: Scores, limit: int, *, by_date: bool = False) -> list[tuple[int, float]]:
        """Return the best documents with their scores: by score or by month, then answers first, then the newest."""
        value: Mapping[int, float] = {doc: self.months.get(doc, 0) for doc in scores} if by_date else scores
        # Those that might be equal to the last one shown when rounded are looked at, too.
        bar = nlargest(limit, value.values())[-1] - ROUNDING if value else 0.0
        near = [doc for doc, own in value.items() if own >= bar]
        near.sort(key=lambda doc: (rounded(value[doc]), *place(self.stored(doc))), reverse=True)
        return [(doc, rounded(scores[doc])) for doc in near[:limit]]


def _own_words(sequence: str) -> str:
    """The terms of title and text, without those of the papers' titles that an answer cites."""
    return sequence[: sequence.rfind(f" {GAP} ") + 1]


def _sum(parts: Iterable[Scores]) -> Scores:
    total: Scores = {}
    for part in parts:
        for doc, score in part.items():
            total[doc] = total.get(doc, 0.0) + score
    return total


def _common(parts: list[Scores]) -> Scores:
    common = set(parts[0]).intersection(*parts[1:])
    return {doc: sum(part[doc] for part in parts) for doc in common}
