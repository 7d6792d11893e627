"""Pictures of rectangles as palette PNG, written with the standard library: few bytes, and the same ones everywhere.

A picture is cut into bands of equal rows. Only the first row of a band is painted; the others say “as above”, which the
format's filter 2 stores as zeros. Tall bands of these are compressed once and kept, which is most of the work.
"""

from __future__ import annotations

import functools
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DIGITS = b"0123456789abcdef"
_AS_ABOVE = b"\x02"
_AS_IS = b"\x00"
_ZLIB = b"\x78\x9c"

# One below zlib's usual level: a sixth quicker, and few bytes more.
_LEVEL = 5

# So many rows “as above” that it pays to begin the compression of what follows them anew.
_TALL = 16

# The modulus of Adler-32 checksums.
_ADLER = 65521


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
    header = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    colours = bytes.fromhex("".join(colour.removeprefix("#") for colour in palette))
    image = _compressed(_bands(width, height, list(_strokes(width, rectangles))))
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", image), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


_Stroke = tuple[int, int, slice, bytes]
"""A rectangle as it is painted: its first row, the row below it, its place in a row and its pixels there."""


def _strokes(width: int, rectangles: Iterable[Rectangle]) -> Iterator[_Stroke]:
    """Yield what there is to paint, a pixel as a hexadecimal digit."""
    for left, top, right, bottom, colour in rectangles:
        start, end = max(0, left), min(width, right)
        if start < end and top < bottom:
            yield top, bottom, slice(start, end), _DIGITS[colour : colour + 1] * (end - start)


def _bands(width: int, height: int, strokes: Sequence[_Stroke]) -> Iterator[tuple[bytes, int]]:
    """Yield the first row of every band, and how many rows of it follow."""
    cuts = sorted({0, height} | {y for top, bottom, *_ in strokes for y in (top, bottom) if 0 < y < height})
    for y, next_y in pairwise(cuts):
        row = bytearray(_DIGITS[:1] * width)
        for top, bottom, place, pixels in strokes:
            if top <= y < bottom:
                row[place] = pixels
        # Digits turn into half bytes in one step.
        yield _AS_IS + bytes.fromhex(row.decode("ascii")), next_y - y - 1


def _compressed(bands: Iterable[tuple[bytes, int]]) -> bytes:
    """Return the rows of all bands as a stream of zlib's."""
    deflate = zlib.compressobj(_LEVEL, wbits=-zlib.MAX_WBITS)
    checksum = zlib.adler32(b"")
    parts = [_ZLIB]
    for row, more in bands:
        same = (_AS_ABOVE + bytes(len(row) - 1)) * more if more < _TALL else b""
        checksum = zlib.adler32(row + same, checksum)
        parts.append(deflate.compress(row + same))
        if more >= _TALL:
            rows, packed = _rows_as_above(len(row), more)
            checksum = _joined(checksum, rows, len(row) * more)
            parts += [deflate.flush(zlib.Z_FULL_FLUSH), packed]
    return b"".join([*parts, deflate.flush(), struct.pack(">I", checksum)])


@functools.lru_cache(maxsize=64)
def _rows_as_above(size: int, count: int) -> tuple[int, bytes]:
    """Return the checksum of rows “as above”, and the rows compressed so that they can stand anywhere in a stream."""
    rows = (_AS_ABOVE + bytes(size - 1)) * count
    deflate = zlib.compressobj(zlib.Z_BEST_COMPRESSION, wbits=-zlib.MAX_WBITS)
    return zlib.adler32(rows), deflate.compress(rows) + deflate.flush(zlib.Z_FULL_FLUSH)


def _joined(first: int, second: int, size: int) -> int:
    """Return the Adler-32 checksum of one text after another, of which the second has this size."""
    plain = (first & 0xFFFF) + (second & 0xFFFF) - 1
    summed = (first >> 16) + (second >> 16) + size * ((first & 0xFFFF) - 1)
    return summed % _ADLER << 16 | plain % _ADLER


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
