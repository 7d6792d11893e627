"""Tables that do not come out as they were meant: cells that a row has too many, a header that does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agsite.answerfile import Reading
from agsite.body import Leaf
from agsite.checks.place import in_body, in_text
from agsite.counted import counted
from agsite.ellipsis import quoted
from agsite.findings import Finding
from agsite.markup import find_opaque

# As markdown-it parts cells, whatever stands around the bar; `\|` is a bar within a cell.
_BAR = re.compile(r"(?<!\\)\|")
_BEFORE_ROW = "> \t"
_BELOW_HEADER = re.compile(r"^[> \t]*+\|?(?:[ \t]*+:?-++:?[ \t]*+\|)++(?:[ \t]*+:?-++:?)?[ \t]*$", re.MULTILINE)


def check(reading: Reading) -> Iterator[Finding]:
    """Find cells that are left out, and tables that are shown as text because of their header."""
    if "|" not in reading.answer.body:
        return
    lines = reading.answer.body.split("\n")
    columns = 0
    for leaf in reading.body.leaves():
        if leaf.close.startswith("</th>"):
            columns = 1 if "<thead>" in leaf.open else columns + 1
        elif "<tr><td" in leaf.open:
            yield from _surplus(reading, leaf.line, lines[leaf.line - 1].rstrip(), columns)
        elif "|" in leaf.text and "\n" in leaf.text:
            yield from _no_table(reading, leaf)


def _surplus(reading: Reading, line: int, row: str, columns: int) -> Iterator[Finding]:
    """Find what a row holds beyond the columns of its header."""
    cells = _cells(row)
    surplus = row[cells[columns] :].strip("| \t") if len(cells) > columns else ""
    if surplus:
        message = f"the row has {counted(len(cells), 'cell')}, its header {columns}: {quoted(surplus)} is left out"
        column = row.index(surplus, cells[columns]) + 1
        yield in_body(reading, line, column, "AG211", message, _about_bars(row))


def _cells(row: str) -> list[int]:
    """Return where the cells of a row start."""
    begin = len(row) - len(row.lstrip(_BEFORE_ROW))
    starts = [begin, *(bar.end() for bar in _BAR.finditer(row, begin))]
    if row.startswith("|", begin):
        del starts[0]
    if starts[-1] == len(row):
        starts.pop()
    return starts


def _about_bars(row: str) -> str | None:
    """Say how to write a bar that was not meant as the end of a cell, or None where there is none."""
    for run in find_opaque(row):
        if run["maths"] and _BAR.search(run[0]):
            return rf"The bar in {quoted(run[0])} ends a cell: write \vert or \mid for it in a formula."
        if run["code"] and _BAR.search(run[0]):
            return rf"The bar in {quoted(run[0])} ends a cell: write it as \|."
    return None


def _no_table(reading: Reading, leaf: Leaf) -> Iterator[Finding]:
    """Find a header that has other cells than the line below it says, for which the table is shown as text."""
    for below in _BELOW_HEADER.finditer(leaf.text):
        start = leaf.text.rfind("\n", 0, max(0, below.start() - 1)) + 1
        header = leaf.text[start : below.start()].rstrip()
        cells, columns = len(_cells(header)), len(_cells(below[0].rstrip()))
        if "|" in header and cells != columns:
            has = f"the header has {counted(cells, 'cell')}, the line below it {columns}"
            message = f"{has}: the table is shown as text"
            help_ = _about_bars(header) or "Write as many cells into the header as into the line below it."
            yield in_text(reading, leaf, start, "AG211", message, help_)
