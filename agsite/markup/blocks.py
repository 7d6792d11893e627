"""Blocks of a text: a quick scan for the plain shapes that nearly all answers have, markdown-it for everything else.

Both ways give the same blocks where both apply; a property test holds that.
"""

from __future__ import annotations

import functools
import html
import re
from typing import TYPE_CHECKING, Any

from agsite.markup.scanning import DISPLAY, Piece, Shape, scan

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

# A formula without its end costs no more than a look at so many lines.
_MAX_FORMULA_LINES = 40

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


def read_shapes(body: str) -> list[Shape]:
    """Return the blocks of a Markdown text in order."""
    found = scan(body)
    return found if found is not None else parse(body)


def parse(body: str) -> list[Shape]:
    """Return the blocks of any Markdown text, as markdown-it finds them."""
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
    if kind == "p" and DISPLAY.fullmatch(pieces[0][1]):
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
    start = before[4] - 1 + len(_as_cell(before[1])) if before and before[3] == line + 1 else 0
    written = lines[line] if line < len(lines) else ""
    column = written.find(_as_cell(head), start)
    column = written.find(head, start) if column < 0 else column
    return markup, token.content, closing, line + 1, max(column + 1, 1)


def _as_cell(text: str) -> str:
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
