"""The text of a page, between “Answer” and “Sources”: one block a line, made into blocks of Markdown and back.

The page lost the marks of `## ` headings and of bold; everything else stands there as the model wrote it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from agsite.answerfile import escaping
from agsite.findings import Finding
from agsite.ids import PAPER_ID

_ITEM = re.compile(r"(?:- |(?P<number>0|[1-9][0-9]{0,8})\. )(?=\S)")
_MARKED_HEADING = re.compile(r"#{1,6} (?=\S)")
_RULE = re.compile(r"-{3,}")
_BULLET, _NUMBERED = "-", "1."
_LISTS = frozenset({_BULLET, _NUMBERED})
_BARE_MARK = "## "
_MAX_HEADING = 80
_NO_HEADING_START = ("#", "- ", "* ", "+ ", "$", "\\", "|", ">", "<", "`", "~", "!", "[")
_WORD = re.compile(r"[^\W_]")
_NO_HEADING_END = tuple(".:;,!…#")
_CLOSERS = "\"'”’»)]*_"  # may stand after the stop of a sentence


class PlacedText(NamedTuple):
    """A record's body, and what `Origin` says about each of its lines."""

    text: str
    numbers: tuple[int, ...]
    shifts: tuple[int, ...]
    inserted: tuple[tuple[int, int], ...]


def read(lines: list[str], first: int, findings: list[Finding]) -> PlacedText:
    """Make the record's body of the page's lines, the first of which is the file's line `first`."""
    filled = [number for number, line in enumerate(lines, first) if line and not line.isspace()]
    if len(filled) < len(lines):
        blank = sorted(set(range(first, first + len(lines))).difference(filled))
        findings += [Finding.of("AG120", "blank line in the text", line=number) for number in blank]
        lines = [lines[number - first] for number in filled]
    rows: list[tuple[str, int, int]] = []
    inserted: list[tuple[int, int]] = []
    before = ""
    for position, number in enumerate(filled):
        kind, markdown, shift = _read_block(lines, position, before)
        if before and not (kind == before and kind in _LISTS):
            rows.append(("", number, 0))
        rows.append((markdown, number, shift))
        if len(markdown) - shift != len(lines[position]):
            inserted += [(len(rows), column) for column in escaping.inserted(markdown)]
        if kind == "##" and not shift:
            findings.append(Finding.of("AG124", "the heading has its mark “## ”", line=number, column=1))
        before = kind
    texts, numbers, shifts = zip(*rows, strict=True)
    return PlacedText("\n".join(texts), numbers, shifts, tuple(inserted))


def _read_block(lines: list[str], position: int, before: str) -> tuple[str, str, int]:
    """Return what a line is, its Markdown, and the length of a mark put first; `before` is what the line before is."""
    line = lines[position]
    # Most lines are prose, and most prose starts with a letter.
    if len(line) > _MAX_HEADING and line[0].isalpha():
        return "p", escaping.escape_inline(line), 0
    if _is_bare_heading(lines, position):
        return "##", _BARE_MARK + escaping.escape_inline(line), len(_BARE_MARK)
    if marked := _MARKED_HEADING.match(line):
        return marked[0].rstrip(), marked[0] + escaping.escape_inline(line[marked.end() :]), 0
    if (item := _ITEM.match(line)) and _is_item(item, lines[position - 1] if before == _NUMBERED else ""):
        return _NUMBERED if item["number"] else _BULLET, item[0] + escaping.escape(line[item.end() :]), 0
    if _RULE.fullmatch(line):
        return "---", line, 0
    return "p", escaping.escape(line), 0


def _is_item(item: re.Match[str], before: str) -> bool:
    """Say whether Markdown would print an item's number: it counts on from the first of a list, whatever is written."""
    previous = _ITEM.match(before)
    if previous is None or item["number"] is None:
        return True
    return int(item["number"]) == int(previous["number"]) + 1


def _is_bare_heading(lines: list[str], position: int) -> bool:
    """Say whether a line was a `## ` heading: short, no final stop, and something that it can head comes next."""
    line = lines[position]
    if not 3 <= len(line) <= _MAX_HEADING or position + 1 == len(lines) or line != line.strip():
        return False
    if line.startswith(_NO_HEADING_START) or line.rstrip(_CLOSERS).endswith(_NO_HEADING_END):
        return False
    if not _WORD.search(line) or ("AG-" in line and PAPER_ID.search(line)) or _RULE.fullmatch(lines[position + 1]):
        return False
    if not _ITEM.match(line):
        return True
    # “1. Heat loss” heads a paragraph where it stands alone; beside other items it is one of a list.
    neighbours = lines[max(0, position - 1) : position] + lines[position + 1 : position + 2]
    return not any(_ITEM.match(neighbour) for neighbour in neighbours)


def write(body: str) -> list[str]:
    """Return the page's lines for a record's body."""
    return [escaping.unescape(line.removeprefix(_BARE_MARK)) for line in body.split("\n") if line]
