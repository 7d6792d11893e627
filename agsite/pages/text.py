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
    """Gather a page of Markdown; its first heading is its title."""
    first, _, rest = markdown.lstrip().partition("\n")
    title = plain_text(first.lstrip("# ")) if first.startswith("#") else url.strip("/")
    body = read(rest if first.startswith("#") else markdown, gaps=False)
    opening = next((leaf.text for leaf in body.leaves() if leaf.sentences), "")
    return TextPage(Head(url, title, cut(plain_text(opening), DESCRIPTION)), body.blocks)
