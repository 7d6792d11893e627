"""An answer drawn as a spectrum: where its sentences lie, which cite, which name a gap, and how close each match is.

The geometry only, as numbers and path data; templates draw it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from agsite.body import Block, Body, Leaf, Sentence

_BETWEEN_SENTENCES = 3
_BETWEEN_BLOCKS = 10
_HEADING = 14
_BETWEEN_LINES = 2.2
_WITHOUT_PROSE = frozenset({"math", "hr", "code"})

LARGE_WIDTH, MINI_WIDTH = 1000, 400


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
    """Lay an answer's text out on a line; `similarity` goes by paper id, `steps` are where lines get heavier."""
    pen = _Pen(similarity, steps)
    for block in body.blocks:
        pen.draw(block)
    width = max((band.x + band.width for band in pen.bands), default=1.0)
    return Plate(width, tuple(pen.bands), tuple(pen.lines), tuple(tick for tick in pen.ticks if tick.x < width))


class _Pen:
    """Draws the blocks of a text one after the other; `x` is how far it has come."""

    def __init__(self, similarity: Mapping[str, int | None], steps: tuple[int, int]) -> None:
        self.similarity = similarity
        self.steps = steps
        self.x = 0.0
        self.bands: list[Band] = []
        self.lines: list[Line] = []
        self.ticks: list[Tick] = []

    def draw(self, block: Block) -> None:
        if block.kind == "h":
            self.x += _HEADING
            self.ticks.append(Tick(self.x, block.leaves[0].text, block.anchor))
        elif block.kind in _WITHOUT_PROSE:
            self.x += _HEADING
        elif block.has_rows:
            self.x += _HEADING
            for row in block.rows():
                self._row(row)
            self.x += _BETWEEN_BLOCKS - _BETWEEN_SENTENCES
        else:
            for leaf in block.leaves:
                self._prose(leaf)
            self.x += _BETWEEN_BLOCKS - _BETWEEN_SENTENCES

    def _prose(self, leaf: Leaf) -> None:
        for sentence in leaf.sentences:
            length, groups = sentence.length, sentence.groups
            if sentence.gap:
                self._add_gap(self.x, length)
            else:
                self.bands.append(Band(self.x, length, "b" if groups else "u"))
            if groups:
                self._add_lines(leaf, sentence)
            self.x += length + _BETWEEN_SENTENCES

    def _row(self, row: Sequence[tuple[Leaf, Sentence]]) -> None:
        """Draw a row of a table, which is one sentence."""
        start = self.x
        for leaf, cell in row:
            self._add_lines(leaf, cell)
            self.x += cell.length + _BETWEEN_SENTENCES
        width = self.x - _BETWEEN_SENTENCES - start
        if any(cell.gap for _, cell in row):
            self._add_gap(start, width)
        else:
            self.bands.append(Band(start, width, "b" if any(cell.groups for _, cell in row) else "u"))

    def _add_gap(self, x: float, width: float) -> None:
        """Add a gap, or make the one before it longer."""
        if self.bands and self.bands[-1].kind == "g":
            first = self.bands.pop()
            x, width = first.x, x + width - first.x
        self.bands.append(Band(x, width, "g"))

    def _add_lines(self, leaf: Leaf, sentence: Sentence) -> None:
        """Add a line for each citation of a sentence that begins at `x`."""
        hidden, right = 0, self.x
        for group in sentence.groups:
            before = leaf.text[sentence.start : group.start]
            at = min(self.x + len(before) - hidden - before.count("*"), self.x + sentence.length)
            hidden += group.end - group.start
            for paper in group.papers:
                at = max(at, right)
                percent = self.similarity.get(paper) or 0
                weight = 1 + (percent >= self.steps[0]) + (percent >= self.steps[1])
                self.lines.append(Line(at, paper, weight))
                right = at = at + _BETWEEN_LINES


class Strip(NamedTuple):
    """A plate as the path data of each class, in a box 28 high; an empty string is nothing to draw."""

    b: str
    u: str
    g: str
    m: str
    l1: str
    l2: str
    l3: str


def large(plate: Plate) -> Strip:
    """Return the plate as the answer's own page shows it, in a box 1000 wide."""
    return _strip(plate, LARGE_WIDTH)


def mini(plate: Plate) -> Strip:
    """Return the plate as lists show it, in a box 400 wide."""
    return _strip(plate, MINI_WIDTH)


def _strip(plate: Plate, width: int) -> Strip:
    scale = width / plate.width
    ends = _ends(plate, scale)
    b, g = _boxes("M%s 0v28h%sV0z", ends["b"]), _boxes("M%s 5v18h%sV5z", ends["g"])
    return _with_lines(Strip(b, _dashes(ends["u"]), g, "", "", "", ""), plate, scale, None)


def _ends(plate: Plate, scale: float) -> dict[str, list[int]]:
    """Return where sentences of each kind start and end, by turns, in whole units; those that touch are one."""
    ends: dict[str, list[int]] = {"b": [], "u": [], "g": []}
    for x, characters, kind in plate.bands:
        left = round(x * scale)
        right = max(left + 1, round((x + characters) * scale))
        if ends[kind] and ends[kind][-1] >= left:
            ends[kind][-1] = right
        else:
            ends[kind] += (left, right)
    return ends


def _boxes(shape: str, ends: list[int]) -> str:
    return "".join([shape % (left, right - left) for left, right in zip(ends[::2], ends[1::2], strict=True)])


def _dashes(ends: list[int]) -> str:
    """Return lines at half height, each placed from the end of the one before: that takes fewer digits."""
    steps = [after - before for before, after in pairwise([0, *ends])]
    dashes = [f"m{gap} 0h{length}" for gap, length in zip(steps[::2], steps[1::2], strict=True)]
    return "".join(["M0 14", *dashes]) if dashes else ""


def only(small: Strip, plate: Plate, papers: frozenset[str]) -> Strip:
    """Return the small plate of `plate` with the lines of all papers but these drawn pale."""
    return _with_lines(small, plate, MINI_WIDTH / plate.width, papers)


def _with_lines(strip: Strip, plate: Plate, scale: float, papers: frozenset[str] | None) -> Strip:
    paths: dict[str, list[str]] = {"m": [], "l1": [], "l2": [], "l3": []}
    for line in plate.lines:
        path = paths[f"l{line.weight}" if papers is None or line.paper in papers else "m"]
        drawn = f"M{round(line.x * scale)} 0v28"
        if drawn not in path[-1:]:
            path.append(drawn)
    return Strip(strip.b, strip.u, strip.g, *map("".join, paths.values()))


class Wall(NamedTuple):
    """Several plates, one to a row, as the path data of each class, in a box of 1000 by 13 a row."""

    rows: int
    s: str
    """The ground of each row."""
    b: str
    g: str
    l1: str
    l2: str
    l3: str


WALL_WIDTH, ROW = 1000, 13


def wall(plates: Sequence[Plate]) -> Wall:
    """Return a wall; in whole units, for a wall is looked at, not read."""
    paths: dict[str, list[str]] = {"b": [], "u": [], "g": [], "l1": [], "l2": [], "l3": []}
    for row, plate in enumerate(plates):
        top, scale = ROW * row, WALL_WIDTH / plate.width
        for band in plate.bands:
            inset = 2 if band.kind == "g" else 0
            width, height = round(band.width * scale), 10 - 2 * inset
            paths[band.kind].append(f"M{round(band.x * scale)} {top + inset}h{width}v{height}h-{width}z")
        for line in plate.lines:
            paths[f"l{line.weight}"].append(f"M{round(line.x * scale)} {top}v10")
    ground = "".join([f"M0 {ROW * row}h{WALL_WIDTH}v10h-{WALL_WIDTH}z" for row in range(len(plates))])
    return Wall(len(plates), ground, *("".join(paths[kind]) for kind in ("b", "g", "l1", "l2", "l3")))
