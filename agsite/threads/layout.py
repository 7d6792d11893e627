"""Tidy trees after Reingold and Tilford: siblings as close as their subtrees allow, parents amid their children.

Trees grow sideways, so a level is a column, and only the heights of the nodes are at stake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_Outline = list[tuple[float, float]]
"""Top and bottom of a subtree in each of its columns, from the middle of its root."""


def tidy(
    roots: Sequence[str],
    children: Mapping[str, Sequence[str]],
    heights: Mapping[str, float],
    gap: float,
    between: float,
) -> dict[str, float]:
    """Return the middle of every node, the highest top at 0.

    Two nodes of a column are at least `gap` apart, two trees at least `between`.
    """
    offsets: dict[str, float] = {}
    outline = _stack([(root, _settle(root, children, heights, gap, offsets)) for root in roots], between, offsets)
    top = min(top for top, _ in outline)
    places: dict[str, float] = {}
    stack = [(root, -top) for root in reversed(roots)]
    while stack:
        key, parent = stack.pop()
        places[key] = parent + offsets[key]
        stack += [(child, places[key]) for child in reversed(children.get(key, ()))]
    return places


def _settle(
    key: str, children: Mapping[str, Sequence[str]], heights: Mapping[str, float], gap: float, offsets: dict[str, float]
) -> _Outline:
    """Place the descendants of a node, each against its parent, and return the outline of the subtree."""
    own = (-heights[key] / 2, heights[key] / 2)
    below = children.get(key, ())
    if not below:
        return [own]
    outlines = [(child, _settle(child, children, heights, gap, offsets)) for child in below]
    outline = _stack(outlines, gap, offsets)
    middle = (offsets[below[0]] + offsets[below[-1]]) / 2
    for child in below:
        offsets[child] -= middle
    return [own, *((top - middle, bottom - middle) for top, bottom in outline)]


def _stack(outlines: Sequence[tuple[str, _Outline]], gap: float, offsets: dict[str, float]) -> _Outline:
    """Put subtrees one under the other, each as high as the ones above it let it rise; return the outline of all."""
    together: _Outline = []
    for key, outline in outlines:
        rise = [above[1] + gap - own[0] for above, own in zip(together, outline, strict=False)]
        shift = max(rise, default=0.0)
        offsets[key] = shift
        for column, (top, bottom) in enumerate(outline):
            if column < len(together):
                together[column] = (together[column][0], bottom + shift)
            else:
                together.append((top + shift, bottom + shift))
    return together
