"""One slip of the pen is told from two."""

from __future__ import annotations

import pytest

from agsite.likeness import within_one
from agsite.search.lexicon import distance


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("muon", "moun", True),
        ("muon", "muo", True),
        ("muon", "muons", True),
        ("muon", "pion", False),
        ("a", "abc", False),
    ],
)
def test_one_slip(one: str, other: str, near: bool):
    assert within_one(one, other) is near
    assert within_one(other, one) is near
    assert (distance(one, other) <= 1) is near
