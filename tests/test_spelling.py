"""One slip of the pen is told from two."""

from __future__ import annotations

import pytest

from agsite.spelling import distance, nearest_name, within_one


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


def test_the_nearest_of_long_names_is_found():
    name = "why-" * 19 + "so"
    assert nearest_name(name, [f"{name}-1", "why-so"], 0.8) == f"{name}-1"
