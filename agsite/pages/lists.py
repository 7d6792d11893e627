"""Lists of answers: all of them, a category's, a month's, a model's; the lists of those lists; the list of papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from agsite import plates, urls
from agsite.archive import Entry
from agsite.categories import CATEGORIES, full_name, name_of
from agsite.pages.facts import Facts
from agsite.pages.overview import ASIDE, Overview
from agsite.pages.page import AnswerRow, Crumb, Head, OpenRow, PaperRow
from agsite.pages.pagination import Pagination, head_of, paginate, pagination
from agsite.plates import Wall

# A wall of more rows is higher than a screen.
_WALL = 60


class ListPage(NamedTuple):
    """A page of a list of answers; `kind` is category, month or model, `name` what the list is of."""

    head: Head
    crumbs: tuple[Crumb, ...]
    kind: str
    name: str
    label: str
    total: int
    cited_sentences: int
    sentences: int
    rows: tuple[AnswerRow, ...]
    wall: Wall | None
    papers: tuple[PaperRow, ...]
    open_rows: tuple[OpenRow, ...]
    part: Pagination


class IndexItem(NamedTuple):
    """A line of a list of lists."""

    url: str
    name: str
    label: str
    group: str
    number: int


class IndexPage(NamedTuple):
    """A list of lists, such as all months."""

    head: Head
    crumbs: tuple[Crumb, ...]
    kind: str
    items: tuple[IndexItem, ...]


class PaperGroup(NamedTuple):
    """Papers of one month."""

    month: str
    rows: tuple[PaperRow, ...]


class PapersPage(NamedTuple):
    """The list of papers: the most cited ones, then all of them month by month."""

    head: Head
    total: int
    most_cited: tuple[PaperRow, ...]
    groups: tuple[PaperGroup, ...]
    part: Pagination


ADDRESS = {"category": urls.category, "month": urls.month, "model": urls.model}
INDEX = {"category": urls.CATEGORIES, "month": urls.MONTHS, "model": urls.MODELS, "answers": urls.ANSWERS}

_ALL = Crumb("answers", "", urls.ANSWERS)


def list_page(facts: Facts, kind: str, name: str, number: int) -> ListPage:
    """Gather a page of a category, a month or a model; what is said of all its answers stands on the first."""
    url, size = ADDRESS[kind](name), facts.config.per_page
    label = name_of(name) if kind == "category" else name
    whole = facts.listing(kind, name) if number == 1 else None
    total, entries = facts.answers_from(kind, name, (number - 1) * size, number * size)
    part = pagination(url, total, size, number)
    head = head_of(url, part, full_name(name) if kind == "category" else name, f"{label}: {total}")
    return ListPage(
        head=head._replace(indexed=head.indexed and total > 0),
        crumbs=(_ALL, Crumb(f"{kind}_index", "", INDEX[kind])),
        kind=kind,
        name=name,
        label=label,
        total=total,
        cited_sentences=sum(entry.body.cited for entry in whole.entries) if whole else 0,
        sentences=sum(entry.body.sentences for entry in whole.entries) if whole else 0,
        rows=tuple(facts.row(entry) for entry in entries),
        wall=plates.wall([facts.plate(e) for e in whole.entries[:_WALL]]) if whole and kind == "month" else None,
        papers=whole.papers if whole else (),
        open_rows=whole.opens if whole else (),
        part=part,
    )


def index_page(kind: str, groups: Mapping[str, Mapping[str, Sequence[Entry]]]) -> IndexPage:
    """Gather the list of all categories, months or models; months newest first, the others by name.

    All answers are listed by month, too.
    """
    by = "month" if kind == "answers" else kind
    items = [
        IndexItem(
            ADDRESS[by](name),
            name,
            name_of(name) if by == "category" else name,
            name[:4] if by == "month" else CATEGORIES[name].group if name in CATEGORIES else "",
            len(entries),
        )
        for name, entries in groups[by].items()
    ]
    items.sort(key=lambda item: (item.group, item.name), reverse=by == "month")
    return IndexPage(Head(INDEX[kind]), (_ALL,) if kind != "answers" else (), kind, tuple(items))


def papers_pages(overview: Overview) -> list[PapersPage]:
    """Gather the list of papers, newest first, with the most cited ones on its first page."""
    rows = [overview.paper_row(paper) for paper in reversed(list(overview.archive.papers.values()))]
    best = tuple(sorted((row for row in rows if row.number > 1), key=lambda row: (-row.number, row.id))[:ASIDE])
    return [
        PapersPage(
            head_of(urls.PAPERS, part),
            len(rows),
            best if part.number == 1 else (),
            tuple(PaperGroup(month, tuple(group)) for month, group in groupby(rows[start:end], lambda row: row.month)),
            part,
        )
        for start, end, part in paginate(urls.PAPERS, rows, overview.config.per_page)
    ]
