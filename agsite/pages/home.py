"""The home page, the open questions, the gaps, and the pages of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from agsite import plates, urls
from agsite.body import Block
from agsite.categories import field_of
from agsite.ellipsis import cut
from agsite.markup import plain_text, read
from agsite.pages.gaps import Gap
from agsite.pages.lists import IndexItem, head_of, parts
from agsite.pages.page import DESCRIPTION, AnswerRow, Head, Numbered, OpenRow, PaperRow
from agsite.pages.site import SitePlan
from agsite.plates import Wall

_WALL = 34
_LATEST = 8
_OPEN = 4
_CITED = 3


class GapGroup(NamedTuple):
    """Gaps of one group of fields."""

    name: str
    gaps: tuple[Gap, ...]


Row = TypeVar("Row", OpenRow, Gap)


class HomePage(NamedTuple):
    """Everything that the home page shows."""

    head: Head
    answers: int
    papers: int
    open_total: int
    latest_gap: Gap | None
    wall: Wall
    latest: tuple[AnswerRow, ...]
    open_rows: tuple[OpenRow, ...]
    most_cited: tuple[PaperRow, ...]
    fields: tuple[IndexItem, ...]
    months: tuple[IndexItem, ...]
    models: tuple[IndexItem, ...]


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


class GapsPage(NamedTuple):
    """A page of the list of gaps."""

    head: Head
    total: int
    groups: tuple[GapGroup, ...]
    part: Numbered


class TextPage(NamedTuple):
    """A page of Markdown that the site adds, such as About; or one whose text stands in its template."""

    head: Head
    blocks: tuple[Block, ...]


def text_page(url: str, markdown: str) -> TextPage:
    """Gather a page of Markdown; its first heading is its title."""
    first, _, rest = markdown.lstrip().partition("\n")
    title = first.lstrip("# ").strip() if first.startswith("#") else url.strip("/")
    body = read(rest if first.startswith("#") else markdown, gaps=False)
    opening = next((leaf.text for leaf in body.leaves() if leaf.sentences), "")
    return TextPage(Head(url, title, cut(plain_text(opening), DESCRIPTION)), body.blocks)


def home_page(
    plan: SitePlan,
    fields: tuple[IndexItem, ...],
    months: tuple[IndexItem, ...],
    models: tuple[IndexItem, ...],
) -> HomePage:
    """Gather what the home page shows."""
    papers = sorted(plan.archive.papers.values(), key=lambda paper: (-len(paper.contexts), paper.id.key))
    return HomePage(
        head=Head(urls.HOME, "", ""),
        answers=len(plan.live),
        papers=len(plan.archive.papers),
        open_total=len(plan.archive.open_questions),
        latest_gap=plan.gaps[0] if plan.gaps else None,
        wall=plates.wall([plan.plate(entry) for entry in plan.live[:_WALL]]),
        latest=tuple(plan.row(entry) for entry in plan.live[:_LATEST]),
        open_rows=tuple(plan.open_row(question) for question in plan.archive.open_questions[:_OPEN]),
        most_cited=tuple(plan.paper_row(paper) for paper in papers[:_CITED] if paper.contexts),
        fields=fields,
        months=months,
        models=models,
    )


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
