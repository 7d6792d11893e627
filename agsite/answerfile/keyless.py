"""Lines of the front matter without “name: ”: YAML stops at the line below, and the mistake is in this one."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from agsite.ellipsis import quoted
from agsite.findings import Finding

# What PyYAML says where a line has no key, or where a text holds a colon.
NO_COLON, STRAY_COLON = "could not find expected ':'", "mapping values are not allowed here"
HAS_KEY = re.compile(r"(?:\"[^\"]*\"|'[^']*'|[^\s:]+) *:(?: |$)")
# A name and what was meant as the colon after it, in small and wide forms, too.
_MEANT_KEY = re.compile(r"([A-Za-z_]+)\s*(?:([:=\ufe13\ufe55\uff1a])(.?)|$)")


def keyless(lines: list[str], first_line: int, error: Any) -> Finding | None:
    """Return the finding for the line that made PyYAML's `error`, if that line lacks a name or the colon after it."""
    index, column = _place(lines, error)
    text = lines[index][column:] if index >= 0 else ""
    if not text or HAS_KEY.match(text):
        return None
    message, help_ = _fault(text)
    return Finding.of("AG131", message, line=first_line + index, column=column + 1, help=help_)


def _place(lines: list[str], error: Any) -> tuple[int, int]:
    """Return index and offset of what YAML took for a key or for the beginning of one; index -1 where it did not."""
    mark = error.problem_mark
    if error.problem == NO_COLON and error.context_mark:
        return error.context_mark.line, error.context_mark.column
    # A key that YAML did not expect: the line before is none, and so the text goes on.
    if error.problem != STRAY_COLON or not re.fullmatch(r" *\w+", lines[mark.line][: mark.column]):
        return -1, 0
    index = next((index for index in range(mark.line - 1, -1, -1) if lines[index].strip()), -1)
    return index, len(lines[index]) - len(lines[index].lstrip("- "))


def _fault(text: str) -> tuple[str, str]:
    """Say what is wrong with a line that has no key, and how to mend it."""
    meant = _MEANT_KEY.match(text)
    if meant is None:
        return f"{quoted(text)} has no name with a colon before it", "Write “name: value”, and each value on one line."
    name, colon, after = meant.groups()
    help_ = f"Write “{name}: …”, with a plain colon and a plain space."
    if colon is None:
        return f"there is no colon after “{name}”", help_
    if colon != ":":
        return f"“{name}” has {name_of_sign(colon)} after it and no colon", help_
    if after.isspace():
        return f"the space after “{name}:” is {name_of_sign(after)}", help_
    return f"there is no space after “{name}:”", help_


def name_of_sign(char: str) -> str:
    """Call a sign by itself, and by its number and name in Unicode where it may look like another."""
    if char.isascii():
        return f"“{char}”"
    name = unicodedata.name(char, "")
    return f"U+{ord(char):04X} ({name})" if name else f"U+{ord(char):04X}"
