"""Feeds: Atom as RFC 4287 asks, JSON Feed as its version 1.1 asks, whole answers in them, the same on every build."""

from __future__ import annotations

import json
import re
from unittest import mock
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import feedparser
import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agsite import markup, urls
from agsite.config import Config
from agsite.markup import inline
from agsite.pages import xml
from agsite.pages.feeds import Feed, atom, json_feed
from tests.archives import answer_text, archive, plan_pages
from tests.prose import CITING, PIECES, STRANGE
from tests.published import BASE, HARD

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def say(key: str, **values: object) -> str:
    return f"{key} {' '.join(map(str, values.values()))}".strip()


@pytest.fixture(scope="module", params=["", "category/hep-ph/", "category/astro-ph.GA/"])
def folder(request, published):
    """The folder of a feed: that of the site, and two of categories."""
    return published / request.param


def address(folder, published) -> str:
    path = folder.relative_to(published).as_posix()
    return BASE if path == "." else f"{BASE}{path}/"


# --- Atom ------------------------------------------------------------------------------------------------------------


def one(element: ET.Element, name: str) -> ET.Element:
    (found,) = element.findall(ATOM + name)
    return found


def is_iri(text: str | None) -> bool:
    return bool(text) and urlsplit(text).scheme == "https" and " " not in text


def test_atom_has_what_the_specification_demands(folder, published):
    """RFC 4287, 4.1.1: exactly one id, title and updated; 4.1.2 the same for entries; 4.2.7: relations of links."""
    feed = ET.parse(folder / "feed.xml").getroot()
    assert feed.tag == f"{ATOM}feed"
    assert one(feed, "id").text == address(folder, published)
    assert one(feed, "title").text
    assert MOMENT.fullmatch(one(feed, "updated").text)
    links = {link.get("rel"): link for link in feed.findall(f"{ATOM}link")}
    assert links["self"].get("href") == f"{address(folder, published)}feed.xml"
    assert links["self"].get("type") == "application/atom+xml"
    assert links["alternate"].get("href") == address(folder, published)
    for entry in feed.findall(f"{ATOM}entry"):
        assert is_iri(one(entry, "id").text)
        assert one(entry, "title").text
        assert MOMENT.fullmatch(one(entry, "updated").text)
        assert MOMENT.fullmatch(one(entry, "published").text)
        assert one(one(entry, "author"), "name").text
        assert one(entry, "content").get("type") == "html"
        assert len(one(entry, "content")) == 0  # escaped markup, not child elements
        alternates = [(link.get("type"), link.get("href")) for link in entry.findall(f"{ATOM}link")]
        assert len(set(alternates)) == len(alternates) == 2
        assert one(entry, "id").text == dict(alternates)["text/html"]


def test_every_element_is_one_that_the_specification_knows(folder):
    known = {"feed", "entry", "id", "title", "subtitle", "updated", "published", "link", "author", "name"}
    known |= {"category", "summary", "content", "rights", "generator"}
    assert {element.tag for element in ET.parse(folder / "feed.xml").iter()} <= {ATOM + name for name in known}


def test_a_feed_reader_finds_nothing_wrong(folder):
    parsed = feedparser.parse((folder / "feed.xml").read_bytes())
    assert not parsed.bozo
    assert parsed.version == "atom10"
    ids = [entry.id for entry in parsed.entries]
    assert len(ids) == len(set(ids))
    dates = [entry.published_parsed for entry in parsed.entries]
    assert dates == sorted(dates, reverse=True)
    assert parsed.feed.updated_parsed == (dates[0] if dates else parsed.feed.updated_parsed)


def test_a_feed_reader_sees_the_question_its_author_and_the_whole_answer(published):
    parsed = feedparser.parse((published / "feed.xml").read_bytes())
    by_id = {entry.id: entry for entry in parsed.entries}
    hard = by_id[f"{BASE}ask/hard/"]
    titles = ET.parse(published / "feed.xml").findall(f"{ATOM}entry/{ATOM}title")
    assert HARD in [title.text for title in titles]
    assert hard.author == "test-model (language model)"
    assert hard.tags[0].term == "hep-ph"
    hand = by_id[f"{BASE}ask/hand/"]
    assert hand.author == "Written by hand"
    assert hand.content[0].value.startswith("<p><em>Corrected &lt;once&gt; &amp; again.</em></p>")
    assert f"{BASE}ask/gone/" not in by_id


# --- JSON Feed -------------------------------------------------------------------------------------------------------


def test_json_feed_has_what_its_specification_demands(folder, published):
    feed = json.loads((folder / "feed.json").read_text(encoding="utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["home_page_url"] == address(folder, published)
    assert feed["feed_url"] == f"{address(folder, published)}feed.json"
    for item in feed["items"]:
        assert is_iri(item["id"])
        assert item["id"] == item["url"]
        assert item["content_html"]
        assert MOMENT.fullmatch(item["date_published"])
        assert all(author["name"] for author in item["authors"])
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
        assert item["image"] == f"{item['url']}og.png"


def test_every_key_is_one_that_json_feed_knows(folder):
    feed = json.loads((folder / "feed.json").read_text(encoding="utf-8"))
    top = "version title home_page_url feed_url description icon language authors items expired"
    item = "id url title content_html summary image date_published date_modified authors tags language"
    assert set(feed) <= set(top.split())
    assert {key for entry in feed["items"] for key in entry} <= set(item.split())


def test_both_formats_say_the_same(folder):
    entries = ET.parse(folder / "feed.xml").findall(f"{ATOM}entry")
    items = json.loads((folder / "feed.json").read_text(encoding="utf-8"))["items"]
    assert [(one(e, "id").text, one(e, "title").text, one(e, "content").text) for e in entries] == [
        (item["id"], item["title"], item["content_html"]) for item in items
    ]


# --- What is in them -------------------------------------------------------------------------------------------------


def content(published, id: str) -> str:
    items = json.loads((published / "feed.json").read_text(encoding="utf-8"))["items"]
    return next(item["content_html"] for item in items if item["id"] == f"{BASE}ask/{id}/")


def test_content_holds_citations_as_ids_and_nothing_that_only_the_page_can_show(published):
    html = content(published, "hard")
    assert "It does [AG-2025.03-1234]." in html
    assert "two [AG-2025.01-9]" in html
    for word in ("class=", "id=", "href=", "<script", "</script", "<a "):
        assert word not in html
    assert "<h2>Part &lt;two&gt;</h2>" in html


def test_a_link_leads_where_it_does_on_the_answers_page():
    (leaf,) = markup.read("[a](../b/), [b](/c/), [c](https://d.org/) and [d](#s-1).").leaves()
    html = markup.portable_html(leaf, f"{BASE}ask/a/")
    assert re.findall('href="(.*?)"', html) == [
        f"{BASE}ask/a/../b/",
        "/c/",
        "https://d.org/",
        f"{BASE}ask/a/#s-1",
    ]


def test_content_is_well_formed_html(published):
    parser = html5lib.HTMLParser(strict=True)
    items = json.loads((published / "feed.json").read_text(encoding="utf-8"))["items"]
    for item in items:
        fragment = parser.parseFragment(item["content_html"])
        assert "".join(fragment.itertext()).strip()


@given(st.lists(CITING | PIECES | STRANGE, max_size=12).map("".join))
def test_prose_without_marks_is_written_the_same_by_the_short_way_and_by_the_long_one(text: str):
    for leaf in markup.read(text).leaves():
        short = markup.portable_html(leaf)
        with mock.patch.object(inline, "_unmarked_html", return_value=""):
            assert markup.portable_html(leaf) == short


def test_a_feed_holds_the_newest_answers_up_to_its_limit():
    files = {f"a{n:02d}.md": answer_text(f"Question {n}?", "Text.", date=f"2026-05-{n:02d}") for n in range(1, 21)}
    pages = {page.url: page for page in plan_pages(archive(files), Config(feed_entries=5))}
    assert [item.date for item in pages[urls.ATOM].context.items] == [f"2026-05-{n}" for n in range(20, 15, -1)]


def test_an_answer_that_was_renamed_is_still_the_entry_that_readers_have_seen():
    """RFC 4287, 4.2.6: an id does not change when its entry is relocated, and no two entries of a feed share one."""
    new = answer_text("Is it hot?", "Yes.", more="aliases: [cold, first, second]")
    pages = {
        page.url: page
        for page in plan_pages(archive({"new.md": new, "cold.md": answer_text("Cold?", "No.")}), Config())
    }
    feed, base = pages[urls.ATOM].context, Config().base_url
    ids = {entry.link: entry.id for entry in feedparser.parse(atom(feed, Config(), say)).entries}
    assert ids == {f"{base}ask/new/": f"{base}ask/first/", f"{base}ask/cold/": f"{base}ask/cold/"}
    items = json.loads(json_feed(feed, Config(), say))["items"]
    assert {item["url"]: item["id"] for item in items} == ids


def test_a_first_heading_that_repeats_the_question_stands_in_a_feed_no_more_than_on_the_page():
    files = {"a.md": answer_text("Is it hot?", "# Is it hot?\n\nYes.\n\n# Why\n\nSun.")}
    pages = {page.url: page for page in plan_pages(archive(files), Config())}
    (item,) = json.loads(json_feed(pages[urls.JSON_FEED].context, Config(), say))["items"]
    assert item["content_html"] == "<p>Yes.</p>\n<h2>Why</h2>\n<p>Sun.</p>"


def test_a_feed_says_first_of_an_answer_that_it_was_rejected():
    more = "note: Its claim is wrong.\nreview: {status: rejected, by: A Reader}"
    pages = {
        page.url: page for page in plan_pages(archive({"a.md": answer_text("Is it hot?", "Yes.", more=more)}), Config())
    }
    (item,) = json.loads(json_feed(pages[urls.JSON_FEED].context, Config(), say))["items"]
    assert item["content_html"] == "<p><em>review_rejected</em></p>\n<p><em>Its claim is wrong.</em></p>\n<p>Yes.</p>"
    (entry,) = feedparser.parse(atom(pages[urls.ATOM].context, Config(), say)).entries
    assert "review_rejected" in entry.content[0].value


def test_a_feed_without_answers_is_still_a_feed():
    empty = Feed("category/hep-th/", "hep-th", ())
    parsed = feedparser.parse(atom(empty, Config(), say))
    assert not parsed.bozo
    assert parsed.entries == []
    assert json.loads(json_feed(empty, Config(), say))["items"] == []


def test_what_xml_cannot_write_is_left_out():
    root = xml.root("feed", "urn:x")
    xml.add(root, "title", "a\x0bb\ufffec\ud800d\U0001f300", label="\x01e")
    (title,) = ET.fromstring(xml.write(root))
    assert (title.text, title.get("label")) == ("abcd\U0001f300", "e")
