"""Feeds of the newest answers, of the whole site and of each category, as Atom (RFC 4287) and JSON Feed 1.1.

An entry is a whole answer with its citations as ids, so that it can be read and checked anywhere. Dates are those of
the answers, at midnight UTC, for a file that says no more than a day.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Collection, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from agsite import markup, urls
from agsite.archive import Entry
from agsite.body import Block, Leaf
from agsite.categories import full_name, name_of
from agsite.config import Config
from agsite.encoding import to_json
from agsite.markup import plain_text
from agsite.pages import xml
from agsite.pages.overview import Overview
from agsite.pages.page import Page, Say
from agsite.records import HAND_WRITTEN
from agsite.review import was_rejected

_ATOM = "http://www.w3.org/2005/Atom"
_JSON_FEED = "https://jsonfeed.org/version/1.1"
_BEFORE_EVERYTHING = "1970-01-01"
_ANCHOR = re.compile(r' id="[^"]*"')


class Item(NamedTuple):
    """An answer in a feed; `id` is its oldest address, by which feed readers know whether they have seen it."""

    id: str
    url: str
    title: str
    date: str
    model: str
    category: str | None
    summary: str
    note: str | None
    blocks: tuple[Block, ...]
    rejected: bool

    def content(self, url: str, say: Say) -> str:
        """The HTML of the answer as a feed reader shows it, first what is to be known of it."""
        notes = filter(None, (say("review_rejected") if self.rejected else None, self.note))
        before = [f"<p><em>{html.escape(note, quote=False)}</em></p>\n" for note in notes]
        return "".join(before) + _content(self.blocks, url)


class Feed(NamedTuple):
    """A feed: the page that it belongs to, the category it is of (None for all), and its answers, newest first."""

    page: str
    category: str | None
    items: tuple[Item, ...]


def feed_pages(overview: Overview, page: str, entries: Sequence[Entry], category: str | None = None) -> Iterator[Page]:
    """Gather a feed in both formats; only published answers are in it."""
    published = [entry for entry in entries if entry.is_published]
    feed = Feed(
        page, category, tuple(_item(entry, overview.entries) for entry in published[: overview.config.feed_entries])
    )
    for url, template in zip(urls.feeds(page), (urls.ATOM, urls.JSON_FEED), strict=True):
        yield Page(url, template, feed)


def _item(entry: Entry, ids: Collection[str]) -> Item:
    answer = entry.answer
    # What is the id of another answer would be there twice.
    earlier = next((alias for alias in answer.aliases if alias not in ids), entry.id)
    first = next(entry.body.whole(attrgetter("groups")), None)
    summary = plain_text(first.text, first.sentences) if first else ""
    return Item(
        urls.answer(earlier),
        urls.answer(entry.id),
        answer.question,
        answer.date.isoformat(),
        answer.model,
        entry.category,
        summary,
        answer.note,
        entry.blocks,
        was_rejected(answer),
    )


def atom(feed: Feed, config: Config, say: Say) -> bytes:
    """Write a feed as Atom."""
    root = xml.root("feed", _ATOM, {"xml:lang": config.language})
    page, own = config.absolute(feed.page), config.absolute(urls.feeds(feed.page)[0])
    xml.add(root, "id", page)
    xml.add(root, "title", _title(feed, config, say))
    xml.add(root, "subtitle", config.description)
    xml.add(root, "updated", _moment(feed.items[0].date if feed.items else _BEFORE_EVERYTHING))
    xml.add(root, "link", rel="self", type="application/atom+xml", href=own)
    xml.add(root, "link", rel="alternate", type="text/html", href=page)
    if config.license:
        xml.add(root, "rights", config.license)
    for item in feed.items:
        url = config.absolute(item.url)
        entry = xml.add(root, "entry")
        xml.add(entry, "id", config.absolute(item.id))
        xml.add(entry, "title", item.title)
        xml.add(entry, "published", _moment(item.date))
        xml.add(entry, "updated", _moment(item.date))
        xml.add(entry, "link", rel="alternate", type="text/html", href=url)
        xml.add(entry, "link", rel="alternate", type="text/markdown", href=config.absolute(urls.markdown(item.url)))
        xml.add(xml.add(entry, "author"), "name", _author(item, say))
        if item.category:
            xml.add(entry, "category", term=item.category, label=name_of(item.category))
        if item.summary:
            xml.add(entry, "summary", item.summary)
        xml.add(entry, "content", item.content(url, say), type="html")
    return xml.write(root)


def json_feed(feed: Feed, config: Config, say: Say) -> bytes:
    """Write a feed as JSON Feed."""
    items = b",\n".join([to_json(_json_item(item, config, say)) for item in feed.items])
    facts = {
        "version": _JSON_FEED,
        "title": _title(feed, config, say),
        "home_page_url": config.absolute(feed.page),
        "feed_url": config.absolute(urls.feeds(feed.page)[1]),
        "description": config.description,
        "language": config.language,
    }
    return to_json(facts)[:-1] + b',"items":[\n' + items + b"\n]}\n"


def _json_item(item: Item, config: Config, say: Say) -> dict[str, object]:
    url = config.absolute(item.url)
    facts: dict[str, object] = {
        "id": config.absolute(item.id),
        "url": url,
        "title": item.title,
        "content_html": item.content(url, say),
        "date_published": _moment(item.date),
        "authors": [{"name": _author(item, say)}],
        "language": config.language,
    }
    if item.summary:
        facts["summary"] = item.summary
    if item.category:
        facts["tags"] = [item.category]
    if config.share_images:
        facts["image"] = config.absolute(urls.picture(item.url))
    return facts


def _title(feed: Feed, config: Config, say: Say) -> str:
    return say("feed_of_category", site=config.title, name=full_name(feed.category)) if feed.category else config.title


def _author(item: Item, say: Say) -> str:
    return say("hand_written_author") if item.model == HAND_WRITTEN else say("model_author", model=item.model)


def _moment(date: str) -> str:
    return f"{date}T00:00:00Z"


# The same answer is in two formats of two feeds.
@functools.lru_cache(maxsize=500)
def _content(blocks: tuple[Block, ...], url: str) -> str:
    return "\n".join("".join([_leaf(leaf, url) for leaf in block.leaves]) for block in blocks)


def _leaf(leaf: Leaf, url: str) -> str:
    # The anchors of headings are of use on the page only, and a reader shows many answers on one.
    tag = markup.open_tag(leaf)
    opened = _ANCHOR.sub("", tag) if " id=" in tag else tag
    return opened + markup.portable_html(leaf, url) + leaf.close
