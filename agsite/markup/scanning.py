"""The quick scan of a text for the plain shapes that nearly all answers have."""

from __future__ import annotations

import re

_HEADING = re.compile(r"(#{1,6}) +(?=\S)")
_ITEM = re.compile(r"(?:(-) |([0-9]{1,9})\. )(?=\S)")
_RULE = re.compile(r"-{3,} *$")
DISPLAY = re.compile(r"(?:\$\$(?:[^$\\]|\\.)+\$\$|\\\[(?:[^\\]|\\(?!\]).)+\\\])\s*", re.DOTALL)
"""A formula that is all of its block."""

# A line of a paragraph that no other block could be read into, whatever stands around it. The lookahead refuses signs
# that open quotes, bullets, headings, fences, rules, tables, setext underlines and indented code.
_PROSE = re.compile(
    r"(?![\s>|=#+~:-]|```|\$\$|\\\[|[*_](?:\s|$)|([*_])[ \t]*\1[ \t]*\1[*_ \t]*$|[0-9]{1,9}[.)](?:\s|$))[^\n]*[^\s\\]$"
)

Piece = tuple[str, str, str, int, int]
"""A leaf before it is read: tag, text, tag, line, column."""

Shape = tuple[str, int, list[Piece]]
"""A block before it is read: kind, level, pieces. Plain tuples, for there are many and they do not live long."""


def scan(body: str) -> list[Shape] | None:
    """Return the blocks of a text of plain shapes, or None where it has any other."""
    blocks: list[Shape] = []
    line = 1
    for chunk in body.split("\n\n"):
        if "\n" not in chunk and chunk[:1].isalpha() and not _is_open_ended(chunk):
            # Most of a text: paragraphs of one line.
            blocks.append(("p", 0, [("<p>", chunk, "</p>", line, 1)]))
            line += 2
            continue
        lines = chunk.split("\n")
        for start, run in _runs(lines):
            block = _scan_run(run, line + start)
            if block is None or _continues_list(blocks, block):
                return None
            blocks.append(block)
        line += len(lines) + 1
    return blocks


def _is_open_ended(line: str) -> bool:
    """Say whether a line ends in what is a line break, or no part of the text."""
    return line[-1] == "\\" or line[-1].isspace()


def _runs(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Return the runs of lines between blank ones, each with the index of its first."""
    if len(lines) == 1:
        return [(0, lines)] if lines[0].strip(" \t") else []
    runs, start = [], 0
    for index, line in enumerate([*lines, ""]):
        if not line.strip(" \t"):
            if index > start:
                runs.append((start, lines[start:index]))
            start = index + 1
    return runs


def _scan_run(run: list[str], line: int) -> Shape | None:
    """Read lines between two blank ones as one block, or give up."""
    first = run[0]
    # Nothing but a paragraph starts with a letter, and no need to ask for the others.
    if not first[0].isalpha():
        if _ITEM.match(first):
            return _scan_list(run, line)
        block = _scan_line(first, line) if len(run) == 1 else None
        if block or first[0] == "#":
            return block
    if all(map(_is_prose, run)):
        return "p", 0, [("<p>", "\n".join(run), "</p>", line, 1)]
    return None


def _scan_line(text: str, line: int) -> Shape | None:
    """Read a line between blank ones as a heading, a rule or a formula."""
    if heading := _HEADING.match(text):
        title = text[heading.end() :].rstrip()
        return None if title.endswith("#") else ("h", heading.end(1), [("", title, "", line, heading.end() + 1)])
    if _RULE.match(text):
        return "hr", 0, [("<hr>", "", "", line, 1)]
    if DISPLAY.fullmatch(text):
        return "math", 0, [("", text.rstrip(), "", line, 1)]
    return None


def _is_prose(text: str) -> bool:
    if text[0].isalpha():
        return not _is_open_ended(text)
    return bool(_PROSE.match(text))


def _scan_list(run: list[str], line: int) -> Shape | None:
    items = [_ITEM.match(text) for text in run]
    tails = [text[item.end() :] if item else "" for text, item in zip(run, items, strict=True)]
    if not all(tail and _PROSE.match(tail) for tail in tails):
        return None
    bullets = {bool(item and item[1]) for item in items}
    if len(bullets) != 1:
        return None
    ordered = not bullets.pop()
    opening, closing = _list_tags(ordered, items[0])
    last = len(run) - 1
    pieces = [
        (
            (opening if position == 0 else "") + "<li>",
            tail,
            "</li>" + (closing if position == last else ""),
            line + position,
            len(run[position]) - len(tail) + 1,
        )
        for position, tail in enumerate(tails)
    ]
    return "list", int(ordered), pieces


def _list_tags(ordered: bool, first: re.Match[str] | None) -> tuple[str, str]:  # noqa: FBT001 - a fact about the list
    if not ordered:
        return "<ul>", "</ul>"
    start = int(first[2]) if first else 1
    return "<ol>" if start == 1 else f'<ol start="{start}">', "</ol>"


def _continues_list(blocks: list[Shape], block: Shape) -> bool:
    # Items with a blank line between are one loose list.
    return bool(blocks) and blocks[-1][0] == block[0] == "list" and blocks[-1][1] == block[1]
