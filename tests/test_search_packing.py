"""Numbers that were packed come out again, and take no more room than they need."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agsite.search.packing import pack, scale_of, unpack


@given(st.binary(max_size=60) | st.lists(st.integers(17, 20), max_size=60).map(bytes))
def test_numbers_come_out_as_they_went_in(values: bytes):
    scale = scale_of(values)
    assert unpack(pack(values, scale), scale, len(values)) == values


def test_four_lengths_share_a_byte_where_there_are_but_four():
    assert len(pack(bytes([9, 10, 11, 12] * 10), scale_of(bytes([9, 12])))) == 10
    assert len(pack(bytes([9] * 16), scale_of(bytes([9])))) == 2
