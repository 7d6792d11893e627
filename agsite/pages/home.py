"""The home page."""

from __future__ import annotations

from typing import NamedTuple

from agsite import plates, urls
from agsite.pages.gaps import Gap
from agsite.pages.lists import IndexItem, index_page
from agsite.pages.overview import Overview
from agsite.pages.page import AnswerRow, Head, OpenRow, PaperRow
from agsite.plates import Wall

_WALL = 34
_LATEST = 8
_OPEN = 4
_CITED = 3


class HomePage(NamedTuple):
    """Everything that the home page shows."""

    head: Head
    answers: int
    papers: int
    asks: bool
    """Whether any answer ends on a question."""
    open_total: int
    latest_gap: Gap | None
    wall: Wall
    latest: tuple[AnswerRow, ...]
    open_rows: tuple[OpenRow, ...]
    most_cited: tuple[PaperRow, ...]
    fields: tuple[IndexItem, ...]
    months: tuple[IndexItem, ...]
    models: tuple[IndexItem, ...]


def home_page(overview: Overview) -> HomePage:
    """Gather what the home page shows."""
    fields, months, models = (index_page(kind, overview.groups).items for kind in overview.groups)
    papers = sorted(overview.archive.papers.values(), key=lambda paper: (-len(paper.contexts), paper.id.key))
    return HomePage(
        head=Head(urls.HOME),
        answers=len(overview.live),
        papers=len(overview.archive.papers),
        asks=overview.asks,
        open_total=len(overview.archive.open_questions),
        latest_gap=overview.gaps[0] if overview.gaps else None,
        wall=plates.wall([overview.plate(entry) for entry in overview.live[:_WALL]]),
        latest=tuple(overview.row(entry) for entry in overview.live[:_LATEST]),
        open_rows=tuple(overview.open_row(question) for question in overview.archive.open_questions[:_OPEN]),
        most_cited=tuple(overview.paper_row(paper) for paper in papers[:_CITED] if paper.contexts),
        fields=tuple(sorted((item for item in fields if item.number), key=lambda item: (-item.number, item.name))),
        months=months,
        models=models,
    )
