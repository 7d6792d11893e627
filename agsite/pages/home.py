"""The home page."""

from __future__ import annotations

from typing import NamedTuple

from agsite import plates, urls
from agsite.pages.gaps import Gap
from agsite.pages.lists import IndexItem
from agsite.pages.page import AnswerRow, Head, OpenRow, PaperRow
from agsite.pages.site import SitePlan
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
    open_total: int
    latest_gap: Gap | None
    wall: Wall
    latest: tuple[AnswerRow, ...]
    open_rows: tuple[OpenRow, ...]
    most_cited: tuple[PaperRow, ...]
    fields: tuple[IndexItem, ...]
    months: tuple[IndexItem, ...]
    models: tuple[IndexItem, ...]


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
