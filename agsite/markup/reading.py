"""Reading a text: blocks, then the sentences of each leaf, their citations and gaps, numbered through."""

from __future__ import annotations

from typing import NamedTuple

from agsite.body import Block, Body, Group, Leaf, Sentence
from agsite.markup.blocks import read_blocks
from agsite.markup.citations import find_groups, find_opaque
from agsite.markup.gaps import may_name_gap, names_gap
from agsite.markup.opaque import may_be_opaque
from agsite.markup.sentences import split

_SILENT = frozenset({"h", "math", "hr", "code"})


class _Hints(NamedTuple):
    """What a text can hold at all, so that most leaves need not be asked."""

    opaque: bool
    gaps: bool


def read(markdown: str) -> Body:
    """Return the structure of an answer's text."""
    blocks, anchor, total, cited, gaps = [], 0, 0, 0, 0
    hints = _Hints(may_be_opaque(markdown), may_name_gap(markdown))
    for block in read_blocks(markdown):
        counted = block.kind not in _SILENT
        leaves = []
        for leaf in block.leaves:
            sentences = _sentences(leaf.text, anchor, gaps, hints, counted=counted) if leaf.text else ()
            for _, _, _, cites, names, _ in sentences:
                if cites:
                    anchor = cites
                    cited += counted
                gaps = names or gaps
            total += len(sentences) if counted else 0
            leaves.append(Leaf(leaf.open, leaf.text, leaf.close, leaf.line, leaf.column, sentences))
        blocks.append(Block(block.kind, tuple(leaves), block.level, block.anchor))
    return Body(tuple(blocks), total, cited, gaps)


def read_line(text: str) -> Leaf:
    """Return a single line of prose, such as a title, as a leaf that is one sentence."""
    groups = tuple(find_groups(text, find_opaque(text)))
    return Leaf("", text, "", 1, 1, (Sentence(0, len(text), len(text), 0, 0, groups),))


def _sentences(text: str, anchor: int, gaps: int, hints: _Hints, *, counted: bool) -> tuple[Sentence, ...]:
    """Split a leaf's text, numbering those that cite or name a gap onwards; what is not counted is one sentence."""
    opaque = find_opaque(text) if hints.opaque else []
    groups = find_groups(text, opaque) if "AG-" in text else []
    spans = split(text, opaque, groups) if counted else [(0, len(text))]
    may_name_gaps = counted and hints.gaps and may_name_gap(text)
    marked = "*" in text or "`" in text
    if not (groups or may_name_gaps or marked):
        return tuple([Sentence(start, end, end - start, 0, 0, ()) for start, end in spans])
    sentences = []
    for start, end in spans:
        own = tuple([group for group in groups if start <= group.start < end]) if groups else ()
        gap = may_name_gaps and names_gap(text[start:end])
        anchor += bool(own)
        gaps += gap
        length = _length(text, start, end, own) if own or marked else end - start
        sentences.append(Sentence(start, end, length, anchor if own else 0, gaps if gap else 0, own))
    return tuple(sentences)


def _length(text: str, start: int, end: int, groups: tuple[Group, ...]) -> int:
    """Count the characters of a sentence that readers see as text: no citations, no marks; never none."""
    hidden = text.count("*", start, end) + text.count("`", start, end)
    for group in groups:
        hidden += group.end - group.start
    return max(1, end - start - hidden)
