"""Odd space in a fixed line of page text: the line looks right to a reader, and is not."""

from __future__ import annotations

import re
import unicodedata

from agsite.findings import Finding
from agsite.suspects import ZERO_WIDTH

_ODD = re.compile(rf"[^\S ]|[{ZERO_WIDTH}]| (?= )")
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
    name = f"U+{ord(odd[0]):04X} ({unicodedata.name(odd[0], 'TAB')})"
    if odd[0].isspace():
        message, help_ = f"{name} stands in the place of a plain space", "Write a plain space there."
    else:
        message, help_ = f"{name} is in the line and cannot be seen", "Delete it."
    return Finding.of(code, message, line=number, column=column, help=help_)
