"""Files at the root of the site that tell programs where everything is: sitemap, robots.txt, OpenSearch, llms.txt."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from agsite import urls
from agsite.archive import Entry
from agsite.config import Config
from agsite.pages import xml
from agsite.pages.lists import ADDRESS
from agsite.pages.overview import Overview
from agsite.pages.page import Link, Page, Say, answer_link

_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"

# Limits of the protocols.
_MOST_URLS = 50_000
_MOST_BYTES = 50 * 1024 * 1024
_SHORT_NAME, _LONG_NAME, _OPENSEARCH_DESCRIPTION = 16, 48, 1024
_LLMS_LINKS = 100
_BYTES_AROUND = 80

# The pages that list everything there is of a kind.
_LISTS = (
    urls.HOME,
    urls.ANSWERS,
    urls.PAPERS,
    urls.CATEGORIES,
    urls.MONTHS,
    urls.MODELS,
    urls.OPEN,
    urls.GAPS,
    urls.MAP,
)


class Located(NamedTuple):
    """A page for search engines, and the date of the newest answer that it shows; empty where it shows none."""

    url: str
    changed: str


class SitemapIndex(NamedTuple):
    """The parts of a sitemap that is too large for one file."""

    parts: tuple[Located, ...]


class Index(NamedTuple):
    """What `llms.txt` tells: pages that list others, as (title, address), and the newest answers."""

    lists: tuple[tuple[str, str], ...]
    answers: tuple[Link, ...]
    data: tuple[tuple[str, str], ...]


def located(overview: Overview) -> Iterator[Located]:
    """Yield every page that search engines should show."""
    archive = overview.archive
    newest = _newest(overview.live)
    yield from (Located(url, "") for url in sorted(overview.texts) if url != urls.HOME)
    yield from (Located(url, newest) for url in _LISTS)
    for entry in archive.entries:
        if entry.is_published:
            yield Located(urls.answer(entry.id), entry.answer.date.isoformat())
    for paper in archive.papers.values():
        if paper.contexts:
            yield Located(urls.paper(paper.id), _newest(context.entry for context in paper.contexts))
    yield from _groups(overview)
    for thread in overview.threads:
        answers = (entry for key in thread.questions for entry in archive.by_question.get(key, ()))
        yield Located(urls.thread(thread.id), _newest(answers))


def _groups(overview: Overview) -> Iterator[Located]:
    """Yield the lists of answers and of open questions by what these have in common."""
    for kind, groups in overview.groups.items():
        yield from (Located(ADDRESS[kind](name), _newest(entries)) for name, entries in groups.items() if entries)
    askers: defaultdict[str, list[Entry]] = defaultdict(list)
    for question in overview.archive.open_questions:
        if question.category:
            askers[question.category] += question.askers
    yield from (Located(urls.open_category(name), _newest(entries)) for name, entries in askers.items())


def _newest(entries: Iterable[Entry]) -> str:
    newest = max((entry.answer.date for entry in entries), default=None)
    return newest.isoformat() if newest else ""


def sitemap_pages(pages: Iterable[Located], config: Config) -> Iterator[Page]:
    """Gather the sitemap: one file, or an index of several."""
    parts = list(_parts(sorted(pages), config))
    if len(parts) == 1:
        yield Page(urls.SITEMAP, urls.SITEMAP, parts[0])
        return
    found = []
    for number, part in enumerate(parts, 1):
        found.append(Located(urls.sitemap(number), max(page.changed for page in part)))
        yield Page(found[-1].url, urls.SITEMAP, part)
    yield Page(urls.SITEMAP, "sitemap-index.xml", SitemapIndex(tuple(found)))


def _parts(pages: list[Located], config: Config) -> Iterator[tuple[Located, ...]]:
    """Cut the list where a file would hold too many addresses or bytes."""
    most = _MOST_BYTES - 1024
    part: list[Located] = []
    size = 0
    for page in pages:
        bytes_ = len(html.escape(config.absolute(page.url), quote=False).encode()) + _BYTES_AROUND
        if len(part) == _MOST_URLS or size + bytes_ > most:
            yield tuple(part)
            part, size = [], 0
        part.append(page)
        size += bytes_
    yield tuple(part)


def sitemap(pages: tuple[Located, ...], config: Config, say: Say) -> bytes:
    """Write a sitemap."""
    del say
    return _sitemap("urlset", "url", pages, config)


def sitemap_index(index: SitemapIndex, config: Config, say: Say) -> bytes:
    """Write an index of sitemaps."""
    del say
    return _sitemap("sitemapindex", "sitemap", index.parts, config)


def _sitemap(tag: str, item: str, pages: tuple[Located, ...], config: Config) -> bytes:
    root = xml.root(tag, _SITEMAPS)
    for page in pages:
        element = xml.add(root, item)
        xml.add(element, "loc", config.absolute(page.url))
        if page.changed:
            xml.add(element, "lastmod", page.changed)
    return xml.write(root)


def robots(config: Config) -> str:
    """Write robots.txt: everything may be read, and here is where it is."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {config.absolute(urls.SITEMAP)}\n"


def opensearch(context: object, config: Config, say: Say) -> bytes:
    """Write the description by which a browser offers the site's search."""
    del context
    root = xml.root("OpenSearchDescription", _OPENSEARCH)
    xml.add(root, "ShortName", config.title[:_SHORT_NAME].strip())
    xml.add(root, "LongName", config.title[:_LONG_NAME].strip())
    xml.add(root, "Description", say("search_of", site=config.title)[:_OPENSEARCH_DESCRIPTION])
    xml.add(root, "Language", config.language)
    xml.add(root, "InputEncoding", "UTF-8")
    template = f"{config.absolute(urls.SEARCH)}?q={{searchTerms}}"
    xml.add(root, "Url", type="text/html", method="get", template=template)
    return xml.write(root)


def llms_page(overview: Overview) -> Page:
    """Gather `llms.txt`: indexes, the newest answers as Markdown, and the data files."""
    lists = (
        ("all_answers", urls.ANSWERS),
        ("by_field", urls.CATEGORIES),
        ("all_papers", urls.PAPERS),
        ("all_open", urls.OPEN),
        ("gaps", urls.GAPS),
        ("map", urls.MAP),
        ("about", urls.ABOUT),
    )
    data = (
        ("answers", urls.ANSWER_LINES),
        ("papers", urls.PAPER_LINES),
        ("citations", urls.CITATION_LINES),
        ("bibtex", urls.BIBLIOGRAPHY),
    )
    published = [entry for entry in overview.archive.entries if entry.is_published]
    newest = published[: _LLMS_LINKS - len(lists) - len(data)]
    answers = tuple(link._replace(url=urls.markdown(link.url)) for link in map(answer_link, newest))
    return Page(urls.LLMS, urls.LLMS, Index(lists, answers, data))


def llms(index: Index, config: Config, say: Say) -> bytes:
    """Write `llms.txt` as llmstxt.org has it: title, summary, notes, lists of links, the optional ones last."""
    lines = [
        f"# {config.title}",
        "",
        f"> {config.description}",
        "",
        say("llms_how_to_cite_in" if config.archive_name else "llms_how_to_cite", archive=config.archive_name),
    ]
    lines += ["", f"## {say('llms_lists')}", ""]
    lines += [_link(say(key), url, config) for key, url in index.lists]
    lines += ["", f"## {say('latest')}", "", *(_answer(link, config, say) for link in index.answers)]
    lines += ["", "## Optional", "", *(_link(f"{say(key)}: {url}", url, config) for key, url in index.data), ""]
    return "\n".join(lines).encode()


def _answer(link: Link, config: Config, say: Say) -> str:
    return _link(link.text, link.url, config) + (f": {say('rejected_by_reviewer')}" if link.rejected else "")


def _link(text: str, url: str, config: Config) -> str:
    safe = " ".join(text.split()).replace("[", "(").replace("]", ")")
    return f"- [{safe}]({config.absolute(url)})"
