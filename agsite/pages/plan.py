"""Which pages the site has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from agsite import urls
from agsite.archive import Archive
from agsite.ids import PaperId
from agsite.pages import feeds, home, indexes, lists, schemas, text, threads, twins, unanswered
from agsite.pages.answers import answer_page
from agsite.pages.facts import Facts
from agsite.pages.overview import Overview
from agsite.pages.page import Head, Page
from agsite.pages.pagination import count_pages
from agsite.pages.papers import paper_pages, reference
from agsite.pages.share import SharePicture
from agsite.pages.writers import citation_pages
from agsite.papers import to_bibtex


class Section(NamedTuple):
    """Pages that are planned together, such as an answer's page and its twins.

    `url` is that of the first page, or of the folder that they lie in; with what the section is `about`, which follows
    from it, nothing else than facts says what the pages show.
    """

    url: str
    planned: Callable[..., Iterator[Page]]
    about: tuple[Any, ...] = ()

    def pages(self, facts: Facts) -> Iterator[Page]:
        """Plan the pages: work that can wait, and that a forked process can do; `facts` notes what they ask for."""
        return self.planned(facts, *self.about)


def plan_sections(overview: Overview) -> list[Section]:
    """Return all sections of the site but search and `build.json`; no page is planned yet."""
    archive = overview.archive
    return [
        *[Section(url, _text, (url,)) for url in sorted(overview.texts)],
        *[Section(urls.answer(entry.id), _answer, (entry.id,)) for entry in archive.entries],
        *_list_sections(overview),
        *[Section(url, _index, (kind,)) for kind, url in lists.INDEX.items()],
        Section(urls.PAPERS, _papers),
        Section(urls.OPEN, _open),
        Section(urls.GAPS, _gaps),
        Section(urls.HOME, _home),
        Section(urls.NOT_FOUND, _not_found),
        Section(urls.MAP, _map),
        *[Section(urls.thread(thread.id), _thread, (thread.id,)) for thread in overview.threads],
        Section(urls.DATA_FILES, _data),
        Section(urls.ATOM, _feeds),
        Section(urls.SITEMAP, _indexes),
        *[Section(urls.paper(id), _paper, (id,)) for id in archive.papers],
    ]


def joined(archive: Archive) -> Mapping[str, Sequence[str]]:
    """Return the files that consist of others, one after the other, by address: lines of data are the JSON twins."""
    return {
        urls.ANSWER_LINES: [urls.json(urls.answer(entry.id)) for entry in archive.entries],
        urls.PAPER_LINES: [urls.json(urls.paper(id)) for id in archive.papers],
    }


def search_section() -> Section:
    """Return the page that searching happens on."""
    return Section(urls.SEARCH, _search)


def _search(_: Facts) -> Iterator[Page]:
    # Without a query the page shows nothing that a search engine could use.
    yield Page(urls.SEARCH, "search.html", text.TextPage(Head(urls.SEARCH, indexed=False), ()))
    yield Page(urls.OPENSEARCH, urls.OPENSEARCH, None)


def _text(facts: Facts, url: str) -> Iterator[Page]:
    yield Page(url, "page.html", text.text_page(url, facts))


def _answer(facts: Facts, id: str) -> Iterator[Page]:
    url = urls.answer(id)
    entry = facts.entry(id)
    context = answer_page(facts, entry)
    yield Page(url, "answer.html", context)
    yield Page(urls.markdown(url), "text", twins.answer_markdown(entry))
    twin = twins.answer_json(facts, entry, context.made, (row for row, _ in context.nearby))
    yield Page(urls.json(url), "text", twins.line(twin))
    if facts.config.share_images:
        yield Page(urls.picture(url), "og.png", SharePicture(facts.plate(entry)))
    yield from citation_pages(facts.config, context)


def _paper(facts: Facts, id: PaperId) -> Iterator[Page]:
    paper = facts.paper(id)
    for context in paper_pages(facts, paper):
        yield Page(context.head.url, "paper.html", context)
        yield from citation_pages(facts.config, context)
    yield Page(urls.json(urls.paper(id)), "text", twins.line(twins.paper_json(paper)))


def list_addresses(overview: Overview) -> Iterator[str]:
    """Yield the addresses of the lists of answers, each of their pages."""
    return (section.url for section in _list_sections(overview))


def _list_sections(overview: Overview) -> Iterator[Section]:
    """Yield a section for each page, for an edit changes few of a long list's."""
    for kind, groups in overview.groups.items():
        for name, entries in groups.items():
            for number in range(1, count_pages(len(entries), overview.config.per_page) + 1):
                url = urls.numbered(lists.ADDRESS[kind](name), number)
                yield Section(url, _list, (kind, name, number))


def _list(facts: Facts, kind: str, name: str, number: int) -> Iterator[Page]:
    context = lists.list_page(facts, kind, name, number)
    yield Page(context.head.url, "list.html", context)


def _index(facts: Facts, kind: str) -> Iterator[Page]:
    index = lists.index_page(kind, facts.whole.groups)
    yield Page(index.head.url, "index-of-lists.html", index)


def _papers(facts: Facts) -> Iterator[Page]:
    for context in lists.papers_pages(facts.whole):
        yield Page(context.head.url, "papers.html", context)


def _open(facts: Facts) -> Iterator[Page]:
    for context in unanswered.open_pages(facts.whole):
        yield Page(context.head.url, "open.html", context)


def _gaps(facts: Facts) -> Iterator[Page]:
    for context in unanswered.gaps_pages(facts.whole):
        yield Page(context.head.url, "gaps.html", context)


def _home(facts: Facts) -> Iterator[Page]:
    yield Page(urls.HOME, "home.html", home.home_page(facts.whole))


def _not_found(_: Facts) -> Iterator[Page]:
    yield Page(urls.NOT_FOUND, "404.html", text.TextPage(Head(urls.NOT_FOUND, indexed=False), ()))


def _map(facts: Facts) -> Iterator[Page]:
    for context in threads.map_pages(facts.whole):
        yield Page(context.head.url, "map.html", context)


def _thread(facts: Facts, id: str) -> Iterator[Page]:
    whole = facts.whole_thread(id)
    for context in threads.thread_pages(whole):
        yield Page(context.head.url, "thread.html", context)
    for moved in threads.moved_pages(whole):
        yield Page(moved.head.url, "moved.html", moved)


def _data(facts: Facts) -> Iterator[Page]:
    overview, archive = facts.whole, facts.whole.archive
    yield Page(urls.CITATION_LINES, "text", twins.lines(twins.citation_lines(archive)))
    references = [reference(paper, overview.config) for paper in archive.papers.values()]
    yield Page(urls.BIBLIOGRAPHY, "text", to_bibtex(references, overview.config.archive_name))
    for name, schema in schemas.schemas(overview.config).items():
        yield Page(urls.schema(name), "text", twins.line(schema))


def _feeds(facts: Facts) -> Iterator[Page]:
    overview = facts.whole
    yield from feeds.feed_pages(overview, urls.HOME, overview.live)
    for name, own in overview.groups["category"].items():
        yield from feeds.feed_pages(overview, urls.category(name), own, name)


def _indexes(facts: Facts) -> Iterator[Page]:
    overview = facts.whole
    yield from indexes.sitemap_pages(indexes.located(overview), overview.config)
    yield Page(urls.ROBOTS, "text", indexes.robots(overview.config))
    yield indexes.llms_page(overview)
