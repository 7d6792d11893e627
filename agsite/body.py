"""The structure of an answer's text: blocks, leaves of prose, sentences, groups of citations.

All of it is tuples of strings and numbers, so that a page's context can hold it, be compared and be sent to a worker.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, groupby
from operator import attrgetter
from typing import NamedTuple

from agsite.encoding import pack, unpacker
from agsite.ids import PaperId

# How many texts are held unpacked: what is done to one is done to it at once, or where several answers cite a paper.
_UNPACKED = 256


class Group(NamedTuple):
    """Citations that stand together, `[AG-x, AG-y]` or `[AG-x] and [AG-y]`; offsets count in the leaf's text."""

    start: int
    end: int
    papers: tuple[str, ...]
    offsets: tuple[int, ...]
    named: bool
    """The ids are words of the sentence, as in “[AG-x] shows”, so they are printed and not numbered."""


class Sentence(NamedTuple):
    """A sentence of a leaf, from `start` to `end`.

    `anchor` is N of its `#s-N` where it cites, `gap` N of its `#g-N` where it names a gap; else they are 0.
    """

    start: int
    end: int
    length: int
    anchor: int
    gap: int
    groups: tuple[Group, ...]

    @property
    def papers(self) -> list[str]:
        """The ids that it cites, in order, as the text spells them."""
        return [paper for group in self.groups for paper in group.papers]

    @property
    def places(self) -> list[tuple[str, int]]:
        """The ids that it cites, each with where it stands in the leaf's text."""
        return [place for group in self.groups for place in zip(group.papers, group.offsets, strict=True)]


class Leaf(NamedTuple):
    """A run of prose with the tags around it; `line` and `column` say where it starts in the body, from 1."""

    open: str
    text: str
    close: str
    line: int
    column: int
    sentences: tuple[Sentence, ...] = ()


def _moved(groups: Iterable[Group], by: int) -> tuple[Group, ...]:
    """Return groups of citations as they stand where the text before them is that much longer."""
    return tuple(
        [g._replace(start=g.start + by, end=g.end + by, offsets=tuple([o + by for o in g.offsets])) for g in groups]
    )


def each_once(leaves: Iterable[Leaf]) -> Iterator[Leaf]:
    """Yield leaves, and a row of a table once, however many of its cells were wanted."""
    return (next(same) for _, same in groupby(leaves, attrgetter("text")))


def _by_row(leaves: Iterable[Leaf]) -> Iterator[tuple[bool, list[Leaf]]]:
    """Yield the cells of each row of a table together, and other leaves one by one, those of a header among them.

    The first of each pair says whether it is a row.
    """
    row: list[Leaf] = []
    for leaf in leaves:
        if "<td" not in leaf.open:
            yield False, [leaf]
            continue
        row.append(leaf)
        if "</tr>" in leaf.close:
            yield True, row
            row = []


def _row(cells: Iterable[Leaf]) -> Leaf:
    """Return the cells of a row as one sentence, with a dot between them but beside what only cites."""
    text, only_cites = "", True
    groups: tuple[Group, ...] = ()
    for cell in filter(attrgetter("text"), cells):
        own = [group for sentence in cell.sentences for group in sentence.groups]
        cited, only_cites = only_cites, sum(group.end - group.start for group in own) == len(cell.text)
        text += (" " if cited or only_cites else " · ") if text else ""
        groups += _moved(own, len(text))
        text += cell.text
    return Leaf("", text, "", 0, 0, (Sentence(0, len(text), len(text), 0, 0, groups),))


def _named(row: Leaf, sentence: Sentence) -> Leaf:
    """Return a row under the anchor and the gap of a sentence in it."""
    return row._replace(sentences=(row.sentences[0]._replace(anchor=sentence.anchor, gap=sentence.gap),))


def _cut(leaf: Leaf, sentence: Sentence) -> Leaf:
    start, end = sentence.start, sentence.end
    own = sentence._replace(start=0, end=end - start, groups=_moved(sentence.groups, -start))
    return Leaf("", leaf.text[start:end], "", 0, 0, (own,))


class Block(NamedTuple):
    """A block at the top level of the text: h, p, list, math, hr, code, quote or table."""

    kind: str
    leaves: tuple[Leaf, ...]
    anchor: str = ""

    @property
    def has_rows(self) -> bool:
        """Say whether there is a table in it."""
        return self.kind in _MAY_HAVE_ROWS and any("<td" in leaf.open for leaf in self.leaves)

    def rows(self) -> Iterator[list[tuple[Leaf, Sentence]]]:
        """Yield what counts as one sentence of a block with a table: each row of it, and each sentence beside it.

        The header counts for nothing, as headings do.
        """
        for is_row, leaves in _by_row(self.leaves):
            found = [(leaf, sentence) for leaf in leaves if "<th" not in leaf.open for sentence in leaf.sentences]
            if is_row and found:
                yield found
            else:
                yield from ([one] for one in found)


_MAY_HAVE_ROWS = frozenset({"table", "list", "quote"})


class Citation(NamedTuple):
    """A citation in a text: the paper as spelt, where (line and column of the text), in which sentence."""

    paper: PaperId
    line: int
    column: int
    anchor: int


class Body(NamedTuple):
    """A text that was read: its citations, and how many of its sentences cite and name gaps; a row of a table is one.

    Its blocks are packed, because an archive has many texts and looks at few at a time.
    """

    packed: bytes
    citations: tuple[Citation, ...]
    sentences: int
    cited: int
    gaps: int

    @classmethod
    def of(cls, text: str, blocks: tuple[Block, ...], *, sentences: int, cited: int, gaps: int) -> Body:
        """Return the body of a text that has these blocks."""
        return cls(pack(blocks), tuple(_citations(text, blocks)), sentences, cited, gaps)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of the text, in order."""
        return _unpacked(self.packed)

    def leaves(self) -> Iterator[Leaf]:
        """All leaves in order."""
        for block in self.blocks:
            yield from block.leaves

    def citing(self) -> list[tuple[Leaf, Sentence]]:
        """The sentences that cite, in order, each with the leaf it is part of."""
        return [(leaf, sentence) for leaf, sentence in self.all_sentences() if sentence.groups]

    def all_sentences(self) -> Iterator[tuple[Leaf, Sentence]]:
        """All sentences in order, each with the leaf it is part of."""
        return _sentences(self.blocks)

    def whole(self, wanted: Callable[[Sentence], object]) -> Iterator[Leaf]:
        """Yield the leaves with a wanted sentence; of a cell, which alone says nothing, the row of its table."""
        for is_row, leaves in _by_row(self.leaves()):
            found = [leaf for leaf in leaves if any(map(wanted, leaf.sentences))]
            yield from [_row(leaves)] if is_row and found else found

    def alone(self, wanted: Callable[[Sentence], object]) -> Iterator[Leaf]:
        """Yield each wanted sentence as a leaf of its own, without tags and place; one in a table is its whole row."""
        for is_row, leaves in _by_row(self.leaves()):
            found = [(leaf, sentence) for leaf in leaves for sentence in leaf.sentences if wanted(sentence)]
            whole = _row(leaves) if is_row and found else None
            for leaf, sentence in found:
                yield _named(whole, sentence) if whole else _cut(leaf, sentence)


_unpacked = lru_cache(maxsize=_UNPACKED)(unpacker(tuple[Block, ...]))


def _sentences(blocks: Iterable[Block]) -> Iterator[tuple[Leaf, Sentence]]:
    return ((leaf, sentence) for block in blocks for leaf in block.leaves for sentence in leaf.sentences)


def _citations(text: str, blocks: Iterable[Block]) -> Iterator[Citation]:
    for leaf, sentence in _sentences(blocks):
        for paper, offset in sentence.places:
            yield Citation(PaperId.parse(paper), *position(text, leaf, offset), sentence.anchor)


def position(body: str, leaf: Leaf, offset: int) -> tuple[int, int]:
    """Return line and column in an answer's text of what stands at `offset` of a leaf.

    A leaf's further lines lack the marks of quotes and lists.
    """
    if "\n" not in leaf.text and "|" not in leaf.text:
        return leaf.line, leaf.column + offset
    lines, starts = _lines(leaf.text)
    row = bisect_right(starts, offset) - 1
    if not row:
        return leaf.line, leaf.column + offset + _backslashes(_lines(body)[0][leaf.line - 1], leaf, lines[0], offset)
    line = leaf.line + row
    return line, offset - starts[row] + 1 + _indent(_lines(body)[0][line - 1], lines[row])


def _backslashes(line: str, leaf: Leaf, text: str, offset: int) -> int:
    """Return how many backslashes the line has before `offset`, where the leaf is a table's cell and so lacks them."""
    if "|" not in text or line.startswith(text, leaf.column - 1):
        return 0
    return text.count("|", 0, offset)


# A line may be as long as a file, with a finding in every word.
@lru_cache(maxsize=1)
def _indent(line: str, text: str) -> int:
    """Return how much of a line stands before the text of a leaf."""
    return max(0, line.find(text))


# A text and one of its leaves, which may have ten thousand lines with a finding in each.
@lru_cache(maxsize=2)
def _lines(text: str) -> tuple[list[str], list[int]]:
    """Return the lines of a text, and the offsets at which they start."""
    lines = text.split("\n")
    return lines, list(accumulate([len(line) + 1 for line in lines], initial=0))
