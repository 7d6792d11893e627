"""Texts that are cut keep to their length and to their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agsite.ellipsis import cut


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Why soup?", "Why soup?"),
        ("Why do spoons bend?", "Why do…"),
        ("Why do, spoons bend?", "Why do…"),
        ("Whydospoonsbend?", "Whydospoo…"),
        ("スプーンはなぜ曲がるのですか", "スプーンはなぜ曲が…"),
    ],
)
def test_a_text_is_cut_at_a_word_if_there_is_one(text: str, shown: str):
    assert cut(text, 10) == shown


@given(st.text(), st.integers(2, 40))
def test_no_more_is_shown_than_there_is_room_for(text: str, limit: int):
    shown = cut(text, limit)
    assert len(shown) <= limit
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))
