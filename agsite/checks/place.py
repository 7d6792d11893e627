"""Findings at the right place of a file, for what was found in the record of an answer."""

from __future__ import annotations

from agsite.answerfile import Reading
from agsite.body import Leaf, position
from agsite.findings import Finding


def in_text(reading: Reading, leaf: Leaf, offset: int, code: str, message: str, help: str | None = None) -> Finding:
    """Make a finding about what stands at `offset` of a leaf's text."""
    line, column = position(reading.answer.body, leaf, offset)
    return in_body(reading, line, column, code, message, help)


def in_body(reading: Reading, line: int, column: int, code: str, message: str, help: str | None = None) -> Finding:
    """Make a finding about a place of the record's text."""
    line, column = reading.origin.in_body(line, column)
    return Finding.of(code, message, path=reading.path, line=max(1, line), column=column, help=help)


def at_line(reading: Reading, line: int, code: str, message: str, help: str | None = None) -> Finding:
    """Make a finding about a line of the file; where the line is not known, about its first."""
    return Finding.of(code, message, path=reading.path, line=line or reading.origin.question or 1, help=help)


def line_of(lines: tuple[int, ...], index: int) -> int:
    """Return the file's line of the source or follow-up at `index`, or 0 where it is not known."""
    return lines[index] if index < len(lines) else 0
