"""Blocks of a text: a quick scan for the plain shapes that nearly all answers have, markdown-it for everything else.

Both ways give the same blocks where both apply; a property test holds that.
"""

from __future__ import annotations

import functools
import html
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

_HEADING = re.compile(r"(#{1,6}) +(?=\S)")
_ITEM = re.compile(r"(?:(-) |([0-9]{1,9})\. )(?=\S)")
_RULE = re.compile(r"-{3,} *$")
_DISPLAY = re.compile(r"(?:\$\$(?:[^$\\]|\\.)+\$\$|\\\[(?:[^\\]|\\(?!\]).)+\\\])\s*", re.DOTALL)

# A formula without its end costs no more than a look at so many lines.
_MAX_FORMULA_LINES = 40

# A line of a paragraph that no other block could be read into, whatever stands around it. The lookahead refuses signs
# that open quotes, bullets, headings, fences, rules, tables, setext underlines and indented code.
_PROSE = re.compile(
    r"(?![\s>|=#+~:-]|```|\$\$|\\\[|[*_](?:\s|$)|([*_])[ \t]*\1[ \t]*\1[*_ \t]*$|[0-9]{1,9}[.)](?:\s|$))[^\n]*[^\s\\]$"
)


Piece = tuple[str, str, str, int, int]
"""A leaf before it is read: tag, text, tag, line, column."""

Shape = tuple[str, int, list[Piece]]
"""A block before it is read: kind, level, pieces. Plain tuples, for there are many and they do not live long."""


def read_shapes(body: str) -> list[Shape]:
    """Return the blocks of a Markdown text in order."""
    found = _scan(body)
    return found if found is not None else _parse(body)


# --- The quick scan --------------------------------------------------------------------------------------------------


def _scan(body: str) -> list[Shape] | None:
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
    if _DISPLAY.fullmatch(text):
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


# --- markdown-it -----------------------------------------------------------------------------------------------------

_KINDS = {
    "heading_open": "h",
    "paragraph_open": "p",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "blockquote_open": "quote",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
    "hr": "hr",
    "math_block": "math",
}


@functools.cache
def _block_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = (
        MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table").disable(["reference", "html_block"])
    )
    parser.block.ruler.before("fence", "math_block", _math_block, {"alt": ["paragraph", "blockquote", "list"]})
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Read a display formula: from a line that opens with two dollars or TeX's bracket to the one that closes it."""
    if state.is_code_block(start):
        return False
    opening = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    closer = {"$$": "$$", "\\[": "\\]"}.get(opening[:2])
    if closer is None:
        return False
    line = _closing_line(state, start, min(end, start + _MAX_FORMULA_LINES), closer)
    if line is None or silent:
        return line is not None
    state.line = line + 1
    token = state.push("math_block", "math", 0)
    token.map = [start, line + 1]
    token.content = state.getLines(start, line + 1, state.blkIndent, False).strip()  # noqa: FBT003
    return True


def _closing_line(state: StateBlock, start: int, end: int, closer: str) -> int | None:
    """Return the line that ends with `closer`, or None where a blank line or text after the closer comes first."""
    for line in range(start, end):
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
        body = text[2:] if line == start else text
        if not text or state.sCount[line] < state.blkIndent:
            return None
        if body.endswith(closer):
            return line
        if closer in body:
            return None
    return None


def _parse(body: str) -> list[Shape]:
    lines = body.split("\n")
    blocks, run = [], []
    depth = 0
    for token in _block_parser().parse(body):
        run.append(token)
        depth += token.nesting
        if depth == 0:
            blocks.append(_block(run, lines))
            run = []
    return blocks


def _block(tokens: list[Token], lines: list[str]) -> Shape:
    first = tokens[0]
    kind = _KINDS.get(first.type, "p")
    if kind == "h":
        return "h", int(first.tag[1]), [_piece("", tokens[1], lines)]
    if kind == "math":
        return "math", 0, [_piece("", first, lines)]
    pieces: list[Piece] = []
    markup = ""
    for token in tokens:
        if token.type == "inline":
            pieces.append(_piece(markup, token, lines, pieces[-1] if pieces else None))
            markup = ""
        elif token.type == "math_block":
            pieces.append(_piece(f"{markup}<p>", token, lines, closing="</p>"))
            markup = ""
        else:
            markup += _tag(token)
    pieces = _closed_early(pieces, markup) if pieces else [(markup, "", "", _line_of(first), 1)]
    if kind == "p" and _DISPLAY.fullmatch(pieces[0][1]):
        return "math", 0, [("", pieces[0][1], "", *pieces[0][3:])]
    return kind, int(first.type == "ordered_list_open"), pieces


def _closed_early(pieces: list[Piece], markup: str) -> list[Piece]:
    """Let each piece close its own tags, as the quick scan does, so that equal texts give equal blocks.

    `markup` is what stands after the last.
    """
    closed: list[Piece] = []
    opening = pieces[0][0]
    for index, (_, text, closing, line, column) in enumerate(pieces, 1):
        is_last = index == len(pieces)
        after = markup if is_last else pieces[index][0]
        end = len(after) if is_last else _end_of_tags(after)
        closed.append((opening, text, closing + after[:end], line, column))
        opening = after[end:]
    return closed


def _end_of_tags(markup: str) -> int:
    """Return the length of the end tags that markup starts with."""
    tags = re.match(r"(?:</[a-z]+>)*", markup)
    return tags.end() if tags else 0


def _piece(markup: str, token: Token, lines: list[str], before: Piece | None = None, closing: str = "") -> Piece:
    """Return a piece with its place; what is on one line with the piece before it is the next cell of a table."""
    line = (token.map or [0])[0]
    head = token.content.split("\n", 1)[0]
    start = before[4] - 1 + len(as_cell(before[1])) if before and before[3] == line + 1 else 0
    written = lines[line] if line < len(lines) else ""
    column = written.find(as_cell(head), start)
    column = written.find(head, start) if column < 0 else column
    return markup, token.content, closing, line + 1, max(column + 1, 1)


def as_cell(text: str) -> str:
    r"""Return the text of a table's cell as it is written: a bar in it is `\|`."""
    return text.replace("|", r"\|")


def _line_of(token: Token) -> int:
    return (token.map or [0])[0] + 1


def _tag(token: Any) -> str:
    if token.type in {"fence", "code_block"}:
        return f"<pre><code>{html.escape(token.content)}</code></pre>"
    if token.type == "hr":
        return "<hr>"
    if token.hidden:
        return ""
    tag = "p" if token.type.startswith("heading") else token.tag
    if token.nesting < 0:
        return f"</{tag}>"
    start = token.attrGet("start")
    align = str(token.attrGet("style") or "").removeprefix("text-align:")
    attributes = (f' start="{start}"' if start not in {None, 1} else "") + (f' class="{align}"' if align else "")
    return f"<{tag}{attributes}>"
