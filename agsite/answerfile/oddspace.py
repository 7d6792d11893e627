"""Odd space in a fixed line of page text: the line looks right to a reader, and is not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agsite.findings import Finding
from agsite.suspects import ZERO_WIDTH, named

_ODD = re.compile(rf"[^\S ]|[{ZERO_WIDTH}]| (?= )")
# What YAML takes for a part of a text, where an item or a field was to begin.
_ODD_INDENT = re.compile(r" *(?:- *)?(?=[^\S \t\n])")
_ODD_INDENTS = re.compile(r"^( *(?:- *)?)([^\S \t\n]+)", re.MULTILINE)
_FIELD = re.compile("[A-Za-z_]")
_NO_SPACE = re.compile(f"[{ZERO_WIDTH}]")


def in_plain(line: str) -> str:
    r"""Return a line as readers see it: with single plain spaces, and without what nobody sees.

    >>> in_plain("3\u00a0May  2026")
    '3 May 2026'
    """
    return " ".join(_NO_SPACE.sub("", line).split())


def odd_space(code: str, line: str, number: int) -> Finding:
    """Point at the first space within a line that is not plain; there must be one, or what nobody sees."""
    text = line.strip()
    odd = next(_ODD.finditer(line, line.index(text), line.index(text) + len(text)))
    column = odd.start() + 1
    if odd[0] == " ":
        return Finding.of(code, "there are two spaces in a row", line=number, column=column, help="Delete one of them.")
    if odd[0].isspace():
        return _no_plain_space(code, odd[0], number, column)
    return Finding.of(
        code, f"{named(odd[0])} is in the line and cannot be seen", line=number, column=column, help="Delete it."
    )


def odd_indent(code: str, lines: Sequence[str], number: int, first_line: int) -> Finding | None:
    """Point at the first space that is not plain before the items and fields that a field holds, down to a line."""
    found = None
    for index in range(min(number, len(lines) - 1), -1, -1):
        if indent := _ODD_INDENT.match(lines[index]):
            char = lines[index][indent.end()]
            found = _no_plain_space(code, char, first_line + index, indent.end() + 1)
        elif _FIELD.match(lines[index]):
            break
    return found


def plain_indents(text: str) -> str:
    """Return a text with plain spaces where others stand before items and fields, in the same places otherwise."""
    return _ODD_INDENTS.sub(lambda found: found[1] + " " * len(found[2]), text)


def _no_plain_space(code: str, char: str, line: int, column: int) -> Finding:
    message = f"{named(char)} stands in the place of a plain space"
    return Finding.of(code, message, line=line, column=column, help="Write a plain space there.")
