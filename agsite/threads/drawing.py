"""The geometry of a thread: a map with lettering, and a glyph for lists; numbers and path data for templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from agsite.threads.layout import tidy
from agsite.threads.lettering import width, wrap

COLUMN = 276
"""From one level to the next, in pixels."""

_PAGE = 4 * COLUMN

_SIZE = 15
_LINE = 17
_LINES = 5
_DOT, _MARGIN = 20, 12
_TO_DOT, _AROUND = 9, 14
_TEXT, _ROOM = 15, 208
_BRANCH = 230
_BASELINE = 4.5
_GAP, _BETWEEN_TREES = 15, 26


class Node(NamedTuple):
    """A question to be drawn: its text, the questions under it, and those that it asks too."""

    text: str
    open: bool
    children: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    more: bool = False
    """A further line says how many questions follow elsewhere."""


class Spot(NamedTuple):
    """Where a question stands: the middle of its dot, and each line of its text as (height from there, text)."""

    key: str
    x: int
    y: str
    lines: tuple[tuple[str, str], ...]
    more: str
    """The height of the line that says what follows elsewhere."""


class Drawing(NamedTuple):
    """A map: solid lines lead to what is answered, dotted ones to what is open, thin ones to what stands elsewhere."""

    width: int
    height: int
    solid: str
    dotted: str
    thin: str
    spots: tuple[Spot, ...]

    @property
    def scrolls(self) -> bool:
        """Whether it is wider than a page."""
        return self.width > _PAGE


def draw(roots: Sequence[str], nodes: Mapping[str, Node]) -> Drawing:
    """Lay trees out from left to right, a level to a column."""
    columns = _columns(roots, nodes)
    lines = {key: wrap(nodes[key].text, _ROOM * 1000 // _SIZE, _LINES) for key in columns}
    heights = {key: _LINE * (len(lines[key]) + nodes[key].more) for key in columns}
    children = {key: nodes[key].children for key in columns}
    middles = {key: y + _MARGIN for key, y in tidy(roots, children, heights, _GAP, _BETWEEN_TREES).items()}
    places = {key: (_DOT + COLUMN * columns[key], middles[key]) for key in middles}
    edges = _edges(nodes, lines, places)
    return Drawing(
        width=COLUMN * (max(columns.values()) + 1),
        height=round(max(middles[key] + heights[key] / 2 for key in middles) + _MARGIN),
        solid="".join(path for kind, path in edges if kind == "solid"),
        dotted="".join(path for kind, path in edges if kind == "dotted"),
        thin="".join(path for kind, path in edges if kind == "thin"),
        spots=tuple(_spot(key, *places[key], lines[key], nodes[key]) for key in places),
    )


def _columns(roots: Sequence[str], nodes: Mapping[str, Node]) -> dict[str, int]:
    columns = dict.fromkeys(roots, 0)
    queue = list(roots)
    for key in queue:
        for child in nodes[key].children:
            columns[child] = columns[key] + 1
            queue.append(child)
    return columns


def _spot(key: str, x: int, y: float, lines: tuple[str, ...], node: Node) -> Spot:
    first = _BASELINE - _LINE * (len(lines) + node.more - 1) / 2
    heights = [short(first + _LINE * number) for number in range(len(lines) + 1)]
    return Spot(key, x, short(y), tuple(zip(heights, lines, strict=False)), heights[-1] if node.more else "")


def _edges(
    nodes: Mapping[str, Node], lines: Mapping[str, tuple[str, ...]], places: Mapping[str, tuple[int, float]]
) -> list[tuple[str, str]]:
    """Return (kind, path) of every line."""
    edges = []
    for key, (x, y) in places.items():
        node = nodes[key]
        again = [places[other] for other in node.again if other in places]
        fork = x + _BRANCH
        if node.children or any(to_x > x for to_x, _ in again):
            start = x + _TEXT + max(map(width, lines[key])) * _SIZE / 1000 + 10
            if start < fork:
                kind = "dotted" if all(nodes[child].open for child in node.children) else "solid"
                edges.append((kind, f"M{short(start)} {short(y)}H{fork}"))
        kinds = {child: "dotted" if nodes[child].open else "solid" for child in node.children}
        edges += [(kind, _branch(fork, y, *places[child])) for child, kind in kinds.items()]
        edges += [("thin", _thin(x, y, *place)) for place in again]
    return edges


def _branch(x: int, y: float, to_x: int, to_y: float) -> str:
    """Return a curve from the right of a question to the dot of another, level at both ends."""
    end = to_x - _TO_DOT
    bend = (end - x) * 0.6
    across = [short(value) for value in (x, x + bend, end - bend, end)]
    return "M{0} {4}C{1} {4} {2} {5} {3} {5}".format(*across, short(y), short(to_y))


def _thin(x: int, y: float, to_x: int, to_y: float) -> str:
    """Return the curve to a question that stands elsewhere; it keeps to the space between columns where it can."""
    if to_x > x:
        return _branch(x + _BRANCH, y, to_x, to_y)
    if to_x < x:
        return _branch(to_x + _BRANCH, to_y, x, y)
    side = x - _TO_DOT
    return f"M{side} {short(y)}C{side - _AROUND} {short(y)} {side - _AROUND} {short(to_y)} {side} {short(to_y)}"


def short(number: float) -> str:
    """Write a number with one decimal at most."""
    return f"{number:.1f}".removesuffix(".0")


# --- The glyph of a thread -------------------------------------------------------------------------------------------

GLYPH_WIDTH, GLYPH_HEIGHT = 240, 100
_INSET = 14
_GLYPH_NODES = 26


class Glyph(NamedTuple):
    """A thread without words, as path data: its lines, and its questions as points that a round cap makes dots of."""

    lines: str
    answered: str
    open: str


def glyph(roots: Sequence[str], nodes: Mapping[str, Node]) -> Glyph:
    """Draw the first questions of a thread, level by level, in the box of a glyph."""
    columns = dict(list(_columns(roots, nodes).items())[:_GLYPH_NODES])
    children = {key: tuple(child for child in nodes[key].children if child in columns) for key in columns}
    shown = [root for root in roots if root in columns]
    rows = tidy(shown, children, dict.fromkeys(columns, 0), 1, 1.5)
    across = (GLYPH_WIDTH - 2 * _INSET) / max(1, *columns.values())
    down = (GLYPH_HEIGHT - 2 * _INSET) / max(1.0, *rows.values())
    middle = (GLYPH_HEIGHT - down * max(rows.values())) / 2
    at = {key: (round(_INSET + across * columns[key]), round(middle + down * rows[key])) for key in rows}
    return Glyph(
        lines="".join(_glyph_lines(at, nodes)),
        answered="".join(f"M{x} {y}h0" for key, (x, y) in at.items() if not nodes[key].open),
        open="".join(f"M{x} {y}h0" for key, (x, y) in at.items() if nodes[key].open),
    )


def _glyph_lines(at: Mapping[str, tuple[int, int]], nodes: Mapping[str, Node]) -> Iterator[str]:
    for key, place in at.items():
        for other in (*nodes[key].children, *nodes[key].again):
            if other in at and other != key:
                yield _glyph_line(*sorted((place, at[other])))


def _glyph_line(left: tuple[int, int], right: tuple[int, int]) -> str:
    (x, y), dx, dy = left, right[0] - left[0], right[1] - left[1]
    # Within a column it bends out to the left, where the lines from the right of the column before end.
    bend = f"c{dx // 2} 0 {dx // 2} {dy} {dx} {dy}" if dx else f"c-12 0-12 {dy} 0 {dy}"
    return f"M{x} {y}{bend if dy else f'h{dx}'}"
