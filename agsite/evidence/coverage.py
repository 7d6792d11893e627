"""How many sentences of a text claim something, and how many of those have evidence: facts, never a score."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from agsite.body import Body, Leaf, Sentence

Row = list[tuple[Leaf, Sentence]]
"""A sentence, or the cells of a row of a table, which count as one."""

_LEAST_WORDS = 6


def claiming(body: Body) -> list[Row]:
    """Return the sentences that claim something: not headings, not gaps, not a few words only."""
    return [row for block in body.blocks for row in block.rows() if _claims(row)]


def _claims(row: Row) -> bool:
    if any(leaf.open.startswith("<h") or sentence.gap for leaf, sentence in row):
        return False
    words = sum(len(leaf.text[sentence.start : sentence.end].split()) for leaf, sentence in row)
    return words >= _LEAST_WORDS or any(sentence.groups for _, sentence in row)


def count_backed(rows: Iterable[Row], anchors: Collection[int]) -> int:
    """Return how many of these sentences have evidence, which is given for some anchors."""
    return sum(any(sentence.anchor in anchors for _, sentence in row) for row in rows)
