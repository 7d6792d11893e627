"""An answer drawn as a spectrum: where its sentences lie, which cite, which name a gap, and how close each match is.

The geometry only, as numbers and path data; templates draw it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from agsite.body import Body, Leaf, Sentence

_BETWEEN_SENTENCES = 3
_BETWEEN_BLOCKS = 10
_HEADING = 14
_BETWEEN_LINES = 2.2

MINI_WIDTH, MINI_HEIGHT = 400, 28


class Band(NamedTuple):
    """A sentence on the plate, from `x` on, in characters."""

    x: float
    width: float
    kind: str
    """b cited, u uncited, g gap."""


class Line(NamedTuple):
    """A citation on the plate."""

    x: float
    paper: str
    weight: int
    """1, 2 or 3: heavier for a closer match."""


class Tick(NamedTuple):
    """A heading on the plate's axis."""

    x: float
    text: str
    anchor: str


class Plate(NamedTuple):
    """A whole answer, `width` characters wide."""

    width: float
    bands: tuple[Band, ...]
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]


def draw(body: Body, similarity: Mapping[str, int | None], steps: tuple[int, int]) -> Plate:
    """Lay an answer's text out on a line; `similarity` is by paper id, `steps` the percents at which lines get heavier."""
    bands: list[Band] = []
    lines: list[Line] = []
    ticks: list[Tick] = []
    x = 0.0
    for block in body.blocks:
        if block.kind == "h":
            x += _HEADING
            ticks.append(Tick(x, block.leaves[0].text, block.anchor))
            continue
        if block.kind in {"math", "hr", "code"}:
            x += _HEADING
            continue
        for leaf in block.leaves:
            for sentence in leaf.sentences:
                kind = "g" if sentence.gap else "b" if sentence.groups else "u"
                _add(bands, Band(x, sentence.length, kind))
                lines += _lines(leaf, sentence, x, similarity, steps)
                x += sentence.length + _BETWEEN_SENTENCES
        x += _BETWEEN_BLOCKS - _BETWEEN_SENTENCES
    width = max((band.x + band.width for band in bands), default=1.0)
    return Plate(width, tuple(bands), tuple(lines), tuple(tick for tick in ticks if tick.x < width))


def _add(bands: list[Band], band: Band) -> None:
    """Append a band; neighbouring gaps become one."""
    if band.kind == "g" and bands and bands[-1].kind == "g":
        first = bands.pop()
        band = Band(first.x, band.x + band.width - first.x, "g")
    bands.append(band)


def _lines(
    leaf: Leaf, sentence: Sentence, x: float, similarity: Mapping[str, int | None], steps: tuple[int, int]
) -> list[Line]:
    lines, hidden, right = [], 0, x
    for group in sentence.groups:
        before = leaf.text[sentence.start : group.start]
        at = min(x + len(before) - hidden - before.count("*"), x + sentence.length)
        hidden += group.end - group.start
        for paper in group.papers:
            at = max(at, right)
            percent = similarity.get(paper) or 0
            lines.append(Line(at, paper, 1 + (percent >= steps[0]) + (percent >= steps[1])))
            right = at = at + _BETWEEN_LINES
    return lines


class Mini(NamedTuple):
    """A small plate as the path data of each of its classes, in a box of 400 × 28; an empty string is nothing to draw."""

    b: str
    u: str
    g: str
    m: str
    l1: str
    l2: str
    l3: str


def mini(plate: Plate, only: frozenset[str] | None = None) -> Mini:
    """Return a small plate; with `only`, lines of other papers are drawn pale."""
    scale = MINI_WIDTH / plate.width
    paths: dict[str, list[str]] = {"b": [], "u": [], "g": [], "m": [], "l1": [], "l2": [], "l3": []}
    for band in plate.bands:
        left, width = _short(band.x * scale), _short(band.width * scale)
        if band.kind == "u":
            paths["u"].append(f"M{left} 14h{width}")
        elif band.kind == "b":
            paths["b"].append(f"M{left} 0h{width}v28h-{width}z")
        else:
            paths["g"].append(f"M{left} 5h{width}v18h-{width}z")
    for line in plate.lines:
        kind = "m" if only is not None and line.paper not in only else f"l{line.weight}"
        paths[kind].append(f"M{_short(line.x * scale)} 0v28")
    return Mini(**{kind: "".join(path) for kind, path in paths.items()})


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
