"""The parts of the export after a few edits, from those before: an answer that was reworded is exported in an instant.

Only edits that leave every document its number are patched: what was added, removed, dated or titled anew moves numbers
or words, and is gathered again. Either road gives the same bytes.
"""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agsite.encoding import to_json
from agsite.search.scoring import length_byte
from agsite.search.searcher import Searcher
from agsite.search.shards import CAP, CARDS, COLUMNS, Parts, Term, card, make_term, postings_of
from agsite.search.stored import KINDS, ORDER, PAPER, Edit, Stored, weights_of


class _Spot(NamedTuple):
    """Where a document stands: its number, the block of its card, and the place of the card in the block."""

    number: int
    block: int
    at: int


def patched(parts: Parts, edits: Sequence[Edit], searcher: Searcher, steps: Sequence[int]) -> Parts | None:
    """Return the parts after edits; None where these move more than a patch can follow."""
    if any(_moves(edit) for edit in edits):
        return None
    spots = {spot: edit for edit in edits if (spot := _spot(parts, edit.before, steps))}
    numbered = {spot.number: edit for spot, edit in spots.items()}
    changes = _changes(numbered)
    entries = {entry.term: entry for entry in parts.terms}
    full = any(term in entries and entries[term].holding > CAP - len(edits) for term in changes)
    facets = _patched_facets(parts, numbered)
    if full or facets is None or len(spots) < len(edits):
        return None
    for term, by_number in changes.items():
        entries[term] = _patched_term(term, entries.get(term), by_number)
    lengths = bytearray(parts.lengths)
    for number, edit in numbered.items():
        lengths[number] = length_byte(sum(weights_of(edit.after.terms).values()))
    return parts._replace(
        terms=[entries[term] for term in sorted(entries, key=str.encode) if entries[term].kept],
        lengths=bytes(lengths),
        facets=facets,
        blocks=_patched_blocks(parts.blocks, spots, steps),
        averages=dict(zip(KINDS, searcher.averages, strict=True)),
    )


def _spot(parts: Parts, stored: Stored, steps: Sequence[int]) -> _Spot | None:
    """Find a document by its card; None where that is not the only one that looks so."""
    size, before = CARDS[stored.kind], ORDER[: ORDER.index(stored.kind)]
    first_number = sum(parts.counts[kind] for kind in before)
    first_block = sum(-(-parts.counts[kind] // CARDS[kind]) for kind in before)
    last_block = first_block - (-parts.counts[stored.kind] // size)
    own = to_json(card(stored, steps))
    found = [block for block in range(first_block, last_block) for _ in range(parts.blocks[block].count(own))]
    if len(found) != 1:
        return None
    at = json.loads(parts.blocks[found[0]]).index(json.loads(own))
    return _Spot(first_number + size * (found[0] - first_block) + at, found[0], at)


def _moves(edit: Edit) -> bool:
    """Say whether an edit touches what decides numbers, words of titles, facets or ids."""
    same = ("title", "category", "date", "model", *(("ids",) if edit.after.kind == PAPER else ()))
    return any(getattr(edit.before, name) != getattr(edit.after, name) for name in same)


def _changes(numbered: Mapping[int, Edit]) -> dict[str, dict[int, int]]:
    """Term → number → its new weight, 0 for none, where it changed."""
    changes: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for number, edit in numbered.items():
        before, after = weights_of(edit.before.terms), weights_of(edit.after.terms)
        for term in before.keys() | after.keys():
            if before[term] != after[term]:
                changes[term][number] = after[term]
    return changes


def _patched_term(term: str, entry: Term | None, changes: Mapping[int, int]) -> Term:
    docs, weights = postings_of(entry) if entry else ([], [])
    for number, weight in changes.items():
        at = bisect_left(docs, number)
        held = at < len(docs) and docs[at] == number
        if held and weight:
            weights[at] = weight
        elif held:
            del docs[at], weights[at]
        elif weight:
            insort(docs, number)
            weights.insert(at, weight)
    if not docs:
        return Term(term, "", 0, 1, 0, b"")
    return make_term(term, entry.word if entry else "", docs, weights)


def _patched_facets(parts: Parts, numbered: Mapping[int, Edit]) -> bytes | None:
    """The columns with new evidence; None where a kind of evidence appears or vanishes."""
    values, size = parts.values["evidence"], len(parts.lengths)
    column = memoryview(facets := bytearray(parts.facets))[2 * size * COLUMNS.index("evidence") :][:size]
    for number, edit in numbered.items():
        if not set(edit.after.evidence) <= set(values):
            return None
        column[number] = sum(1 << values.index(value) for value in edit.after.evidence)
    present = set(column)
    if not all(any(value >> bit & 1 for value in present) for bit in range(len(values))):
        return None
    column.release()
    return bytes(facets)


def _patched_blocks(blocks: Sequence[bytes], spots: Mapping[_Spot, Edit], steps: Sequence[int]) -> list[bytes]:
    after = list(blocks)
    for spot, edit in spots.items():
        cards = json.loads(after[spot.block])
        cards[spot.at] = card(edit.after, steps)
        after[spot.block] = to_json(cards)
    return after
