"""What is open: questions that nobody has answered, and gaps that answers name, by field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from agsite import urls
from agsite.categories import field_of
from agsite.pages.gaps import Gap
from agsite.pages.lists import IndexItem, head_of, parts
from agsite.pages.page import Head, Numbered, OpenRow
from agsite.pages.site import SitePlan

Row = TypeVar("Row", OpenRow, Gap)


class OpenGroup(NamedTuple):
    """Open questions of one group of fields."""

    name: str
    rows: tuple[OpenRow, ...]


class OpenPage(NamedTuple):
    """A page of the list of open questions: all of them, or those of one category."""

    head: Head
    category: str | None
    total: int
    everything: int
    """How many open questions there are in all fields."""
    fields: tuple[IndexItem, ...]
    groups: tuple[OpenGroup, ...]
    part: Numbered


class GapGroup(NamedTuple):
    """Gaps of one group of fields."""

    name: str
    gaps: tuple[Gap, ...]


class GapsPage(NamedTuple):
    """A page of the list of gaps."""

    head: Head
    total: int
    groups: tuple[GapGroup, ...]
    part: Numbered


def open_pages(
    plan: SitePlan, rows: Sequence[OpenRow], fields: tuple[IndexItem, ...], category: str | None = None
) -> list[OpenPage]:
    """Gather the list of open questions, grouped by field within a page."""
    url = urls.open_field(category) if category else urls.OPEN
    ordered = sorted(rows, key=lambda row: field_of(row.category))
    return [
        OpenPage(
            head_of(url, category or "", "", part),
            category,
            len(rows),
            len(plan.archive.open_questions),
            fields,
            _open_groups(ordered[start:end]),
            part,
        )
        for start, end, part in parts(url, ordered, plan.config.per_page)
    ]


def _open_groups(rows: list[OpenRow]) -> tuple[OpenGroup, ...]:
    return tuple(OpenGroup(name, members) for name, members in _by_group(rows).items())


def _by_group(rows: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(field_of(row.category), []).append(row)
    return {name: tuple(members) for name, members in groups.items()}


def gaps_pages(plan: SitePlan) -> list[GapsPage]:
    """Gather the list of gaps, by field, the newest answer's first."""
    ordered = sorted(plan.gaps, key=lambda gap: field_of(gap.category))
    pages = []
    for start, end, part in parts(urls.GAPS, ordered, plan.config.per_page):
        groups = tuple(GapGroup(name, members) for name, members in _by_group(ordered[start:end]).items())
        pages.append(GapsPage(head_of(urls.GAPS, "", "", part), len(ordered), groups, part))
    return pages
