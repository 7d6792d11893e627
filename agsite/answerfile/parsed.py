"""An answer file as read: its record, the findings, and where each part of the record stands in the file."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from agsite.body import Body
from agsite.findings import Finding
from agsite.records import Answer


class Origin(NamedTuple):
    """Where the parts of a record stand in its file; lines and columns count from 1, 0 is unknown."""

    question: int = 0
    date: int = 0
    model: int = 0
    sources: tuple[int, ...] = ()
    follow_ups: tuple[int, ...] = ()
    body: tuple[int, ...] = ()
    """The file's line for each line of the record's body."""
    shifts: tuple[int, ...] = ()
    """How many columns the record's line starts to the right of the file's: 3 where page text lost a `## `."""
    inserted: tuple[tuple[int, int], ...] = ()
    """Line and column, in the record's body and in order, of what the file does not have: escapes of page text."""
    id: int = 0
    note: int = 0
    aliases: tuple[int, ...] = ()

    def in_body(self, line: int, column: int) -> tuple[int, int]:
        """Turn a position in the record's body into one in the file."""
        if not 0 < line <= len(self.body):
            return 0, 0
        shift = self.shifts[line - 1] if self.shifts else 0
        shift += bisect_left(self.inserted, (line, column)) - bisect_left(self.inserted, (line, 0))
        return self.body[line - 1], max(1, column - shift)


class Parsed(NamedTuple):
    """An answer file as read; `answer` is None where the file has an error."""

    answer: Answer | None
    findings: tuple[Finding, ...] = ()
    origin: Origin = Origin()
    rest: Answer | None = None
    """For the checks, where there is no answer: an answer in which what was refused is left out, or has a stand-in."""
    lacks: frozenset[str] = frozenset()
    """The lists of the answer, `sources` and `follow_ups`, of which not all could be read."""


class Reading(NamedTuple):
    """One answer as read: the record, the structure of its text, and the file that it came from."""

    answer: Answer
    body: Body
    path: str
    origin: Origin
    lacks: frozenset[str] = frozenset()
    """As in `Parsed`, where the record is the rest of a file that gave no answer."""
