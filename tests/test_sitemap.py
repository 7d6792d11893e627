"""Sitemap, robots.txt, OpenSearch, llms.txt: what they list is what the site has, in the form their rules ask for."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from agsite.config import Config
from agsite.pages import indexes
from agsite.pages.indexes import Located, sitemap, sitemap_index, sitemap_pages
from tests.published import BASE
from tests.sites import pages

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def say(key: str, **values: object) -> str:
    return " ".join([key, *map(str, values.values())])


def listed(data: bytes, tag: str = "url") -> dict[str, str | None]:
    root = ET.fromstring(data)
    assert root.tag == NAMESPACE + {"url": "urlset", "sitemap": "sitemapindex"}[tag]
    for item in root:
        names = [child.tag.removeprefix(NAMESPACE) for child in item]
        assert item.tag == NAMESPACE + tag
        assert names in (["loc"], ["loc", "lastmod"])
    return {item.findtext(f"{NAMESPACE}loc"): item.findtext(f"{NAMESPACE}lastmod") for item in root}


def indexed(site: Path) -> set[str]:
    """The canonical address of every page that may be indexed, as the pages themselves say."""
    found = set()
    for page in pages(site).values():
        (robots,) = page.find("meta", name="robots")
        (canonical,) = page.find("link", rel="canonical")
        if "noindex" not in robots["content"]:
            found.add(canonical["href"])
    return found


def test_the_sitemap_lists_every_page_that_may_be_indexed_and_no_other(published):
    assert set(listed((published / "sitemap.xml").read_bytes())) == indexed(published)


def test_withdrawn_answers_and_never_cited_papers_are_not_listed(published):
    found = listed((published / "sitemap.xml").read_bytes())
    assert f"{BASE}ask/hard/" in found
    assert f"{BASE}ask/gone/" not in found
    assert f"{BASE}paper/AG-2024.11-078/" not in found


def test_dates_are_those_of_the_newest_answer_that_a_page_shows(published):
    found = listed((published / "sitemap.xml").read_bytes())
    assert found[f"{BASE}ask/hard/"] == "2026-05-04"
    assert found[f"{BASE}paper/AG-2025.03-1234/"] == "2026-05-04"
    assert found[f"{BASE}paper/AG-2024.11-077/"] == found[f"{BASE}map/hard/"] == found[BASE] == "2026-05-06"
    assert all(dt.date.fromisoformat(date) for date in found.values() if date)


def test_each_address_is_listed_once_in_order(published):
    locations = re.findall("<loc>(.*?)</loc>", (published / "sitemap.xml").read_text(encoding="utf-8"))
    assert locations == sorted(set(locations))


@pytest.mark.parametrize("count", [50_000, 50_001, 120_000])
def test_above_fifty_thousand_addresses_there_is_an_index(count):
    made = list(sitemap_pages((Located(f"ask/a{n:06d}/", "2026-05-03") for n in range(count)), Config()))
    parts = [page for page in made if page.template == "sitemap.xml"]
    assert sum(len(page.context) for page in parts) == count
    assert max(len(page.context) for page in parts) <= 50_000
    if count == 50_000:
        assert [page.url for page in made] == ["sitemap.xml"]
    else:
        assert made[-1].url == "sitemap.xml"
        index = listed(sitemap_index(made[-1].context, Config(), say), "sitemap")
        assert list(index) == [f"https://example.org/{page.url}" for page in parts]
        assert set(index.values()) == {"2026-05-03"}


def test_no_file_of_a_sitemap_is_larger_than_its_protocol_allows(monkeypatch):
    monkeypatch.setattr(indexes, "_MOST_BYTES", 20_000)
    located = [Located(f"ask/{n:03d}-{'&' * 60}/", "2026-05-03") for n in range(300)]
    made = [page for page in sitemap_pages(located, Config()) if page.template == "sitemap.xml"]
    sizes = [len(sitemap(page.context, Config(), say)) for page in made]
    assert len(sizes) > 1
    assert max(sizes) <= 20_000


def test_robots_may_read_everything_and_find_the_sitemap(published):
    text = (published / "robots.txt").read_text(encoding="utf-8")
    assert text == f"User-agent: *\nAllow: /\n\nSitemap: {BASE}sitemap.xml\n"


def test_a_browser_can_offer_the_search(published):
    root = ET.parse(published / "opensearch.xml").getroot()
    assert root.tag == f"{OPENSEARCH}OpenSearchDescription"
    assert 0 < len(root.findtext(f"{OPENSEARCH}ShortName")) <= 16
    assert 0 < len(root.findtext(f"{OPENSEARCH}Description")) <= 1024
    (url,) = root.findall(f"{OPENSEARCH}Url")
    assert (url.get("type"), url.get("template")) == ("text/html", f"{BASE}search/?q={{searchTerms}}")


def test_llms_txt_has_the_form_and_its_links_lead_to_files(published):
    lines = (published / "llms.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert [line for line in lines if line.startswith("# ")] == lines[:1]
    assert lines[2].startswith("> ")
    assert [line for line in lines if line.startswith("## ")][-1] == "## Optional"
    links = re.findall(r"^- \[[^\[\]]+\]\((\S+)\)$", "\n".join(lines), re.MULTILINE)
    assert len(links) == sum(line.startswith("- ") for line in lines) <= 100
    for link in links:
        assert link.startswith(BASE)
        path = published / link.removeprefix(BASE)
        assert path.is_file() or (path / "index.html").is_file() or link == f"{BASE}about/"
    assert f"{BASE}ask/hard/index.md" in links


@pytest.mark.parametrize(("name", "said"), [("", "llms_how_to_cite "), ("soups", "llms_how_to_cite_in soups")])
def test_llms_txt_names_the_archive_of_the_ids_if_it_has_a_name(name: str, said: str):
    from agsite.pages.overview import Overview
    from tests.archives import answer_text, archive

    config = Config(archive_name=name)
    page = indexes.llms_page(Overview(archive({"a.md": answer_text("Why?", "Text.")}), config))
    assert said in indexes.llms(page.context, config, say).decode().splitlines()


def test_llms_txt_says_which_answers_were_rejected():
    from agsite.pages.overview import Overview
    from tests.archives import answer_text, archive

    bad = answer_text("Is it hot?", "Text.", more="review: {status: rejected}")
    files = {"a.md": bad, "b.md": answer_text("Why?", "Text.")}
    told = indexes.llms(indexes.llms_page(Overview(archive(files), Config())).context, Config(), say).decode()
    base = Config().base_url
    assert f"- [Is it hot?]({base}ask/a/index.md): rejected_by_reviewer\n- [Why?]({base}ask/b/index.md)\n" in told


def test_llms_txt_holds_a_hundred_links_at_most():
    from agsite.pages.overview import Overview
    from tests.archives import answer_text, archive

    files = {f"a{n}.md": answer_text(f"Question [{n}]?", "Text.") for n in range(150)}
    page = indexes.llms_page(Overview(archive(files), Config()))
    text = indexes.llms(page.context, Config(), say).decode()
    assert text.count("](") == 100
