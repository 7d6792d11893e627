"""What is open: questions that nobody has answered, and gaps that answers name, by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Generic, NamedTuple, TypeVar

from agsite import urls
from agsite.categories import field_of
from agsite.pages.gaps import Gap
from agsite.pages.lists import IndexItem
from agsite.pages.overview import Overview
from agsite.pages.page import Head, OpenRow
from agsite.pages.pagination import Pagination, head_of, paginate

Row = TypeVar("Row", OpenRow, Gap)


class Group(NamedTuple, Generic[Row]):
    """Open questions or gaps of one group of fields."""

    name: str
    rows: tuple[Row, ...]


class OpenPage(NamedTuple):
    """A page of the list of open questions: all of them, or those of one category."""

    head: Head
    category: str | None
    total: int
    asks: bool
    """Whether any answer ends on a question."""
    everything: int
    """How many open questions there are in all fields."""
    fields: tuple[IndexItem, ...]
    groups: tuple[Group[OpenRow], ...]
    part: Pagination


class GapsPage(NamedTuple):
    """A page of the list of gaps."""

    head: Head
    total: int
    groups: tuple[Group[Gap], ...]
    part: Pagination


def open_pages(overview: Overview) -> Iterator[OpenPage]:
    """Gather the list of open questions, and those of each category."""
    named = {name: rows for name, rows in overview.open_by_category.items() if name}
    fields = tuple(IndexItem(urls.open_category(name), name, name, "", len(rows)) for name, rows in named.items())
    yield from _open_pages(overview, overview.open_rows, fields)
    for name, rows in named.items():
        yield from _open_pages(overview, rows, fields, name)


def _open_pages(
    overview: Overview, rows: Sequence[OpenRow], fields: tuple[IndexItem, ...], category: str | None = None
) -> list[OpenPage]:
    """Gather a list of open questions, grouped by field within a page."""
    url = urls.open_category(category) if category else urls.OPEN
    ordered = sorted(rows, key=_field)
    return [
        OpenPage(
            head_of(url, part, category or ""),
            category,
            len(rows),
            overview.asks,
            len(overview.archive.open_questions),
            fields,
            _groups(ordered[start:end]),
            part,
        )
        for start, end, part in paginate(url, ordered, overview.config.per_page)
    ]


def _field(row: OpenRow | Gap) -> str:
    return field_of(row.category)


def _groups(ordered: Iterable[Row]) -> tuple[Group[Row], ...]:
    return tuple(Group(name, tuple(rows)) for name, rows in groupby(ordered, _field))


def gaps_pages(overview: Overview) -> list[GapsPage]:
    """Gather the list of gaps, by field, the newest answer's first."""
    ordered = sorted(overview.gaps, key=_field)
    return [
        GapsPage(head_of(urls.GAPS, part), len(ordered), _groups(ordered[start:end]), part)
        for start, end, part in paginate(urls.GAPS, ordered, overview.config.per_page)
    ]
