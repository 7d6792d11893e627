"""Pictures of rectangles as palette PNG, written with the standard library: few bytes, and the same ones everywhere.

A picture is cut into bands of equal rows. Only the first row of a band is painted; the others say “as above”, which the
format's filter 2 stores as zeros, so that compression has next to nothing to do.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DIGITS = b"0123456789abcdef"
_AS_ABOVE = b"\x02"
_AS_IS = b"\x00"


class Rectangle(NamedTuple):
    """A rectangle from (left, top) up to and without (right, bottom), in a colour of the palette."""

    left: int
    top: int
    right: int
    bottom: int
    colour: int


def draw(width: int, height: int, palette: Sequence[str], rectangles: Iterable[Rectangle]) -> bytes:
    """Return a PNG of rectangles, later ones on top; the ground is colour 0 of at most 16, each as `#rrggbb`.

    The width must be even: two pixels share a byte.
    """
    shown = [shape for shape in rectangles if shape.left < shape.right and shape.top < shape.bottom]
    cuts = sorted({0, height} | {y for shape in shown for y in (shape.top, shape.bottom) if 0 < y < height})
    rows = bytearray()
    same = _AS_ABOVE + bytes(width // 2)
    for top, bottom in pairwise(cuts):
        rows += _AS_IS + _row(width, [shape for shape in shown if shape.top <= top < shape.bottom])
        rows += same * (bottom - top - 1)
    header = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    colours = bytes.fromhex("".join(colour.removeprefix("#") for colour in palette))
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _row(width: int, shapes: Iterable[Rectangle]) -> bytes:
    """Paint a row as hexadecimal digits, a pixel each: they turn into half bytes in one step."""
    row = bytearray(_DIGITS[:1] * width)
    for shape in shapes:
        left, right = max(0, shape.left), min(width, shape.right)
        row[left:right] = _DIGITS[shape.colour : shape.colour + 1] * (right - left)
    return bytes.fromhex(row.decode("ascii"))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
