"""Pages of plain text."""

from __future__ import annotations

from typing import NamedTuple

from agsite.body import Block
from agsite.ellipsis import cut
from agsite.markup import plain_text, read
from agsite.pages.page import DESCRIPTION, Head


class TextPage(NamedTuple):
    """A page of Markdown that the site adds, such as About; or one whose text stands in its template."""

    head: Head
    blocks: tuple[Block, ...]


def text_page(url: str, markdown: str) -> TextPage:
    """Gather a page of Markdown; the heading that it begins with is its title."""
    title, blocks = url.strip("/"), read(markdown, gaps=False).blocks
    if blocks and blocks[0].kind == "h":
        title, blocks = plain_text(blocks[0].leaves[0].text) or title, blocks[1:]
    opening = next((leaf.text for block in blocks for leaf in block.leaves if leaf.sentences), "")
    return TextPage(Head(url, title, cut(plain_text(opening), DESCRIPTION)), blocks)
