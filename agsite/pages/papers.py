"""The page of a paper: what is known of it, and every sentence of the archive that cites it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple
from urllib.parse import quote

from agsite import plates, urls
from agsite.archive import Context, PaperEntry
from agsite.ids import PaperId
from agsite.markup import CiteMark
from agsite.pages.page import AnswerRow, Crumb, Head, PaperRow
from agsite.pages.site import SitePlan
from agsite.papers import Reference, to_bibtex
from agsite.records import Paper

_TOGETHER = 8
_NOT_CITED = 20


class CitedSentence(NamedTuple):
    """A sentence that cites the paper: its Markdown, and the N of its anchor."""

    text: str
    anchor: int


class CitedIn(NamedTuple):
    """An answer that cites the paper, with the sentences in which it does."""

    row: AnswerRow
    number: int
    sentences: tuple[CitedSentence, ...]
    marks: tuple[tuple[str, CiteMark], ...]


class PaperPage(NamedTuple):
    """Everything that a paper's page shows."""

    head: Head
    crumbs: tuple[Crumb, ...]
    id: str
    title: str | None
    category: str | None
    month: str
    authors: tuple[str, ...]
    abstract: str | None
    summary: str | None
    published: str | None
    categories: tuple[str, ...]
    arxiv_id: str | None
    doi: str | None
    answers: int
    sentences: int
    retrieved: int
    matches: tuple[int, int] | None
    cited_in: tuple[CitedIn, ...]
    together: tuple[PaperRow, ...]
    not_cited: tuple[tuple[AnswerRow, int | None], ...]
    not_cited_more: int
    titles: tuple[tuple[str, str], ...]
    find_url: str | None
    bibtex: str
    page: int
    pages: tuple[str, ...]


def paper_pages(plan: SitePlan, paper: PaperEntry) -> list[PaperPage]:
    """Gather what a paper's page shows; a paper with many contexts goes on at `page/2/`."""
    url = urls.paper(paper.id)
    size = plan.config.per_page
    parts = [paper.contexts[start : start + size] for start in range(0, len(paper.contexts), size)] or [()]
    addresses = tuple(urls.numbered(url, number) for number in range(1, len(parts) + 1))
    together = _together(plan, paper)
    return [_paper_page(plan, paper, part, number, addresses, together) for number, part in enumerate(parts, 1)]


def _paper_page(
    plan: SitePlan, paper: PaperEntry, contexts: tuple[Context, ...], number: int, addresses: tuple[str, ...], together: tuple[PaperRow, ...]
) -> PaperPage:
    record = paper.record
    matches = [found.similarity for found in paper.retrieved if found.similarity is not None]
    unused = [found for found in paper.retrieved if not found.cited]
    first = number == 1
    return PaperPage(
        head=_head(paper, number, addresses),
        crumbs=(
            Crumb("papers", "", urls.PAPERS),
            *((Crumb("category", paper.category, urls.category(paper.category)),) if paper.category else ()),
        ),
        id=paper.id,
        title=paper.title,
        category=paper.category,
        month=paper.id.month,
        authors=tuple(author.name for author in record.authors) if record else (),
        abstract=record.abstract if record else None,
        summary=record.summary if record else None,
        published=record.published if record else None,
        categories=record.categories if record else (),
        arxiv_id=record.arxiv_id if record else None,
        doi=record.doi if record else None,
        answers=len(paper.contexts),
        sentences=paper.sentences,
        retrieved=len(paper.retrieved),
        matches=(min(matches), max(matches)) if matches else None,
        cited_in=tuple(_cited_in(plan, paper, context, addresses[number - 1]) for context in contexts),
        together=together if first else (),
        not_cited=tuple((plan.row(found.entry), found.similarity) for found in unused[:_NOT_CITED]) if first else (),
        not_cited_more=max(0, len(unused) - _NOT_CITED) if first else 0,
        titles=paper.titles,
        find_url=None if record and record.arxiv_id or not paper.title else _find_url(paper.title),
        bibtex=to_bibtex([reference(paper, plan.absolute(urls.paper(paper.id)))], plan.config.archive_name) if first else "",
        page=number,
        pages=addresses,
    )


def reference(paper: PaperEntry, url: str | None = None) -> Reference:
    """Return what a bibliography is told of a paper; authors only where they were imported."""
    known = paper.record or Paper(id=paper.id)
    return Reference(
        id=paper.id,
        title=paper.title or known.title,
        authors=known.authors,
        arxiv_id=known.arxiv_id,
        doi=known.doi,
        published=known.published,
        category=paper.category,
        url=url,
    )


def _head(paper: PaperEntry, number: int, addresses: tuple[str, ...]) -> Head:
    title = paper.title or paper.id
    return Head(
        addresses[number - 1],
        title,
        f"{title} ({paper.id})",
        twins=number == 1,
        indexed=bool(paper.contexts) and number == 1,
        previous=addresses[number - 2] if number > 1 else None,
        next=addresses[number] if number < len(addresses) else None,
    )


def _find_url(title: str) -> str:
    return f"https://arxiv.org/search/?query={quote(title[:200])}&searchtype=title"


def _cited_in(plan: SitePlan, paper: PaperEntry, context: Context, url: str) -> CitedIn:
    """A context's chips stand for this paper alone; each leads to the sentence in its answer."""
    entry = context.entry
    row = plan.row(entry)
    row = row._replace(plate=plates.only(row.plate, plan.plate(entry), frozenset(paper.spellings)))
    root = urls.to_root(url)
    spelt = {citation.paper for citation in entry.citations}
    marks = {}
    for spelling in spelt:
        canonical = plan.archive.canonical[spelling]
        other = plan.archive.papers.get(canonical)
        title = (other.title if other else None) or str(canonical)
        marks[str(spelling)] = CiteMark(entry.numbers.get(canonical, 0), root + urls.paper(canonical), title)
    used = {str(p) for _, text in enumerate(context.sentences) for p in marks if p in text[0]}
    return CitedIn(
        row,
        entry.numbers.get(paper.id, 0),
        tuple(CitedSentence(text, anchor) for text, anchor in context.sentences),
        tuple(sorted((spelling, mark) for spelling, mark in marks.items() if spelling in used)),
    )


def _together(plan: SitePlan, paper: PaperEntry) -> tuple[PaperRow, ...]:
    counts: Counter[PaperId] = Counter()
    for context in paper.contexts:
        counts.update(other for other in context.entry.cited if other != paper.id)
    best = sorted(counts, key=lambda other: (-counts[other], other.key))[:_TOGETHER]
    return tuple(plan.paper_row(plan.archive.papers[other])._replace(count=counts[other]) for other in best)
