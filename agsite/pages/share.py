"""The picture that others show with a link to an answer: its plate on the dark ground, as rectangles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from agsite import png
from agsite.config import GROUNDS, Config
from agsite.plates import Band, Plate
from agsite.png import Rectangle

WIDTH, HEIGHT = 1200, 630

# The dark theme: ground, ground of the plate, edge, cited sentence, citation, gap.
_GROUND, _SUNK, _EDGE, _BAND, _ACCENT, _OPEN = range(6)
_PALETTE = (GROUNDS[1], "#090f0d", "#6c7b73", "#17433a", "#6ad6c1", "#ff9f76")

_LEFT, _TOP, _RIGHT, _BOTTOM = 80, 130, 1120, 450
_WEIGHTS = {1: 3, 2: 5, 3: 8}
_GAP_TOP, _GAP_BOTTOM = _TOP + 58, _BOTTOM - 58
_STROKE, _DASH, _SPACE = 3, 10, 8
_TICK = 16

# The mark of the site: x, top and bottom of its lines, as in the masthead.
_MARK = ((1, 9, 19), (5, 3, 19), (9, 12, 19), (15, 1, 19), (19, 7, 19), (25, 11, 19))
_MARK_SCALE, _MARK_TOP = 3, 512


class SharePicture(NamedTuple):
    """The page of a picture: the plate that it shows."""

    plate: Plate


def picture(shared: SharePicture, config: Config) -> bytes:
    """Return the picture as PNG, in the colours of the site."""
    accent, open_ = config.colours.accent, config.colours.open
    palette = list(_PALETTE)
    palette[_ACCENT] = accent[1] if accent else palette[_ACCENT]
    palette[_OPEN] = open_[1] if open_ else palette[_OPEN]
    return png.draw(WIDTH, HEIGHT, palette, _rectangles(shared.plate))


def _rectangles(plate: Plate) -> Iterator[Rectangle]:
    yield Rectangle(_LEFT, _TOP, _RIGHT, _BOTTOM, _SUNK)
    for band in plate.bands:
        yield from _band(band, _across(plate, band.x), _across(plate, band.x + band.width))
    for line in plate.lines:
        x = _across(plate, line.x)
        yield Rectangle(x, _TOP, x + _WEIGHTS[line.weight], _BOTTOM, _ACCENT)
    for tick in plate.ticks:
        x = _across(plate, tick.x)
        yield Rectangle(x, _BOTTOM + 8, x + 2, _BOTTOM + 8 + _TICK, _EDGE)
    for x, top, bottom in _MARK:
        left = _LEFT + _MARK_SCALE * (x - 1)
        yield Rectangle(left, _MARK_TOP + _MARK_SCALE * top, left + 6, _MARK_TOP + _MARK_SCALE * bottom, _ACCENT)


def _across(plate: Plate, x: float) -> int:
    return _LEFT + round((_RIGHT - _LEFT) * x / plate.width)


def _band(band: Band, left: int, right: int) -> Iterator[Rectangle]:
    if band.kind == "b":
        yield Rectangle(left, _TOP, right, _BOTTOM, _BAND)
    elif band.kind == "u":
        middle = (_TOP + _BOTTOM) // 2
        yield Rectangle(left, middle - 1, right, middle + 1, _EDGE)
    else:
        yield from _dashed(left, right)


def _dashed(left: int, right: int) -> Iterator[Rectangle]:
    for x in range(left, right, _DASH + _SPACE):
        end = min(x + _DASH, right)
        yield Rectangle(x, _GAP_TOP, end, _GAP_TOP + _STROKE, _OPEN)
        yield Rectangle(x, _GAP_BOTTOM - _STROKE, end, _GAP_BOTTOM, _OPEN)
    for y in range(_GAP_TOP, _GAP_BOTTOM, _DASH + _SPACE):
        end = min(y + _DASH, _GAP_BOTTOM)
        yield Rectangle(left, y, left + _STROKE, end, _OPEN)
        yield Rectangle(right - _STROKE, y, right, end, _OPEN)
