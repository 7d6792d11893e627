"""Quotations and numbers of an answer, looked up in the abstracts of the papers that it cites.

A quotation is five words or more between quote marks. What cannot be looked up, because no abstract of the cited papers
is known, is not counted: absence of evidence is not a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from agsite.body import Body, Leaf, Sentence
from agsite.evidence.texts import contains, figures_in, numbers_in
from agsite.ids import PaperId, PaperKey

QUOTE_WORDS = 5

_QUOTED = re.compile(r"“([^“”]+)”|(?<![\w\"])\"([^\"]+)\"(?![\w\"])")
_ELLIPSIS = re.compile(r"\s*(?:\[?…\]?|\[?\.\.\.\]?)\s*")


class Lookup(NamedTuple):
    """A quotation or a number of the text, where it stands, and whether a cited abstract has it."""

    text: str
    leaf: Leaf
    offset: int
    found: bool


class Verified(NamedTuple):
    """All quotations and numbers of an answer that could be looked up."""

    quotes: tuple[Lookup, ...] = ()
    numbers: tuple[Lookup, ...] = ()

    @property
    def quotes_found(self) -> int:
        """How many quotations a cited abstract has."""
        return sum(fact.found for fact in self.quotes)

    @property
    def numbers_found(self) -> int:
        """How many numbers a cited abstract has."""
        return sum(fact.found for fact in self.numbers)


def verify(body: Body, known: Mapping[PaperKey, str]) -> Verified:
    """Look up every quotation and each number of a cited sentence; `known` has abstracts by the key of their paper."""
    if not known:
        return Verified()
    cited = [paper for _, sentence in body.all_sentences() for paper in papers_of(sentence)]
    everything = _texts(cited, known)
    quotes: list[Lookup] = []
    numbers: list[Lookup] = []
    for leaf, sentence in body.all_sentences():
        own = _texts(papers_of(sentence), known)
        quotes += _quotes(leaf, sentence, own or everything)
        numbers += _numbers(leaf, sentence, own)
    return Verified(tuple(quotes), tuple(numbers))


def papers_of(sentence: Sentence) -> list[PaperId]:
    """Return the papers that a sentence cites."""
    return [*map(PaperId.parse, sentence.papers)]


def _texts(papers: Iterable[PaperId], known: Mapping[PaperKey, str]) -> list[str]:
    return [known[key] for key in dict.fromkeys(paper.key for paper in papers) if key in known]


def _quotes(leaf: Leaf, sentence: Sentence, texts: list[str]) -> Iterator[Lookup]:
    for quote, offset in _quotations(leaf.text, sentence.start, sentence.end) if texts else ():
        yield Lookup(quote, leaf, offset, is_quoted_from(quote, texts))


def _quotations(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """Yield the quotations of a stretch of text that are long enough to be looked up, each with its place."""
    for match in _QUOTED.finditer(text, start, end):
        quote = match[1] or match[2]
        if len(quote.split()) >= QUOTE_WORDS:
            yield quote, match.start()


def quotes_in(text: str) -> list[str]:
    """Return the quotations of a text that are long enough to be looked up."""
    return [quote for quote, _ in _quotations(text, 0, len(text))]


def _pieces(quote: str) -> list[str]:
    """Return the parts of a quotation between its ellipses, each of which must be found."""
    return [piece for piece in _ELLIPSIS.split(quote) if piece.strip(" .,;")]


def is_quoted_from(quote: str, texts: Iterable[str]) -> bool:
    """Say whether one of the texts has the quotation, its ellipses left out."""
    pieces = _pieces(quote)
    return any(all(contains(text, piece) for piece in pieces) for text in texts)


def _numbers(leaf: Leaf, sentence: Sentence, texts: list[str]) -> Iterator[Lookup]:
    if not texts:
        return
    known = frozenset().union(*map(numbers_in, texts))
    piece = leaf.text[sentence.start : sentence.end]
    for number in sorted(figures_in(piece)):
        yield Lookup(number, leaf, sentence.start, number in known)
