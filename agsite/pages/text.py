"""Pages of Markdown that the site adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from agsite import urls
from agsite.body import Block, Body
from agsite.ellipsis import cut
from agsite.markup import CiteMark, plain_text, read
from agsite.pages.facts import Facts
from agsite.pages.page import DESCRIPTION, Head


class TextPage(NamedTuple):
    """A page of Markdown that the site adds, such as About; or one whose text stands in its template."""

    head: Head
    blocks: tuple[Block, ...]
    marks: tuple[tuple[str, CiteMark], ...] = ()


def text_page(url: str, facts: Facts) -> TextPage:
    """Gather a page of Markdown; the heading that it begins with is its title."""
    body = read(facts.text(url), gaps=False)
    title, blocks = url.strip("/"), body.blocks
    if blocks and blocks[0].kind == "h":
        title, blocks = plain_text(blocks[0].leaves[0].text) or title, blocks[1:]
    opening = next((leaf.text for block in blocks for leaf in block.leaves if leaf.sentences), "")
    return TextPage(Head(url, title, cut(plain_text(opening), DESCRIPTION)), blocks, tuple(_marks(url, body, facts)))


def _marks(url: str, body: Body, facts: Facts) -> Iterator[tuple[str, CiteMark]]:
    """Yield the papers that a page cites, by the spelling of their ids; those of the archive lead to their pages."""
    for spelling in dict.fromkeys(citation.paper for citation in body.citations):
        paper = facts.spelt(spelling)
        known = facts.known(paper) if paper else None
        id, href = (known.id, urls.to_root(url) + known.url) if known else (spelling, "")
        title = (known.title if known else None) or id
        yield spelling, CiteMark(id, 0, href, title, needs_list=False)
