"""Reading a text: blocks, then the sentences of each leaf, their citations and gaps, numbered through."""

from __future__ import annotations

from agsite.markup.blocks import read_blocks
from agsite.body import Block, Body, Group, Leaf, Sentence
from agsite.markup.citations import find_groups, find_opaque
from agsite.markup.gaps import names_gap
from agsite.markup.sentences import split

_SILENT = frozenset({"h", "math", "hr", "code"})


def read(markdown: str) -> Body:
    """Return the structure of an answer's text."""
    blocks, anchor, total, cited, gaps = [], 0, 0, 0, 0
    for block in read_blocks(markdown):
        leaves = []
        for leaf in block.leaves:
            read_leaf, anchor = _with_sentences(leaf, anchor, counted=block.kind not in _SILENT)
            leaves.append(read_leaf)
            if block.kind not in _SILENT:
                total += len(read_leaf.sentences)
                cited += sum(1 for sentence in read_leaf.sentences if sentence.groups)
                gaps += sum(1 for sentence in read_leaf.sentences if sentence.gap)
        blocks.append(Block(block.kind, tuple(leaves), block.level, block.anchor))
    return Body(tuple(blocks), total, cited, gaps)


def read_line(text: str) -> Leaf:
    """Return a single line of prose, such as a title, as a leaf that is one sentence."""
    opaque = find_opaque(text)
    groups = tuple(find_groups(text, opaque))
    return Leaf("", text, "", 1, 1, (Sentence(0, len(text), len(text), 0, gap=False, groups=groups),))


def _with_sentences(leaf: Leaf, anchor: int, *, counted: bool) -> tuple[Leaf, int]:
    """Split a leaf, numbering the sentences that cite from `anchor` + 1 on; what is not counted is one sentence."""
    text = leaf.text
    if not text:
        return leaf, anchor
    opaque = find_opaque(text)
    groups = find_groups(text, opaque)
    spans = split(text, opaque, groups) if counted else [(0, len(text))]
    sentences = []
    position = 0
    for start, end in spans:
        own = []
        while position < len(groups) and groups[position].start < end:
            own.append(groups[position])
            position += 1
        if own:
            anchor += 1
        gap = counted and names_gap(text[start:end])
        sentences.append(Sentence(start, end, _visible(text, start, end, own), anchor if own else 0, gap, tuple(own)))
    return leaf._replace(sentences=tuple(sentences)), anchor


def _visible(text: str, start: int, end: int, groups: list[Group]) -> int:
    hidden = sum(group.end - group.start for group in groups) + text.count("*", start, end) + text.count("`", start, end)
    return max(1, end - start - hidden)
