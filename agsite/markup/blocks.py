"""Blocks of a text: a quick scan for the plain shapes that nearly all answers have, markdown-it for everything else.

Both ways give the same blocks where both apply; a property test holds that.
"""

from __future__ import annotations

import functools
import html
import re
from typing import TYPE_CHECKING, Any

from agsite.body import Block, Leaf
from agsite.ids import slug

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


def read_blocks(body: str) -> tuple[Block, ...]:
    """Return the blocks of a Markdown text, without sentences."""
    lines = body.split("\n")
    found = _scan(lines)
    return _number_headings(found if found is not None else _parse(body))


# --- The quick scan --------------------------------------------------------------------------------------------------


def _scan(lines: list[str]) -> list[Block] | None:
    """Return the blocks of a text of plain shapes, or None where it has any other."""
    blocks: list[Block] = []
    index, size = 0, len(lines)
    while index < size:
        start = index
        while index < size and lines[index].strip(" \t"):
            index += 1
        if index > start:
            block = _scan_chunk(lines[start:index], start + 1)
            if block is None or _continues_list(blocks, block):
                return None
            blocks.append(block)
        index += 1
    return blocks


def _scan_chunk(chunk: list[str], line: int) -> Block | None:
    """Read lines between two blank ones as one block, or give up."""
    first = chunk[0]
    # Nothing but a paragraph starts with a letter: the usual case, and no need to ask for the others.
    if not first[0].isalpha():
        if _ITEM.match(first):
            return _scan_list(chunk, line)
        block = _scan_line(first, line) if len(chunk) == 1 else None
        if block or first.startswith("#"):
            return block
    if all(map(_is_prose, chunk)):
        return Block("p", (Leaf("<p>", "\n".join(chunk), "</p>", line, 1),))
    return None


def _scan_line(text: str, line: int) -> Block | None:
    """Read a line between blank ones as a heading, a rule or a formula."""
    heading = _HEADING.match(text)
    if heading:
        title = text[heading.end() :].rstrip()
        return (
            None if title.endswith("#") else Block("h", (Leaf("", title, "", line, heading.end() + 1),), heading.end(1))
        )
    if _RULE.match(text):
        return Block("hr", (Leaf("<hr>", "", "", line, 1),))
    if _DISPLAY.fullmatch(text):
        return Block("math", (Leaf("", text.rstrip(), "", line, 1),))
    return None


def _is_prose(text: str) -> bool:
    if text[0].isalpha():
        return not (text[-1].isspace() or text[-1] == "\\")
    return bool(_PROSE.match(text))


def _scan_list(chunk: list[str], line: int) -> Block | None:
    items = [_ITEM.match(text) for text in chunk]
    tails = [text[item.end() :] if item else "" for text, item in zip(chunk, items, strict=True)]
    if not all(tail and _PROSE.match(tail) for tail in tails):
        return None
    bullets = {bool(item and item[1]) for item in items}
    if len(bullets) != 1:
        return None
    ordered = not bullets.pop()
    last = len(chunk) - 1
    leaves = tuple(
        Leaf(
            (_open_list(ordered, items[0]) if position == 0 else "") + "<li>",
            tail,
            "</li>" + (("</ol>" if ordered else "</ul>") if position == last else ""),
            line + position,
            len(chunk[position]) - len(tail) + 1,
        )
        for position, tail in enumerate(tails)
    )
    return Block("list", leaves, int(ordered))


def _open_list(ordered: bool, first: re.Match[str] | None) -> str:  # noqa: FBT001 - a fact about the list, not a switch
    if not ordered:
        return "<ul>"
    start = int(first[2]) if first else 1
    return "<ol>" if start == 1 else f'<ol start="{start}">'


def _continues_list(blocks: list[Block], block: Block) -> bool:
    # Items with a blank line between are one loose list.
    return bool(blocks) and blocks[-1].kind == block.kind == "list" and blocks[-1].level == block.level


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
    """Return the line that ends with `closer`, or None where a blank line or text behind the closer comes first."""
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


def _parse(body: str) -> list[Block]:
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


def _block(tokens: list[Token], lines: list[str]) -> Block:
    first = tokens[0]
    kind = _KINDS.get(first.type, "p")
    if kind == "h":
        return Block("h", (_leaf("", tokens[1], lines),), int(first.tag[1]))
    if kind == "math":
        return Block("math", (Leaf("", first.content, "", (first.map or [0])[0] + 1, 1),))
    leaves: list[Leaf] = []
    markup = ""
    for token in tokens:
        if token.type == "inline":
            leaves.append(_leaf(markup, token, lines))
            markup = ""
        elif token.type == "math_block":
            leaves.append(Leaf(markup + "<p>", token.content, "</p>", (token.map or [0])[0] + 1, 1))
            markup = ""
        else:
            markup += _tag(token)
    if not leaves:
        leaves.append(Leaf(markup, "", "", (first.map or [0])[0] + 1, 1))
    elif markup:
        leaves[-1] = leaves[-1]._replace(close=leaves[-1].close + markup)
    if kind == "p" and _DISPLAY.fullmatch(leaves[0].text):
        return Block("math", (leaves[0]._replace(open="", close=""),))
    return Block(kind, tuple(_closed_early(leaves)), int(first.type == "ordered_list_open"))


def _closed_early(leaves: list[Leaf]) -> list[Leaf]:
    """Let each leaf close its own tags, as the quick scan does, so that equal texts give equal leaves."""
    closed = list(leaves)
    for index in range(1, len(closed)):
        tags = re.match(r"(?:</[a-z]+>)*", closed[index].open)
        end = tags.end() if tags else 0
        if end:
            closed[index - 1] = closed[index - 1]._replace(close=closed[index - 1].close + closed[index].open[:end])
            closed[index] = closed[index]._replace(open=closed[index].open[end:])
    return closed


def _leaf(markup: str, token: Token, lines: list[str]) -> Leaf:
    line = (token.map or [0])[0]
    head = token.content.split("\n", 1)[0]
    column = lines[line].find(head) + 1 if line < len(lines) else 1
    return Leaf(markup, token.content, "", line + 1, max(column, 1))


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


# --- Headings --------------------------------------------------------------------------------------------------------

# Ids that pages use for parts of their own.
_TAKEN = frozenset(
    {"main", "answer", "sources", "card", "pal", "keep-exploring", "nearby", "asked-before", "cite", "made"}
)

# `s-1` and `src-1` are sentences and sources.
_NUMBERED = re.compile(r"(?:s|src|g)-[0-9]+")


def _number_headings(blocks: list[Block]) -> tuple[Block, ...]:
    """Give headings unique anchors and levels from 2 on that never skip one."""
    seen = dict.fromkeys(_TAKEN, 1)
    level = 1
    numbered = []
    for block in blocks:
        if block.kind != "h":
            numbered.append(block)
            continue
        level = min(max(block.level, 2), level + 1, 4)
        _, text, _, line, column, _ = block.leaves[0]
        anchor = _unique(slug(text) or "section", seen)
        leaf = Leaf(f'<h{level} id="{anchor}">', text, f"</h{level}>", line, column)
        numbered.append(Block("h", (leaf,), level, anchor))
    return tuple(numbered)


def _unique(anchor: str, seen: dict[str, int]) -> str:
    """Return the anchor, numbered where it is taken; `seen` says how often each was asked for."""
    name = f"{anchor}-section" if _NUMBERED.fullmatch(anchor) else anchor
    candidate, number = name, seen.get(name, 0)
    while candidate in seen:
        number += 1
        candidate = f"{name}-{number}"
    seen[name] = number
    seen[candidate] = max(1, number if candidate == name else 1)
    return candidate
