"""Where in its file a thing stands that was found in the text of an answer, and how a message quotes it."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

from agsite.answerfile import Reading
from agsite.body import Leaf
from agsite.findings import Finding

_QUOTED = 80


def quoted(text: str) -> str:
    """Return text as a message shows it: in quotes, on one line, and cut where it is long."""
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= _QUOTED else f"“{line[: _QUOTED - 1].rstrip()}…”"


def in_text(reading: Reading, leaf: Leaf, offset: int, code: str, message: str, help: str | None = None) -> Finding:
    """Make a finding about what stands at `offset` of a leaf's text."""
    line, column = _in_body(reading.answer.body, leaf, offset)
    return in_body(reading, line, column, code, message, help)


def in_body(reading: Reading, line: int, column: int, code: str, message: str, help: str | None = None) -> Finding:
    """Make a finding about a place of the record's text."""
    line, column = reading.origin.in_body(line, column)
    return Finding.of(code, message, path=reading.path, line=max(1, line), column=column, help=help)


def _in_body(body: str, leaf: Leaf, offset: int) -> tuple[int, int]:
    """Return (line, column) of the record's text; a leaf's further lines lack the marks of quotes and lists."""
    lines, starts = _lines(leaf.text)
    row = bisect_right(starts, offset) - 1
    if not row:
        return leaf.line, leaf.column + offset + _backslashes(_lines(body)[0][leaf.line - 1], leaf, lines[0], offset)
    line = leaf.line + row
    return line, offset - starts[row] + 1 + _indent(_lines(body)[0][line - 1], lines[row])


def _backslashes(line: str, leaf: Leaf, text: str, offset: int) -> int:
    """Return how many backslashes the line has before `offset`, where the leaf is a table's cell and so lacks them."""
    if "|" not in text or line.startswith(text, leaf.column - 1):
        return 0
    return text.count("|", 0, offset)


# A line may be as long as a file, with a finding in every word.
@lru_cache(maxsize=1)
def _indent(line: str, text: str) -> int:
    """Return how much of a line stands before the text of a leaf."""
    return max(0, line.find(text))


# A text and one of its leaves, which may have ten thousand lines with a finding in each.
@lru_cache(maxsize=2)
def _lines(text: str) -> tuple[list[str], list[int]]:
    """Return the lines of a text, and the offsets at which they start."""
    lines = text.split("\n")
    return lines, list(accumulate([len(line) + 1 for line in lines], initial=0))


def at_line(reading: Reading, line: int, code: str, message: str, help: str | None = None) -> Finding:
    """Make a finding about a line of the file; where the line is not known, about its first."""
    return Finding.of(code, message, path=reading.path, line=line or reading.origin.question or 1, help=help)


def line_of(lines: tuple[int, ...], index: int) -> int:
    """Return the file's line of the source or follow-up at `index`, or 0 where it is not known."""
    return lines[index] if index < len(lines) else 0
