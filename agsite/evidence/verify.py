"""Quotations and numbers of an answer, looked up in the abstracts of the papers that it cites.

What cannot be looked up, because no abstract of the cited papers is known, is not counted: absence of evidence is not a
finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from agsite.body import Body, Leaf, Sentence
from agsite.evidence.quotations import between_marks, is_long, is_quoted_from, set_off
from agsite.evidence.texts import figures_in, numbers_in
from agsite.ids import PaperId, PaperKey

# How many quotations of an answer are looked up: no answer has so many, and each goes through all the abstracts.
_MOST_QUOTES = 1_000


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
    whole = {id(leaf) for leaf in set_off(body)}
    quotes: list[Lookup] = []
    numbers: list[Lookup] = []
    for leaf, sentence in body.all_sentences():
        own = _texts(papers_of(sentence), known)
        left = _MOST_QUOTES - len(quotes)
        quotes += islice(_quotes(leaf, sentence, own or everything, whole=id(leaf) in whole), left)
        numbers += _numbers(leaf, sentence, own)
    return Verified(tuple(quotes), tuple(numbers))


def papers_of(sentence: Sentence) -> list[PaperId]:
    """Return the papers that a sentence cites."""
    return [*map(PaperId.parse, sentence.papers)]


def _texts(papers: Iterable[PaperId], known: Mapping[PaperKey, str]) -> list[str]:
    return [known[key] for key in dict.fromkeys(paper.key for paper in papers) if key in known]


def _quotes(leaf: Leaf, sentence: Sentence, texts: list[str], *, whole: bool) -> Iterator[Lookup]:
    """Look up what a sentence quotes; in a block quote that is the sentence as a whole."""
    if not texts:
        return
    start, end = sentence.start, sentence.end
    quotes = [(leaf.text[start:end], start)] if whole else between_marks(leaf.text, start, end)
    for quote, offset in quotes:
        if is_long(quote):
            yield Lookup(quote, leaf, offset, is_quoted_from(quote, texts))


def _numbers(leaf: Leaf, sentence: Sentence, texts: list[str]) -> Iterator[Lookup]:
    if not texts:
        return
    piece = leaf.text[sentence.start : sentence.end]
    for number in sorted(figures_in(piece)):
        yield Lookup(number, leaf, sentence.start, any(number in numbers_in(text) for text in texts))
