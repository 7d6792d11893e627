"""The evidence that an answer file carries: for each cited sentence the sentences of the source that it rests on.

A file comes from anybody, so nothing here trusts its shape: what is not as it should be is counted, not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from agsite.ids import PAPER_ID, PaperId


class Claim(NamedTuple):
    """A cited sentence (N of its `#s-N`), a paper it cites, and the sentences of the paper that it rests on."""

    sentence: int
    paper: PaperId
    text: str
    first: int
    last: int
    """Which sentences of the abstract, counted from 1; 0 where the file does not say."""


def read_claims(provenance: Mapping[str, Any] | None) -> tuple[tuple[Claim, ...], int]:
    """Return the claims of an answer's provenance, and how many of its entries are none."""
    entries = provenance.get("evidence") if provenance else None
    if entries is None:
        return (), 0
    if not isinstance(entries, list | tuple):
        return (), 1
    found = [_claim(entry) for entry in entries]
    claims = tuple(claim for claim in found if claim is not None)
    return claims, len(found) - len(claims)


def _claim(entry: Any) -> Claim | None:
    if not isinstance(entry, Mapping):
        return None
    sentence, paper, text = _count(entry.get("sentence")), entry.get("paper"), entry.get("text")
    if not sentence or not isinstance(paper, str) or not isinstance(text, str):
        return None
    if not PAPER_ID.fullmatch(paper) or not text.strip():
        return None
    return Claim(sentence, PaperId.parse(paper), text, _count(entry.get("first")), _count(entry.get("last")))


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
