"""Items of lists that stand elsewhere than the others, so that YAML stops there or makes one text of two."""

from __future__ import annotations

import re
from collections.abc import Sequence

ITEM = re.compile(r" *- ")
APART = "this item of the list is indented otherwise than the one above"
ADVICE = "Begin it where the first item begins"


def indent(line: str) -> int:
    """Return how many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))


def apart(lines: Sequence[str], number: int) -> tuple[int, str] | None:
    """Return the first item, down to line `number`, that begins elsewhere than the list's first, and how it was meant.

    >>> apart(["follow_ups:", "  - Hot?", " - Cold?"], 2)
    (2, '  - Cold?')
    """
    first = _first(lines, number)
    if first is None:
        return None
    column = indent(lines[first])
    for index in range(first + 1, number + 1):
        if ITEM.match(lines[index]) and indent(lines[index]) != column and not _begins_a_list(lines, index):
            return index, " " * column + lines[index].strip()
    return None


def _first(lines: Sequence[str], number: int) -> int | None:
    """Return the first item of the list that line `number` goes on with."""
    items: list[int] = []
    for index in range(number - 1, -1, -1):
        line = lines[index]
        if ITEM.match(line):
            items.append(index)
        elif line.strip() and indent(line) <= min((indent(lines[item]) for item in items), default=0):
            break
    return items[-1] if items else None


def _begins_a_list(lines: Sequence[str], index: int) -> bool:
    """Say whether an item that is indented further is the first of a list within the list."""
    return indent(lines[index]) > indent(lines[index - 1]) and lines[index - 1].rstrip().endswith(":")


def swallowed(lines: Sequence[str], number: int) -> int | None:
    """Return the line in which an item begins that YAML has taken for more of the text of the one in line `number`.

    >>> swallowed(["follow_ups:", "  - Hot?", "   - Cold?", "  - Mild?"], 1)
    2
    """
    for index in range(number + 1, len(lines)):
        line = lines[index]
        if line.strip() and indent(line) <= indent(lines[number]):
            return None
        if ITEM.match(line):
            return index
    return None
