"""The parts of the export, gathered from an index: documents numbered by kind, date and key."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence

from agsite.encoding import to_json
from agsite.ids import PaperId
from agsite.search.analysis import stem_of
from agsite.search.searcher import Searcher
from agsite.search.shards import CARDS, COLUMNS, ITSELF, File, Parts, Term, assemble, card, make_term
from agsite.search.stored import KINDS, ORDER, PAPER, place


def export(searcher: Searcher, steps: Sequence[int]) -> Iterator[File]:
    """Yield (name, bytes) of every file; the same documents give the same bytes.

    `steps` are the percents where the lines of strips get heavier.
    """
    return assemble(_Gathering(searcher, steps).parts())


class _Gathering:
    def __init__(self, searcher: Searcher, steps: Sequence[int]) -> None:
        self.searcher = searcher
        self.steps = steps
        self.read = searcher.reader.postings
        docs = searcher.reader.lengths().docs
        stored = [(doc, searcher.stored(doc)) for doc in docs]
        stored.sort(key=lambda pair: place(pair[1]))
        self.stored = [record for _, record in stored]
        self.docs = [doc for doc, _ in stored]
        self.number = dict(zip(self.docs, range(len(docs)), strict=True))
        self.in_order = self.docs == docs
        self.is_fresh = docs == list(range(len(docs))) and self.in_order

    def parts(self) -> Parts:
        facets = [self._column(name) for name in COLUMNS]
        counts = Counter(stored.kind for stored in self.stored)
        return Parts(
            terms=list(self._terms()),
            lengths=bytes(self.searcher.length_bytes[doc] for doc in self.docs),
            facets=b"".join(column for column, _ in facets),
            values=dict(zip(COLUMNS, (values for _, values in facets), strict=True)),
            ids=self._ids(),
            blocks=list(self._blocks()),
            counts={kind: counts[kind] for kind in ORDER},
            averages=dict(zip(KINDS, self.searcher.averages, strict=True)),
        )

    def _terms(self) -> Iterator[Term]:
        words = self._words()
        for term in self.searcher.reader.lexicon("text"):
            docs, weights = self._numbered(term)
            if docs:
                yield make_term(term, words.get(term, ""), docs, weights)

    def _numbered(self, term: str) -> tuple[Sequence[int], Sequence[int]]:
        docs, weights = self.read("text", term)
        if self.is_fresh:
            return docs, list(map(int, weights))
        numbers = list(map(self.number.__getitem__, docs))
        if self.in_order:
            return numbers, list(map(int, weights))
        pairs = sorted(zip(numbers, map(int, weights), strict=True))
        return [doc for doc, _ in pairs], [weight for _, weight in pairs]

    def _words(self) -> dict[str, str]:
        """Term → the word of titles that most often stands for it, or `ITSELF`."""
        best: dict[str, tuple[int, str]] = {}
        for word in self.searcher.reader.lexicon("words"):
            term = stem_of(word)
            count = len(self.read("words", word).docs)
            if term and count > best.get(term, (0, ""))[0]:
                best[term] = count, word
        return {term: ITSELF if word == term else word for term, (_, word) in best.items()}

    def _ids(self) -> bytes:
        """The addresses of papers by month and number, whatever the zeros, and by arXiv id."""
        names = {}
        for stored in self.stored:
            if stored.kind == PAPER:
                paper = PaperId(stored.key.partition("/")[2])
                year, month, number = paper.key
                names[f"{year:04d}.{month:02d}-{number}"] = stored.url
        for name in self.searcher.reader.lexicon("paper", "arxiv:"):
            for doc in self.read("paper", name).docs:
                names[name] = self.searcher.stored(doc).url
        return to_json(dict(sorted(names.items())))

    def _column(self, name: str) -> tuple[bytes, list[str]]:
        """Two bytes for every document, low ones first: the number of its value; of `evidence`, a bit for each."""
        values = [value for value in self.searcher.reader.lexicon(name) if self.read(name, value).docs]
        column = array("H", bytes(2 * len(self.docs)))
        for index, value in enumerate(values):
            for doc in self.read(name, value).docs:
                column[self.number[doc]] += 1 << index if name == "evidence" else index + 1
        return bytes(value & 255 for value in column) + bytes(value >> 8 for value in column), values

    def _blocks(self) -> Iterator[bytes]:
        for kind in ORDER:
            own = [stored for stored in self.stored if stored.kind == kind]
            for start in range(0, len(own), CARDS[kind]):
                yield to_json([card(stored, self.steps) for stored in own[start : start + CARDS[kind]]])
