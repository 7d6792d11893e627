"""Items of lists that YAML does not take for items: indented differently, or with another sign than “- ”."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from agsite.answerfile.keyless import HAS_KEY, NO_COLON, STRAY_COLON, name_of_sign
from agsite.ellipsis import clip
from agsite.findings import Finding

ITEM = re.compile(r" *- ")
APART = "this item of the list is indented differently from the one above"
_LIST = re.compile(r"(?:sources|follow_ups|aliases) *:\s*\Z")
# What word processors put before an item, or people do: a hyphen without a space, bullets, dashes, numbers.
_OTHER = re.compile(r"( *)(-(?=[^\s-])|\+|[0-9]{1,2}[.)]|[a-z]\)|[^\x00-\x7f])( *)(\S.*)")
_STOPS = (NO_COLON, STRAY_COLON, "expected <block end>")
_SHOWN = 80
_SIGNS = frozenset({"Pd", "Po", "Sm", "So", "Co"})
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
    column = 0
    for index in range(number - 1, -1, -1):
        line = lines[index]
        if ITEM.match(line):
            column = min(column, indent(line)) if items else indent(line)
            items.append(index)
        elif line.strip() and indent(line) <= column:
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


def itemless(lines: Sequence[str], first_line: int, error: Any) -> Finding | None:
    """Return the finding for an item without “- ” that made PyYAML's `error`."""
    mark = error.context_mark if error.problem.startswith(NO_COLON) else error.problem_mark
    if not error.problem.startswith(_STOPS) or mark is None or mark.line >= len(lines):
        return None
    found = unmarked(lines, mark.line)
    if found is None:
        return None
    number, message, help_ = found
    column = indent(lines[number]) + 1
    return Finding.of("AG131", message, line=first_line + number, column=column, help=help_)


def unmarked(lines: Sequence[str], number: int) -> tuple[int, str, str] | None:
    """Return the first item without “- ” of those down to line `number`, what is wrong with it, and what to do."""
    first, column = None, 0
    for index in range(number, -1, -1):
        line = lines[index]
        if ITEM.match(line) or not line.startswith(" "):
            is_item = _LIST.match(line) or (ITEM.match(line) and column <= indent(line))
            return _unmarked(lines, first) if first is not None and is_item else None
        bare = line.lstrip(" ")
        is_text = index == number and not HAS_KEY.match(bare)
        if is_text or _other_mark(line) or bare.startswith("{"):
            first, column = index, indent(line)
    return None


def _unmarked(lines: Sequence[str], number: int) -> tuple[int, str, str]:
    line = lines[number].rstrip()
    mark = _other_mark(line)
    text = mark[4] if mark else line.lstrip()
    help_ = f"Begin it so: “{clip(' ' * indent(line) + '- ' + text, _SHOWN)}”."
    if mark is None:
        return number, "there is no “- ” before this item", help_
    if mark[2] == "-":
        return number, "there is no space after the “-” of this item", help_
    return number, f"an item of a list begins with “- ”, not with {name_of_sign(mark[2])}", help_


def _other_mark(line: str) -> re.Match[str] | None:
    """Match what stands in the place of “- ”: indentation, sign, spaces, text."""
    mark = _OTHER.match(line)
    if mark is None or mark[2] == "-":
        return mark
    is_sign = mark[2].isascii() or unicodedata.category(mark[2]) in _SIGNS
    return mark if is_sign and (mark[3] or mark[4].startswith("{")) else None
